//! What holds an object that nobody should need any more?

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::collections::VecDeque;

/// A shortest way from one of the roots to the wanted object, with both ends;
/// `None` if there is none. `graph` lists for each object the ones that it
/// refers to.
pub fn path(
    graph: &[Vec<usize>],
    roots: &[usize],
    wanted: usize,
) -> Option<Vec<usize>> {
    let mut from = vec![None; graph.len()];
    let mut work = VecDeque::new();
    for &root in roots {
        from[root] = Some(root);
        work.push_back(root);
    }
    while let Some(object) = work.pop_front() {
        for &next in &graph[object] {
            if from[next].is_none() {
                from[next] = Some(object);
                work.push_back(next);
            }
        }
    }
    let mut path = vec![wanted];
    let mut origin = from[wanted]?;
    while path.last() != Some(&origin) {
        path.push(origin);
        origin = from[origin]?;
    }
    path.reverse();
    Some(path)
}

/// What the objects of the example are called.
const NAMES: [&str; 5] = [
    "the window",
    "its list of listeners",
    "a listener",
    "the old level",
    "a picture",
];

fn main() {
    // The window has listeners, one of them still remembers the old level, and
    // that one has a picture.
    let graph = [vec![1], vec![2], vec![3], vec![2, 4], vec![]];
    match path(&graph, &[0], 4) {
        None => println!("nobody holds {}", NAMES[4]),
        Some(path) => {
            let path: Vec<&str> =
                path.iter().map(|&object| NAMES[object]).collect();
            println!("who holds {}: {}", NAMES[4], path.join(" > "));
        }
    }
}
