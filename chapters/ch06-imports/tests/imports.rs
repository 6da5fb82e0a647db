//! What a program and its imports do to each other.

use std::io;
use std::time::Duration;

use ch06_imports::Instr::{Call, Const, LocalGet, Mul};
use ch06_imports::{
    Error, FuncIdx, Function, Import, Instr, LocalIdx, MAIN, Machine, V, X,
    display_player, program,
};
use trace::{Observer, Output, Recorder};

const IMPORT: FuncIdx = FuncIdx(0);
const TWICE: FuncIdx = FuncIdx(2);

/// The results of a `main` with `body`, beside `twice(x)`, when it has `import`
/// as its function 0.
fn run(import: Import, body: Vec<Instr>) -> Result<Vec<f64>, Error> {
    let twice = [LocalGet(LocalIdx(0)), Const(2.0), Mul];
    let functions = [
        Function { name: "main", params: 0, locals: 0, results: 1, body },
        Function {
            name: "twice",
            params: 1,
            locals: 0,
            results: 1,
            body: twice.into(),
        },
    ];
    Machine::new(vec![import], &functions, ()).invoke(FuncIdx(1), &[])
}

fn subtract<'p>() -> Import<'p> {
    Import {
        name: "subtract",
        params: 2,
        function: Box::new(|arguments| Ok(Some(arguments[0] - arguments[1]))),
    }
}

/// Runs the player on its way from 2 to 70 and to 0.
fn run_player(
    display_player: Import,
    observer: impl Observer,
) -> Result<(), Error> {
    let functions = program();
    let mut machine = Machine::new(vec![display_player], &functions, observer);
    machine.memory.store(X, 2.0)?;
    machine.memory.store(V, 10.0)?;
    machine.invoke(MAIN, &[])?;
    Ok(())
}

#[test]
fn an_import_is_called_like_a_function() -> Result<(), Error> {
    assert_eq!(
        run(
            subtract(),
            vec![Const(1.0), Const(9.0), Const(4.0), Call(IMPORT), Call(TWICE)]
        )?,
        [10.0]
    );
    assert_eq!(
        Machine::new(vec![subtract()], &[], ()).invoke(IMPORT, &[9.0, 4.0])?,
        [5.0]
    );
    Ok(())
}

#[test]
fn a_closure_keeps_what_it_saw() -> Result<(), Error> {
    let mut seen = Vec::new();
    let see = |arguments: &[f64]| {
        seen.extend_from_slice(arguments);
        Ok(None)
    };
    run(
        Import { name: "see", params: 1, function: Box::new(see) },
        vec![Const(1.0), Const(2.0), Call(IMPORT), Call(IMPORT), Const(0.0)],
    )?;
    assert_eq!(seen, [2.0, 1.0]);
    Ok(())
}

#[test]
fn the_trace_knows_which_step_printed() -> Result<(), Error> {
    let output = Output::default();
    let mut recorder = Recorder::new(output.clone());
    run_player(display_player(output, None), &mut recorder)?;
    let steps = recorder.into_steps();
    assert!(
        steps
            .iter()
            .all(|step| step.output.is_empty() || step.instruction == "call 0")
    );
    let frames: Vec<_> =
        steps.iter().filter(|step| !step.output.is_empty()).collect();
    assert_eq!(frames.len(), 138);
    assert_eq!(
        (frames[0].output.as_str(), frames[1].output.as_str()),
        ("  <0:>\n", "   <0:>\n")
    );
    Ok(())
}

#[test]
fn an_animation_draws_over_one_line() -> Result<(), Error> {
    let output = Output::default();
    run_player(display_player(output.clone(), Some(Duration::ZERO)), ())?;
    let drawn = output.take();
    assert!(
        drawn.starts_with("\r  <0:>\x1b[K\r\r   <0:>\x1b[K\r"),
        "{drawn:?}"
    );
    assert_eq!(drawn.matches("<0:>").count(), 138);
    assert!(!drawn.contains('\n'));
    Ok(())
}

#[test]
fn the_player_stays_in_sight() {
    let output = Output::default();
    for x in [f64::NAN, f64::NEG_INFINITY, -1.0, 1e300, f64::INFINITY, 75.9] {
        (display_player(output.clone(), None).function)(&[x]).unwrap();
    }
    let columns: Vec<_> =
        output.take().lines().map(|line| line.find('<').unwrap()).collect();
    assert_eq!(columns, [0, 0, 0, 75, 75, 75]);
}

#[test]
fn an_import_that_fails_is_a_trap_with_a_place() {
    let fail = |_: &[f64]| Err(io::Error::other("no such sound"));
    let error = run(
        Import { name: "play", params: 0, function: Box::new(fail) },
        vec![Const(0.0), Call(IMPORT)],
    )
    .unwrap_err();
    insta::assert_snapshot!(error, @"in main at 1, call 0: play failed: no such sound");
}

#[test]
fn too_few_arguments_are_a_trap_with_a_place() {
    let error = run(subtract(), vec![Const(1.0), Call(IMPORT)]).unwrap_err();
    insta::assert_snapshot!(error, @"in main at 1, call 0: too few operands: 2 needed, 1 on the stack");
}

#[test]
fn a_missing_import_is_an_unknown_function() {
    let error = Machine::new(vec![], &[], ()).invoke(IMPORT, &[]).unwrap_err();
    insta::assert_snapshot!(error, @"unknown function 0");
}
