//! Functions of the host: closures with typed arguments.

use std::error::Error;
use std::fmt;
use std::rc::Rc;

use ch07_values::{Operand, Trap};
use ch09_module::{FuncType, ValType};
use ch11_control::Core;
use trace::Observer;

use crate::invoke::Invocation;
use crate::value::list;
use crate::{Engine, Extern, InstanceAddr, Layer, StoreView, Value};

/// A function that the host provides.
///
/// It is made from a closure whose arguments are `i32`, `u32`, `i64`, `u64`,
/// `f32`, `f64` or `bool`, and that returns nothing, one of these, or a
/// `Result` with whatever error the host has:
///
/// ```
/// use ch12_instance::HostFunction;
///
/// let sine = HostFunction::new(|x: f64| x.sin());
/// assert_eq!(sine.ty().to_string(), "(param f64) (result f64)");
/// ```
///
/// A closure that needs its caller takes a [`Caller`] first. With it, it
/// reaches the memory of the module that calls it, and can call back into the
/// store.
///
/// Specification: Execution, Runtime Structure, *Function Instances*
/// (`hostfunc`).
#[derive(Clone)]
pub struct HostFunction {
    ty: FuncType,
    body: Body,
}

/// What a host function does with its arguments.
#[derive(Clone)]
enum Body {
    /// Takes numbers and returns at most one: the first slots are the
    /// arguments, and afterwards the result.
    Numbers(Rc<OfNumbers>),
    /// Takes and returns values of any type.
    Values(Rc<OfValues>),
}

/// What a host function of numbers does with their slots.
type OfNumbers = dyn Fn(&mut Caller<'_>, &mut [u64]) -> Outcome<()>;

/// What a host function of any type does with its arguments.
type OfValues = dyn Fn(&mut Caller<'_>, &[Value]) -> Outcome<Vec<Value>>;

/// What a host function ends in: whatever error the host has reaches the
/// embedder as it is.
type Outcome<T> = Result<T, HostError>;

/// The error of a host function: any error at all, and text becomes one too.
pub type HostError = Box<dyn Error + Send + Sync>;

/// The most arguments that a closure may have.
const ARGUMENTS: usize = 6;

impl HostFunction {
    /// Makes a function of a closure with typed arguments.
    pub fn new<Signature>(
        function: impl IntoHostFunction<Signature>,
    ) -> HostFunction {
        function.into_host_function()
    }

    /// Makes a function of any type of a closure that takes and returns values.
    ///
    /// The closure must return as many values as the type has results, each of
    /// its type; otherwise the call fails.
    pub fn dynamic(
        ty: FuncType,
        function: impl Fn(&mut Caller<'_>, &[Value]) -> Outcome<Vec<Value>>
        + 'static,
    ) -> HostFunction {
        HostFunction { ty, body: Body::Values(Rc::new(function)) }
    }

    /// The function's type.
    pub fn ty(&self) -> &FuncType {
        &self.ty
    }

    /// Calls the function with arguments of its parameters' types, on behalf
    /// of an engine.
    ///
    /// # Errors
    ///
    /// The host's own error.
    ///
    /// # Panics
    ///
    /// If there are fewer arguments than parameters.
    pub fn call(
        &self,
        caller: &mut Caller<'_>,
        arguments: &[Value],
    ) -> Result<Vec<Value>, HostError> {
        match &self.body {
            Body::Numbers(body) => {
                let mut slots = [0; ARGUMENTS];
                for (slot, argument) in slots.iter_mut().zip(arguments) {
                    *slot = argument.to_slot();
                }
                body(caller, &mut slots)?;
                let values = self.ty.results.iter().zip(slots);
                let value = |(ty, slot): (&ValType, u64)| {
                    Value::from_halves(*ty, [slot, 0])
                };
                Ok(values.map(value).collect())
            }
            Body::Values(body) => body(caller, arguments),
        }
    }
}

impl fmt::Debug for HostFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostFunction({})", self.ty)
    }
}

/// Who calls a host function: an engine in the middle of a call, and the module
/// instance whose code called.
///
/// The engine is as usable as it is from outside, with one exception: a module
/// cannot be instantiated while a call is running. A function that is called
/// back runs on top of the interrupted one, on the same operand stack and under
/// the same limits. What it ends in is returned to the host function, which may
/// handle it or pass it on with `?`.
pub struct Caller<'a> {
    engine: &'a mut dyn Engine,
    instance: Option<InstanceAddr>,
}

impl<'a> Caller<'a> {
    /// A caller, for engines that call host functions.
    pub fn new(
        engine: &'a mut dyn Engine,
        instance: Option<InstanceAddr>,
    ) -> Caller<'a> {
        Caller { engine, instance }
    }

    /// The engine.
    pub fn engine(&mut self) -> &mut dyn Engine {
        self.engine
    }

    /// The instance whose code has called; `None` if it was the embedder.
    pub fn instance(&self) -> Option<InstanceAddr> {
        self.instance
    }

    /// What the calling instance exports under a name.
    pub fn export(&self, name: &str) -> Option<Extern> {
        self.engine.export(self.instance?, name)
    }

    /// The bytes of the memory that the calling instance exports as `memory`.
    pub fn memory(&mut self) -> Option<&mut [u8]> {
        let memory = self.export("memory")?.memory()?;
        Some(self.engine.memory_mut(memory))
    }
}

/// Calls a host function, whose arguments are the top operands, and leaves its
/// results in their place.
pub(crate) fn call<L: Layer, O: Observer>(
    view: StoreView<'_, L>,
    core: &mut Core<O>,
    host: u32,
    caller: Option<u32>,
) -> Result<(), Trap> {
    // The function may call back into the store that it is in, and then be
    // called again. So it is held here by a count of its own.
    let function = view.data.hosts[host as usize].clone();
    let mut invocation = Invocation { view, core };
    let outcome = match &function.body {
        Body::Numbers(body) => {
            let params = function.ty.params.len();
            let mut slots = [0; ARGUMENTS];
            let from = invocation.core.height() - params;
            slots[..params]
                .copy_from_slice(&invocation.core.stack().slots()[from..]);
            let mut caller =
                Caller::new(&mut invocation, caller.map(InstanceAddr));
            body(&mut caller, &mut slots).and_then(|()| {
                invocation.core.cut(from);
                let results = &slots[..function.ty.results.len()];
                Ok(invocation.core.on_stack(|stack| {
                    results.iter().try_for_each(|slot| stack.push(*slot))
                })?)
            })
        }
        Body::Values(body) => {
            invocation.call_with_values(&function.ty, &**body, caller)
        }
    };
    outcome.map_err(|error| {
        invocation.view.data.host_error = Some(error);
        Trap::Host
    })
}

impl<L: Layer, O: Observer> Invocation<'_, L, O> {
    /// Calls a host function that takes or returns more than numbers:
    /// references it receives must be kept alive, and references it returns
    /// must be of their type.
    #[cold]
    #[inline(never)]
    fn call_with_values(
        &mut self,
        ty: &FuncType,
        body: &OfValues,
        caller: Option<u32>,
    ) -> Outcome<()> {
        let from = self.core.height() - ty.params.len();
        let StoreView { data, layer, .. } = &mut self.view;
        let stack = self.core.stack();
        data.expose(*layer, &ty.params, &stack.slots()[from..]);
        let arguments = data.read(&ty.params, &stack, from);
        // There may be the first vector among the results.
        if data.upper.is_empty() {
            data.upper.resize(stack.capacity(), 0);
        }
        let mut caller = Caller::new(self, caller.map(InstanceAddr));
        let values = body(&mut caller, &arguments)?;
        if values.len() != ty.results.len() {
            return Err(format!(
                "wrong results of the host function: expected {}, found {}",
                list(&ty.results),
                list(&values)
            )
            .into());
        }
        for (value, ty) in values.iter().zip(&ty.results) {
            if !self.view.is_of(*value, *ty) {
                return Err(format!(
                    "wrong results of the host function: expected a value of \
                     type {ty} of this store, found {value}"
                )
                .into());
            }
        }
        self.core.cut(from);
        Ok(self.push(&values)?)
    }
}

/// A closure that can be called from a module. `Signature` tells closures of
/// different types apart.
pub trait IntoHostFunction<Signature> {
    /// Makes the function.
    fn into_host_function(self) -> HostFunction;
}

/// What a host function may return.
pub trait HostResults {
    /// The types of the results.
    fn types() -> Box<[ValType]>;

    /// Writes the results to the first slots.
    ///
    /// # Errors
    ///
    /// The host's error, if there is one instead.
    fn write(self, slots: &mut [u64]) -> Result<(), HostError>;
}

impl HostResults for () {
    fn types() -> Box<[ValType]> {
        Box::default()
    }

    fn write(self, _: &mut [u64]) -> Outcome<()> {
        Ok(())
    }
}

macro_rules! one_result {
    ($($operand:ident)*) => {$(
        impl HostResults for $operand {
            fn types() -> Box<[ValType]> {
                Box::new([ValType::Num(<$operand as Operand>::TYPE)])
            }

            fn write(self, slots: &mut [u64]) -> Outcome<()> {
                slots[0] = self.to_slot();
                Ok(())
            }
        }
    )*};
}
one_result!(bool i32 u32 i64 u64 f32 f64);

impl<R: HostResults, E: Into<HostError>> HostResults for Result<R, E> {
    fn types() -> Box<[ValType]> {
        R::types()
    }

    fn write(self, slots: &mut [u64]) -> Outcome<()> {
        self.map_err(E::into)?.write(slots)
    }
}

/// Tells closures that take a [`Caller`] from those that do not.
#[derive(Debug)]
pub struct WithCaller<Signature>(std::marker::PhantomData<Signature>);

/// Makes closures of so many arguments into host functions: each argument by
/// its name, its type and the position of its slot.
macro_rules! closures {
    ($($name:ident: $type:ident = $position:literal),*) => {
        impl<F, R, $($type),*> IntoHostFunction<fn($($type),*) -> R> for F
        where
            F: Fn($($type),*) -> R + 'static,
            R: HostResults + 'static,
            $($type: Operand + 'static,)*
        {
            fn into_host_function(self) -> HostFunction {
                HostFunction::new(
                    move |_: &mut Caller<'_>, $($name: $type),*| {
                        self($($name),*)
                    },
                )
            }
        }

        impl<F, R, $($type),*>
            IntoHostFunction<WithCaller<fn($($type),*) -> R>> for F
        where
            F: Fn(&mut Caller<'_>, $($type),*) -> R + 'static,
            R: HostResults,
            $($type: Operand,)*
        {
            fn into_host_function(self) -> HostFunction {
                let params = Box::new([$(ValType::Num($type::TYPE)),*]);
                let ty = FuncType { params, results: R::types() };
                let body = move |caller: &mut Caller<'_>, slots: &mut [u64]| {
                    $(let $name = $type::from_slot(slots[$position]);)*
                    self(caller, $($name),*).write(slots)
                };
                HostFunction { ty, body: Body::Numbers(Rc::new(body)) }
            }
        }
    };
}
closures!();
closures!(a: A = 0);
closures!(a: A = 0, b: B = 1);
closures!(a: A = 0, b: B = 1, c: C = 2);
closures!(a: A = 0, b: B = 1, c: C = 2, d: D = 3);
closures!(a: A = 0, b: B = 1, c: C = 2, d: D = 3, e: E = 4);
closures!(a: A = 0, b: B = 1, c: C = 2, d: D = 3, e: E = 4, f: G = 5);
