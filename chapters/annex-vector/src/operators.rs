//! What a table becomes first of all: an enum with names.

/// Makes an enum of the first columns of a table: its variants, their opcodes
/// and their names.
#[macro_export]
macro_rules! named_operators {
    ($(#[$meta:meta])* $family:ident:
        $($opcode:literal $name:literal $variant:ident;)*) =>
        {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $family {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl $family {
            /// All operators with their opcodes and their names in the text
            /// format.
            pub const TABLE: &'static [($family, u16, &'static str)] =
                &[$(($family::$variant, $opcode, $name)),*];

            /// The name in the text format.
            pub fn name(self) -> &'static str {
                $family::TABLE[self as usize].2
            }
        }
    };
}

/// Says of each memory operator how many bytes it touches.
#[macro_export]
macro_rules! memory_widths {
    ($family:ident: $($variant:ident $width:expr;)*) => {
        impl $family {
            /// How many bytes of memory it touches; also the alignment that it
            /// has where text says none.
            pub fn width(self) -> usize {
                match self {
                    $($family::$variant => $width,)*
                }
            }
        }
    };
}
