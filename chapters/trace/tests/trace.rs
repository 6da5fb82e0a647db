//! What a step looks like, and what the observers make of it.

use trace::{
    Located, Observer, Output, Place, Printer, Recorder, Step, Trail, fit,
    number, numbers,
};

fn step(position: usize, instruction: &str) -> Step {
    Step {
        depth: 1,
        place: Place::new("move", [3, 0, position]),
        instruction: instruction.into(),
        stack: numbers(&[22.0, 0.1]),
        locals: numbers(&[-0.0]),
        labels: vec!["move".into(), "block".into(), "loop".into()],
        ..Step::default()
    }
}

/// What a machine does with its observer.
fn drive(mut observer: impl Observer, mut output: impl std::io::Write) {
    observer.step(|| step(0, "store"));
    observer.wrote(22, &[0, 255]);
    observer.step(|| step(1, "call 0"));
    output.write_all(b"<0:>\n").unwrap();
    observer.step(|| step(2, "return"));
}

#[test]
fn numbers_are_short() {
    let text: Vec<String> =
        [2.0, -0.0, 0.1 * 3.0, 1e300, f64::NAN, f64::INFINITY]
            .map(number)
            .into();
    assert_eq!(text, ["2", "-0", "0.30000000000000004", "1e300", "NaN", "inf"]);
}

#[test]
fn a_place_names_function_and_path() {
    assert_eq!(Place::new("main", [3, 0, 2]).to_string(), "in main at 3.0.2");
    assert_eq!(Place::new("", [3]).to_string(), "at 3");
    assert_eq!(
        Place::new("main", 0..500).to_string(),
        "in main at 0.1.2.3.….496.497.498.499"
    );
}

#[test]
fn the_innermost_place_wins() {
    let error = Located::from("boom")
        .at(|| Place::new("inner", [0]), &"load")
        .at(|| Place::new("outer", [7]), &"call 1");
    assert_eq!(error.to_string(), "in inner at 0, load: boom");
    assert_eq!(Located::from("boom").to_string(), "boom");
}

#[test]
fn a_trail_has_the_place_of_each_call() {
    let mut main = Trail::default().call("main");
    main.advance(3);
    main.enter("loop");
    main.advance(2);
    let mut inner = main.call("inner");
    inner.advance(1);
    assert_eq!((main.labels(), main.nesting(), inner.nesting()), (2, 2, 3));

    let step = inner.step(&"add", &[1.0], &[0.5]);
    assert_eq!((step.depth, step.labels.join(" ").as_str()), (1, "inner"));
    assert_eq!(step.place, Place::new("inner", [1]));

    let error =
        main.locate::<&str>(inner.locate::<&str>("boom", &"add"), &"call 1");
    assert_eq!(error.to_string(), "in inner at 1, add: boom");
    assert_eq!(
        main.locate::<&str>("boom", &"load").to_string(),
        "in main at 3.2, load: boom"
    );
    main.leave();
    assert_eq!(main.step(&"loop", &[], &[]).place, Place::new("main", [3]));
}

#[test]
fn a_row_is_a_variant_and_its_text() {
    trace::rows! {
        pub enum Row {
            Plain => "plain";
            One(value: f64) => "one {}", number(*value);
            Two(first: u32, second: u32) => "{second} after {first}";
            Silent(body: Vec<Row>) => "silent";
        }
    }
    let rows = [Row::Plain, Row::One(2.0), Row::Two(1, 2), Row::Silent(vec![])];
    assert_eq!(
        rows.map(|row| row.to_string()),
        ["plain", "one 2", "2 after 1", "silent"]
    );
}

#[test]
fn a_list_records_steps_and_writes() {
    let mut steps = Vec::new();
    drive(&mut steps, std::io::sink());
    assert_eq!(steps.len(), 3);
    assert_eq!(
        (steps[0].writes[0].address, steps[0].writes[0].bytes.as_slice()),
        (22, [0, 255].as_slice())
    );
    assert_eq!(steps[1], step(1, "call 0"));
}

#[test]
fn a_recorder_knows_which_step_printed() {
    let output = Output::default();
    let mut recorder = Recorder::new(output.clone());
    drive(&mut recorder, output);
    let printed: Vec<_> =
        recorder.into_steps().into_iter().map(|step| step.output).collect();
    assert_eq!(printed, ["", "<0:>\n", ""]);
}

#[test]
fn a_printer_streams_what_a_recorded_step_displays() {
    let (mut streamed, mut replayed, mut steps) =
        (Vec::new(), Vec::new(), Vec::new());
    drive(Printer::new(&mut streamed), std::io::sink());
    drive(&mut steps, std::io::sink());
    let mut printer = Printer::new(&mut replayed);
    steps.into_iter().for_each(|step| printer.step(|| step));
    printer.finish().unwrap();
    assert_eq!(streamed, replayed);
    insta::assert_snapshot!(String::from_utf8(streamed).unwrap());
}

#[test]
fn a_deep_recursion_stays_in_sight() {
    let mut deep = step(0, "call 1");
    deep.depth = 400;
    deep.stack = numbers(&(0..400).map(f64::from).collect::<Vec<_>>());
    insta::assert_snapshot!(deep, @"            move 3.0.0  call 1        [… 392 393 394 395 396 397 398 399] | -0");
}

#[test]
fn a_printer_that_cannot_print_says_so() {
    let mut room = [0; 3];
    let mut printer = Printer::new(&mut room[..]);
    printer.step(|| step(0, "nop"));
    printer.wrote(0, &[0]);
    assert_eq!(
        printer.finish().unwrap_err().kind(),
        std::io::ErrorKind::WriteZero
    );
}

#[test]
fn a_machine_that_is_not_watched_builds_no_step() {
    const {
        assert!(
            !<()>::WATCHES
                && !<&mut () as Observer>::WATCHES
                && <Vec<Step>>::WATCHES
        )
    };
    ().step(|| unreachable!("a step was built for nobody"));
}

#[cfg(feature = "serde")]
#[test]
fn a_step_survives_json() {
    let mut steps = Vec::new();
    drive(&mut steps, std::io::sink());
    let json = serde_json::to_string_pretty(&steps[0]).unwrap();
    assert_eq!(serde_json::from_str::<Step>(&json).unwrap(), steps[0]);
    insta::assert_snapshot!(json);
}

#[test]
fn an_error_that_is_too_wide_goes_on_in_the_next_line() {
    let trap = "land(1): trap: indirect call type mismatch, \
                in function 4 ($land), at call_indirect (type 1)";
    assert_eq!(
        fit(trap, 2),
        "land(1): trap: indirect call type mismatch,\n  \
           in function 4 ($land), at call_indirect (type 1)"
    );
    let link = "incompatible import type: `counter` `next`: \
                expected func (param i64) (result f64 f64 f64), \
                found func (param i64) (result i32 i32 i32)";
    assert_eq!(
        fit(link, 6),
        "incompatible import type: `counter` `next`:\n      \
           expected func (param i64) (result f64 f64 f64),\n      \
           found func (param i64) (result i32 i32 i32)"
    );

    // What fits is not touched, and 80 characters fit, whatever their bytes.
    let fits = format!("{}, in $f", "é".repeat(73));
    assert_eq!(fit(&fits, 2), fits);
    let wide = format!("{}, in $f", "é".repeat(74));
    assert_eq!(fit(&wide, 2), format!("{},\n  in $f", "é".repeat(74)));
    // The best place to end a line is not always the first one.
    let start = "x".repeat(60);
    assert_eq!(
        fit(&format!("{start}, found 1, in $f, at call 2"), 2),
        format!("{start}, found 1,\n  in $f, at call 2")
    );
    let word = "x".repeat(100);
    assert_eq!(fit(&word, 2), word);
}
