//! Functions of the host: closures with typed arguments.

use std::fmt;

use ch07_values::{Operand, OperandStack};
use ch09_module::{FuncType, ValType};

use crate::Value;
use crate::value::are_of;

/// A function that the host provides.
///
/// Made from a closure whose arguments are `i32`, `u32`, `i64`, `u64`, `f32`, `f64` or `bool`, and that returns nothing, one
/// of these, or a `Result` of it with a message for its error:
///
/// ```
/// use ch12_instance::HostFunction;
///
/// let sine = HostFunction::new(|x: f64| x.sin());
/// assert_eq!(sine.ty().to_string(), "(param f64) (result f64)");
/// ```
///
/// Specification: Execution, Runtime Structure, *Function Instances* (`hostfunc`).
pub struct HostFunction {
    ty: FuncType,
    call: Box<Call>,
}

type Call = dyn FnMut(&mut OperandStack) -> Result<(), String> + Send;

impl HostFunction {
    /// Makes a function of a closure with typed arguments.
    pub fn new<Signature>(function: impl IntoHostFunction<Signature>) -> HostFunction {
        function.into_host_function()
    }

    /// Makes a function of any type of a closure that takes and returns values.
    ///
    /// The closure has to return as many values as the type says, and of its types; where it does not, the
    /// call fails.
    pub fn dynamic(
        ty: FuncType,
        mut function: impl FnMut(&[Value]) -> Result<Vec<Value>, String> + Send + 'static,
    ) -> HostFunction {
        let (params, results) = (ty.params.clone(), ty.results.clone());
        let call = move |stack: &mut OperandStack| {
            let from = stack.height() - params.len();
            let arguments: Option<Vec<Value>> = params
                .iter()
                .zip(&stack.slots()[from..])
                .map(|(&ty, &slot)| Value::from_slot(ty, slot))
                .collect();
            let values =
                function(&arguments.ok_or("not yet: a parameter of a type without values")?)?;
            if !are_of(&values, &results) {
                return Err(format!(
                    "the host function returned {}, not {}",
                    list(&values),
                    types(&results)
                ));
            }
            params.iter().for_each(|_| _ = stack.pop::<u64>());
            values
                .iter()
                .try_for_each(|value| stack.push(value.to_slot()))
                .map_err(|trap| trap.to_string())
        };
        HostFunction { ty, call: Box::new(call) }
    }

    /// The function's type.
    pub fn ty(&self) -> &FuncType {
        &self.ty
    }

    /// Calls the function: pops its arguments, the last one first, and pushes its results.
    ///
    /// # Errors
    ///
    /// What the host says went wrong.
    pub fn call(&mut self, stack: &mut OperandStack) -> Result<(), String> {
        (self.call)(stack)
    }
}

impl fmt::Debug for HostFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostFunction({})", self.ty)
    }
}

fn list(values: &[Value]) -> String {
    let values: Vec<String> = values.iter().map(Value::to_string).collect();
    format!("({})", values.join(", "))
}

fn types(types: &[ValType]) -> String {
    let types: Vec<String> = types.iter().map(ValType::to_string).collect();
    format!("({})", types.join(", "))
}

/// A closure that can be called from a module. `Signature` tells closures of different types apart.
pub trait IntoHostFunction<Signature> {
    /// Makes the function.
    fn into_host_function(self) -> HostFunction;
}

/// What a host function may return.
pub trait HostResults {
    /// The types of the results.
    fn types() -> Box<[ValType]>;
    /// Pushes the results.
    ///
    /// # Errors
    ///
    /// The message, where there is one instead.
    fn push_to(self, stack: &mut OperandStack) -> Result<(), String>;
}

impl HostResults for () {
    fn types() -> Box<[ValType]> {
        Box::default()
    }

    fn push_to(self, _: &mut OperandStack) -> Result<(), String> {
        Ok(())
    }
}

macro_rules! one_result {
    ($($operand:ident)*) => {$(
        impl HostResults for $operand {
            fn types() -> Box<[ValType]> {
                Box::new([ValType::Num(<$operand as Operand>::TYPE)])
            }

            fn push_to(self, stack: &mut OperandStack) -> Result<(), String> {
                stack.push(self).map_err(|trap| trap.to_string())
            }
        }
    )*};
}
one_result!(bool i32 u32 i64 u64 f32 f64);

impl<R: HostResults, M: fmt::Display> HostResults for Result<R, M> {
    fn types() -> Box<[ValType]> {
        R::types()
    }

    fn push_to(self, stack: &mut OperandStack) -> Result<(), String> {
        self.map_err(|message| message.to_string())?.push_to(stack)
    }
}

/// Makes closures of so many arguments into host functions. The arguments are popped from the last to the first.
macro_rules! closures {
    ($($argument:ident)*; $($reversed:ident)*) => {
        impl<F, R, $($argument),*> IntoHostFunction<fn($($argument),*) -> R> for F
        where
            F: FnMut($($argument),*) -> R + Send + 'static,
            R: HostResults,
            $($argument: Operand,)*
        {
            #[allow(non_snake_case, reason = "an argument is called as its type")]
            fn into_host_function(mut self) -> HostFunction {
                HostFunction {
                    ty: FuncType { params: Box::new([$(ValType::Num($argument::TYPE)),*]), results: R::types() },
                    call: Box::new(move |stack| {
                        $(let $reversed: $reversed = stack.pop();)*
                        self($($argument),*).push_to(stack)
                    }),
                }
            }
        }
    };
}
closures!(;);
closures!(A; A);
closures!(A B; B A);
closures!(A B C; C B A);
closures!(A B C D; D C B A);
closures!(A B C D E; E D C B A);
closures!(A B C D E G; G E D C B A);
