//! Calls that leave the native stack.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// The numbers from `n` down to 1, added up; `None` if the calls have left the
/// stack.
pub fn call(n: u64, budget: u32, captured: &mut Vec<u64>) -> Option<u64> {
    if n == 0 {
        return Some(0);
    }
    let Some(rest) = budget.checked_sub(1) else {
        captured.push(n);
        return None;
    };
    match call(n - 1, rest, captured) {
        Some(below) => Some(below + n),
        None => {
            captured.push(n);
            None
        }
    }
}

/// The same on little stack: no more than `budget` calls nest.
pub fn sum(n: u64, budget: u32) -> u64 {
    let (mut total, mut next) = (0, n);
    let mut captured = Vec::new();
    loop {
        if let Some(innermost) = call(next, budget, &mut captured) {
            return total + innermost;
        }
        let mut calls = captured.drain(..);
        next = calls.next().unwrap_or_default();
        total += calls.sum::<u64>();
    }
}

fn main() {
    println!("{}", sum(100, 10));
}
