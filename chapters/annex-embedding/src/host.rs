//! Functions of the host: closures with typed arguments.

use std::error::Error;
use std::fmt;
use std::rc::Rc;

use ch07_values::{Number, Operand};
use ch09_module::{FuncType, ValType};

use crate::{Answer, Engine, Extern, InstanceAddr, Value, list};

/// A function that the host provides.
///
/// It is made from a closure whose arguments are `i32`, `u32`, `i64`, `u64`,
/// `f32`, `f64` or `bool`, and that returns nothing, one of these, or a
/// `Result` with whatever error the host has:
///
/// ```
/// use annex_embedding::HostFunction;
///
/// let sine = HostFunction::new(|x: f64| x.sin());
/// assert_eq!(sine.ty().to_string(), "(param f64) (result f64)");
/// ```
///
/// A closure that needs its caller takes a [`Caller`] first. With it, it
/// reaches the memory of the module that calls it, and can call back into the
/// store. Its own errors and the engine's go out with `?`:
///
/// ```
/// use std::cell::RefCell;
/// use std::rc::Rc;
///
/// use annex_embedding::{Caller, HostError, HostFunction};
///
/// let lines: Rc<RefCell<Vec<String>>> = Rc::default();
/// let log = {
///     let lines = Rc::clone(&lines);
///     move |caller: &mut Caller<'_>, start: u32, length: u32| {
///         let memory = caller.memory().ok_or("there is no memory")?;
///         let rest = memory.get(start as usize..);
///         let line = rest.and_then(|rest| rest.get(..length as usize));
///         let line = str::from_utf8(line.ok_or("out of the memory")?)?;
///         lines.borrow_mut().push(line.to_owned());
///         Ok::<(), HostError>(())
///     }
/// };
/// let log = HostFunction::new(log);
/// assert_eq!(log.ty().to_string(), "(param i32 i32)");
/// ```
///
/// What it keeps from one call to the next is in a cell. It must not be
/// borrowed while the closure calls back, because then the closure may be
/// called once more. The embedder gets the host's error with
/// [`Error::host`](crate::Error::host); an error of the engine that the host
/// passes on as it is stays one of the engine.
///
/// Specification: Execution, Runtime Structure, *Function Instances*
/// (`hostfunc`).
#[derive(Clone)]
pub struct HostFunction(Rc<Shared>);

/// What all clones of a host function have in common.
struct Shared {
    ty: FuncType,
    body: Body,
}

/// What a host function does: it finds its arguments somewhere, and leaves its
/// results in their place.
enum Body {
    /// In slots, as many as there are arguments or results. It knows of no
    /// caller.
    Slots(Box<OnSlots>),
    /// In slots, too, and it knows its caller.
    CallerAndSlots(Box<OnCallerAndSlots>),
    /// In a list.
    Values(Box<OnValues>),
}

type OnSlots = dyn Fn(&mut [u64]) -> Result<(), HostError>;
type OnCallerAndSlots =
    dyn Fn(&mut Caller<'_>, &mut [u64]) -> Result<(), HostError>;
type OnValues =
    dyn Fn(&mut Caller<'_>, &mut Vec<Value>) -> Result<(), HostError>;

/// The error of a host function: any error at all that can be sent to another
/// thread, and text becomes one too.
pub type HostError = Box<dyn Error + Send + Sync>;

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
        function: impl Fn(
            &mut Caller<'_>,
            &[Value],
        ) -> Result<Vec<Value>, HostError>
        + 'static,
    ) -> HostFunction {
        let body = move |caller: &mut Caller<'_>, values: &mut Vec<Value>| {
            let results = function(caller, values)?;
            // The list is the engine's, and has room for the next call.
            values.clear();
            values.extend(results);
            Ok(())
        };
        HostFunction::on_values(ty, body)
    }

    /// The same for a closure that finds its arguments in a list, and leaves
    /// its results there in their place.
    pub fn on_values(
        ty: FuncType,
        body: impl Fn(&mut Caller<'_>, &mut Vec<Value>) -> Result<(), HostError>
        + 'static,
    ) -> HostFunction {
        let body = Body::Values(Box::new(body));
        HostFunction(Rc::new(Shared { ty, body }))
    }

    /// The same for a closure that knows of no caller, and whose type has only
    /// numbers: its arguments are the first of the slots, and then its results.
    /// There are as many slots as it has of either.
    pub fn on_slots(
        ty: FuncType,
        function: impl Fn(&mut [u64]) -> Result<(), HostError> + 'static,
    ) -> HostFunction {
        let body = Body::Slots(Box::new(function));
        HostFunction(Rc::new(Shared { ty, body }))
    }

    /// The same for a closure that knows its caller.
    pub fn on_caller_and_slots(
        ty: FuncType,
        function: impl Fn(&mut Caller<'_>, &mut [u64]) -> Result<(), HostError>
        + 'static,
    ) -> HostFunction {
        let body = Body::CallerAndSlots(Box::new(function));
        HostFunction(Rc::new(Shared { ty, body }))
    }

    /// The function's type.
    pub fn ty(&self) -> &FuncType {
        &self.0.ty
    }

    /// Calls the function on behalf of an engine: the values are arguments of
    /// its parameters' types, and afterwards its results. They are as many as
    /// the type says; whether each is of its type, the engine must check.
    ///
    /// # Errors
    ///
    /// The host's own error, or a wrong number of results.
    pub fn call(
        &self,
        caller: &mut Caller<'_>,
        values: &mut Vec<Value>,
    ) -> Result<(), HostError> {
        let Shared { ty, body } = &*self.0;
        match body {
            Body::Values(body) => body(caller, values)?,
            Body::Slots(_) | Body::CallerAndSlots(_) => {
                if values.len() != ty.params.len() {
                    return Err("the number of arguments is wrong".into());
                }
                let mut slots: Vec<u64> =
                    values.drain(..).map(Value::to_slot).collect();
                slots.resize(ty.params.len().max(ty.results.len()), 0);
                self.call_for(caller, &mut slots).unwrap_or(Ok(()))?;
                let results = ty.results.iter().zip(slots);
                values.extend(
                    results
                        .map(|(ty, slot)| Value::from_halves(*ty, [slot, 0])),
                );
            }
        }
        match values.len() == ty.results.len() {
            true => Ok(()),
            false => Err(format!(
                "wrong results: expected {}, found {}",
                list(&ty.results),
                list(values)
            )
            .into()),
        }
    }

    /// Calls a function that knows of no caller: its arguments are the first of
    /// the slots, and then its results. There must be as many slots as it has
    /// of either. Such a function can be called wherever an engine is just now.
    ///
    /// Returns `None` if it knows its caller.
    #[inline(always)]
    pub fn call_on_slots(
        &self,
        slots: &mut [u64],
    ) -> Option<Result<(), HostError>> {
        match &self.0.body {
            Body::Slots(body) => Some(body(slots)),
            Body::CallerAndSlots(_) | Body::Values(_) => None,
        }
    }

    /// Calls a function on slots, whether it knows its caller or not. They
    /// aren't the engine's own, since it may call back.
    ///
    /// Returns `None` if it must be called by [`HostFunction::call`].
    #[inline(always)]
    pub fn call_for(
        &self,
        caller: &mut Caller<'_>,
        slots: &mut [u64],
    ) -> Option<Result<(), HostError>> {
        match &self.0.body {
            Body::Slots(body) => Some(body(slots)),
            Body::CallerAndSlots(body) => Some(body(caller, slots)),
            Body::Values(_) => None,
        }
    }

    /// Whether it can be called on slots.
    #[inline(always)]
    pub fn is_on_slots(&self) -> bool {
        !matches!(self.0.body, Body::Values(_))
    }

    /// Whether it knows its caller.
    #[inline(always)]
    pub fn knows_caller(&self) -> bool {
        !matches!(self.0.body, Body::Slots(_))
    }
}

impl fmt::Debug for HostFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostFunction({})", self.0.ty)
    }
}

/// The caller of a host function: an engine in the middle of a call, and the
/// module instance whose code called.
///
/// The engine is as usable as it is from outside, with one exception: a module
/// cannot be instantiated while a call is running. A function that is called
/// back runs on top of the interrupted one, on the same operand stack and under
/// the same limits. What it ends in is returned to the host function, which may
/// handle it or pass it on with `?`.
pub struct Caller<'a> {
    engine: &'a mut dyn Engine,
    instance: Option<InstanceAddr>,
    answer: Option<Box<Answer>>,
}

impl<'a> Caller<'a> {
    /// A caller, for engines that call host functions.
    #[inline]
    pub fn new(
        engine: &'a mut dyn Engine,
        instance: Option<InstanceAddr>,
    ) -> Caller<'a> {
        Caller { engine, instance, answer: None }
    }

    /// The same caller, when it asks again after a call that the function has
    /// asked for.
    pub fn with_answer(self, answer: Option<Answer>) -> Caller<'a> {
        Caller { answer: answer.map(Box::new), ..self }
    }

    /// What has become of the call that the function has asked for with a
    /// [`CallFirst`](crate::CallFirst); `None` where it is asked for the first
    /// time. It is told once.
    #[inline]
    pub fn answer(&mut self) -> Option<Answer> {
        self.answer.take().map(|answer| *answer)
    }

    /// The engine.
    #[inline]
    pub fn engine(&mut self) -> &mut dyn Engine {
        self.engine
    }

    /// The instance whose code has called; `None` if it was the embedder.
    #[inline]
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

    /// Adds the results to a list.
    ///
    /// # Errors
    ///
    /// The host's error, if there is one instead.
    fn write(self, values: &mut Vec<Value>) -> Result<(), HostError>;

    /// Writes the results to slots, of which there are enough.
    ///
    /// # Errors
    ///
    /// The host's error, if there is one instead.
    fn write_slots(self, slots: &mut [u64]) -> Result<(), HostError>;
}

impl HostResults for () {
    fn types() -> Box<[ValType]> {
        Box::default()
    }

    fn write(self, _: &mut Vec<Value>) -> Result<(), HostError> {
        Ok(())
    }

    fn write_slots(self, _: &mut [u64]) -> Result<(), HostError> {
        Ok(())
    }
}

macro_rules! one_result {
    ($($operand:ident)*) => {$(
        impl HostResults for $operand {
            fn types() -> Box<[ValType]> {
                Box::new([ValType::Num(<$operand as Operand>::TYPE)])
            }

            fn write(self, values: &mut Vec<Value>) -> Result<(), HostError> {
                let ty = <$operand as Operand>::TYPE;
                values.push(Number::from_slot(ty, self.to_slot()).into());
                Ok(())
            }

            fn write_slots(self, slots: &mut [u64]) -> Result<(), HostError> {
                if let Some(slot) = slots.first_mut() {
                    *slot = self.to_slot();
                }
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

    fn write(self, values: &mut Vec<Value>) -> Result<(), HostError> {
        self.map_err(E::into)?.write(values)
    }

    fn write_slots(self, slots: &mut [u64]) -> Result<(), HostError> {
        self.map_err(E::into)?.write_slots(slots)
    }
}

/// Tells closures that take a [`Caller`] from those that do not.
#[derive(Debug)]
pub struct WithCaller<Signature>(std::marker::PhantomData<Signature>);

/// Makes closures of this many arguments into host functions: each argument by
/// its name and its type.
macro_rules! closures {
    ($($name:ident: $type:ident),*) => {
        impl<F, R, $($type),*> IntoHostFunction<fn($($type),*) -> R> for F
        where
            F: Fn($($type),*) -> R + 'static,
            R: HostResults + 'static,
            $($type: Operand + 'static,)*
        {
            fn into_host_function(self) -> HostFunction {
                let params = Box::new([$(ValType::Num($type::TYPE)),*]);
                let ty = FuncType { params, results: R::types() };
                let body = move |slots: &mut [u64]| {
                    let Some(&[$($name),*]) = slots.first_chunk() else {
                        return Err("the number of arguments is wrong".into());
                    };
                    self($($type::from_slot($name)),*).write_slots(slots)
                };
                let body = Body::Slots(Box::new(body));
                HostFunction(Rc::new(Shared { ty, body }))
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
                let body = move |caller: &mut Caller<'_>,
                                 values: &mut Vec<Value>| {
                    let [$($name),*] = values[..] else {
                        return Err("the number of arguments is wrong".into());
                    };
                    $(let $name = $type::from_slot($name.to_slot());)*
                    values.clear();
                    self(caller, $($name),*).write(values)
                };
                let body = Body::Values(Box::new(body));
                HostFunction(Rc::new(Shared { ty, body }))
            }
        }
    };
}
closures!();
closures!(a: A);
closures!(a: A, b: B);
closures!(a: A, b: B, c: C);
closures!(a: A, b: B, c: C, d: D);
closures!(a: A, b: B, c: C, d: D, e: E);
closures!(a: A, b: B, c: C, d: D, e: E, f: G);
