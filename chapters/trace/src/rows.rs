//! Enums from one row a variant: one that has a text, and one that is a choice
//! of types.

/// Makes an enum that can be displayed: one row is a variant, its operands by
/// name, and its text, in which the names stand for the operands. After the
/// text may stand what else [`write!`] should put into it.
///
/// ```
/// trace::rows! {
///     /// An instruction.
///     pub enum Instr {
///         /// Puts a number on the stack.
///         Const(value: f64) => "const {value}";
///         /// Adds two numbers.
///         Add => "add";
///     }
/// }
/// assert_eq!(Instr::Const(0.5).to_string(), "const 0.5");
/// assert_eq!(Instr::Add.to_string(), "add");
/// ```
#[macro_export]
macro_rules! rows {
    (
        $(#[$about:meta])*
        pub enum $name:ident {
            $(
                $(#[$doc:meta])*
                $variant:ident $(( $($operand:ident: $type:ty),+ ))?
                    => $text:literal $(, $more:expr)*;
            )+
        }
    ) => {
        $(#[$about])*
        pub enum $name {
            $( $(#[$doc])* $variant $(( $($type),+ ))?, )+
        }

        impl ::std::fmt::Display for $name {
            #[allow(
                unused_variables,
                reason = "an operand need not be a part of the text"
            )]
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> ::std::fmt::Result {
                match self {
                    $( $name::$variant $(( $($operand),+ ))? => {
                        write!(f, $text $(, $more)*)
                    } )+
                }
            }
        }
    };
}

/// Makes an enum that is a choice of types: each is the only operand of a
/// variant of the same name, and `?` turns it into the enum.
#[macro_export]
macro_rules! choice {
    ($(#[$about:meta])* pub enum $name:ident { $($type:ident),+ $(,)? }) => {
        $(#[$about])*
        pub enum $name {
            $( $type($type), )+
        }

        $(impl ::std::convert::From<$type> for $name {
            fn from(it: $type) -> Self {
                $name::$type(it)
            }
        })+
    };
}
