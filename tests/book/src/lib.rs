//! The runs that the book plays: each chapter's program, recorded from the chapter's crate.
//!
//! A recording lies in `recordings`, as `ch05-branches.json` or, where it has a name, `ch05-branches.larger.json`. A test runs the
//! programs again and holds the files against what they do; `RECORD=1 cargo test -p book` writes them.

mod boards;
mod code;
mod collector;
mod embedding;
mod frozen;
mod guests;
mod layers;
mod modules;
pub mod operators;
mod python;
mod spec;
mod toys;
mod types;
mod wasm;

use std::path::{Path, PathBuf};

use trace::Recording;

/// A recording and what the book calls it.
pub struct Named {
    /// The chapter's crate.
    pub chapter: &'static str,
    /// The name that `{{#stepper name}}` asks for; empty for the one that the chapter shows without a name.
    pub name: &'static str,
    /// The recording.
    pub recording: Recording,
}

/// All recordings, made now.
pub fn recordings() -> Vec<Named> {
    [
        toys::recordings(),
        layers::recordings(),
        modules::recordings(),
        spec::recordings(),
        types::recordings(),
        embedding::recordings(),
        guests::recordings(),
        frozen::recordings(),
        boards::recordings(),
        collector::recordings(),
        python::recordings(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The files of the recordings that can't be made on this computer.
pub fn skipped() -> &'static [&'static str] {
    python::skipped()
}

impl Named {
    /// The name of its file.
    pub fn file_name(&self) -> String {
        match self.name {
            "" => format!("{}.json", self.chapter),
            name => format!("{}.{name}.json", self.chapter),
        }
    }

    /// The text of its file: JSON with a line for each line of the code and each step, so that a difference shows the step that
    /// differs.
    ///
    /// # Errors
    /// None that a recording is known to cause.
    pub fn text(&self) -> serde_json::Result<String> {
        let Recording { title, stack, locals, code, steps, end } = &self.recording;
        let lines = |texts: serde_json::Result<Vec<String>>| texts.map(|texts| texts.join(",\n"));
        let mut names = String::new();
        for (list, name) in [("stack", stack), ("locals", locals)] {
            if !name.is_empty() {
                names += &format!("\n\"{list}\": {},", serde_json::to_string(name)?);
            }
        }
        Ok(format!(
            "{{\n\"title\": {},{names}\n\"code\": [\n{}\n],\n\"steps\": [\n{}\n],\n\"end\": {}\n}}\n",
            serde_json::to_string(title)?,
            lines(code.iter().map(serde_json::to_string).collect())?,
            lines(steps.iter().map(serde_json::to_string).collect())?,
            serde_json::to_string(end)?,
        ))
    }
}

/// The folder of the recordings' files.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings")
}
