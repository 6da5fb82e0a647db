//! Functions of the host: closures with typed arguments.

use std::fmt;

use ch07_values::{Operand, OperandStack};
use ch09_module::{FuncType, ValType};

use crate::Value;
use crate::value::read;

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
    numbers_only: bool,
    call: Box<Call>,
}

type Call = dyn FnMut(&mut OperandStack, &mut Vec<u64>) -> Result<(), String> + Send;

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
        let call = move |stack: &mut OperandStack, upper: &mut Vec<u64>| {
            let from = stack.height() - params.len();
            let values = function(&read(&params, stack.slots(), upper, from))?;
            // Whether what they refer to is there, the store looks.
            let fits = |(value, ty): (&Value, &ValType)| match ty {
                ValType::Ref(_) => matches!(value.ty(), ValType::Ref(_)),
                ty => value.ty() == *ty,
            };
            if values.len() != results.len() || !values.iter().zip(&results).all(fits) {
                return Err(format!(
                    "the host function returned {}, not {}",
                    list(&values),
                    types(&results)
                ));
            }
            params.iter().for_each(|_| _ = stack.pop::<u64>());
            for value in &values {
                let [slot, half] = value.to_halves();
                stack.push(slot).map_err(|trap| trap.to_string())?;
                if let Some(place) = upper.get_mut(stack.height() - 1) {
                    *place = half;
                }
            }
            Ok(())
        };
        let is_number = |ty: &ValType| matches!(ty, ValType::Num(_));
        let numbers_only = ty.params.iter().chain(&ty.results).all(is_number);
        HostFunction { ty, numbers_only, call: Box::new(call) }
    }

    /// Whether all that it takes and gives are numbers.
    #[inline(always)]
    pub(crate) fn takes_numbers_only(&self) -> bool {
        self.numbers_only
    }

    /// The function's type.
    pub fn ty(&self) -> &FuncType {
        &self.ty
    }

    /// Calls the function: pops its arguments, the last one first, and pushes its results. `upper` is what lies beside
    /// the slots, the upper halves of vectors, or nothing.
    ///
    /// # Errors
    ///
    /// What the host says went wrong.
    pub fn call(&mut self, stack: &mut OperandStack, upper: &mut Vec<u64>) -> Result<(), String> {
        (self.call)(stack, upper)
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
                    numbers_only: true,
                    call: Box::new(move |stack, _| {
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
