//! The recording of chapter 23: two microcontrollers on one thread.

use std::time::Duration;

use ch22_embed::{Engine, Error, Module};
use ch23_wasi::Sketch;
use trace::{End, EndKind, Line, Moment, Recording};

use crate::Named;

const BLINK: &str = include_str!("../../../chapters/ch23-wasi/programs/blink.wat");
const CHASER: &str = include_str!("../../../chapters/ch23-wasi/programs/chaser.wat");

/// How long they run, as they see it.
const END: Duration = Duration::from_millis(620);

/// The recordings of this chapter.
pub fn recordings() -> Vec<Named> {
    let recording = side_by_side().expect("boards run");
    vec![Named { chapter: "ch23-wasi", name: "", recording }]
}

/// A board: its name, when it wakes, and its program.
struct Board {
    name: &'static str,
    wakes: Duration,
    sketch: Sketch,
}

/// Whoever wakes first is next.
fn side_by_side() -> Result<Recording, Error> {
    let mut recording = Recording {
        title: "Two boards on one thread".to_owned(),
        stack: "When each wakes, and its lights".to_owned(),
        ..Recording::default()
    };
    let engine = Engine::default();
    let mut boards = Vec::new();
    for (name, text) in [("blink", BLINK), ("chaser", CHASER)] {
        let sketch = Sketch::new(&engine, &Module::new(&engine, text)?)?;
        boards.push(Board { name, wakes: Duration::ZERO, sketch });
    }
    while let Some(next) = (0..boards.len()).min_by_key(|it| boards[*it].wakes)
        && boards[next].wakes < END
    {
        let stack = lines(&boards);
        let Board { name, wakes, sketch } = &mut boards[next];
        let now = wakes.as_millis();
        let time = sketch.advance()?;
        *wakes += time;
        let output = match time.as_millis() {
            0 => "its function has returned\n".to_owned(),
            ms => format!("it sleeps for {ms} ms\n"),
        };
        let text = format!("{now:>3} ms: {name}.advance()");
        let line = Some(recording.code.len());
        recording.steps.push(Moment { line, stack, output, ..Moment::default() });
        recording.code.push(Line { text, ..Line::default() });
    }
    let text = "both sleep, and nobody has to wait for them".to_owned();
    let state = Moment { stack: lines(&boards), ..Moment::default() };
    Ok(Recording { end: End { kind: EndKind::Done, text, state }, ..recording })
}

fn lines(boards: &[Board]) -> Vec<String> {
    let line = |Board { name, wakes, sketch }: &Board| {
        format!("{name}, {} ms: {}", wakes.as_millis(), sketch.board())
    };
    boards.iter().map(line).collect()
}
