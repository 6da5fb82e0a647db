//! `cargo workbook copy`: a crate of the reader's own, as a chapter has it after a step.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::finding::Findings;
use crate::scratch::write;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The arguments of `cargo workbook copy`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The chapter: `ch05-branches`, `ch05` or `5`.
    pub chapter: String,
    /// The new crate, which gets the folder of this name beside the chapters.
    pub name: String,
    /// After this step; 0 is before the first one.
    #[arg(long, default_value_t = 0)]
    pub step: usize,
}

/// Makes the copy in the workspace in `root`.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let Arguments { chapter, name, step } = arguments;
    let workspace = Workspace::read(root)?;
    let chapter = workspace.chapter(chapter)?;
    let Some(steps) = Steps::read(&workspace, chapter)? else {
        bail!("{} has no steps.toml", chapter.name);
    };
    if *step > steps.steps.len() {
        bail!("{} has no step {step}", chapter.name);
    }
    let is_fine = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    if !name.starts_with(|char: char| char.is_ascii_alphabetic()) || !name.chars().all(is_fine) {
        bail!("`{name}` is no name for a crate");
    }
    let folder = root.join("chapters").join(name);
    if folder.exists() {
        bail!("chapters/{name} exists already: delete it, or choose another name");
    }
    let mut files = steps.state(*step);
    // Without it, Cargo refuses to read the workspace.
    files.entry("src/lib.rs").or_default();
    for (file, content) in files {
        let content = renamed(&content, &chapter.name, name)
            .with_context(|| format!("{file} of {}", chapter.name))?;
        let content = match file {
            "Cargo.toml" => without_the_chapters_own(&content),
            _ => content,
        };
        write(&folder.join(file), content.as_bytes())?;
    }
    println!("chapters/{name} is {} after step {step}", chapter.name);
    Findings::none_of(steps.findings)?;
    Ok(())
}

/// The content of a file under another name of its crate.
fn renamed(content: &[u8], chapter: &str, name: &str) -> Result<String> {
    let in_code = |name: &str| name.replace('-', "_");
    let content = str::from_utf8(content)?;
    Ok(content.replace(chapter, name).replace(&in_code(chapter), &in_code(name)))
}

/// A manifest without the exercises, which are the chapter's, and without what makes a crate a
/// chapter.
fn without_the_chapters_own(manifest: &str) -> String {
    let mut copied = true;
    let lines = manifest.split_inclusive('\n').filter(|line| {
        if line.starts_with('[') {
            copied = !line.starts_with("[[example]]")
                && !line.starts_with("[package.metadata.workbook]");
        }
        copied
    });
    lines.collect::<String>().trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;
    use std::fs;

    #[test]
    fn a_copy_is_a_crate_of_the_readers_own() {
        let sample = Sample::new();
        let root = &sample.workspace().root;
        let copy = |name: &str, step| {
            run(root, &Arguments { chapter: "ch02".into(), name: name.into(), step })
        };
        copy("my-machine", 3).unwrap();
        let read =
            |file: &str| fs::read_to_string(sample.path("chapters/my-machine").join(file)).unwrap();
        let manifest = read("Cargo.toml");
        assert!(manifest.contains("name = \"my-machine\""), "{manifest}");
        assert!(!manifest.contains("example") && !manifest.contains("workbook"), "{manifest}");
        assert!(read("src/main.rs").contains("use my_machine::Number;"));
        assert!(read("src/lib.rs").contains("pub fn sum"));
        // It is no chapter.
        assert_eq!(sample.workspace().chapters.len(), 2);

        copy("before", 0).unwrap();
        let before = fs::read_to_string(sample.path("chapters/before/src/lib.rs")).unwrap();
        assert!(!before.contains("pub fn sum"), "{before}");

        let error = |name, step| copy(name, step).unwrap_err().to_string();
        assert!(error("my-machine", 2).contains("exists already"));
        assert_eq!(error("../away", 2), "`../away` is no name for a crate");
        assert_eq!(error("other", 9), "ch02-two has no step 9");
    }
}
