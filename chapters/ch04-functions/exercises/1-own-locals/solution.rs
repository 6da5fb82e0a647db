//! Each call has its own locals.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// An instruction.
pub enum Instr {
    /// `[] -> [the number]`
    Const(f64),
    /// `[x y] -> [x + y]`
    Add,
    /// `[] -> [the local]`
    LocalGet(usize),
    /// `[x] -> []`, and x is the local
    LocalSet(usize),
    /// `[the arguments] -> [the result]`
    Call(usize),
}

/// A function of `params` parameters and `locals` other locals.
pub struct Function {
    params: usize,
    locals: usize,
    body: Vec<Instr>,
}

/// A machine.
pub struct Machine<'p> {
    functions: &'p [Function],
    stack: Vec<f64>,
}

impl<'p> Machine<'p> {
    /// A machine for a program.
    pub fn new(functions: &'p [Function]) -> Self {
        Machine { functions, stack: Vec::new() }
    }

    /// Calls a function from outside.
    pub fn invoke(&mut self, index: usize, arguments: &[f64]) -> f64 {
        self.stack.extend(arguments);
        self.call(index);
        self.pop()
    }

    /// Calls a function: its arguments become its first locals.
    fn call(&mut self, index: usize) {
        let function = &self.functions[index];
        let mut locals =
            self.stack.split_off(self.stack.len() - function.params);
        locals.resize(function.params + function.locals, 0.0);
        self.execute(&mut locals, &function.body);
    }

    /// Executes `body` from its beginning to its end.
    fn execute(&mut self, locals: &mut [f64], body: &[Instr]) {
        for instr in body {
            match instr {
                Instr::Const(value) => self.stack.push(*value),
                Instr::Add => {
                    let sum = self.pop() + self.pop();
                    self.stack.push(sum);
                }
                Instr::LocalGet(local) => self.stack.push(locals[*local]),
                Instr::LocalSet(local) => locals[*local] = self.pop(),
                Instr::Call(index) => self.call(*index),
            }
        }
    }

    fn pop(&mut self) -> f64 {
        self.stack.pop().expect("the programs here push what they pop")
    }
}

/// `fn twice(x) { x + x }` and `fn main(x) { twice(10) + x }`
pub fn program() -> Vec<Function> {
    use Instr::{Add, Call, Const, LocalGet};
    vec![
        Function {
            params: 1,
            locals: 0,
            body: vec![LocalGet(0), LocalGet(0), Add],
        },
        Function {
            params: 1,
            locals: 0,
            body: vec![Const(10.0), Call(0), LocalGet(0), Add],
        },
    ]
}

fn main() {
    let functions = program();
    println!(
        "main(1) is {}, and should be 21",
        Machine::new(&functions).invoke(1, &[1.0])
    );
}
