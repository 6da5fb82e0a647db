//! Arms that agree, and arms that do not.

use super::Instr::{self, Add, Const};
use super::body;

fn choose(results: usize, then: Vec<Instr>, otherwise: Vec<Instr>) -> Instr {
    Instr::If { results, then, otherwise }
}

#[test]
fn arms_that_leave_what_is_promised() {
    assert!(
        body(&[Const, choose(1, vec![Const], vec![Const, Const, Add])], 1)
            .is_ok()
    );
    assert!(body(&[Const, choose(0, vec![], vec![])], 0).is_ok());
}

#[test]
fn the_first_arm_is_wrong() {
    assert!(body(&[Const, choose(1, vec![], vec![Const])], 1).is_err());
    assert!(body(&[Const, choose(1, vec![Add], vec![Const])], 1).is_err());
}

#[test]
fn the_second_arm_is_wrong() {
    assert!(body(&[Const, choose(1, vec![Const], vec![])], 1).is_err());
    assert!(
        body(&[Const, choose(1, vec![Const], vec![Const, Const])], 1).is_err()
    );
    assert!(
        body(&[Const, Const, choose(1, vec![Const], vec![Add])], 2).is_err()
    );
}

#[test]
fn an_arm_in_an_arm_is_wrong() {
    let inner = || choose(1, vec![Const], vec![]);
    assert!(
        body(&[Const, choose(1, vec![Const], vec![Const, inner()])], 1)
            .is_err()
    );
}
