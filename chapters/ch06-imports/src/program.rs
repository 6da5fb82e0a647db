//! The program that the demo runs.

use crate::Instr::{
    self, Add, Block, Br, BrIf, Call, Const, Eq, Ge, Gt, Load, LocalGet, Loop,
    Mul, Store,
};
use crate::{Body, FuncIdx, Function, LabelIdx, LocalIdx};

/// Where the player stands: the address of the variable `x`.
pub const X: f64 = 22.0;
/// How fast the player moves: the address of the variable `v`.
pub const V: f64 = 42.0;

/// `fn display_player(x)`, an import
pub const DISPLAY_PLAYER: FuncIdx = FuncIdx(0);
/// `fn update_position(x, v, dt) { x + v * dt }`
pub const UPDATE_POSITION: FuncIdx = FuncIdx(1);
/// ```text
/// while x > 0 {
///     display_player(x);
///     x = update_position(x, v, 0.1);
///     if x >= 70 { v = v * -1 }
/// }
/// ```
pub const MAIN: FuncIdx = FuncIdx(2);

/// `if condition { then } else { otherwise }`: a true condition jumps over
/// `otherwise`, whose last instruction jumps over `then`.
///
/// A branch in `condition` or `otherwise` that leaves them has two more labels
/// on its way; in `then`, one.
pub fn if_else(
    condition: Vec<Instr>,
    then: Vec<Instr>,
    otherwise: Vec<Instr>,
) -> Instr {
    let choice =
        [condition, vec![BrIf(LabelIdx(0))], otherwise, vec![Br(LabelIdx(1))]];
    Block(body([vec![Block(body(choice))], then]))
}

/// `while condition { instrs }`: a false condition, one that equals 0, jumps
/// out of the block; the last instruction jumps to the loop.
///
/// A branch that leaves `condition` or `instrs` has two more labels on its way.
pub fn while_loop(condition: Vec<Instr>, instrs: Vec<Instr>) -> Instr {
    let leave = vec![Const(0.0), Eq, BrIf(LabelIdx(1))];
    let round = [condition, leave, instrs, vec![Br(LabelIdx(0))]];
    Block(body([vec![Loop(body(round))]]))
}

fn body<const N: usize>(parts: [Vec<Instr>; N]) -> Body {
    Body(parts.into_iter().flatten().collect())
}

/// The two functions after the import, in the order of their numbers.
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
    let turn = if_else(
        vec![Const(X), Load, Const(70.0), Ge],
        vec![Const(V), Const(V), Load, Const(-1.0), Mul, Store],
        vec![],
    );
    let main = vec![while_loop(
        vec![Const(X), Load, Const(0.0), Gt],
        vec![
            Const(X), Load,
            Call(DISPLAY_PLAYER),
            Const(X),
            Const(X), Load,
            Const(V), Load,
            Const(0.1),
            Call(UPDATE_POSITION),
            Store,
            turn,
        ],
    )];
    vec![
        Function {
            name: "update_position",
            params: 3,
            locals: 0,
            results: 1,
            body: update_position,
        },
        Function { name: "main", params: 0, locals: 0, results: 0, body: main },
    ]
}
