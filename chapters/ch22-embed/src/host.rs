//! Functions of the host: closures that modules call.

use std::rc::Rc;
use std::sync::Arc;

use annex_embedding as seam;
use annex_embedding::{HostError, HostFunction, Value};

use crate::store::{Lender, Lent, Slot};
use crate::typed::{ConvertAll, Return};
use crate::types::FuncType;
use crate::value::Val;
use crate::{Caller, Error, StoreContextMut, WasmRet, WasmTy};

/// A function of the host that isn't in a store yet.
pub struct HostFunc<T: 'static> {
    make: Box<Make<T>>,
}

type Make<T> = dyn Fn(&Slot<T>) -> HostFunction + Send + Sync;

impl<T> HostFunc<T> {
    /// The function, for a store whose host's half comes to this slot.
    pub(crate) fn in_store(&self, slot: &Slot<T>) -> HostFunction {
        (self.make)(slot)
    }

    /// A function of any type.
    pub(crate) fn dynamic(
        ty: FuncType,
        function: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error>
        + Send
        + Sync
        + 'static,
    ) -> HostFunc<T> {
        let (function, made) = (Arc::new(function), ty);
        let make = move |slot: &Slot<T>| {
            let (function, slot) = (Arc::clone(&function), Rc::clone(slot));
            let ty = made.clone();
            let body = move |caller: &mut seam::Caller<'_>,
                             values: &mut Vec<Value>| {
                let mut lent = Lent::take(&slot);
                let host = lent.host();
                let params: Vec<Val> =
                    values.drain(..).map(|it| Val::of(it, host)).collect();
                let results = ty.results().iter().copied();
                let mut results: Vec<Val> =
                    results.map(Val::default_for).collect();
                let caller = of_seam(caller, &mut lent);
                let outcome = function(caller, &params, &mut results);
                outcome.map_err(Error::into_host)?;
                let host = lent.host();
                values.extend(results.iter().map(|it| it.to_value(host)));
                Ok(())
            };
            HostFunction::on_values((&made).into(), body)
        };
        HostFunc { make: Box::new(make) }
    }
}

/// The caller of a function of the host.
fn of_seam<'a, T>(
    caller: &'a mut seam::Caller<'_>,
    lent: &'a mut Lent<'_, T>,
) -> Caller<'a, T> {
    let (instance, answer) = (caller.instance(), caller.answer());
    let lender = Lender::Calling(caller.engine());
    let context = StoreContextMut { lender, holder: &mut lent.holder };
    Caller::new(context, instance, answer)
}

/// A closure that can be a function of the host: it takes values, perhaps after
/// a [`Caller`], and returns values or a `Result`. `Params` and `Results` tell
/// closures of different types apart.
pub trait IntoFunc<T: 'static, Params, Results>: Send + Sync + 'static {
    /// The function.
    fn into_func(self) -> HostFunc<T>;
}

const WRONG: &str = "the machine hands over as many arguments as it should";

macro_rules! closures {
    ($($V:ident $v:ident $n:tt),*) => {
        #[allow(unused_variables, reason = "without parameters they are")]
        impl<T, F, $($V,)* R> IntoFunc<T, ($($V,)*), R> for F
        where
            T: 'static,
            F: Fn($($V),*) -> R + Send + Sync + 'static,
            $($V: WasmTy,)*
            R: WasmRet,
        {
            fn into_func(self) -> HostFunc<T> {
                let ty = signature::<($($V,)*), R>();
                let (function, made) = (Arc::new(self), ty);
                let numbers = <($($V,)*)>::ARE_NUMBERS
                    && R::Results::ARE_NUMBERS;
                let make = move |slot: &Slot<T>| {
                    let function = Arc::clone(&function);
                    let ty = (&made).into();
                    if numbers {
                        return HostFunction::on_slots(
                            ty,
                            move |slots: &mut [u64]| {
                                let results = function(
                                    $($V::from_slot(slots[$n])),*
                                );
                                results.into_result()?.write_slots(slots);
                                Ok(())
                            },
                        );
                    }
                    let slot = Rc::clone(slot);
                    let body = move |_: &mut seam::Caller<'_>,
                                     values: &mut Vec<Value>|
                          -> Result<(), HostError> {
                        let mut lent = Lent::take(&slot);
                        let host = lent.host();
                        $(let $v = $V::of_value(
                            *values.get($n).expect(WRONG), host);)*
                        values.clear();
                        let results = function($($v),*).into_result()?;
                        results.push_values(values, host);
                        Ok(())
                    };
                    HostFunction::on_values(ty, body)
                };
                HostFunc { make: Box::new(make) }
            }
        }

        #[allow(unused_variables, reason = "without parameters they are")]
        impl<T, F, $($V,)* R> IntoFunc<T, (Caller<'_, T>, $($V,)*), R> for F
        where
            T: 'static,
            F: Fn(Caller<'_, T>, $($V),*) -> R + Send + Sync + 'static,
            $($V: WasmTy,)*
            R: WasmRet,
        {
            fn into_func(self) -> HostFunc<T> {
                let ty = signature::<($($V,)*), R>();
                let (function, made) = (Arc::new(self), ty);
                let make = move |slot: &Slot<T>| {
                    let (function, slot) =
                        (Arc::clone(&function), Rc::clone(slot));
                    let body = move |caller: &mut seam::Caller<'_>,
                                     values: &mut Vec<Value>|
                          -> Result<(), HostError> {
                        let mut lent = Lent::take(&slot);
                        let host = lent.host();
                        $(let $v = $V::of_value(
                            *values.get($n).expect(WRONG), host);)*
                        values.clear();
                        let caller = of_seam(caller, &mut lent);
                        let results = function(caller, $($v),*);
                        let results = results.into_result()?;
                        results.push_values(values, lent.host());
                        Ok(())
                    };
                    HostFunction::on_values((&made).into(), body)
                };
                HostFunc { make: Box::new(make) }
            }
        }
    };
}

/// The type of a function with parameters and results of Rust's types.
fn signature<P: ConvertAll, R: Return>() -> FuncType {
    FuncType::new(P::valtypes(), R::Results::valtypes())
}

closures!();
closures!(A a 0);
closures!(A a 0, B b 1);
closures!(A a 0, B b 1, C c 2);
closures!(A a 0, B b 1, C c 2, D d 3);
closures!(A a 0, B b 1, C c 2, D d 3, E e 4);
closures!(A a 0, B b 1, C c 2, D d 3, E e 4, G g 5);
closures!(A a 0, B b 1, C c 2, D d 3, E e 4, G g 5, H h 6);
closures!(A a 0, B b 1, C c 2, D d 3, E e 4, G g 5, H h 6, I i 7);
closures!(A a 0, B b 1, C c 2, D d 3, E e 4, G g 5, H h 6, I i 7, J j 8);
closures!(
    A a 0, B b 1, C c 2, D d 3, E e 4, G g 5, H h 6, I i 7, J j 8, K k 9
);
closures!(
    A a 0, B b 1, C c 2, D d 3, E e 4, G g 5, H h 6, I i 7, J j 8, K k 9,
    L l 10
);
closures!(
    A a 0, B b 1, C c 2, D d 3, E e 4, G g 5, H h 6, I i 7, J j 8, K k 9,
    L l 10, M m 11
);
closures!(
    A a 0, B b 1, C c 2, D d 3, E e 4, G g 5, H h 6, I i 7, J j 8, K k 9,
    L l 10, M m 11, N n 12
);
closures!(
    A a 0, B b 1, C c 2, D d 3, E e 4, G g 5, H h 6, I i 7, J j 8, K k 9,
    L l 10, M m 11, N n 12, O o 13
);
closures!(
    A a 0, B b 1, C c 2, D d 3, E e 4, G g 5, H h 6, I i 7, J j 8, K k 9,
    L l 10, M m 11, N n 12, O o 13, P p 14
);
closures!(
    A a 0, B b 1, C c 2, D d 3, E e 4, G g 5, H h 6, I i 7, J j 8, K k 9,
    L l 10, M m 11, N n 12, O o 13, P p 14, Q q 15
);
