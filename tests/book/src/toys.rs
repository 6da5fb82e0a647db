//! Part I: machines whose every value is an `f64`.

use std::time::Duration;

use trace::{Line, Moment, Output, Recorder, Recording, Step, number, numbers};

use crate::Named;
use crate::code::{Code, Outcome, finish, record};

/// The recordings of Part I.
pub fn recordings() -> Vec<Named> {
    let all = [
        ("ch01-stack", "", by_hand()),
        ("ch02-machine", "", machine()),
        ("ch03-memory", "", memory()),
        ("ch04-functions", "", functions()),
        ("ch04-functions", "runaway", runaway()),
        ("ch05-branches", "", larger(7.0, 2.0)),
        ("ch05-branches", "larger", larger(2.0, 7.0)),
        ("ch05-branches", "while", while_loop()),
        ("ch06-imports", "", player()),
    ];
    all.map(|(chapter, name, recording)| Named { chapter, name, recording }).into()
}

/// The most steps of a run that a recording shows.
const LIMIT: usize = 150;

/// `2 + 3 * 0.1` on a stack without a machine: the steps of ch01's demo, each a call of a method.
fn by_hand() -> Recording {
    use ch01_stack::Stack;
    let mut stack = Stack::default();
    let (mut code, mut moments) = (Vec::new(), Vec::<Moment>::new());
    let (mut x, mut y) = (None, None);
    let mut step = |text: &str, stack: &Stack, x: Option<f64>, y: Option<f64>| {
        let locals = [("x", x), ("y", y)];
        let locals = locals.map(|(name, value)| Some(format!("{name} = {}", number(value?))));
        moments.push(Moment {
            line: Some(code.len()),
            stack: numbers(stack.values()),
            locals: locals.into_iter().flatten().collect(),
            ..Moment::default()
        });
        code.push(Line { text: text.to_owned(), ..Line::default() });
    };
    for value in [2.0, 3.0, 0.1] {
        step(&format!("stack.push({value})"), &stack, x, y);
        stack.push(value);
    }
    for text in ["stack.push(x * y)", "stack.push(x + y)"] {
        step("y = stack.pop()?", &stack, x, y);
        y = stack.pop().ok();
        step("x = stack.pop()?", &stack, x, y);
        x = stack.pop().ok();
        step(text, &stack, x, y);
        let (x, y) = x.zip(y).expect("there are two numbers");
        stack.push(if text.contains('*') { x * y } else { x + y });
    }
    step("stack.pop()?", &stack, x, y);
    stack.pop().expect("the result");
    step("stack.pop()?", &stack, x, y);
    let trap = stack.pop().expect_err("the stack is empty");
    let count = moments.len();
    let outcome = Outcome::Trap(sentence(&trap.to_string()));
    finish("2 + 3 * 0.1, by hand, and one pop too many", code, moments, count, LIMIT, outcome)
}

/// Code without functions.
fn list<I: std::fmt::Display>(instrs: &[I]) -> Code {
    let mut code = Code::default();
    for (position, instr) in instrs.iter().enumerate() {
        code.instr("", &[position], 0, instr);
    }
    code
}

/// `2 + 3 * 0.1`, by a machine.
fn machine() -> Recording {
    use ch02_machine::{Machine, program};
    let mut steps: Vec<Step> = Vec::new();
    let mut machine = Machine::new(&mut steps);
    let outcome = machine.execute(&program());
    let stack = numbers(machine.stack.values());
    play("2 + 3 * 0.1", list(&program()), &steps, done(outcome.map(|()| stack)))
}

/// `x = x + v * 0.1`
fn memory() -> Recording {
    use ch03_memory::{Machine, V, X, program};
    let mut steps: Vec<Step> = Vec::new();
    let mut machine = Machine::new(&mut steps);
    machine.memory.store(X, 2.0).expect("there is memory");
    machine.memory.store(V, 3.0).expect("there is memory");
    let outcome = machine.execute(&program());
    let title = format!("x = x + v * 0.1, where x = 2 is at address {X} and v = 3 at address {V}");
    let results = outcome.map(|()| numbers(machine.stack.values()));
    play(&title, list(&program()), &steps, done(results))
}

/// `x = update_position(x, v, 0.1)`
fn functions() -> Recording {
    use ch04_functions::{MAIN, Machine, V, X, program};
    let functions = program();
    let mut steps: Vec<Step> = Vec::new();
    let mut machine = Machine::new(&functions, &mut steps);
    machine.memory.store(X, 2.0).expect("there is memory");
    machine.memory.store(V, 3.0).expect("there is memory");
    let results = machine.invoke(MAIN, &[]);
    let title = "x = update_position(x, v, 0.1), where x = 2 and v = 3";
    play(title, flat(&functions), &steps, done(results.map(|results| numbers(&results))))
}

/// A function that calls itself until there is no room.
fn runaway() -> Recording {
    use ch04_functions::{Machine, RUNAWAY, program};
    let functions = program();
    let mut steps: Vec<Step> = Vec::new();
    let results = Machine::new(&functions, &mut steps).invoke(RUNAWAY, &[]);
    let outcome = done(results.map(|results| numbers(&results)));
    play("runaway(), which calls itself", flat(&functions), &steps, outcome)
}

/// The functions of ch04, in which nothing nests.
fn flat(functions: &[ch04_functions::Function]) -> Code {
    let mut code = Code::default();
    for (index, function) in functions.iter().enumerate() {
        code.head(0, head(index, function.name, function.params, function.results));
        for (position, instr) in function.body.iter().enumerate() {
            code.instr(function.name, &[position], 1, instr);
        }
    }
    code
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

/// The larger of two numbers.
fn larger(x: f64, y: f64) -> Recording {
    use ch05_branches::{LARGER, Machine, program};
    let functions = program();
    let mut steps: Vec<Step> = Vec::new();
    let results = Machine::new(&functions, &mut steps).invoke(LARGER, &[x, y]);
    let code = code!(ch05_branches, functions, 0);
    let outcome = done(results.map(|results| numbers(&results)));
    play(&format!("larger({x}, {y})"), code, &steps, outcome)
}

/// The player runs, and turns.
fn while_loop() -> Recording {
    use ch05_branches::{MAIN, Machine, V, X, program};
    let functions = program();
    let mut steps: Vec<Step> = Vec::new();
    let mut machine = Machine::new(&functions, &mut steps);
    machine.memory.store(X, 2.0).expect("there is memory");
    machine.memory.store(V, 10.0).expect("there is memory");
    let results = machine.invoke(MAIN, &[]);
    let code = code!(ch05_branches, functions, 0);
    let title = "while x > 0 { x = update_position(x, v, 0.1); if x >= 70 { v = v * -1 } }";
    let outcome = done(results.map(|results| numbers(&results)));
    // Twice around, and once more into the loop.
    let rounds = steps.iter().enumerate().filter(|(_, step)| step.instruction == "br 0");
    let limit = rounds.map(|(position, _)| position + 1).nth(1).unwrap_or(LIMIT);
    record(title, code, &steps, steps.len(), limit, outcome)
}

/// The player runs where it can be seen.
fn player() -> Recording {
    use ch06_imports::{MAIN, Machine, V, X, display_player, program};
    let functions = program();
    let output = Output::default();
    let mut recorder = Recorder::new(output.clone());
    let imports = vec![display_player(output, Some(Duration::ZERO))];
    let mut machine = Machine::new(imports, &functions, &mut recorder);
    machine.memory.store(X, 2.0).expect("there is memory");
    machine.memory.store(V, 10.0).expect("there is memory");
    let results = machine.invoke(MAIN, &[]);
    drop(machine);
    let mut code = Code::default();
    code.head(0, "func 0 display_player: 1 parameter, an import");
    code.append(code!(ch06_imports, functions, 1));
    let title = "while x > 0 { display_player(x); x = update_position(x, v, 0.1); … }";
    let outcome = done(results.map(|results| numbers(&results)));
    let steps = recorder.into_steps();
    let rounds = steps.iter().enumerate().filter(|(_, step)| step.instruction == "br 0");
    let limit = rounds.map(|(position, _)| position + 1).nth(3).unwrap_or(LIMIT);
    record(title, code, &steps, steps.len(), limit, outcome)
}

fn play(title: &str, code: Code, steps: &[Step], outcome: Outcome) -> Recording {
    record(title, code, steps, steps.len(), LIMIT, outcome)
}

/// How a run ended, in words.
pub fn done(results: Result<Vec<String>, impl std::fmt::Display>) -> Outcome {
    match results {
        Ok(stack) if stack.is_empty() => Outcome::Done(stack, "The end".into()),
        Ok(stack) => {
            let text = format!("The result: {}", stack.join(", "));
            Outcome::Done(stack, text)
        }
        Err(trap) => Outcome::Trap(sentence(&trap.to_string())),
    }
}

/// `Trap: …`
fn sentence(trap: &str) -> String {
    format!("Trap: {}", trap.trim_start_matches("trap: "))
}
