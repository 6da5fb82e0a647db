//! Part I: machines whose every value is an `f64`.

use trace::{Recording, Step, numbers};

use crate::Named;
use crate::code::{Code, Outcome, record};

/// The recordings of Part I.
pub fn recordings() -> Vec<Named> {
    let all = [("ch02-machine", "", machine()), ("ch05-branches", "", larger())];
    all.map(|(chapter, name, recording)| Named { chapter, name, recording }).into()
}

/// `2 + 3 * 0.1`, by a machine.
fn machine() -> Recording {
    use ch02_machine::{Machine, program};
    let mut code = Code::default();
    for (position, instr) in program().iter().enumerate() {
        code.instr("", &[position], 0, instr);
    }
    let mut steps: Vec<Step> = Vec::new();
    let mut machine = Machine::new(&mut steps);
    let outcome = machine.execute(&program());
    let stack = numbers(machine.stack.values());
    record("2 + 3 * 0.1", code, &steps, 160, done(outcome.map(|()| stack)))
}

/// The head of a function, as `call` names it.
fn head(index: usize, name: &str, params: usize, results: usize) -> String {
    let count = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    };
    format!("func {index} {name}: {}, {}", count(params, "parameter"), count(results, "result"))
}

/// Writes down the functions of a program, from the number of the first on. The chapters from 5 on have types of the same names.
macro_rules! code {
    ($chapter:ident, $functions:expr, $first:expr) => {{
        use $chapter::Instr;
        fn body(code: &mut Code, function: &str, path: &[usize], instrs: &[Instr]) {
            for (position, instr) in instrs.iter().enumerate() {
                let path = [path, &[position]].concat();
                code.instr(function, &path, path.len(), instr);
                if let Instr::Block(inner) | Instr::Loop(inner) = instr {
                    body(code, function, &path, &inner.0);
                    code.head(path.len(), "end");
                }
            }
        }
        let mut code = Code::default();
        for (index, function) in $functions.iter().enumerate() {
            code.head(0, head($first + index, function.name, function.params, function.results));
            body(&mut code, function.name, &[], &function.body);
        }
        code
    }};
}

fn larger() -> Recording {
    use ch05_branches::{LARGER, Machine, program};
    let functions = program();
    let mut steps: Vec<Step> = Vec::new();
    let results = Machine::new(&functions, &mut steps).invoke(LARGER, &[7.0, 2.0]);
    let code = code!(ch05_branches, functions, 0);
    record("larger(7, 2)", code, &steps, 160, done(results.map(|results| numbers(&results))))
}

/// How a run ended, in words.
fn done(results: Result<Vec<String>, impl std::fmt::Display>) -> Outcome {
    match results {
        Ok(stack) if stack.is_empty() => Outcome::Done(stack, "the end".into()),
        Ok(stack) => {
            let text = format!("the result: {}", stack.join(", "));
            Outcome::Done(stack, text)
        }
        Err(trap) => Outcome::Trap(trap.to_string()),
    }
}
