//! What is only shown: three machines in one another, and the small module.

use std::io::{self, Write};

use ch24_python::{Executed, Python, Scene};

use crate::arguments::Arguments;
use crate::{Outcome, module};

/// Prints each step of three machines in one another.
pub fn scene(arguments: &Arguments) -> Outcome {
    const COUNT: u32 = 2;
    let engine = Python::engine();
    let module = module(arguments, &engine)?;
    let mut scene = Scene::new(&engine, &module, COUNT)?;
    let mut out = io::stdout().lock();
    writeln!(out, "squares.wat   in machine.py             in ours    stack")?;
    let (mut steps, mut all) = (0, 0);
    while let Some(executed) = scene.step()? {
        let Executed { instruction, actions, stack, units } = executed;
        writeln!(out, "{instruction:<13} {actions:<24} {units:>7}    {stack}")?;
        (steps, all) = (steps + 1, all + units);
    }
    writeln!(
        out,
        "\n{steps} instructions of WebAssembly in a machine in Python took \
         {all} calls and\nrounds of loops of Python's interpreter in a machine \
         in Rust."
    )?;
    Ok(())
}

/// Prints the small module, or one of its functions.
pub fn small(arguments: &Arguments, name: &str) -> Outcome {
    let module = module(arguments, &Python::engine())?;
    let text = Python::small_module(&module);
    let shown = match name {
        "" => text + "\n",
        name => function(&text, name)
            .ok_or_else(|| format!("it has no function `{name}`"))?,
    };
    io::stdout().write_all(shown.as_bytes())?;
    Ok(())
}

/// A function of a module whose functions are indented by two blanks.
fn function(text: &str, name: &str) -> Option<String> {
    let start = text.find(&format!("  (func (export \"{name}\")"))?;
    let lines = text[start..].lines().enumerate();
    let own =
        lines.take_while(|(at, line)| *at == 0 || line.starts_with("   "));
    Some(own.map(|(_, line)| format!("{}\n", &line[2..])).collect())
}
