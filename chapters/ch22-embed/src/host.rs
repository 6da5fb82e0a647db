//! Functions of the host: closures that modules call.

use std::rc::Rc;
use std::sync::Arc;

use annex_embedding as seam;
use annex_embedding::{HostError, HostFunction, Value};

use crate::lend::{Lent, Locker};
use crate::store::{Host, Lender};
use crate::typed::{ConvertAll, Return};
use crate::types::FuncType;
use crate::value::Val;
use crate::{Caller, Error, Result, StoreContextMut, WasmRet, WasmTy};

/// A function of the host that isn't in a store yet.
pub struct HostFunc<T: 'static> {
    make: Box<Make<T>>,
}

type Make<T> = dyn Fn(&Locker<Host<T>>) -> HostFunction + Send + Sync;

impl<T> HostFunc<T> {
    /// The function, for a store whose host's half comes to this locker.
    pub(crate) fn in_store(&self, locker: &Locker<Host<T>>) -> HostFunction {
        (self.make)(locker)
    }

    /// A function that borrows the host's half of the store.
    fn lending(
        ty: FuncType,
        body: impl Fn(
            &mut seam::Caller<'_>,
            &mut Lent<'_, Host<T>>,
            &mut Vec<Value>,
        ) -> Result<(), HostError>
        + Send
        + Sync
        + 'static,
    ) -> HostFunc<T> {
        let body = Arc::new(body);
        let make = move |locker: &Locker<Host<T>>| {
            let (body, locker) = (Arc::clone(&body), Rc::clone(locker));
            HostFunction::on_values((&ty).into(), move |caller, values| {
                body(caller, &mut Lent::take(&locker), values)
            })
        };
        HostFunc { make: Box::new(make) }
    }

    /// A function with types of Rust that knows its caller. If it takes and
    /// returns only numbers, it gets them in slots, as they are.
    fn with_caller<P: ConvertAll, R: Return>(
        function: impl Fn(Caller<'_, T>, P) -> R + Send + Sync + 'static,
    ) -> HostFunc<T> {
        let ty = signature::<P, R>();
        if !P::ARE_NUMBERS || !R::Results::ARE_NUMBERS {
            return HostFunc::lending(ty, move |caller, lent, values| {
                let params = P::of_values(values, lent.get());
                values.clear();
                let caller = of_seam(caller, lent);
                let results = function(caller, params).into_result()?;
                results.push_values(values, lent.get());
                Ok(())
            });
        }
        let function = Arc::new(function);
        let make = move |locker: &Locker<Host<T>>| {
            let (function, locker) = (Arc::clone(&function), Rc::clone(locker));
            let ty = (&ty).into();
            HostFunction::on_caller_and_slots(ty, move |caller, slots| {
                let lent = &mut Lent::take(&locker);
                let caller = of_seam(caller, lent);
                let results = function(caller, P::of_slots(slots));
                results.into_result()?.write_slots(slots);
                Ok(())
            })
        };
        HostFunc { make: Box::new(make) }
    }

    /// A function with types of Rust that doesn't.
    fn without_caller<P: ConvertAll, R: Return>(
        function: impl Fn(P) -> R + Send + Sync + 'static,
    ) -> HostFunc<T> {
        if !P::ARE_NUMBERS || !R::Results::ARE_NUMBERS {
            return HostFunc::with_caller(move |_, params| function(params));
        }
        let (ty, function) = (signature::<P, R>(), Arc::new(function));
        let make = move |_: &Locker<Host<T>>| {
            let function = Arc::clone(&function);
            HostFunction::on_slots((&ty).into(), move |slots| {
                let results = function(P::of_slots(slots));
                results.into_result()?.write_slots(slots);
                Ok(())
            })
        };
        HostFunc { make: Box::new(make) }
    }

    /// A function of any type.
    pub(crate) fn dynamic(
        ty: FuncType,
        body: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<()>
        + Send
        + Sync
        + 'static,
    ) -> HostFunc<T> {
        HostFunc::lending(ty.clone(), move |caller, lent, values| {
            let host = lent.get();
            let params: Vec<Val> =
                values.drain(..).map(|it| Val::of(it, host)).collect();
            let results = ty.results().iter().copied();
            let mut results: Vec<Val> = results.map(Val::default_for).collect();
            let caller = of_seam(caller, lent);
            let outcome = body(caller, &params, &mut results);
            outcome.map_err(Error::into_host)?;
            let host = lent.get();
            values.extend(results.iter().map(|it| it.to_value(host)));
            Ok(())
        })
    }
}

/// The caller of a function of the host: the machine comes from below, the
/// host's half out of the locker.
#[inline(always)]
fn of_seam<'a, T>(
    caller: &'a mut seam::Caller<'_>,
    lent: &'a mut Lent<'_, Host<T>>,
) -> Caller<'a, T> {
    let (instance, answer) = (caller.instance(), caller.answer());
    let lender = Lender::Calling(caller.engine());
    let context = StoreContextMut { lender, holder: &mut lent.holder };
    Caller::new(context, instance, answer)
}

/// The type of a function with parameters and results of Rust's types.
fn signature<P: ConvertAll, R: Return>() -> FuncType {
    FuncType::new(P::valtypes(), R::Results::valtypes())
}

/// A closure that can be a function of the host: it takes values, perhaps after
/// a [`Caller`], and returns values or a `Result`. `Params` and `Results` tell
/// closures of different types apart.
pub trait IntoFunc<T: 'static, Params, Results>: Send + Sync + 'static {
    /// The function.
    fn into_func(self) -> HostFunc<T>;
}

/// Makes closures with these parameters functions of the host.
macro_rules! closures {
    ($($V:ident $v:ident),*) => {
        impl<T, F, $($V,)* R> IntoFunc<T, ($($V,)*), R> for F
        where
            T: 'static,
            F: Fn($($V),*) -> R + Send + Sync + 'static,
            $($V: WasmTy,)*
            R: WasmRet,
        {
            fn into_func(self) -> HostFunc<T> {
                HostFunc::without_caller(move |($($v,)*)| self($($v),*))
            }
        }

        impl<T, F, $($V,)* R> IntoFunc<T, (Caller<'_, T>, $($V,)*), R> for F
        where
            T: 'static,
            F: Fn(Caller<'_, T>, $($V),*) -> R + Send + Sync + 'static,
            $($V: WasmTy,)*
            R: WasmRet,
        {
            fn into_func(self) -> HostFunc<T> {
                HostFunc::with_caller(move |caller: Caller<'_, T>, ($($v,)*)| {
                    self(caller, $($v),*)
                })
            }
        }
    };
}

/// Does so for each number of parameters, down to none.
macro_rules! down_to_none {
    () => {
        closures!();
    };
    ($V:ident $v:ident $(, $Vs:ident $vs:ident)*) => {
        closures!($V $v $(, $Vs $vs)*);
        down_to_none!($($Vs $vs),*);
    };
}
down_to_none!(
    A a, B b, C c, D d, E e, G g, H h, I i, J j, K k, L l, M m, N n, O o, P p,
    Q q
);
