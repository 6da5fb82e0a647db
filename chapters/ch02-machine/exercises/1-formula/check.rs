//! A compiler for a stack machine: operands first.

use super::Formula::{self, Number, Product, Sum};
use super::{calculate, compile};

fn sum(x: Formula, y: Formula) -> Formula {
    Sum(Box::new(x), Box::new(y))
}

fn product(x: Formula, y: Formula) -> Formula {
    Product(Box::new(x), Box::new(y))
}

fn text(formula: &Formula) -> String {
    let mut code = Vec::new();
    compile(formula, &mut code);
    let words: Vec<String> = code.iter().map(ToString::to_string).collect();
    words.join(", ")
}

#[test]
fn a_number_is_itself() {
    assert_eq!(text(&Number(7.0)), "const 7");
}

#[test]
fn the_operator_comes_after_its_operands() {
    assert_eq!(text(&sum(Number(1.0), Number(2.0))), "const 1, const 2, add");
    assert_eq!(
        text(&product(Number(1.0), Number(2.0))),
        "const 1, const 2, mul"
    );
}

#[test]
fn operands_may_be_formulas() {
    let formula =
        product(sum(Number(2.0), Number(3.0)), sum(Number(4.0), Number(5.0)));
    assert_eq!(
        text(&formula),
        "const 2, const 3, add, const 4, const 5, add, mul"
    );
    assert_eq!(calculate(&formula).unwrap(), 45.0);
}

#[test]
fn the_chapters_formula_is_the_chapters_program() {
    let formula = sum(Number(2.0), product(Number(3.0), Number(0.1)));
    assert_eq!(text(&formula), "const 2, const 3, const 0.1, mul, add");
    assert_eq!(calculate(&formula).unwrap(), 2.3);
}
