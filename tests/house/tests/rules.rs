//! Checks that the workspace follows the rules in ARCHITECTURE.md.
//!
//! Each rule is a function that returns the violations. The tests at the end show each rule a
//! workspace that violates it.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What the rules need to know about a package.
#[derive(Clone, Debug, Default)]
struct Package {
    name: String,
    /// The folder below the workspace's root, with `/` on every system.
    folder: String,
    /// The names of the packages that it imports outside its tests.
    imports: Vec<String>,
    /// The names of the packages that only its tests import.
    test_imports: Vec<String>,
    /// The chapter that it follows, from its metadata.
    follows: Option<String>,
    manifest: toml::Table,
}

impl Package {
    /// The chapter's number, if the package is a chapter.
    fn chapter(&self) -> Option<u32> {
        chapter(&self.name)
    }

    fn is_annex(&self) -> bool {
        self.name.starts_with("annex-")
    }

    fn all_imports(&self) -> impl Iterator<Item = &String> {
        self.imports.iter().chain(&self.test_imports)
    }
}

/// The number of `chNN-idea`.
fn chapter(name: &str) -> Option<u32> {
    let (number, idea) = name.strip_prefix("ch")?.split_once('-')?;
    (number.len() == 2 && !idea.is_empty()).then(|| number.parse().ok())?
}

/// The library that may be published, with every package of the workspace that it stands on.
const LIBRARY: &str = "ch23-wasi";

/// The last chapter of Part I.
const LAST_TOY: u32 = 6;

/// Code lines that a chapter of Part I may add to the one that it follows.
const LESSON_LINES: usize = 200;

/// Code lines that the whole machine of a chapter of Part I may have.
const MACHINE_LINES: usize = 350;

/// The most characters in a line of a chapter's source: a page has no room for more.
const COLUMNS: usize = 80;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn workspace() -> Vec<Package> {
    let manifest = root().join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap();
    // A crate that `cargo workbook start` has made is its reader's own business.
    let packages = metadata.packages.iter().filter(|package| package.metadata["copy"].is_null());
    let packages = packages.map(|package| {
        let folder = package.manifest_path.parent().unwrap();
        let folder =
            folder.strip_prefix(&metadata.workspace_root).unwrap().as_str().replace('\\', "/");
        let imports = |kind| {
            let of_kind =
                package.dependencies.iter().filter(move |dependency| dependency.kind == kind);
            of_kind.map(|dependency| dependency.name.clone()).collect()
        };
        Package {
            name: package.name.to_string(),
            folder,
            imports: imports(DependencyKind::Normal),
            test_imports: imports(DependencyKind::Development),
            follows: package.metadata["workbook"]["follows"].as_str().map(str::to_owned),
            manifest: fs::read_to_string(&package.manifest_path).unwrap().parse().unwrap(),
        }
    });
    packages.collect()
}

/// chNN imports only chMM with MM < NN, annexes, and the trace; an annex imports nothing past ch09.
fn chapters_import_only_what_comes_before(packages: &[Package]) -> Vec<String> {
    let mut breaks = Vec::new();
    for package in packages {
        for import in package.all_imports() {
            let allowed = match (package.chapter(), chapter(import)) {
                (Some(this), Some(other)) => other < this,
                (Some(_), None) => true,
                (None, Some(other)) => !package.is_annex() || other <= 9,
                (None, None) => true,
            };
            if !allowed {
                breaks.push(format!("{} imports {import}", package.name));
            }
        }
    }
    breaks
}

/// A crate of Part I imports nothing but the trace.
fn toys_import_only_the_trace(packages: &[Package]) -> Vec<String> {
    let toys = packages
        .iter()
        .filter(|package| package.chapter().is_some_and(|number| number <= LAST_TOY));
    let imports = toys.flat_map(|toy| toy.imports.iter().map(move |import| (toy, import)));
    let others = imports.filter(|(_, import)| *import != "trace");
    others.map(|(toy, import)| format!("{} imports {import}", toy.name)).collect()
}

/// Nothing below `chapters` imports the game, the tests, the tool or the command line.
fn chapters_import_no_user_of_chapters(packages: &[Package]) -> Vec<String> {
    let mut breaks = Vec::new();
    for package in packages.iter().filter(|package| package.folder.starts_with("chapters/")) {
        for import in package.all_imports() {
            let found = packages.iter().find(|other| other.name == *import);
            if found.is_some_and(|other| !other.folder.starts_with("chapters/")) {
                breaks.push(format!("{} imports {import}", package.name));
            }
        }
    }
    breaks
}

/// The command line imports chapters, the generator of bindings and the runner of scripts, and nothing
/// of the game, the tests or the tool. Nothing imports the command line. The runner of scripts imports
/// chapters, and only the command line and the tests import it.
fn the_command_line_imports_chapters_and_nobody_imports_it(packages: &[Package]) -> Vec<String> {
    let mut breaks = Vec::new();
    for package in packages {
        for import in package.all_imports() {
            let Some(other) = packages.iter().find(|other| other.name == *import) else { continue };
            let allowed = match (package.folder.as_str(), other.folder.as_str()) {
                (_, "cli") => false,
                ("cli", "bindgen" | "cli/script") => true,
                ("cli" | "cli/script", other) => other.starts_with("chapters/"),
                (user, "cli/script") => user.starts_with("tests/"),
                _ => true,
            };
            if !allowed {
                breaks.push(format!("{} imports {import}", package.name));
            }
        }
    }
    breaks
}

/// The tool reaches the chapters only by way of the engines: through ch12, where the seam is, and
/// ch13, which flies through it.
fn the_tool_imports_chapters_only_through_the_seam(packages: &[Package]) -> Vec<String> {
    let tool = packages.iter().filter(|package| package.folder.starts_with("book/"));
    let imports = tool.flat_map(|tool| tool.imports.iter().map(move |import| (tool, import)));
    let around = imports.filter(|(_, import)| chapter(import).is_some_and(|number| number < 12));
    around.map(|(tool, import)| format!("{} imports {import}", tool.name)).collect()
}

/// `macroquad` stays in `game`; other people's runtimes stay in `tests`.
fn heavy_things_stay_where_they_belong(packages: &[Package]) -> Vec<String> {
    let mut breaks = Vec::new();
    for package in packages {
        for import in package.all_imports() {
            let folder = match import.as_str() {
                "macroquad" | "miniquad" => "game",
                "wasmi" | "wasmi-1" | "wasmtime" | "wasmer" | "wasm3" | "engines" => "tests/",
                _ => continue,
            };
            if !package.folder.starts_with(folder) {
                breaks
                    .push(format!("{} imports {import}, which belongs to {folder}", package.name));
            }
        }
    }
    breaks
}

/// Every crate takes its lints from the workspace, where `unsafe` is forbidden.
fn crates_inherit_the_lints(packages: &[Package]) -> Vec<String> {
    let others = packages.iter().filter(|package| !inherits(&package.manifest, "lints"));
    others.map(|package| format!("{} has lints of its own", package.name)).collect()
}

fn inherits(table: &toml::Table, key: &str) -> bool {
    let value = table.get(key).and_then(|value| value.get("workspace"));
    value.and_then(toml::Value::as_bool) == Some(true)
}

/// The library may be published, and what it stands on; every other crate asks the workspace, which says no.
fn only_the_library_can_be_published(packages: &[Package]) -> Vec<String> {
    let mut library: Vec<&str> = vec![LIBRARY];
    let mut next = 0;
    while let Some(name) = library.get(next).copied() {
        let imports = packages.iter().filter(|package| package.name == name);
        for import in imports.flat_map(|package| &package.imports) {
            let is_ours = packages.iter().any(|package| package.name == *import);
            if is_ours && !library.contains(&import.as_str()) {
                library.push(import);
            }
        }
        next += 1;
    }
    let mut breaks = Vec::new();
    for package in packages {
        let in_library = library.contains(&package.name.as_str());
        let manifest = package.manifest["package"].as_table().unwrap();
        let publishes = manifest.get("publish").and_then(toml::Value::as_bool) == Some(true);
        if in_library && !publishes {
            breaks.push(format!("{} is part of the library: `publish = true`", package.name));
        } else if !in_library && !inherits(manifest, "publish") {
            let name = &package.name;
            breaks.push(format!("{name} is no part of the library: `publish.workspace = true`"));
        }
    }
    breaks
}

/// Every chapter but the first names the chapter before it as the one that it follows.
fn chapters_follow_each_other(packages: &[Package]) -> Vec<String> {
    let mut chapters: Vec<&Package> =
        packages.iter().filter(|package| package.chapter().is_some()).collect();
    chapters.sort_by_key(|package| package.chapter());
    let mut breaks = Vec::new();
    for pair in chapters.windows(2) {
        if pair[1].follows.as_deref() != Some(&pair[0].name) {
            breaks.push(format!("{} does not follow {}", pair[1].name, pair[0].name));
        }
    }
    breaks
}

/// The Rust sources below a folder, in the order of their paths. The folder must exist, and what
/// Cargo has built is left out.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder);
    let entries = entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Whether the source has a test that is ignored, on all systems or on some.
fn ignores_a_test(source: &str) -> bool {
    source.split('#').skip(1).any(|attribute| {
        let attribute = attribute.trim_start_matches(['!', ' ']);
        let Some(attribute) = attribute.strip_prefix('[') else { return false };
        let end = attribute.find(")]").unwrap_or(attribute.len());
        let is_part = |char: char| char.is_alphanumeric() || char == '_';
        let mut words = attribute[..end].split(|char| !is_part(char));
        match words.next() {
            Some("cfg_attr") => words.any(|word| word == "ignore"),
            word => word == Some("ignore"),
        }
    })
}

/// The lines, from 1, that are longer than a page is wide.
fn long_lines(source: &str) -> Vec<usize> {
    let is_long = |(_, line): &(usize, &str)| line.chars().count() > COLUMNS;
    (1..).zip(source.lines()).filter(is_long).map(|(number, _)| number).collect()
}

/// What the demo of a chapter prints, from the snapshot that a test of the chapter compares it with.
fn demo_output(folder: &Path) -> Result<String, String> {
    let read = |path: &str| {
        fs::read_to_string(folder.join(path)).map_err(|error| format!("{path}: {error}"))
    };
    if !read("tests/demo.rs")?.contains("\nfn the_demo_prints_this() {") {
        return Err("tests/demo.rs: no test `the_demo_prints_this`".to_owned());
    }
    let snapshot = read("tests/snapshots/demo__the_demo_prints_this.snap")?;
    let output = snapshot.splitn(3, "---\n").nth(2);
    output.map(str::to_owned).ok_or_else(|| "the snapshot has no head".to_owned())
}

/// What the demo of a chapter prints after each of the steps that say it, with the step's title.
fn step_outputs(steps: &toml::Table) -> Vec<(String, String)> {
    let steps = steps.get("step").and_then(toml::Value::as_array);
    let text = |step: &toml::Value, key| Some(step.get(key)?.as_str()?.to_owned());
    let outputs = |step: &toml::Value| {
        let title = text(step, "title").unwrap_or_default();
        let runs = step.get("run").and_then(toml::Value::as_array);
        let runs = [step].into_iter().chain(runs.into_iter().flatten());
        let prints: Vec<String> = runs.filter_map(|run| text(run, "prints")).collect();
        prints.into_iter().map(move |prints| (title.clone(), prints))
    };
    steps.into_iter().flatten().flat_map(outputs).collect()
}

/// The lines that are neither empty nor a comment.
fn code_lines(source: &str) -> Vec<String> {
    let lines = source.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).map(str::to_owned).collect()
}

/// How many lines are in `after` that were not in `before`.
fn added(before: &[String], after: &[String]) -> usize {
    let changes = similar::capture_diff_slices(similar::Algorithm::Myers, before, after);
    changes
        .iter()
        .map(
            |change| {
                if change.tag() == similar::DiffTag::Equal { 0 } else { change.new_range().len() }
            },
        )
        .sum()
}

/// The files of a crate that show the machine at work and are not part of it: the demo and the
/// programs that it runs.
const SHOWS: [&str; 3] = ["main.rs", "program.rs", "player.rs"];

#[test]
fn the_house_keeps_its_rules() {
    let packages = workspace();
    assert!(packages.iter().filter(|package| package.chapter().is_some()).count() >= 18);
    let breaks = [
        chapters_import_only_what_comes_before(&packages),
        toys_import_only_the_trace(&packages),
        chapters_import_no_user_of_chapters(&packages),
        the_command_line_imports_chapters_and_nobody_imports_it(&packages),
        the_tool_imports_chapters_only_through_the_seam(&packages),
        heavy_things_stay_where_they_belong(&packages),
        crates_inherit_the_lints(&packages),
        only_the_library_can_be_published(&packages),
        chapters_follow_each_other(&packages),
    ];
    assert_eq!(breaks.concat(), Vec::<String>::new());
}

#[test]
fn a_toy_is_a_small_machine_and_a_chapter_a_short_lesson() {
    let mut toys = workspace();
    toys.retain(|package| package.chapter().is_some_and(|number| number <= LAST_TOY));
    toys.sort_by_key(Package::chapter);
    assert_eq!(toys.len(), LAST_TOY as usize, "Part I has a crate for each chapter");
    let mut before = Vec::new();
    for toy in toys {
        let mut files = sources(&root().join(&toy.folder).join("src"));
        files.retain(|file| SHOWS.iter().all(|show| !file.ends_with(show)));
        let source: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        let machine = code_lines(&source);
        let lesson = added(&before, &machine);
        println!("{:14} {:3} lines, {lesson:3} of them new", toy.name, machine.len());
        assert!(machine.len() <= MACHINE_LINES, "{} has {} lines", toy.name, machine.len());
        assert!(lesson <= LESSON_LINES, "{} adds {lesson} lines", toy.name);
        before = machine;
    }
}

#[test]
fn a_line_of_a_chapter_fits_on_a_page() {
    let packages = workspace().into_iter().map(|package| root().join(package.folder));
    let chapters = root().join("chapters");
    let mut long = Vec::new();
    for file in packages.filter(|it| it.starts_with(&chapters)).flat_map(|it| sources(&it)) {
        let name = file.strip_prefix(&chapters).unwrap();
        // A test is not shown, and an inline snapshot cannot be wrapped.
        if name.iter().any(|part| part == "tests") {
            continue;
        }
        let lines = long_lines(&fs::read_to_string(&file).unwrap());
        long.extend(lines.iter().map(|line| format!("{}:{line}", name.display())));
    }
    assert!(long.is_empty(), "more than {COLUMNS} columns:\n{}", long.join("\n"));
}

#[test]
fn what_a_demo_prints_fits_on_a_page() {
    let mut long = Vec::new();
    for package in workspace() {
        if package.chapter().is_none() && !package.is_annex() {
            continue;
        }
        let folder = root().join(&package.folder);
        let output = demo_output(&folder);
        let output = output.unwrap_or_else(|error| panic!("{}: {error}", package.name));
        let steps = fs::read_to_string(folder.join("steps.toml")).unwrap().parse().unwrap();
        let mut outputs = step_outputs(&steps);
        outputs.push(("the demo".to_owned(), output));
        for (step, output) in outputs {
            let lines = long_lines(&output).into_iter();
            long.extend(lines.map(|line| format!("{}, {step}: line {line}", package.name)));
        }
    }
    assert!(long.is_empty(), "more than {COLUMNS} columns:\n{}", long.join("\n"));
}

#[test]
fn the_readme_lists_every_chapter() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let rows: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.split('`').nth(1))
        .filter(|name| chapter(name).is_some())
        .collect();
    let mut chapters: Vec<String> = workspace().into_iter().map(|package| package.name).collect();
    chapters.retain(|name| chapter(name).is_some());
    chapters.sort();
    assert_eq!(rows, chapters);
}

#[test]
fn no_test_is_ignored() {
    for folder in ["chapters", "book", "cli", "game", "tests"] {
        let files = sources(&root().join(folder));
        assert!(!files.is_empty(), "{folder} has no source");
        for file in files {
            assert!(!ignores_a_test(&fs::read_to_string(&file).unwrap()), "{}", file.display());
        }
    }
}

/// A package that follows all rules.
fn package(name: &str, folder: &str, imports: &[&str]) -> Package {
    Package {
        name: name.to_owned(),
        folder: folder.to_owned(),
        imports: imports.iter().map(|import| (*import).to_owned()).collect(),
        manifest: toml::toml! {
            [package]
            publish.workspace = true
            [lints]
            workspace = true
        },
        ..Package::default()
    }
}

#[test]
fn each_rule_can_be_broken() {
    let later = package("ch03-memory", "chapters/ch03-memory", &["ch04-functions"]);
    assert_eq!(
        chapters_import_only_what_comes_before(&[later]),
        ["ch03-memory imports ch04-functions"]
    );
    let annex = package("annex-vector", "chapters/annex-vector", &["ch10-memory"]);
    assert_eq!(
        chapters_import_only_what_comes_before(&[annex]),
        ["annex-vector imports ch10-memory"]
    );

    let toy = package("ch03-memory", "chapters/ch03-memory", &["trace", "ch02-machine"]);
    assert_eq!(toys_import_only_the_trace(&[toy]), ["ch03-memory imports ch02-machine"]);

    let mut chapter = package("ch13-rocket", "chapters/ch13-rocket", &[]);
    chapter.test_imports = vec!["rocket".to_owned()];
    let game = package("rocket", "game", &[]);
    assert_eq!(
        chapters_import_no_user_of_chapters(&[chapter, game]),
        ["ch13-rocket imports rocket"]
    );

    let chapter = package("ch12-instance", "chapters/ch12-instance", &["wasm-cli"]);
    let cli =
        package("wasm-cli", "cli", &["ch12-instance", "bindgen", "script", "engines", "clap"]);
    let mut script = package("script", "cli/script", &["ch12-instance", "bindgen"]);
    script.test_imports = vec!["engines".to_owned()];
    let bindgen = package("bindgen", "bindgen", &["wasm-cli"]);
    let engines = package("engines", "tests/engines", &["ch12-instance", "script"]);
    let mut game = package("rocket", "game", &["script"]);
    game.test_imports = vec!["wasm-cli".to_owned()];
    let packages = [chapter, cli, script, bindgen, engines, game];
    assert_eq!(
        the_command_line_imports_chapters_and_nobody_imports_it(&packages),
        [
            "ch12-instance imports wasm-cli",
            "wasm-cli imports engines",
            "script imports bindgen",
            "script imports engines",
            "bindgen imports wasm-cli",
            "rocket imports script",
            "rocket imports wasm-cli"
        ]
    );
    assert_eq!(chapters_import_no_user_of_chapters(&packages), ["ch12-instance imports wasm-cli"]);

    let tool = package("workbook", "book/workbook", &["ch12-instance", "ch11-control"]);
    assert_eq!(
        the_tool_imports_chapters_only_through_the_seam(&[tool]),
        ["workbook imports ch11-control"]
    );

    let heavy = package("ch12-instance", "chapters/ch12-instance", &["wasmi", "macroquad"]);
    assert_eq!(heavy_things_stay_where_they_belong(&[heavy]).len(), 2);

    let same = package("ch01-stack", "chapters/ch01-stack", &[]);
    assert_eq!(crates_inherit_the_lints(std::slice::from_ref(&same)), [""; 0]);
    let (mut no_lints, mut published) = (same.clone(), same);
    no_lints.manifest.remove("lints");
    assert_eq!(crates_inherit_the_lints(&[no_lints]).len(), 1);
    published.manifest.insert("package".to_owned(), toml::toml! { publish = true }.into());
    assert_eq!(only_the_library_can_be_published(&[published.clone()]).len(), 1);
    let mut library = published;
    library.name = LIBRARY.to_owned();
    library.imports = vec!["ch12-instance".to_owned()];
    let below = package("ch12-instance", "chapters/ch12-instance", &[]);
    assert_eq!(
        only_the_library_can_be_published(&[library, below]),
        ["ch12-instance is part of the library: `publish = true`"]
    );

    for attribute in ["[ignore]", "[ignore = \"slow\"]", "[cfg_attr(windows, ignore)]"] {
        assert!(ignores_a_test(&format!("#[test]\n#{attribute}\nfn f() {{}}\n")), "{attribute}");
    }
    assert!(!ignores_a_test("#[cfg_attr(unix, test)]\nfn ignore() {}\n#[cfg(test)]\nmod a {}\n"));

    // Characters count, not bytes.
    assert_eq!(long_lines(&format!("{0}\n{0}x\n{1}\n", "é".repeat(80), "é".repeat(79))), [2]);

    // A demo without a test or without a snapshot is an error, not an empty output.
    let none = demo_output(&root().join("chapters/trace")).unwrap_err();
    assert!(none.starts_with("tests/demo.rs: "), "{none}");
    let steps = toml::toml! {
        [[step]]
        title = "One"
        prints = "1\n"
        [[step]]
        title = "Two"
        [[step.run]]
        prints = "2\n"
    };
    let output = |step: &str, prints: &str| (step.to_owned(), prints.to_owned());
    assert_eq!(step_outputs(&steps), [output("One", "1\n"), output("Two", "2\n")]);

    let lines = |text: &str| code_lines(text);
    assert_eq!(added(&lines("a\n// note\nb\n"), &lines("a\n\nx\nb\ny\n")), 2);

    let first = package("ch01-stack", "chapters/ch01-stack", &[]);
    let second = package("ch02-machine", "chapters/ch02-machine", &[]);
    assert_eq!(
        chapters_follow_each_other(&[first, second]),
        ["ch02-machine does not follow ch01-stack"]
    );
}
