//! The files of the recordings are what the programs do today.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use book::{Named, folder};

/// All recordings, made once.
static RECORDINGS: LazyLock<Vec<Named>> = LazyLock::new(book::recordings);

#[test]
fn the_recordings_are_what_the_programs_do() {
    let write = std::env::var("RECORD").is_ok_and(|value| value == "1");
    let mut names = BTreeSet::new();
    let mut drifted = Vec::new();
    for named in &*RECORDINGS {
        let (file, text) = (folder().join(named.file_name()), named.text().unwrap());
        assert!(names.insert(named.file_name()), "{} is recorded twice", named.file_name());
        if write {
            fs::write(file, text).unwrap();
        } else if fs::read_to_string(&file).unwrap_or_default().replace('\r', "") != text {
            drifted.push(named.file_name());
        }
    }
    let skipped = book::skipped();
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !names.contains(&name) && !skipped.contains(&name.as_str()) {
            drifted.push(format!("{name}, which has no recorder"));
        }
    }
    assert!(
        drifted.is_empty(),
        "these differ from the crates: {drifted:#?}\nhelp: run `RECORD=1 cargo test -p book`, and review the difference"
    );
}

#[test]
fn a_recording_is_worth_playing_and_not_too_long() {
    for named in &*RECORDINGS {
        let (name, recording) = (named.file_name(), &named.recording);
        assert!((3..=200).contains(&recording.steps.len()), "{name}: {}", recording.steps.len());
        assert!(!recording.title.is_empty() && !recording.end.text.is_empty(), "{name}");
        let there = |line| line < recording.code.len();
        // The stepper says which line is next, at each step but the last.
        for moment in &recording.steps {
            assert!(moment.line.is_some_and(there), "{name}: a step without its line");
        }
        assert!(recording.end.state.line.is_none_or(there), "{name}");
    }
}
