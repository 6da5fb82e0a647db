//! Paths that lead out, paths that don't, and one that text can't judge.

use super::leaves;

#[test]
fn names_lead_down() {
    for path in ["", ".", "a", "a/b", "a//b", "./a/.", "..a", "...", "a.."] {
        assert!(!leaves(path), "{path}");
    }
}

#[test]
fn two_dots_lead_up() {
    for path in ["a/..", "a/../b", "a/b/../..", "a/./..", "a//../b"] {
        assert!(!leaves(path), "{path}");
    }
    for path in ["..", "../", "./..", "a/../..", "a//../..", "a/b/../../../c"] {
        assert!(leaves(path), "{path}");
    }
}

#[test]
fn a_path_that_comes_back_was_outside() {
    assert!(leaves("../granted/file"));
    assert!(leaves("a/../../granted/a"));
}

#[test]
fn an_absolute_path_is_out_at_once() {
    assert!(leaves("/") && leaves("/a") && leaves("//a/b"));
}

#[test]
fn a_link_is_a_name_like_any_other() {
    // `link` may lead to `/etc`. The text doesn't say so.
    assert!(!leaves("link/passwd"));
}
