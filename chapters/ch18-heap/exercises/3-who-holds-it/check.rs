//! From a root to the wanted object, on a shortest way.

use super::path;

#[test]
fn a_root_holds_itself() {
    assert_eq!(path(&[vec![]], &[0], 0), Some(vec![0]));
}

#[test]
fn each_object_on_the_way_is_named() {
    let graph = [vec![1], vec![2], vec![3], vec![]];
    assert_eq!(path(&graph, &[0], 3), Some(vec![0, 1, 2, 3]));
    assert_eq!(path(&graph, &[2, 0], 3), Some(vec![2, 3]));
}

#[test]
fn an_object_that_is_not_held_has_no_path() {
    // 1 and 2 hold each other, and nobody holds them.
    let graph = [vec![], vec![2], vec![1, 0]];
    assert_eq!(path(&graph, &[0], 2), None);
    assert_eq!(path(&graph, &[], 0), None);
}

#[test]
fn the_shortest_path_is_found() {
    let detour_first = [vec![1, 4], vec![2], vec![3], vec![4], vec![]];
    assert_eq!(path(&detour_first, &[0], 4), Some(vec![0, 4]));
    let detour_last = [vec![4, 1], vec![2], vec![3], vec![4], vec![]];
    assert_eq!(path(&detour_last, &[0], 4), Some(vec![0, 4]));
}

#[test]
fn a_cycle_has_an_end() {
    let graph = [vec![1], vec![0, 1, 2], vec![0]];
    assert_eq!(path(&graph, &[0], 2), Some(vec![0, 1, 2]));
}
