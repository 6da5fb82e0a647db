//! Paused calls, in terms of their modules.

use annex_embedding::{Engine, FuncAddr, Imports, PausedCall, Progress, Value};
use ch12_instance::{Store, StoreLimits};
use ch19_flat::{Activation, Continuation, FlatLayer, Next};
use trace::{Counter, Observer};

/// A store with an instance and no fuel, and the function `run`.
fn instance<O: Observer>(observer: O) -> (Store<O, FlatLayer>, FuncAddr) {
    let limits = StoreLimits { fuel: Some(0), ..StoreLimits::default() };
    let mut store = Store::new(observer, limits);
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "one", |x: i64| x + 1);
    imports.func(&mut store, "host", "none", |_: i64| ());
    let text = include_bytes!("continuation.wat");
    let instance = store.instantiate(text, &imports).unwrap();
    let run = store.export(instance, "run").unwrap().func().unwrap();
    (store, run)
}

/// All pauses of a call that gets one unit of fuel in each go.
fn all_pauses() -> Vec<Continuation> {
    let (mut store, run) = instance(());
    let mut progress = store.start(run, &[]).unwrap();
    let mut all = Vec::new();
    while let Progress::Paused(call) = progress {
        all.push(Continuation::of(&mut store, &call).unwrap());
        store.set_fuel(1);
        progress = store.resume(call).unwrap();
    }
    all
}

/// How a call goes on that has plenty of fuel.
fn end<O: Observer>(
    store: &mut Store<O, FlatLayer>,
    call: PausedCall,
) -> Option<Vec<Value>> {
    store.set_fuel(300);
    store.resume(call).ok()?.finished()
}

#[test]
fn it_says_where_a_call_is_and_what_it_has() {
    let mut all = all_pauses();
    // No operand here is a vector, so nobody has looked after their upper
    // halves.
    for activation in all.iter_mut().flat_map(|call| &mut call.activations) {
        if let Activation::Code { operands, .. } = activation {
            operands.iter_mut().for_each(|slot| *slot &= u128::from(u64::MAX));
        }
    }
    let run = all[0].function;
    let code = |function: u32, instruction, locals, operands| {
        let function = FuncAddr(function);
        Activation::Code { function, instruction, locals, operands }
    };
    let written = |activations, arguments, next| Continuation {
        function: run,
        activations,
        arguments,
        next,
    };
    assert_eq!(run, FuncAddr(5));
    assert_eq!(all[0], written(vec![], vec![], Next::Begin));
    // `call $steps` is instruction 1 of `run`.
    let first = code(5, 1, vec![], vec![27]);
    assert_eq!(all[1], written(vec![first], vec![], Next::Execute));
    // `call_indirect` is instruction 19 of `$steps`. Its operands are the 2,
    // the argument and the element.
    let sevens = 7 << 64 | 7;
    let waits = code(5, 1, vec![], vec![]);
    let second = code(4, 19, vec![27, 1, sevens], vec![2, 27, 1]);
    assert_eq!(
        all[2],
        written(vec![waits.clone(), second], vec![], Next::Execute)
    );
    // `br_table`, which can't pay, has its index again.
    let third = code(4, 29, vec![82, 1, sevens], vec![2, 1]);
    assert_eq!(all[3], written(vec![waits, third], vec![], Next::Execute));
}

/// A watched store has marks in its code, so other positions.
#[test]
fn a_call_goes_on_in_another_store() {
    let expected = Some(vec![Value::from(16_i64)]);
    for written in all_pauses().iter().step_by(4) {
        let (mut watched, _) = instance(Counter::default());
        let call = written.restore(&mut watched).unwrap();
        // From there to the third store after one more unit.
        watched.set_fuel(1);
        let progress = watched.resume(call).unwrap();
        let Progress::Paused(call) = progress else { continue };
        let written = Continuation::of(&mut watched, &call).unwrap();
        let (mut other, _) = instance(());
        let call = written.restore(&mut other).unwrap();
        assert_eq!(end(&mut other, call), expected);
    }
}

/// Whatever somebody has made of it: an error, or a call that ends somehow.
#[test]
fn what_cannot_be_is_an_error() {
    let (mut store, _) = instance(());
    let mut refused = 0;
    let mut tried = 0;
    let mut attempt = |forged: &Continuation| {
        tried += 1;
        match forged.restore(&mut store) {
            Ok(call) => drop(end(&mut store, call)),
            Err(_) => refused += 1,
        }
    };
    for written in all_pauses().into_iter().step_by(7) {
        for next in [
            Next::Begin,
            Next::Execute,
            Next::Pay,
            Next::Answer(FuncAddr(0)),
            Next::Answer(FuncAddr(99)),
        ] {
            attempt(&Continuation { next, ..written.clone() });
        }
        for function in 0..10 {
            let function = FuncAddr(function);
            attempt(&Continuation { function, ..written.clone() });
        }
        let mut arguments = written.clone();
        arguments.arguments.push(1);
        attempt(&arguments);
        for number in 0..written.activations.len() {
            let mut forge = |change: fn(u32, &mut Activation), by| {
                let mut forged = written.clone();
                change(by, &mut forged.activations[number]);
                attempt(&forged);
            };
            for by in 0..40 {
                forge(
                    |by, activation| {
                        if let Activation::Code { instruction, .. } = activation
                        {
                            *instruction = by;
                        }
                    },
                    by,
                );
            }
            for by in 0..10 {
                forge(
                    |by, activation| {
                        if let Activation::Code { function, .. } = activation {
                            *function = FuncAddr(by);
                        }
                    },
                    by,
                );
            }
            for by in 0..4 {
                forge(
                    |by, activation| {
                        if let Activation::Code { locals, operands, .. } =
                            activation
                        {
                            match by {
                                0 => drop(locals.pop()),
                                1 => locals.push(0),
                                2 => drop(operands.pop()),
                                _ => operands.push(0),
                            }
                        }
                    },
                    by,
                );
            }
            let mut fewer = written.clone();
            fewer.activations.remove(number);
            attempt(&fewer);
            let mut more = written.clone();
            more.activations.insert(number, more.activations[number].clone());
            attempt(&more);
        }
    }
    // Locals and operands are as many as the function has there.
    for change in [0, 1, 2, 3] {
        let mut forged = all_pauses().swap_remove(2);
        if let Some(Activation::Code { locals, operands, .. }) =
            forged.activations.last_mut()
        {
            match change {
                0 => drop(locals.pop()),
                1 => locals.push(0),
                2 => drop(operands.pop()),
                _ => operands.push(0),
            }
        }
        assert!(forged.restore(&mut store).is_err(), "change {change}");
    }
    // A function of the host answers in place of the one that is called.
    let mut asked = all_pauses().swap_remove(2);
    asked.arguments = vec![27];
    let Some(Activation::Code { operands, .. }) = asked.activations.last_mut()
    else {
        panic!("the call is at `call_indirect`");
    };
    operands.truncate(1);
    for (host, fits) in [(0, true), (1, false), (2, false)] {
        asked.next = Next::Answer(FuncAddr(host));
        assert_eq!(asked.restore(&mut store).is_ok(), fits, "{host}");
    }
    assert!(refused > tried / 2 && refused < tried, "{refused} of {tried}");
}

#[test]
fn several_calls_are_written_down_and_read_together() {
    let (mut store, run) = instance(());
    let calls = [0, 5, 9].map(|fuel| {
        store.set_fuel(fuel);
        store.start(run, &[]).unwrap().paused().unwrap()
    });
    let [first, second, third] = &calls;
    let all = [third, first, second];
    let written = Continuation::of_all(&mut store, &all).unwrap();
    for (call, written) in all.iter().zip(&written) {
        assert_eq!(*written, Continuation::of(&mut store, call).unwrap());
    }
    let (mut other, _) = instance(());
    let again = Continuation::restore_all(&written, &mut other).unwrap();
    for call in again {
        assert_eq!(end(&mut other, call), Some(vec![16_i64.into()]));
    }
}
