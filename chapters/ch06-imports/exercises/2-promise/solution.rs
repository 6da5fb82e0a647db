//! An import that promises how many results it has, and a call that holds it to
//! that.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// A function that the world lends.
pub struct Import<'p> {
    /// What errors call it.
    pub name: &'static str,
    /// How many operands a call takes.
    pub params: usize,
    /// How many results it promises.
    pub results: usize,
    /// What it does.
    pub function: ImportFn<'p>,
}

/// A closure that makes results of its arguments.
pub type ImportFn<'p> = Box<dyn FnMut(&[f64]) -> Vec<f64> + 'p>;

/// Why a call did not succeed.
#[derive(Debug, PartialEq)]
pub enum Trap {
    /// So many operands are needed, and so many were there.
    TooFewOperands(usize, usize),
    /// The import of this name promised so many results, and has so many.
    WrongResults(&'static str, usize, usize),
}

/// Calls `import`: takes its arguments off the stack, the last one from the
/// top, and leaves its results.
///
/// # Errors
/// A trap; then the stack is as it was.
pub fn call(stack: &mut Vec<f64>, import: &mut Import) -> Result<(), Trap> {
    let found = stack.len();
    let first = found.checked_sub(import.params);
    let first = first.ok_or(Trap::TooFewOperands(import.params, found))?;
    let results = (import.function)(&stack[first..]);
    if results.len() != import.results {
        return Err(Trap::WrongResults(
            import.name,
            import.results,
            results.len(),
        ));
    }
    stack.truncate(first);
    stack.extend(results);
    Ok(())
}

fn main() {
    let function = Box::new(|arguments: &[f64]| arguments.to_vec());
    let mut echo = Import { name: "echo", params: 2, results: 1, function };
    let mut stack = vec![1.0, 2.0, 3.0];
    let outcome = call(&mut stack, &mut echo);
    println!("{outcome:?} and {stack:?}");
    println!(
        "should be {:?} and [1.0, 2.0, 3.0]",
        Err::<(), _>(Trap::WrongResults("echo", 1, 2))
    );
}
