//! From an operation to its handler: what it does and where its operands are
//! become types, one `match` at a time.

use ch08_numeric::{Numeric, numeric_table};
use ch09_module::{LoadOp, StoreOp, load_table, store_table};
use ch20_slots::operators;

use crate::handlers::{self, *};
use crate::inst::{Inst, Place, Work};
use crate::node::{Handler, OTHER};
use crate::value::{
    Acc, Aside, Class, Free, FreeAround, Held, Imm16, Imm32, Mask16, Nowhere,
    Paid, PaidAround, Slot, Stored, Way, Wide, Zero,
};

/// What [`Mask16`] stands for.
const MASK: Place = Place::Const(0xffff);

/// A handler as a function pointer.
macro_rules! handler {
    ($function:expr) => {{
        let handler: Handler = $function;
        Some(handler)
    }};
}

/// Names the type of where an operand is.
macro_rules! kind {
    ($S:ident = $kind:ty => $then:expr) => {{
        type $S = $kind;
        $then
    }};
}

macro_rules! result {
    ($place:expr, $D:ident => $then:expr) => {
        match $place {
            Place::Acc => kind!($D = Held => $then),
            _ => kind!($D = Stored => $then),
        }
    };
}

macro_rules! aside {
    ($place:expr, $D:ident => $then:expr) => {
        match $place {
            Place::Slot(_) => kind!($D = Aside => $then),
            _ => kind!($D = Nowhere => $then),
        }
    };
}

macro_rules! slot_acc {
    ($place:expr, $k:literal, $S:ident => $then:expr) => {
        match $place {
            Place::Acc => kind!($S = Acc => $then),
            Place::Slot(_) => kind!($S = Slot<$k> => $then),
            _ => None,
        }
    };
}

macro_rules! slot_acc_imm32 {
    ($place:expr, $k:literal, $S:ident => $then:expr) => {
        match $place {
            Place::Acc => kind!($S = Acc => $then),
            Place::Slot(_) => kind!($S = Slot<$k> => $then),
            place if place.imm32().is_some() => {
                kind!($S = Imm32<$k> => $then)
            }
            _ => None,
        }
    };
}

macro_rules! slot_imm16 {
    ($place:expr, $k:literal, $S:ident => $then:expr) => {
        match $place {
            Place::Slot(_) => kind!($S = Slot<$k> => $then),
            place if place.imm16().is_some() => {
                kind!($S = Imm16<$k> => $then)
            }
            _ => None,
        }
    };
}

macro_rules! slot_acc_imm16 {
    ($place:expr, $k:literal, $S:ident => $then:expr) => {
        match $place {
            Place::Acc => kind!($S = Acc => $then),
            place => slot_imm16!(place, $k, $S => $then),
        }
    };
}

/// Takes one of some operators to its type.
macro_rules! among {
    ($operator:expr, $Family:ident [$($variant:ident)*],
        $O:ident => $then:expr) => {
        match $operator {
            $($Family::$variant => kind!($O = operators::$variant => $then),)*
            _ => None,
        }
    };
}

/// What addresses and counters are computed with.
macro_rules! arithmetic {
    ($operator:expr, $O:ident => $then:expr) => {
        among!($operator, Numeric [I32Add I32Sub I32Mul I32And I32Or I32Xor
            I32Shl I32ShrU I32ShrS I32Rotl], $O => $then)
    };
}

/// The operators whose first operand is often a constant.
macro_rules! from_constant {
    ($operator:expr, $O:ident => $then:expr) => {
        among!($operator, Numeric [I32Sub I32Shl I64Sub I64Shl],
            $O => $then)
    };
}

/// The operators that follow another one with a long constant.
macro_rules! wide_second {
    ($operator:expr, $O:ident => $then:expr) => {
        among!($operator, Numeric [I32Add I32And I32Xor], $O => $then)
    };
}

/// The operators that a comparison follows often.
macro_rules! masked {
    ($operator:expr, $O:ident => $then:expr) => {
        among!($operator, Numeric [I32Add I32And], $O => $then)
    };
}

/// The operators that a branch follows often.
macro_rules! simple {
    ($operator:expr, $O:ident => $then:expr) => {
        among!($operator, Numeric [I32Add I32And I32ShrU],
            $O => $then)
    };
}

/// What is done with two values that were both loaded.
macro_rules! paired {
    ($operator:expr, $O:ident => $then:expr) => {
        among!($operator, Numeric [I32Add I32Sub I32Mul I32Xor], $O => $then)
    };
}

/// The first of two operators on 64 bits.
macro_rules! long_first {
    ($operator:expr, $O:ident => $then:expr) => {
        among!($operator, Numeric [I64Add I64And I64Mul I64Rotl I64Shl
            I64ShrU I64Xor], $O => $then)
    };
}

/// The second of them.
macro_rules! long_second {
    ($operator:expr, $O:ident => $then:expr) => {
        among!($operator, Numeric [I64Add I64And I64Or I64Xor], $O => $then)
    };
}

macro_rules! double {
    ($operator:expr, $O:ident => $then:expr) => {
        among!($operator, Numeric [F64Add F64Sub F64Mul], $O => $then)
    };
}

/// What the number of an element becomes its place with.
macro_rules! scale {
    ($operator:expr, $O:ident => $then:expr) => {
        among!($operator, Numeric [I32Mul I32Shl], $O => $then)
    };
}

macro_rules! narrow_compare {
    ($operator:expr, $O:ident => $then:expr) => {
        among!($operator, Numeric [I32Eq I32Ne I32LtS I32LtU I32GtS I32GtU
            I32LeS I32LeU I32GeS I32GeU], $O => $then)
    };
}

macro_rules! compare {
    ($operator:expr, $O:ident => $then:expr) => {
        among!($operator, Numeric [I32Eq I32Ne I32LtS I32LtU I32GtS I32GtU
            I32LeS I32LeU I32GeS I32GeU I64Eq I64Ne I64LtS I64LtU I64GtS I64GtU
            I64LeS I64LeU I64GeS I64GeU F32Eq F32Ne F32Lt F32Gt F32Le F32Ge
            F64Eq F64Ne F64Lt F64Gt F64Le F64Ge], $O => $then)
    };
}

macro_rules! narrow_load {
    ($load:expr, $L:ident => $then:expr) => {
        among!($load, LoadOp [I32Load I32Load8U I32Load8S I32Load16U
            I32Load16S], $L => $then)
    };
}

/// Takes a load to its type.
macro_rules! loads {
    ($load:expr, $L:ident => $then:expr) => {
        load_table! { any_load $load, $L => $then; }
    };
}

macro_rules! any_load {
    ($load:expr, $L:ident => $then:expr;
    $($opcode:literal $name:literal $variant:ident $params:tt
        -> $result:ty = $meaning:expr;)*) => {
        match $load {
            $(LoadOp::$variant => {
                kind!($L = operators::$variant => $then)
            })*
        }
    };
}

/// Takes a store to its type.
macro_rules! stores {
    ($store:expr, $S:ident => $then:expr) => {
        store_table! { any_store $store, $S => $then; }
    };
}

macro_rules! any_store {
    ($store:expr, $S:ident => $then:expr;
    $($opcode:literal $name:literal $variant:ident $params:tt
        -> $result:ty = $meaning:expr;)*) => {
        match $store {
            $(StoreOp::$variant => {
                kind!($S = operators::$variant => $then)
            })*
        }
    };
}

/// Takes a numeric row to its type, if its operands are as another macro wants
/// them.
macro_rules! numeric_row {
    ($if:ident, $operator:expr, $O:ident => $then:expr;
    $($opcode:literal $name:literal $variant:ident $params:tt
        -> $result:tt = $meaning:expr;)*) => {
        match $operator {
            $(Numeric::$variant => {
                $if!($params -> $result, $variant, $O => $then)
            })*
        }
    };
}

/// It has one operand, and one result.
macro_rules! if_unary {
    ($params:tt -> ($($result:ty),+), $variant:ident,
        $O:ident => $then:expr) => {
        None
    };
    (($x:ident: $X:ty) -> $result:tt, $variant:ident,
        $O:ident => $then:expr) => {
        kind!($O = operators::$variant => $then)
    };
    ($params:tt -> $result:tt, $variant:ident, $O:ident => $then:expr) => {
        None
    };
}

/// It has two operands, and one result.
macro_rules! if_binary {
    ($params:tt -> ($($result:ty),+), $variant:ident,
        $O:ident => $then:expr) => {
        None
    };
    (($x:ident: $X:ty, $y:ident: $Y:ty) -> $result:tt, $variant:ident,
        $O:ident => $then:expr) => {
        kind!($O = operators::$variant => $then)
    };
    ($params:tt -> $result:tt, $variant:ident, $O:ident => $then:expr) => {
        None
    };
}

/// The same, if the operands have 64 bits.
macro_rules! if_long {
    (($x:ident: i32, $($y:tt)*) -> $($then:tt)*) => {
        None
    };
    (($x:ident: u32, $($y:tt)*) -> $($then:tt)*) => {
        None
    };
    (($x:ident: f32, $($y:tt)*) -> $($then:tt)*) => {
        None
    };
    ($($binary:tt)*) => {
        if_binary!($($binary)*)
    };
}

/// The handler of an operation. `None` if there is none for what it does, or
/// for where its operands are.
pub(crate) fn handler(inst: &Inst) -> Option<Handler> {
    match (inst.paid, inst.around) {
        (false, false) => by_way::<Free>(inst),
        (true, false) => match inst.work {
            Work::Br => handler!(br::<Paid>),
            Work::Call => handler!(call::<Paid>),
            Work::CallHost if inst.number & OTHER != 0 => {
                handler!(call_other::<Paid>)
            }
            Work::CallHost => handler!(call_host::<Paid>),
            Work::CallIndirect => handler!(call_indirect::<Paid>),
            Work::MemoryFill => handler!(memory_fill::<Paid>),
            Work::MemoryCopy => handler!(memory_copy::<Paid>),
            _ => by_way::<Free>(inst),
        },
        (false, true) => by_way::<FreeAround>(inst),
        (true, true) => by_way::<PaidAround>(inst),
    }
}

fn by_way<W: Way>(inst: &Inst) -> Option<Handler> {
    let Inst { work, to, a, b, c, .. } = *inst;
    match work {
        Work::Unary(operator) => unary(operator, to, a),
        Work::Binary(operator) => binary(operator, to, a, b),
        Work::Load(load) => load_plain(load, to, a),
        Work::Store(store) => store_plain(store, a, b),
        Work::Copy => copy(a),
        Work::Select => {
            slot_imm16!(a, 1, X => slot_imm16!(b, 2, Y => slot_acc!(c, 3, Z =>
                handler!(select::<X, Y, Z>))))
        }
        Work::ZeroEight => handler!(zero_eight),
        Work::GlobalGet => handler!(global_get),
        Work::GlobalSet => match a {
            Place::Const(_) => handler!(global_set::<Wide>),
            _ => slot_acc!(a, 0, X => handler!(global_set::<X>)),
        },
        Work::Br => handler!(br::<W>),
        Work::BrIf(true) => {
            slot_acc!(a, 0, X => handler!(br_if::<W, u32, X, true>))
        }
        Work::BrIf(false) => {
            slot_acc!(a, 0, X => handler!(br_if::<W, u32, X, false>))
        }
        Work::BrIfLong(true) => {
            slot_acc!(a, 0, X => handler!(br_if::<W, u64, X, true>))
        }
        Work::BrIfLong(false) => {
            slot_acc!(a, 0, X => handler!(br_if::<W, u64, X, false>))
        }
        Work::BrCompare(operator) => {
            compare!(operator, O => slot_acc!(a, 0, X =>
                slot_acc_imm32!(b, 1, Y => handler!(br_compare::<W, O, X, Y>))))
        }
        Work::BrTable => slot_acc!(a, 0, X => handler!(br_table::<X>)),
        Work::TableEntry => handler!(ret),
        Work::Call => handler!(call::<Free>),
        Work::CallHost if inst.number & OTHER != 0 => {
            handler!(call_other::<Free>)
        }
        Work::CallHost => handler!(call_host::<Free>),
        Work::CallIndirect => handler!(call_indirect::<Free>),
        Work::Return => handler!(ret),
        Work::ReturnOne => match a {
            Place::Const(_) => {
                a.imm32()?;
                handler!(ret_one::<Imm32<0>>)
            }
            _ => slot_acc!(a, 0, X => handler!(ret_one::<X>)),
        },
        Work::Leave => handler!(leave),
        Work::MemoryFill => handler!(memory_fill::<Free>),
        Work::MemoryCopy => handler!(memory_copy::<Free>),
        Work::Around => handler!(around),
        Work::Hold(Class::Int) => handler!(hold::<u64>),
        Work::Hold(Class::Double) => handler!(hold::<f64>),
        Work::Hold(Class::Single) => handler!(hold::<f32>),
        Work::End => handler!(end),
        Work::LoadIndexed(load) => {
            loads!(load, L => result!(to, D => slot_acc!(a, 1, A =>
                slot_imm16!(b, 2, B => handler!(load_indexed::<L, D, A, B>)))))
        }
        Work::LoadDisplaced(load) => {
            loads!(load, L => result!(to, D => slot_acc!(a, 1, A =>
                handler!(load_displaced::<L, D, A>))))
        }
        Work::StoreIndexed(store) => {
            stores!(store, S => slot_acc!(a, 0, A => slot_imm16!(b, 2, B =>
                slot_acc_imm16!(c, 1, V =>
                    handler!(store_indexed::<S, A, B, V>)))))
        }
        Work::LoadScaled(load, operator) => {
            loads!(load, L => scale!(operator, O => result!(to, D =>
                slot_acc!(a, 1, A => handler!(load_scaled::<L, O, D, A>)))))
        }
        Work::StoreScaled(store, operator) => {
            stores!(store, S => scale!(operator, O => slot_acc!(a, 1, A =>
                slot_imm16!(to, 0, V =>
                    handler!(store_scaled::<S, O, A, V>)))))
        }
        Work::StoreDisplaced(store) => {
            stores!(store, S => slot_acc!(a, 0, A => slot_acc_imm16!(c, 1, V =>
                handler!(store_displaced::<S, A, V>))))
        }
        Work::BinaryLeft(first, second) => left(first, second, to, a, b, c),
        Work::BinaryRight(first, second) => right(first, second, to, a, b, c),
        Work::LoadLeft(load, operator) => load_then(load, operator, to, a, c),
        Work::LoadRight(load, operator) => {
            load_before(load, operator, to, a, c)
        }
        Work::LoadBoth(load, operator) => load_both(load, operator, to, a, c),
        Work::CopyTwice => slot_acc!(a, 1, X => slot_acc!(c, 3, Y =>
            handler!(copy_twice::<X, Y>))),
        Work::IncreaseTwice => slot_imm16!(a, 1, X => slot_imm16!(c, 3, Y =>
            handler!(increase_twice::<X, Y>))),
        Work::BinaryBr(operator, on) => {
            binary_branch::<W>(operator, on, to, a, b)
        }
        Work::LoadBr(load, true) => {
            narrow_load!(load, L => result!(to, D => slot_acc!(a, 1, A =>
                handler!(load_br::<W, L, D, A, true>))))
        }
        Work::LoadBr(load, false) => {
            narrow_load!(load, L => result!(to, D => slot_acc!(a, 1, A =>
                handler!(load_br::<W, L, D, A, false>))))
        }
        Work::CopyBr(true) => slot_acc!(a, 1, X => slot_acc!(c, 2, Z =>
            handler!(copy_br::<W, X, Z, true>))),
        Work::CopyBr(false) => slot_acc!(a, 1, X => slot_acc!(c, 2, Z =>
            handler!(copy_br::<W, X, Z, false>))),
        Work::CopyJump => match a {
            Place::Const(_) => {
                a.imm16()?;
                handler!(copy_jump::<W, Imm16<1>>)
            }
            _ => slot_acc!(a, 1, X => handler!(copy_jump::<W, X>)),
        },
        Work::IncreaseJump => slot_imm16!(b, 1, Y =>
            handler!(increase_jump::<W, Y>)),
        Work::BinaryCompare(Numeric::I32And, second) if b == MASK => {
            narrow_compare!(second, Q => aside!(to, D => slot_acc!(a, 0, X =>
                slot_imm16!(c, 2, Z => handler!(binary_compare::<
                    W, operators::I32And, Q, D, X, Mask16, Z>)))))
        }
        Work::BinaryCompare(first, second) => {
            simple!(first, O => narrow_compare!(second, Q => aside!(to, D =>
                slot_acc!(a, 0, X => slot_imm16!(b, 1, Y =>
                    slot_imm16!(c, 2, Z => handler!(
                        binary_compare::<W, O, Q, D, X, Y, Z>)))))))
        }
        Work::IncreaseCompare(operator) => {
            narrow_compare!(operator, Q => slot_acc!(a, 0, X =>
                slot_imm16!(b, 1, Y => slot_imm16!(c, 2, Z =>
                    handler!(increase_compare::<W, Q, X, Y, Z>)))))
        }
        Work::LoadCompare(load, operator) => {
            narrow_load!(load, L => narrow_compare!(operator, Q =>
                aside!(to, D => slot_acc!(a, 0, A => slot_imm16!(c, 2, Z =>
                    handler!(load_compare::<W, L, Q, D, A, Z>))))))
        }
    }
}

fn unary(operator: Numeric, to: Place, a: Place) -> Option<Handler> {
    numeric_table! { numeric_row if_unary, operator, O => result!(to, D =>
    slot_acc!(a, 1, X => handler!(handlers::unary::<O, D, X>))); }
}

fn binary(operator: Numeric, to: Place, a: Place, b: Place) -> Option<Handler> {
    if let Place::Const(_) = b
        && b.imm32().is_none()
    {
        return numeric_table! { numeric_row if_long, operator, O =>
        result!(to, D => slot_acc!(a, 1, X =>
            handler!(handlers::binary::<O, D, X, Wide>))); };
    }
    if a.imm32().is_some() {
        return from_constant!(operator, O => result!(to, D =>
            slot_acc!(b, 3, Y =>
                handler!(handlers::binary::<O, D, Imm32<1>, Y>))));
    }
    numeric_table! { numeric_row if_binary, operator, O => result!(to, D =>
    slot_acc!(a, 1, X => slot_acc_imm32!(b, 2, Y =>
        handler!(handlers::binary::<O, D, X, Y>)))); }
}

fn load_plain(load: LoadOp, to: Place, a: Place) -> Option<Handler> {
    match a {
        Place::Const(0) => loads!(load, L => result!(to, D =>
            handler!(handlers::load::<L, D, Zero>))),
        _ => loads!(load, L => result!(to, D => slot_acc!(a, 1, A =>
            handler!(handlers::load::<L, D, A>)))),
    }
}

fn store_plain(store: StoreOp, a: Place, b: Place) -> Option<Handler> {
    let wide = matches!(b, Place::Const(_)) && b.imm16().is_none();
    match (a, wide) {
        (Place::Const(0), true) => stores!(store, S =>
            handler!(handlers::store::<S, Zero, Wide>)),
        (Place::Const(0), false) => stores!(store, S =>
            slot_acc_imm16!(b, 1, V =>
                handler!(handlers::store::<S, Zero, V>))),
        (_, true) => stores!(store, S => slot_acc!(a, 0, A =>
            handler!(handlers::store::<S, A, Wide>))),
        (_, false) => stores!(store, S => slot_acc!(a, 0, A =>
            slot_acc_imm16!(b, 1, V =>
                handler!(handlers::store::<S, A, V>)))),
    }
}

fn copy(a: Place) -> Option<Handler> {
    match a {
        Place::Const(_) if a.imm32().is_some() => {
            handler!(handlers::copy::<Imm32<2>>)
        }
        Place::Const(_) => handler!(handlers::copy::<Wide>),
        _ => slot_acc!(a, 1, X => handler!(handlers::copy::<X>)),
    }
}

fn left(
    first: Numeric,
    second: Numeric,
    to: Place,
    a: Place,
    b: Place,
    c: Place,
) -> Option<Handler> {
    if first == Numeric::I32And && b == MASK {
        return arithmetic!(second, Q => result!(to, D => slot_acc!(a, 1, X =>
            slot_imm16!(c, 3, Z => handler!(
                binary_left::<operators::I32And, Q, D, X, Mask16, Z>)))));
    }
    let handler = arithmetic!(first, P => arithmetic!(second, Q =>
        result!(to, D => slot_acc!(a, 1, X => slot_imm16!(b, 2, Y =>
            slot_imm16!(c, 3, Z =>
                handler!(binary_left::<P, Q, D, X, Y, Z>)))))));
    if let (Place::Const(_), None) = (c, c.imm16()) {
        return arithmetic!(first, P => wide_second!(second, Q =>
            result!(to, D => slot_acc!(a, 1, X => slot_imm16!(b, 2, Y =>
                handler!(binary_left::<P, Q, D, X, Y, Wide>))))));
    }
    let handler = handler.or_else(|| {
        masked!(first, P => narrow_compare!(second, Q =>
            result!(to, D => slot_acc!(a, 1, X => slot_imm16!(b, 2, Y =>
                slot_imm16!(c, 3, Z =>
                    handler!(binary_left::<P, Q, D, X, Y, Z>)))))))
    });
    let handler = handler.or_else(|| {
        long_first!(first, P => long_second!(second, Q =>
            result!(to, D => slot_acc!(a, 1, X => slot_imm16!(b, 2, Y =>
                slot_imm16!(c, 3, Z =>
                    handler!(binary_left::<P, Q, D, X, Y, Z>)))))))
    });
    let (Place::Slot(_), Place::Slot(_)) = (b, c) else { return handler };
    handler.or_else(|| {
        double!(first, P => double!(second, Q => result!(to, D =>
            slot_acc!(a, 1, X =>
                handler!(binary_left::<P, Q, D, X, Slot<2>, Slot<3>>)))))
    })
}

fn right(
    first: Numeric,
    second: Numeric,
    to: Place,
    a: Place,
    b: Place,
    c: Place,
) -> Option<Handler> {
    let Place::Slot(_) = c else { return None };
    match (second, b) {
        (Numeric::I32Sub, _) => arithmetic!(first, P => result!(to, D =>
            slot_acc!(a, 1, X => slot_imm16!(b, 2, Y => handler!(
                binary_right::<P, operators::I32Sub, D, X, Y, Slot<3>>))))),
        (_, Place::Slot(_)) => double!(first, P => double!(second, Q =>
            result!(to, D => slot_acc!(a, 1, X => handler!(
                binary_right::<P, Q, D, X, Slot<2>, Slot<3>>))))),
        _ => None,
    }
}

fn load_then(
    load: LoadOp,
    operator: Numeric,
    to: Place,
    a: Place,
    c: Place,
) -> Option<Handler> {
    match (load, c) {
        (LoadOp::F64Load, Place::Slot(_)) => double!(operator, O =>
            result!(to, D => slot_acc!(a, 1, A => handler!(
                load_left::<operators::F64Load, O, D, A, Slot<3>>)))),
        _ => narrow_load!(load, L => arithmetic!(operator, O =>
            result!(to, D => slot_acc!(a, 1, A => slot_imm16!(c, 3, Z =>
                handler!(load_left::<L, O, D, A, Z>)))))),
    }
}

fn load_before(
    load: LoadOp,
    operator: Numeric,
    to: Place,
    a: Place,
    c: Place,
) -> Option<Handler> {
    let Place::Slot(_) = c else { return None };
    match (load, operator) {
        (LoadOp::F64Load, _) => double!(operator, O => result!(to, D =>
            slot_acc!(a, 1, A => handler!(
                load_right::<operators::F64Load, O, D, A, Slot<3>>)))),
        (_, Numeric::I32Sub) => narrow_load!(load, L => result!(to, D =>
            slot_acc!(a, 1, A => handler!(
                load_right::<L, operators::I32Sub, D, A, Slot<3>>)))),
        _ => None,
    }
}

fn load_both(
    load: LoadOp,
    operator: Numeric,
    to: Place,
    a: Place,
    c: Place,
) -> Option<Handler> {
    match load {
        LoadOp::F64Load => double!(operator, O =>
            result!(to, D => slot_acc!(a, 1, A => slot_acc!(c, 2, B => handler!(
                handlers::load_both::<operators::F64Load, O, D, A, B>))))),
        _ => narrow_load!(load, L => paired!(operator, O =>
            result!(to, D => slot_acc!(a, 1, A => slot_acc!(c, 2, B =>
                handler!(handlers::load_both::<L, O, D, A, B>)))))),
    }
}

fn binary_branch<W: Way>(
    operator: Numeric,
    on: bool,
    to: Place,
    a: Place,
    b: Place,
) -> Option<Handler> {
    match on {
        true => simple!(operator, O => result!(to, D => slot_acc!(a, 1, X =>
            slot_imm16!(b, 2, Y =>
                handler!(binary_br::<W, O, D, X, Y, true>))))),
        false => simple!(operator, O => result!(to, D => slot_acc!(a, 1, X =>
            slot_imm16!(b, 2, Y =>
                handler!(binary_br::<W, O, D, X, Y, false>))))),
    }
}
