//! Whether a path leads out, as far as text can tell.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// Whether a path, taken as text, leads out of the directory where it begins.
pub fn leaves(path: &str) -> bool {
    if path.starts_with('/') {
        return true;
    }
    let mut depth = 0_u32;
    for part in path.split('/') {
        depth = match part {
            "" | "." => depth,
            ".." => match depth.checked_sub(1) {
                Some(depth) => depth,
                None => return true,
            },
            _ => depth + 1,
        };
    }
    false
}

fn main() {
    for path in ["a/../b", "a/../..", "/etc", "../granted/file"] {
        println!("{path:<16} {}", leaves(path));
    }
}
