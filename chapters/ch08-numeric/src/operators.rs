//! What every table of operators becomes first: an enum whose variants know
//! their rows.

use ch07_values::NumType;

/// What a table says about one operator.
///
/// `Type` is what the table calls a type: a number type, or where there are
/// vectors too, something wider.
#[derive(Clone, Copy, Debug)]
pub struct Row<Type: 'static = NumType> {
    /// Its opcode, or what follows the prefix of its family. The numeric
    /// instructions have two prefixes: here `0xfcNN` is `0xfc` and the number
    /// that follows it.
    pub opcode: u16,
    /// Its name in the text format.
    pub name: &'static str,
    /// The types of its operands, the top of the stack last. The address of a
    /// load or store, whose type depends on the memory, is not among them.
    pub params: &'static [Type],
    /// The types of its results, the top of the stack last.
    pub results: &'static [Type],
    /// Its meaning, in Rust.
    pub meaning: &'static str,
}

/// Makes the enum of a family from the rows of its table, and the table as
/// data: `TABLE` has all rows, `row` finds the one of an operator.
#[macro_export]
macro_rules! operators {
    ($(#[$about:meta])* $family:ident of $type:ty:
        $($opcode:literal $name:literal $variant:ident
            $params:expr => $results:expr, $meaning:expr;)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $family {
            $(
                #[doc = concat!("`", $name, "`: `", stringify!($meaning), "`")]
                $variant,
            )*
        }

        impl $family {
            /// All operators with their rows, in the order of the table.
            pub const TABLE: &'static [($family, $crate::Row<$type>)] = &[$((
                $family::$variant,
                $crate::Row {
                    opcode: $opcode,
                    name: $name,
                    params: $params,
                    results: $results,
                    meaning: stringify!($meaning),
                },
            )),*];

            /// What the table says about this operator.
            pub fn row(self) -> &'static $crate::Row<$type> {
                &$family::TABLE[self as usize].1
            }
        }

        impl ::std::fmt::Display for $family {
            /// The name in the text format.
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> ::std::fmt::Result {
                f.write_str(self.row().name)
            }
        }
    };
}
