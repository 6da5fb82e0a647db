//! Rust's types for values: what a function of the host takes and returns, and
//! what a [`TypedFunc`](crate::TypedFunc) does.

use annex_embedding::{HostError, Value};
use ch07_values::Operand;
use ch09_module::V128;

use crate::store::Host;
use crate::types::ValType;
use crate::value::{AnyRef, ArrayRef, ExternRef, StructRef, Val};
use crate::{Error, Func};

/// A type of Rust for one value: `i32`, `u32`, `i64`, `u64`, `f32`, `f64`,
/// [`V128`], and the references that may be null: `Option<Func>`,
/// `Option<ExternRef>`, `Option<AnyRef>`.
pub trait WasmTy: Sized + Convert {}

/// How a value of Rust becomes one of the machine, and back.
pub trait Convert: Sized + 'static {
    /// Whether it is a number: such values are in slots, as they are.
    const IS_NUMBER: bool;

    fn valtype() -> ValType;
    fn to_slot(self) -> u64;
    fn from_slot(slot: u64) -> Self;
    fn into_value<T>(self, host: &Host<T>) -> Value;
    fn of_value<T>(value: Value, host: &Host<T>) -> Self;
}

macro_rules! numbers {
    ($($ty:ident: $valtype:ident)*) => {$(
        impl WasmTy for $ty {}

        impl Convert for $ty {
            const IS_NUMBER: bool = true;

            fn valtype() -> ValType {
                ValType::$valtype
            }

            #[inline(always)]
            fn to_slot(self) -> u64 {
                Operand::to_slot(self)
            }

            #[inline(always)]
            fn from_slot(slot: u64) -> Self {
                Operand::from_slot(slot)
            }

            fn into_value<T>(self, host: &Host<T>) -> Value {
                Val::from(self).to_value(host)
            }

            fn of_value<T>(value: Value, _: &Host<T>) -> Self {
                Operand::from_slot(value.to_slot())
            }
        }
    )*};
}
numbers!(i32: I32 u32: I32 i64: I64 u64: I64 f32: F32 f64: F64);

macro_rules! others {
    ($($ty:ty, $valtype:expr, $val:pat => $of:expr;)*) => {$(
        impl WasmTy for $ty {}

        impl Convert for $ty {
            const IS_NUMBER: bool = false;

            fn valtype() -> ValType {
                $valtype
            }

            fn to_slot(self) -> u64 {
                unreachable!("only numbers are in slots")
            }

            fn from_slot(_: u64) -> Self {
                unreachable!("only numbers are in slots")
            }

            fn into_value<T>(self, host: &Host<T>) -> Value {
                Val::from(self).to_value(host)
            }

            fn of_value<T>(value: Value, host: &Host<T>) -> Self {
                match Val::of(value, host) {
                    $val => $of,
                    // The machine has checked the type.
                    _ => unreachable!("it is of another type"),
                }
            }
        }
    )*};
}
others! {
    V128, ValType::V128, Val::V128(x) => x;
    Option<Func>, ValType::FUNCREF, Val::FuncRef(x) => x;
    Option<ExternRef>, ValType::EXTERNREF, Val::ExternRef(x) => x;
    Option<AnyRef>, ValType::ANYREF, Val::AnyRef(x) => x;
}

impl From<StructRef> for AnyRef {
    fn from(it: StructRef) -> AnyRef {
        it.0
    }
}

impl From<ArrayRef> for AnyRef {
    fn from(it: ArrayRef) -> AnyRef {
        it.0
    }
}

impl From<Option<StructRef>> for Val {
    fn from(it: Option<StructRef>) -> Val {
        Val::AnyRef(it.map(|it| it.0))
    }
}

impl From<Option<ArrayRef>> for Val {
    fn from(it: Option<ArrayRef>) -> Val {
        Val::AnyRef(it.map(|it| it.0))
    }
}

/// The parameters of a function, or its results: nothing, one value, or a tuple
/// of up to 16.
pub trait WasmList: ConvertAll {}

/// The parameters of a [`TypedFunc`](crate::TypedFunc).
pub use WasmList as WasmParams;
/// The results of a [`TypedFunc`](crate::TypedFunc).
pub use WasmList as WasmResults;

/// How several values of Rust become values of the machine, and back.
pub trait ConvertAll: Sized + 'static {
    const ARE_NUMBERS: bool;

    fn valtypes() -> Vec<ValType>;
    fn write_slots(self, slots: &mut [u64]);
    fn of_slots(slots: &[u64]) -> Self;
    fn push_values<T>(self, values: &mut Vec<Value>, host: &Host<T>);
    fn of_values<T>(values: &[Value], host: &Host<T>) -> Self;
}

impl<V: WasmTy> WasmList for V {}

impl<V: WasmTy> ConvertAll for V {
    const ARE_NUMBERS: bool = V::IS_NUMBER;

    fn valtypes() -> Vec<ValType> {
        vec![V::valtype()]
    }

    #[inline(always)]
    fn write_slots(self, slots: &mut [u64]) {
        slots[0] = self.to_slot();
    }

    #[inline(always)]
    fn of_slots(slots: &[u64]) -> V {
        V::from_slot(slots[0])
    }

    fn push_values<T>(self, values: &mut Vec<Value>, host: &Host<T>) {
        values.push(self.into_value(host));
    }

    fn of_values<T>(values: &[Value], host: &Host<T>) -> V {
        V::of_value(values[0], host)
    }
}

macro_rules! tuples {
    ($($V:ident $n:tt),*) => {
        impl<$($V: WasmTy),*> WasmList for ($($V,)*) {}

        #[allow(unused_variables, reason = "the empty tuple needs none")]
        impl<$($V: WasmTy),*> ConvertAll for ($($V,)*) {
            const ARE_NUMBERS: bool = true $(&& $V::IS_NUMBER)*;

            fn valtypes() -> Vec<ValType> {
                vec![$($V::valtype()),*]
            }

            #[inline(always)]
            fn write_slots(self, slots: &mut [u64]) {
                $(slots[$n] = self.$n.to_slot();)*
            }

            #[inline(always)]
            #[allow(clippy::unused_unit, reason = "the empty tuple is one")]
            fn of_slots(slots: &[u64]) -> Self {
                ($($V::from_slot(slots[$n]),)*)
            }

            fn push_values<T>(self, values: &mut Vec<Value>, host: &Host<T>) {
                $(values.push(self.$n.into_value(host));)*
            }

            #[allow(clippy::unused_unit, reason = "the empty tuple is one")]
            fn of_values<T>(values: &[Value], host: &Host<T>) -> Self {
                ($($V::of_value(values[$n], host),)*)
            }
        }
    };
}

/// The most values that a function with types of Rust takes or returns.
pub(crate) const MOST: usize = 16;

tuples!();
tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12);
tuples!(
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13
);
tuples!(
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13,
    O 14
);
tuples!(
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13,
    O 14, P 15
);

/// What a function of the host returns: what [`WasmResults`] are, or a `Result`
/// with whatever error the host has.
pub trait WasmRet: Return {}

/// How what a function of the host returns becomes values of the machine.
pub trait Return: 'static {
    type Results: WasmList;

    fn into_result(self) -> Result<Self::Results, HostError>;
}

impl<R: WasmList> WasmRet for R {}

impl<R: WasmList> Return for R {
    type Results = R;

    fn into_result(self) -> Result<R, HostError> {
        Ok(self)
    }
}

impl<R: WasmList, E: Into<HostError> + 'static> WasmRet for Result<R, E> {}

impl<R: WasmList, E: Into<HostError> + 'static> Return for Result<R, E> {
    type Results = R;

    fn into_result(self) -> Result<R, HostError> {
        self.map_err(|error| Error::new(error).into_host())
    }
}
