//! `cargo workbook start`: the reader's own crate, with what a chapter starts from.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::propagate::merge;
use crate::scratch::write;
use crate::steps::Steps;
use crate::workspace::{Chapter, Workspace};

/// The arguments of `cargo workbook start`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The chapter: `ch05-branches`, `ch05` or `5`.
    pub chapter: String,
    /// Your crate, in the folder of this name in `chapters`.
    #[arg(default_value = OWN)]
    pub name: String,
    /// Start after this step instead of before the first one.
    #[arg(long, default_value_t = 0)]
    pub step: usize,
}

/// The name of the reader's crate, unless they choose another.
pub const OWN: &str = "my-machine";

/// The table of the manifest that says which chapter the crate is a copy of.
const TABLE: &str = "[package.metadata.copy]";

/// Names of crates that Rust itself uses.
const TAKEN: [&str; 6] = ["alloc", "core", "proc_macro", "std", "test", "self"];

/// Makes the crate in the workspace in `root`, or goes on in it.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let Arguments { chapter, name, step } = arguments;
    let workspace = Workspace::read(root)?;
    let chapter = workspace.chapter(chapter)?;
    let Some(steps) = Steps::read(&workspace, chapter)? else {
        bail!("{} has no steps yet", chapter.name);
    };
    let last = steps.steps.len();
    if *step > last {
        bail!("{} has no step {step}: it has the steps 1-{last}", chapter.name);
    }
    check_name(&workspace, name)?;
    let folder = root.join("chapters").join(name);
    if folder.exists() {
        return go_on(&workspace, chapter, &steps, arguments);
    }
    for (file, content) in own_files(&steps, *step, &chapter.name, name)? {
        write(&folder.join(file), content.as_bytes())?;
    }
    let short = chapter.short();
    match (step, &steps.start) {
        (0, None) => println!("chapters/{name} is a new crate, ready for step 1 of {short}."),
        (0, Some(start)) => {
            println!("chapters/{name} is a copy of {start}, ready for step 1 of {short}.");
        }
        _ => println!("chapters/{name} has {short} as it is after step {step}."),
    }
    println!("Run it with `cargo run -p {name}`, test it with `cargo workbook try {name}`.");
    Ok(())
}

/// Refuses a name that a crate cannot have, or that another one has.
fn check_name(workspace: &Workspace, name: &str) -> Result<()> {
    let is_fine =
        |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "-_".contains(char);
    if !name.starts_with(|char: char| char.is_ascii_lowercase()) || !name.chars().all(is_fine) {
        bail!(
            "a crate can't be called `{name}`; use small letters, digits and hyphens, as in `{OWN}`"
        );
    }
    let is_chapters =
        name.starts_with("ch") && name[2..].starts_with(|char: char| char.is_ascii_digit());
    if is_chapters || name.starts_with("annex-") {
        bail!("`{name}` is a name for a chapter of the book; choose another one, such as `{OWN}`");
    }
    let is_own = of(&workspace.root, name).is_ok();
    if TAKEN.contains(&name)
        || (workspace.packages.iter().any(|package| package == name) && !is_own)
    {
        bail!("the name `{name}` is taken; choose another one, such as `{OWN}`");
    }
    Ok(())
}

/// The chapter that the reader's crate is a copy of.
///
/// # Errors
/// If there is no such crate, or it was not made by this command. The errors say what to do.
pub fn of(root: &Path, name: &str) -> Result<String> {
    let manifest = root.join("chapters").join(name).join("Cargo.toml");
    let Ok(text) = fs::read_to_string(&manifest) else {
        bail!(
            "there is no crate in chapters/{name}; `cargo workbook start ch05 {name}` makes one for chapter 5"
        );
    };
    let table: toml::Table = text.parse().with_context(|| format!("chapters/{name}/Cargo.toml"))?;
    let keys = ["package", "metadata", "copy", "of"];
    let mut value = Some(&toml::Value::Table(table));
    for key in keys {
        value = value.and_then(|value| value.get(key));
    }
    value.and_then(toml::Value::as_str).map(str::to_owned).with_context(|| {
        format!("chapters/{name}/Cargo.toml doesn't say which chapter it's a copy of; if you made it by hand, add\n{TABLE}\nof = \"ch05-branches\"")
    })
}

/// The files of the reader's crate after a step.
fn own_files(
    steps: &Steps,
    step: usize,
    chapter: &str,
    name: &str,
) -> Result<Vec<(String, String)>> {
    let mut files = steps.state(step);
    // Without it, Cargo refuses to read the workspace.
    files.entry("src/lib.rs").or_default();
    let own = files.into_iter().map(|(file, content)| {
        let content =
            renamed(&content, chapter, name).with_context(|| format!("{file} of {chapter}"))?;
        let content = match file {
            "Cargo.toml" => {
                format!("{}\n{TABLE}\nof = \"{chapter}\"\n", without_the_chapters_own(&content))
            }
            _ => content,
        };
        Ok((file.to_owned(), content))
    });
    own.collect()
}

/// Goes on in a crate in which the reader has typed the chapter that this one starts from: changes
/// what the page gives before the first step, and leaves the rest as the reader has it.
fn go_on(
    workspace: &Workspace,
    chapter: &Chapter,
    steps: &Steps,
    arguments: &Arguments,
) -> Result<()> {
    let Arguments { name, step, .. } = arguments;
    let short = chapter.short();
    let elsewhere = format!("`cargo workbook start {short} another-name`");
    let of = of(&workspace.root, name).with_context(|| {
        format!("chapters/{name} exists already; {elsewhere} starts in a new folder")
    })?;
    if of == chapter.name && *step == 0 {
        bail!(
            "chapters/{name} is your copy of {of} already: go on typing in it. To begin again, delete the folder, or use {elsewhere}"
        );
    }
    if steps.start.as_ref() != Some(&of) || *step != 0 {
        bail!("chapters/{name} is your copy of {of}; {elsewhere} starts in a new folder");
    }
    let before = workspace.chapter(&of)?;
    let Some(steps_before) = Steps::read(workspace, before)? else {
        bail!("{of} has no steps");
    };
    let base = own_files(&steps_before, steps_before.steps.len(), &of, name)?;
    let folder = workspace.root.join("chapters").join(name);
    let (mut merged, mut by_hand, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    let given = own_files(steps, 0, &chapter.name, name)?;
    for (file, content) in &base {
        let path = folder.join(file);
        if given.iter().all(|(other, _)| other != file) && path.exists() {
            match fs::read(&path)? == content.as_bytes() {
                true => gone.push(path),
                false => by_hand.push(file.clone()),
            }
        }
    }
    for (file, given) in given {
        let base = base.iter().find(|(other, _)| *other == file);
        let base = base.map_or("", |(_, content)| content.as_str());
        if base == given {
            continue;
        }
        let path = folder.join(&file);
        let own = match path.exists() {
            true => fs::read_to_string(&path)
                .with_context(|| format!("cannot read chapters/{name}/{file}"))?,
            false => base.to_owned(),
        };
        match merge(base, &given, &own) {
            Ok(text) => merged.push((path, text)),
            Err(_) => by_hand.push(file),
        }
    }
    if by_hand.iter().any(|file| file == "Cargo.toml") {
        bail!(
            "chapters/{name}/Cargo.toml has changes of yours where {short} changes it: write `of = \"{}\"` there, and what the page of {short} gives before its first step",
            chapter.name
        );
    }
    for (path, text) in merged {
        write(&path, text.as_bytes())?;
    }
    for path in gone {
        fs::remove_file(path)?;
    }
    println!(
        "You go on in chapters/{name}, where you have typed {of}: it's ready for step 1 of {short}."
    );
    if !by_hand.is_empty() {
        println!(
            "You have changed the same lines as {short} in {}: the page shows folded, before its first step, what to write there.",
            by_hand.join(", ")
        );
    }
    println!("If you haven't finished {of} in it, {elsewhere} makes a copy that has all of it.");
    Ok(())
}

/// The content of a file under another name of its crate.
pub fn renamed(content: &[u8], chapter: &str, name: &str) -> Result<String> {
    let in_code = |name: &str| name.replace('-', "_");
    let content = str::from_utf8(content)?;
    Ok(content.replace(chapter, name).replace(&in_code(chapter), &in_code(name)))
}

/// A manifest without the exercises, which are the chapter's, and without what makes a crate a
/// chapter. Nor is it published.
fn without_the_chapters_own(manifest: &str) -> String {
    let mut copied = true;
    let lines = manifest.split_inclusive('\n').filter(|line| {
        if line.starts_with('[') {
            copied = !line.starts_with("[[example]]")
                && !line.starts_with("[package.metadata.workbook]")
                && !line.starts_with("[[package.metadata.workbook.");
        }
        copied
    });
    let lines: String = lines.collect();
    lines.replace("\npublish = true\n", "\npublish = false\n").trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;

    fn start(sample: &Sample, chapter: &str, name: &str, step: usize) -> Result<()> {
        let root = sample.path("");
        run(&root, &Arguments { chapter: chapter.into(), name: name.into(), step })
    }

    fn error(sample: &Sample, chapter: &str, name: &str, step: usize) -> String {
        format!("{:#}", start(sample, chapter, name, step).unwrap_err())
    }

    #[test]
    fn the_crate_is_the_readers_own() {
        let sample = Sample::new();
        start(&sample, "ch02", "my-machine", 3).unwrap();
        let read = |file: &str| sample.text(&format!("chapters/my-machine/{file}"));
        let manifest = read("Cargo.toml");
        assert!(manifest.contains("name = \"my-machine\""), "{manifest}");
        assert!(!manifest.contains("example") && !manifest.contains("workbook"), "{manifest}");
        assert_eq!(of(&sample.path(""), "my-machine").unwrap(), "ch02-two");
        assert!(read("src/main.rs").contains("use my_machine::Number;"));
        assert!(read("src/lib.rs").contains("pub fn sum"));
        // It is no chapter.
        assert_eq!(sample.workspace().chapters.len(), 2);

        start(&sample, "ch02", "before", 0).unwrap();
        let before = sample.text("chapters/before/src/lib.rs");
        assert!(!before.contains("pub fn sum"), "{before}");
    }

    #[test]
    fn a_name_that_no_crate_can_have_is_refused() {
        let sample = Sample::new();
        for name in ["../away", "My-machine", "-x", "5", "a.b", ""] {
            assert!(error(&sample, "ch02", name, 0).contains(&format!("can't be called `{name}`")));
        }
        for name in ["ch02-mine", "ch2", "annex-mine"] {
            assert!(error(&sample, "ch02", name, 0).contains("a name for a chapter"), "{name}");
        }
        assert!(error(&sample, "ch02", "std", 0).contains("`std` is taken"));
        sample.write("chapters/trace/Cargo.toml", "[package]\nname = \"trace\"\n");
        sample.write("chapters/trace/src/lib.rs", "");
        assert!(error(&sample, "ch02", "trace", 0).contains("`trace` is taken"));
        assert!(
            error(&sample, "ch05", "mine", 0)
                .contains("there is no chapter `ch05`; the chapters are ch01-one")
        );
        assert_eq!(
            error(&sample, "ch02", "mine", 9),
            "ch02-two has no step 9: it has the steps 1-3"
        );
        assert!(!sample.path("chapters/mine").exists());
    }

    #[test]
    fn a_reader_goes_on_in_the_crate_of_the_chapter_before() {
        let sample = Sample::new();
        let steps = "start = \"nothing\"\n\n[[given]]\nwhy = \"all\"\nhunks = [{ file = \"Cargo.toml\" }, { file = \"src/lib.rs\" }, { file = \"src/main.rs\" }]\n";
        sample.write("chapters/ch01-one/steps.toml", steps);
        start(&sample, "ch01", "mine", 0).unwrap();
        assert!(error(&sample, "ch01", "mine", 0).contains("go on typing in it"));
        // The reader has a comment of their own.
        sample.edit("chapters/mine/src/main.rs", "fn main", "// Mine.\nfn main");
        start(&sample, "ch02", "mine", 0).unwrap();
        let main = sample.text("chapters/mine/src/main.rs");
        assert!(main.contains("use mine::Number;\n\n// Mine.\nfn main"), "{main}");
        assert_eq!(of(&sample.path(""), "mine").unwrap(), "ch02-two");
        assert!(sample.text("chapters/mine/Cargo.toml").contains("description = \"Two\""));
        assert!(
            error(&sample, "ch01", "mine", 0)
                .contains("is your copy of ch02-two; `cargo workbook start ch01 another-name`")
        );
        assert!(error(&sample, "ch02", "mine", 2).contains("is your copy of ch02-two"));
    }

    #[test]
    fn a_file_that_the_next_chapter_lacks_goes_unless_the_reader_has_changed_it() {
        for is_changed in [false, true] {
            let sample = Sample::new();
            sample.write("chapters/ch01-one/src/old.rs", "//! Old.\n");
            let hunks = ["Cargo.toml", "src/lib.rs", "src/main.rs", "src/old.rs"]
                .map(|file| format!("{{ file = \"{file}\" }}"));
            let steps = format!(
                "start = \"nothing\"\n\n[[given]]\nwhy = \"all\"\nhunks = [{}]\n",
                hunks.join(", ")
            );
            sample.write("chapters/ch01-one/steps.toml", steps);
            let given = "{ file = \"Cargo.toml\" }, { file = \"src/old.rs\" }";
            sample.edit("chapters/ch02-two/steps.toml", "{ file = \"Cargo.toml\" }", given);
            start(&sample, "ch01", "mine", 0).unwrap();
            if is_changed {
                sample.write("chapters/mine/src/old.rs", "//! Mine.\n");
            }
            start(&sample, "ch02", "mine", 0).unwrap();
            assert_eq!(sample.path("chapters/mine/src/old.rs").exists(), is_changed);
        }
    }

    #[test]
    fn lines_that_the_reader_has_changed_are_left_alone() {
        let sample = Sample::new();
        sample.edit("chapters/ch02-two/steps.toml", "line = \"use ch0\"", "line = [\"use ch0\"]");
        let given = "{ file = \"Cargo.toml\" }, { file = \"src/lib.rs\", line = \"One and two\" }";
        sample.edit("chapters/ch02-two/steps.toml", "{ file = \"Cargo.toml\" }", given);
        let steps = "start = \"nothing\"\n\n[[given]]\nwhy = \"all\"\nhunks = [{ file = \"Cargo.toml\" }, { file = \"src/lib.rs\" }, { file = \"src/main.rs\" }]\n";
        sample.write("chapters/ch01-one/steps.toml", steps);
        start(&sample, "ch01", "mine", 0).unwrap();
        sample.edit("chapters/mine/src/lib.rs", "/// One.\n", "/// The first.\n");
        let library = sample.text("chapters/mine/src/lib.rs");
        start(&sample, "ch02", "mine", 0).unwrap();
        assert_eq!(sample.text("chapters/mine/src/lib.rs"), library);
        assert_eq!(of(&sample.path(""), "mine").unwrap(), "ch02-two");
    }

    #[test]
    fn a_folder_that_something_else_has_made_is_left_alone() {
        let sample = Sample::new();
        sample.write("chapters/mine/notes.txt", "");
        sample.edit("Cargo.toml", "members = [\"chapters/*\"]", "members = [\"chapters/ch*\"]");
        let error = error(&sample, "ch02", "mine", 0);
        assert!(
            error.contains("chapters/mine exists already")
                && error.contains("start ch02 another-name"),
            "{error}"
        );
        assert!(!sample.path("chapters/mine/Cargo.toml").exists());
    }
}
