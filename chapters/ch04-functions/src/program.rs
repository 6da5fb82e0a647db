//! The program that the demo runs.

use crate::Instr::{Add, Call, Const, Load, LocalGet, Mul, Store};
use crate::{FuncIdx, Function, LocalIdx};

/// Where the player stands: the address of the variable `x`.
pub const X: f64 = 22.0;
/// How fast the player moves: the address of the variable `v`.
pub const V: f64 = 42.0;

/// `fn update_position(x, v, dt) { x + v * dt }`
pub const UPDATE_POSITION: FuncIdx = FuncIdx(0);
/// `fn main() { x = update_position(x, v, 0.1) }`
pub const MAIN: FuncIdx = FuncIdx(1);
/// `fn runaway() { runaway() }`
pub const RUNAWAY: FuncIdx = FuncIdx(2);

/// The three functions, in the order of their numbers.
#[rustfmt::skip] // One operand per line.
pub fn program() -> Vec<Function> {
    let (x, v, dt) = (LocalIdx(0), LocalIdx(1), LocalIdx(2));
    let update_position = vec![
        LocalGet(x),
        LocalGet(v),
        LocalGet(dt),
        Mul,
        Add,
    ];
    let main = vec![
        Const(X),
        Const(X), Load,
        Const(V), Load,
        Const(0.1),
        Call(UPDATE_POSITION),
        Store,
    ];
    vec![
        Function {
            name: "update_position",
            params: 3,
            locals: 0,
            results: 1,
            body: update_position,
        },
        Function { name: "main", params: 0, locals: 0, results: 0, body: main },
        Function {
            name: "runaway",
            params: 0,
            locals: 0,
            results: 0,
            body: vec![Call(RUNAWAY)],
        },
    ]
}
