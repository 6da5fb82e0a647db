//! Paths that lead down, up, over links, and out.

use super::{Folder, Node, Stop, walk};

fn granted() -> Folder {
    let sub = Folder::from([
        ("deep", Node::File("deep")),
        ("up", Node::Link("../note")),
        ("out", Node::Link("../../private")),
    ]);
    Folder::from([
        ("note", Node::File("a note")),
        ("sub", Node::Folder(sub)),
        ("link", Node::Link("../private")),
        ("inside", Node::Link("sub/./deep")),
        ("chain", Node::Link("inside")),
        ("etc", Node::Link("/etc")),
        ("round", Node::Link("sub/../round")),
    ])
}

fn check(path: &str, expected: Result<&str, Stop>) {
    assert_eq!(walk(&granted(), path), expected, "{path}");
}

#[test]
fn names_lead_down() {
    check("note", Ok("a note"));
    check("sub/deep", Ok("deep"));
    check("none", Err(Stop::NotFound));
    check("sub/none", Err(Stop::NotFound));
    check("note/deep", Err(Stop::NotFound));
    check("sub", Err(Stop::NotFound));
    check("/note", Err(Stop::NotAllowed));
}

#[test]
fn one_dot_and_an_empty_name_lead_nowhere() {
    check("./note", Ok("a note"));
    check("sub//deep", Ok("deep"));
    check("sub/./deep", Ok("deep"));
    check(".", Err(Stop::NotFound));
}

#[test]
fn two_dots_lead_up_and_never_out() {
    check("sub/../note", Ok("a note"));
    check("sub/../sub/deep", Ok("deep"));
    check("../note", Err(Stop::NotAllowed));
    check("sub/../../granted/note", Err(Stop::NotAllowed));
    check("none/../note", Err(Stop::NotFound));
}

#[test]
fn the_text_of_a_link_takes_its_place() {
    check("inside", Ok("deep"));
    check("chain", Ok("deep"));
    check("sub/up", Ok("a note"));
    check("link/secret", Err(Stop::NotAllowed));
    check("sub/out/secret", Err(Stop::NotAllowed));
    check("etc/passwd", Err(Stop::NotAllowed));
}

#[test]
fn a_circle_ends() {
    check("round", Err(Stop::TooManyLinks));
}
