//! The recording of chapter 24: three machines in one another.

use std::fs;

use ch22_embed::Module;
use ch24_python::{Executed, Failed, Python, Scene};
use trace::{End, EndKind, Line, Moment, Recording};

use crate::Named;

/// The files of the recordings that can't be made here, because MicroPython hasn't been fetched.
pub fn skipped() -> &'static [&'static str] {
    if guests::file("micropython.wasm").is_file() {
        return &[];
    }
    println!(
        "skipped: the recording of ch24-python: `cargo workbook guests micropython.wasm` fetches what it needs"
    );
    &["ch24-python.json"]
}

/// The recordings of this chapter; none if MicroPython hasn't been fetched.
pub fn recordings() -> Vec<Named> {
    let Ok(binary) = fs::read(guests::file("micropython.wasm")) else { return Vec::new() };
    let recording = three(&binary).expect("all three run");
    vec![Named { chapter: "ch24-python", name: "", recording }]
}

/// The sum of the squares of 1 and 2.
fn three(binary: &[u8]) -> Result<Recording, Failed> {
    let engine = Python::engine();
    let mut scene = Scene::new(&engine, &Module::new(&engine, binary)?, 2)?;
    let mut recording = Recording {
        title: "Three machines in one another".to_owned(),
        stack: "The innermost machine's stack".to_owned(),
        ..Recording::default()
    };
    let (mut before, mut all) = (Vec::new(), 0);
    while let Some(Executed { instruction, actions, stack, units }) = scene.step()? {
        let line = Some(recording.code.len());
        recording.code.push(Line { text: instruction, ..Line::default() });
        let actions = if actions.is_empty() { "nothing to do with the stack" } else { &actions };
        let output =
            format!("machine.py: {actions}\nour machine: {units} calls and rounds of loops\n");
        let after = items(&stack);
        let stack = std::mem::replace(&mut before, after);
        recording.steps.push(Moment { line, stack, output, ..Moment::default() });
        all += units;
    }
    let steps = recording.steps.len();
    let text = format!("{steps} instructions inside are {all} calls and rounds of loops outside");
    let state = Moment { stack: before, ..Moment::default() };
    Ok(Recording { end: End { kind: EndKind::Done, text, state }, ..recording })
}

/// The items of a list as Python prints it.
fn items(list: &str) -> Vec<String> {
    let items = list.trim_matches(['[', ']']).split(", ");
    items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
