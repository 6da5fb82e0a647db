//! Each module of ours is what was built from its source as it is now. No compiler is needed to see that.

use std::fs;
use std::path::{Path, PathBuf};

use guests::own;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The paths of all files below a folder of this package, as `own.toml` writes them.
fn files(below: &str) -> Vec<String> {
    let top = folder().join(below);
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = vec![top.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // What Cargo builds isn't a source.
                folders.extend((!path.ends_with("target")).then_some(path));
                continue;
            }
            let below = path.strip_prefix(&top).unwrap().to_str().unwrap();
            files.push(below.replace('\\', "/"));
        }
    }
    files.sort();
    files
}

#[test]
fn each_module_is_recorded_with_the_sources_that_it_was_built_from() {
    let records = own::records(folder()).unwrap();
    let guests = own::guests(folder()).unwrap();
    assert!(guests.keys().eq(records.keys()), "own.toml and {} differ", own::RECORD);
    for (name, guest) in guests {
        let committed = guest.compiler.filter(|_| !guest.large);
        let module = committed.map(|_| fs::read(own::module(folder(), &name)).unwrap());
        let record = &records[&name];
        let mut now = guest.record(folder(), record.compiler.clone(), module.as_deref()).unwrap();
        if guest.large {
            assert!(record.module.is_some(), "{name} has no checksum");
            now.module.clone_from(&record.module);
        }
        assert_eq!(
            (&now, now.compiler.is_some()),
            (record, guest.compiler.is_some()),
            "{name} isn't what was recorded: build it again, by `cargo workbook guest --own`"
        );
    }
}

#[test]
fn every_source_and_every_module_belongs_to_a_guest() {
    let guests = own::guests(folder()).unwrap();
    let mut sources: Vec<_> = guests.values().flat_map(|guest| guest.sources.clone()).collect();
    sources.sort();
    assert_eq!(files("sources"), sources);
    let compiled = guests.iter().filter(|(_, guest)| guest.compiler.is_some() && !guest.large);
    let mut modules: Vec<_> = compiled.map(|(name, _)| format!("{name}.wasm")).collect();
    modules.push("record.toml".to_owned());
    modules.sort();
    assert_eq!(files("modules"), modules);
}

#[test]
fn the_readme_has_each_guest_and_its_command() {
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    for (name, guest) in own::guests(folder()).unwrap() {
        assert!(readme.contains(&format!("\n| `{name}` | ")), "there is no row for {name}");
        let Some(compiler) = guest.compiler else { continue };
        let depth = "../".repeat(1 + guest.sources[0].matches('/').count());
        let modules = if guest.large { "../../target/guests" } else { "modules" };
        let module = format!("{depth}{modules}/{name}.wasm");
        let variables = compiler.variables().iter().map(|(name, value)| format!("{name}={value}"));
        let command: Vec<String> = variables
            .chain([compiler.command().to_owned()])
            .chain(guest.arguments(&module))
            .collect();
        let line = format!("\n{}\n", command.join(" "));
        assert!(readme.contains(&line), "{name}: its command isn't there:{line}");
    }
}
