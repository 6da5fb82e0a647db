//! Instructions: one enum a family, and [`Instr`], which is any of them.
//!
//! Legend: `x`, `y` in the standard are indices; here each has the type of what
//! it names.
//!
//! Specification: Structure, *Instructions*.

use std::ops::Deref;

pub use annex_vector::{
    V128, VectorLaneOp, VectorMemoryLaneOp, VectorMemoryOp, VectorOp,
};
use ch07_values::{NumType, Number, Operands};
use ch08_numeric::{Numeric, operators};

use crate::{
    BlockType, DataIdx, ElemIdx, FieldIdx, FuncIdx, GlobalIdx, HeapType,
    LabelIdx, LocalIdx, MemIdx, RefType, TableIdx, TagIdx, TypeIdx, ValType,
};

/// An instruction of any family.
///
/// The variable instructions, the loads and the stores are variants of this
/// enum and not of one of their own: they are most of what a program executes,
/// and a machine recognizes them with a single match.
#[derive(Clone, Debug, PartialEq)]
pub enum Instr {
    /// Pushes a number of this type: `i32.const`, `i64.const`, `f32.const`,
    /// `f64.const`. It is here already as the slot that it will be.
    Const(NumType, u64),
    /// Computes with numbers.
    Numeric(Numeric),
    /// Pushes a local.
    LocalGet(LocalIdx),
    /// Pops into a local.
    LocalSet(LocalIdx),
    /// Copies the top operand into a local.
    LocalTee(LocalIdx),
    /// Pushes a global.
    GlobalGet(GlobalIdx),
    /// Pops into a global.
    GlobalSet(GlobalIdx),
    /// Pops an address, pushes what is there.
    Load(LoadOp, MemArg),
    /// Pops an operand and an address, and writes the operand there.
    Store(StoreOp, MemArg),
    /// Decides what is executed next.
    Control(Control),
    /// Works on operands of any type.
    Parametric(Parametric),
    /// Reads, writes or grows a memory.
    Memory(Memory),
    /// Reads, writes or grows a table.
    Table(Table),
    /// Makes or tests references.
    Reference(Reference),
    /// Makes, reads or writes structures and arrays.
    Aggregate(Aggregate),
    /// Computes with vectors.
    Vector(Vector),
}

/// A sequence of instructions.
///
/// A body holds bodies: blocks nest, in hostile modules a million deep. So a
/// body takes itself apart in a loop, not by recursion, which would need a
/// native stack as deep as the blocks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body(Vec<Instr>);

impl From<Vec<Instr>> for Body {
    fn from(instrs: Vec<Instr>) -> Body {
        Body(instrs)
    }
}

impl Body {
    /// How deep blocks nest in it: 0 where there is none.
    pub fn depth(&self) -> usize {
        let mut deepest = 0;
        let mut rest = vec![(self, 0)];
        while let Some((body, depth)) = rest.pop() {
            deepest = deepest.max(depth);
            for instr in body.iter() {
                if let Instr::Control(control) = instr {
                    rest.extend(control.bodies().map(|body| (body, depth + 1)));
                }
            }
        }
        deepest
    }
}

impl Deref for Body {
    type Target = [Instr];

    #[inline(always)]
    fn deref(&self) -> &[Instr] {
        &self.0
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        let mut rest = std::mem::take(&mut self.0);
        while let Some(mut instr) = rest.pop() {
            if let Instr::Control(control) = &mut instr {
                for body in control.bodies_mut() {
                    rest.append(&mut body.0);
                }
            }
        }
    }
}

/// Works on operands of any type.
///
/// Specification: Structure, Instructions, *Parametric Instructions*.
#[derive(Clone, Debug, PartialEq)]
pub enum Parametric {
    /// Does nothing.
    Nop,
    /// Traps.
    Unreachable,
    /// Drops the top operand.
    Drop,
    /// Keeps the first of two operands if the `i32` on top is not 0, else the
    /// second.
    Select,
    /// `Select` with the type of the operands as an immediate.
    SelectTyped(ValType),
}

/// Decides what is executed next.
///
/// Specification: Structure, Instructions, *Control Instructions*.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// A sequence whose label is at its end.
    Block(Box<Block>),
    /// A sequence whose label is at its beginning.
    Loop(Box<Block>),
    /// One of two sequences, whose label is at their end.
    If(Box<If>),
    /// A sequence whose exceptions are caught.
    TryTable(Box<TryTable>),
    /// Branches.
    Br(LabelIdx),
    /// Branches if the operand is not 0.
    BrIf(LabelIdx),
    /// Branches to the label that the operand selects.
    BrTable(Box<BrTable>),
    /// Branches if the reference is null.
    BrOnNull(LabelIdx),
    /// Branches if the reference is not null.
    BrOnNonNull(LabelIdx),
    /// Branches if the reference has a type.
    BrOnCast(Box<BrOnCast>),
    /// Branches if the reference does not have a type.
    BrOnCastFail(Box<BrOnCast>),
    /// Leaves the function.
    Return,
    /// Calls a function.
    Call(FuncIdx),
    /// Calls the function that a reference refers to.
    CallRef(TypeIdx),
    /// Calls the function that an element of a table refers to.
    CallIndirect(TableIdx, TypeIdx),
    /// Leaves the function by calling another.
    ReturnCall(FuncIdx),
    /// Leaves the function by calling the function that a reference refers to.
    ReturnCallRef(TypeIdx),
    /// Leaves the function by calling the function that an element of a table
    /// refers to.
    ReturnCallIndirect(TableIdx, TypeIdx),
    /// Throws an exception.
    Throw(TagIdx),
    /// Throws the exception that a reference refers to.
    ThrowRef,
}

impl Control {
    /// The sequences inside of it.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        let (first, second) = match self {
            Control::Block(block) | Control::Loop(block) => {
                (Some(&block.body), None)
            }
            Control::If(branches) => {
                (Some(&branches.then), Some(&branches.otherwise))
            }
            Control::TryTable(handled) => (Some(&handled.body), None),
            _ => (None, None),
        };
        first.into_iter().chain(second)
    }

    fn bodies_mut(&mut self) -> impl Iterator<Item = &mut Body> {
        let (first, second) = match self {
            Control::Block(block) | Control::Loop(block) => {
                (Some(&mut block.body), None)
            }
            Control::If(branches) => {
                (Some(&mut branches.then), Some(&mut branches.otherwise))
            }
            Control::TryTable(handled) => (Some(&mut handled.body), None),
            _ => (None, None),
        };
        first.into_iter().chain(second)
    }
}

/// A sequence under a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// What it takes and leaves.
    pub ty: BlockType,
    /// What it executes.
    pub body: Body,
}

/// Two sequences, one of which is executed under a label.
#[derive(Clone, Debug, PartialEq)]
pub struct If {
    /// What each takes and leaves.
    pub ty: BlockType,
    /// What is executed if the operand is not 0.
    pub then: Body,
    /// What is executed if it is 0.
    pub otherwise: Body,
}

/// A sequence under a label, with the exceptions that are caught around it.
#[derive(Clone, Debug, PartialEq)]
pub struct TryTable {
    /// What it takes and leaves.
    pub ty: BlockType,
    /// The clauses, of which the first that matches catches.
    pub catches: Box<[Catch]>,
    /// What it executes.
    pub body: Body,
}

/// Which exceptions are caught, and where they branch to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Catch {
    /// Those with this tag; leaves the values.
    One(TagIdx, LabelIdx),
    /// Those with this tag; leaves the values and the exception.
    OneRef(TagIdx, LabelIdx),
    /// All; leaves nothing.
    All(LabelIdx),
    /// All; leaves the exception.
    AllRef(LabelIdx),
}

/// Labels to choose from.
#[derive(Clone, Debug, PartialEq)]
pub struct BrTable {
    /// The labels for the operands from 0 on.
    pub labels: Box<[LabelIdx]>,
    /// The label for all other operands.
    pub default: LabelIdx,
}

/// A branch that a type decides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BrOnCast {
    /// Where it goes.
    pub label: LabelIdx,
    /// The type that the reference is known to have.
    pub from: RefType,
    /// The type that is asked for.
    pub to: RefType,
}

/// Where a load or a store reaches, apart from its operand.
///
/// Specification: Structure, Instructions, *Memory Instructions* (`memarg`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemArg {
    /// Bytes that are added to the address.
    pub offset: u64,
    /// The memory.
    pub memory: MemIdx,
    /// The alignment that the code promises for the address, as a power of two.
    /// A hint, which this machine does not use.
    pub align: u8,
}

/// Invokes the macro `$use_rows` with all rows of loads: opcode, name, variant,
/// bytes, result, meaning.
#[macro_export]
macro_rules! load_table {
    ($use_rows:ident $($before:tt)*) => {
        $use_rows! {
            $($before)*
            0x28 "i32.load" I32Load (bytes: [u8; 4]) -> i32
                = i32::from_le_bytes(bytes);
            0x29 "i64.load" I64Load (bytes: [u8; 8]) -> i64
                = i64::from_le_bytes(bytes);
            0x2a "f32.load" F32Load (bytes: [u8; 4]) -> f32
                = f32::from_le_bytes(bytes);
            0x2b "f64.load" F64Load (bytes: [u8; 8]) -> f64
                = f64::from_le_bytes(bytes);
            0x2c "i32.load8_s" I32Load8S (bytes: [u8; 1]) -> i32
                = i8::from_le_bytes(bytes).into();
            0x2d "i32.load8_u" I32Load8U (bytes: [u8; 1]) -> u32
                = u8::from_le_bytes(bytes).into();
            0x2e "i32.load16_s" I32Load16S (bytes: [u8; 2]) -> i32
                = i16::from_le_bytes(bytes).into();
            0x2f "i32.load16_u" I32Load16U (bytes: [u8; 2]) -> u32
                = u16::from_le_bytes(bytes).into();
            0x30 "i64.load8_s" I64Load8S (bytes: [u8; 1]) -> i64
                = i8::from_le_bytes(bytes).into();
            0x31 "i64.load8_u" I64Load8U (bytes: [u8; 1]) -> u64
                = u8::from_le_bytes(bytes).into();
            0x32 "i64.load16_s" I64Load16S (bytes: [u8; 2]) -> i64
                = i16::from_le_bytes(bytes).into();
            0x33 "i64.load16_u" I64Load16U (bytes: [u8; 2]) -> u64
                = u16::from_le_bytes(bytes).into();
            0x34 "i64.load32_s" I64Load32S (bytes: [u8; 4]) -> i64
                = i32::from_le_bytes(bytes).into();
            0x35 "i64.load32_u" I64Load32U (bytes: [u8; 4]) -> u64
                = u32::from_le_bytes(bytes).into();
        }
    };
}

/// Invokes the macro `$use_rows` with all rows of stores: opcode, name,
/// variant, operand, bytes, meaning.
#[macro_export]
macro_rules! store_table {
    ($use_rows:ident $($before:tt)*) => {
        $use_rows! {
            $($before)*
            0x36 "i32.store"   I32Store   (x: u32) -> [u8; 4] = x.to_le_bytes();
            0x37 "i64.store"   I64Store   (x: u64) -> [u8; 8] = x.to_le_bytes();
            0x38 "f32.store"   F32Store   (x: f32) -> [u8; 4] = x.to_le_bytes();
            0x39 "f64.store"   F64Store   (x: f64) -> [u8; 8] = x.to_le_bytes();
            0x3a "i32.store8" I32Store8 (x: u32) -> [u8; 1]
                = (x as u8).to_le_bytes();
            0x3b "i32.store16" I32Store16 (x: u32) -> [u8; 2]
                = (x as u16).to_le_bytes();
            0x3c "i64.store8" I64Store8 (x: u64) -> [u8; 1]
                = (x as u8).to_le_bytes();
            0x3d "i64.store16" I64Store16 (x: u64) -> [u8; 2]
                = (x as u16).to_le_bytes();
            0x3e "i64.store32" I64Store32 (x: u64) -> [u8; 4]
                = (x as u32).to_le_bytes();
        }
    };
}

macro_rules! load_family {
    ($($opcode:literal $name:literal $variant:ident
        ($x:ident: $bytes:ty) -> $result:ty = $meaning:expr;)*) => {
        operators! {
            /// How a load reads bytes.
            LoadOp of NumType: $($opcode $name $variant
                &[] => <$result as Operands>::TYPES, $meaning;)*
        }

        impl LoadOp {
            /// The number of bytes that it reads; also the alignment where the
            /// text format gives none.
            pub fn width(self) -> usize {
                const WIDTHS: &[usize] = &[$(size_of::<$bytes>()),*];
                WIDTHS[self as usize]
            }
        }
    };
}
load_table!(load_family);

macro_rules! store_family {
    ($($opcode:literal $name:literal $variant:ident
        ($x:ident: $operand:ty) -> $bytes:ty = $meaning:expr;)*) => {
        operators! {
            /// How a store writes bytes.
            StoreOp of NumType: $($opcode $name $variant
                <$operand as Operands>::TYPES => &[], $meaning;)*
        }

        impl StoreOp {
            /// The number of bytes that it writes; also the alignment where the
            /// text format gives none.
            pub fn width(self) -> usize {
                const WIDTHS: &[usize] = &[$(size_of::<$bytes>()),*];
                WIDTHS[self as usize]
            }
        }
    };
}
store_table!(store_family);

/// Reads, writes or grows a memory.
///
/// Specification: Structure, Instructions, *Memory Instructions*.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Memory {
    /// Pushes the number of pages.
    Size(MemIdx),
    /// Pops a number of pages to add; pushes the former number, or -1.
    Grow(MemIdx),
    /// Pops a length, a byte and an address, and fills.
    Fill(MemIdx),
    /// Pops a length, a source and a destination, and copies: to the first
    /// memory, from the second.
    Copy(MemIdx, MemIdx),
    /// The same, from a data segment.
    Init(MemIdx, DataIdx),
    /// Empties a data segment.
    DataDrop(DataIdx),
}

/// Reads, writes or grows a table.
///
/// Specification: Structure, Instructions, *Table Instructions*.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Table {
    /// Pops an index, pushes the element.
    Get(TableIdx),
    /// Pops a reference and an index, and writes the reference to the element.
    Set(TableIdx),
    /// Pushes the number of elements.
    Size(TableIdx),
    /// Pops a number of elements and a reference to fill them with; pushes the
    /// former number, or -1.
    Grow(TableIdx),
    /// Pops a length, a reference and an index, and fills.
    Fill(TableIdx),
    /// Pops a length, a source and a destination, and copies: to the first
    /// table, from the second.
    Copy(TableIdx, TableIdx),
    /// The same, from an element segment.
    Init(TableIdx, ElemIdx),
    /// Empties an element segment.
    ElemDrop(ElemIdx),
}

/// Makes or tests references.
///
/// Specification: Structure, Instructions, *Reference Instructions*.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reference {
    /// Pushes a null.
    Null(HeapType),
    /// Pushes a reference to a function.
    Func(FuncIdx),
    /// Pushes whether the reference is null.
    IsNull,
    /// Traps if the reference is null.
    AsNonNull,
    /// Pushes whether two references are the same.
    Eq,
    /// Pushes whether the reference has a type.
    Test(RefType),
    /// Traps if the reference does not have a type.
    Cast(RefType),
}

/// Makes, reads or writes structures, arrays and small integers in the heap.
///
/// Specification: Structure, Instructions, *Aggregate Instructions*.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aggregate {
    /// Makes a structure of operands.
    StructNew(TypeIdx),
    /// Makes a structure of zeros.
    StructNewDefault(TypeIdx),
    /// Reads a field.
    StructGet(TypeIdx, FieldIdx),
    /// Reads a narrow field as a signed number.
    StructGetS(TypeIdx, FieldIdx),
    /// Reads a narrow field as an unsigned number.
    StructGetU(TypeIdx, FieldIdx),
    /// Writes a field.
    StructSet(TypeIdx, FieldIdx),
    /// Makes an array of one operand, many times.
    ArrayNew(TypeIdx),
    /// Makes an array of zeros.
    ArrayNewDefault(TypeIdx),
    /// Makes an array of this number of operands.
    ArrayNewFixed(TypeIdx, u32),
    /// Makes an array of a data segment's bytes.
    ArrayNewData(TypeIdx, DataIdx),
    /// Makes an array of an element segment's references.
    ArrayNewElem(TypeIdx, ElemIdx),
    /// Reads an element.
    ArrayGet(TypeIdx),
    /// Reads a narrow element as a signed number.
    ArrayGetS(TypeIdx),
    /// Reads a narrow element as an unsigned number.
    ArrayGetU(TypeIdx),
    /// Writes an element.
    ArraySet(TypeIdx),
    /// Pushes the number of elements.
    ArrayLen,
    /// Fills a part of an array.
    ArrayFill(TypeIdx),
    /// Copies: to an array of the first type, from one of the second.
    ArrayCopy(TypeIdx, TypeIdx),
    /// Copies from a data segment.
    ArrayInitData(TypeIdx, DataIdx),
    /// Copies from an element segment.
    ArrayInitElem(TypeIdx, ElemIdx),
    /// Makes a reference of 31 bits of an `i32`.
    RefI31,
    /// Reads such a reference as a signed number.
    I31GetS,
    /// Reads such a reference as an unsigned number.
    I31GetU,
    /// Takes a reference of the embedder in.
    AnyConvertExtern,
    /// Hands a reference out to the embedder.
    ExternConvertAny,
}

/// Computes with vectors of 128 bits.
///
/// Specification: Structure, Instructions, *Vector Instructions*.
#[derive(Clone, Debug, PartialEq)]
pub enum Vector {
    /// Pushes a vector.
    Const(Box<V128>),
    /// Picks bytes of two vectors.
    Shuffle(Box<[u8; 16]>),
    /// Computes with lanes; no immediates.
    Op(VectorOp),
    /// Reads or replaces one lane.
    Lane(VectorLaneOp, u8),
    /// Reads or writes a memory.
    Memory(VectorMemoryOp, Box<MemArg>),
    /// Reads or writes a memory, one lane only.
    MemoryLane(VectorMemoryLaneOp, Box<MemArg>, u8),
    /// `local.get` of a vector. It is wider than the slot that
    /// [`Instr::LocalGet`] knows; so are the four that follow.
    LocalGet(LocalIdx),
    /// `local.set` of a vector.
    LocalSet(LocalIdx),
    /// `local.tee` of a vector.
    LocalTee(LocalIdx),
    /// `global.get` of a vector.
    GlobalGet(GlobalIdx),
    /// `global.set` of a vector.
    GlobalSet(GlobalIdx),
}

impl From<Number> for Instr {
    fn from(number: Number) -> Instr {
        Instr::Const(number.ty(), number.to_slot())
    }
}

macro_rules! from_families {
    ($($family:ident),*) => {$(
        impl From<$family> for Instr {
            fn from(instr: $family) -> Instr {
                Instr::$family(instr)
            }
        }
    )*};
}
from_families!(
    Numeric, Control, Parametric, Memory, Table, Reference, Aggregate, Vector
);
