//! The flat code of a function.

use annex_embedding::{FuncAddr, GlobalAddr, MemAddr};
use ch08_numeric::numeric_table;
use ch09_module::{
    Catch, Instr, LocalIdx, TableIdx, TagIdx, TypeIdx, load_table, store_table,
};
use ch11_control::{Level, Shape};

/// Invokes the macro `$use_rows` with the rows of all three tables: the
/// numeric instructions and the loads in braces, then the stores.
macro_rules! all_tables {
    ($use_rows:ident) => {
        numeric_table! { and_loads $use_rows }
    };
}

macro_rules! and_loads {
    ($use_rows:ident $($numeric:tt)*) => {
        load_table! { and_stores $use_rows {$($numeric)*} }
    };
}

macro_rules! and_stores {
    ($use_rows:ident {$($numeric:tt)*} $($loads:tt)*) => {
        store_table! { $use_rows {$($numeric)*} {$($loads)*} }
    };
}

pub(crate) use {all_tables, and_loads, and_stores};

/// Makes the enum of the rows, and a function that finds the variant for each
/// instruction that is a row.
macro_rules! ops {
    (
        {$($opcode:literal $name:literal $numeric:ident
            ($($x:ident: $t:ty),+) -> $result:ty = $meaning:expr;)*}
        {$($load_opcode:literal $load_name:literal $load:ident
            ($bytes:ident: $chunk:ty) -> $loaded:ty = $read:expr;)*}
        $($store_opcode:literal $store_name:literal $store:ident
            ($operand:ident: $stored:ty) -> $written:ty = $write:expr;)*
    ) => {
        /// An operation of flat code: 16 bytes.
        ///
        /// What is a row of a table is a variant of its own here, so the
        /// machine recognizes every operation with a single look.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Op {
            $(#[doc = concat!("`", $name, "`")] $numeric,)*
            $(
                #[doc = concat!("`", $load_name, "` from memory 0, at this \
                    offset")]
                $load(u32),
            )*
            $(
                #[doc = concat!("`", $store_name, "` to memory 0, at this \
                    offset")]
                $store(u32),
            )*
            /// Pushes a slot.
            Const(u64),
            /// Pushes a local.
            LocalGet(LocalIdx),
            /// Pops into a local.
            LocalSet(LocalIdx),
            /// Copies the top operand into a local.
            LocalTee(LocalIdx),
            /// Pushes the global at an address.
            GlobalGet(GlobalAddr),
            /// Pops into the global at an address.
            GlobalSet(GlobalAddr),
            /// Drops the top operand.
            Drop,
            /// Keeps one of two operands.
            Select,
            /// Traps.
            Unreachable,
            /// Branches.
            Br(Branch),
            /// Branches if the operand is not 0.
            BrIf(Branch),
            /// Branches if the operand is 0.
            BrUnless(Branch),
            /// Pops a number and goes on at that one of the operations that
            /// follow, which are branches; at the one with this number if it
            /// is greater.
            BrTable(u32),
            /// Branches if the reference is null.
            BrOnNull(Branch),
            /// Branches if the reference is not null.
            BrOnNonNull(Branch),
            /// Returns to the caller. So does the end of the list.
            Return,
            /// Calls the function at an address.
            Call(FuncAddr),
            /// Calls the function that an element of a table refers to.
            CallIndirect(TableIdx, TypeIdx),
            /// Calls the function that a reference refers to.
            CallRef(TypeIdx),
            /// Calls the function at an address in place of this one.
            ReturnCall(FuncAddr),
            /// Calls the function that an element of a table refers to, in
            /// place of this one.
            ReturnCallIndirect(TableIdx, TypeIdx),
            /// Calls the function that a reference refers to, in place of this
            /// one.
            ReturnCallRef,
            /// Throws an exception.
            Throw(TagIdx),
            /// Throws the exception that a reference refers to.
            ThrowRef,
            /// Takes the branch that follows, if the cast at this position in
            /// [`FlatCode::far`] says so, and else passes over it.
            BrOnCast(u32),
            /// Executes an instruction that reaches further into the store: the
            /// one at this position in [`FlatCode::far`].
            Far(u32),
            /// Tells the observer of the instruction that comes next. Only in
            /// code that is watched.
            Mark(u32),
            /// Lets the tier go on, at the entry with this number. Only in code
            /// that a tier has translated.
            Enter(u32),
        }

        impl Op {
            /// The operation that does what an instruction does, if there is
            /// one for it alone.
            pub(crate) fn of(instr: &Instr) -> Option<Op> {
                use ch08_numeric::Numeric;
                use ch09_module::{LoadOp, StoreOp};

                Some(match instr {
                    $(Instr::Numeric(Numeric::$numeric) => Op::$numeric,)*
                    $(Instr::Load(LoadOp::$load, arg) => {
                        Op::$load(near(arg)?)
                    })*
                    $(Instr::Store(StoreOp::$store, arg) => {
                        Op::$store(near(arg)?)
                    })*
                    Instr::Const(_, slot) => Op::Const(*slot),
                    Instr::LocalGet(local) => Op::LocalGet(*local),
                    Instr::LocalSet(local) => Op::LocalSet(*local),
                    Instr::LocalTee(local) => Op::LocalTee(*local),
                    _ => return None,
                })
            }
        }
    };
}
all_tables!(ops);

/// The offset of a load or store, if it fits an operation: in memory 0, and of
/// 32 bits.
fn near(arg: &ch09_module::MemArg) -> Option<u32> {
    (arg.memory.0 == 0).then(|| arg.offset.try_into().ok()).flatten()
}

/// Where a branch goes, and which operands go along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The position at which execution continues.
    pub target: u32,
    /// How many operands are dropped, below those that are kept.
    pub drop: u32,
    /// How many operands on top are kept. A label has 1,000 at most.
    pub keep: u16,
    /// Whether the label is that of a loop: such a branch takes fuel.
    pub is_loop: bool,
}

impl Op {
    /// Whether the operation comes from an instruction.
    pub(crate) fn is_instr(&self) -> bool {
        !matches!(self, Op::Mark(_) | Op::Enter(_))
    }

    /// Whether the operation is a call, which takes fuel.
    #[inline(always)]
    pub(crate) fn is_call(self) -> bool {
        matches!(
            self,
            Op::Call(_)
                | Op::CallIndirect(..)
                | Op::CallRef(_)
                | Op::ReturnCall(_)
                | Op::ReturnCallIndirect(..)
                | Op::ReturnCallRef
        )
    }

    /// The branch that the operation takes, or may take.
    pub fn branch(mut self) -> Option<Branch> {
        self.branch_mut().copied()
    }

    /// The same, to be changed.
    pub(crate) fn branch_mut(&mut self) -> Option<&mut Branch> {
        match self {
            Op::Br(branch)
            | Op::BrIf(branch)
            | Op::BrUnless(branch)
            | Op::BrOnNull(branch)
            | Op::BrOnNonNull(branch) => Some(branch),
            _ => None,
        }
    }
}

/// The flat code of a function.
///
/// `C` is what a tier makes of it.
#[derive(Debug)]
pub struct FlatCode<C = ()> {
    /// What a call has to know of it.
    pub shape: Shape,
    /// What it executes.
    pub ops: Box<[Op]>,
    /// The instance's memory 0.
    pub memory: Option<MemAddr>,
    /// The instructions that [`Op::Far`] and [`Op::BrOnCast`] stand for.
    pub far: Box<[Instr]>,
    /// What catches exceptions, outer handlers before inner ones.
    pub handlers: Box<[Handler]>,
    /// What the observer is told, if the code is watched.
    pub marks: Box<[Mark]>,
    /// What the tier has made of it, if it could.
    pub tier: Option<C>,
}

/// A `try_table`: what it catches, from where to where.
#[derive(Debug)]
pub struct Handler {
    /// The position of its first operation.
    pub from: u32,
    /// The position after its last operation.
    pub to: u32,
    /// The handler that it is inside of, if there is one.
    pub outer: Option<u32>,
    /// How many operands are below it.
    pub height: u32,
    /// Its clauses. The label of each is its own number here.
    pub catches: Box<[Catch]>,
    /// The branch that each clause takes.
    pub branches: Box<[Branch]>,
}

/// An instruction as the observer sees it: where it is, and its text.
#[derive(Debug)]
pub struct Mark {
    /// The mark of the instruction that it is inside of, if there is one.
    pub outer: Option<u32>,
    /// The innermost label around it.
    pub level: Level,
    /// The instruction in the text format.
    pub instr: String,
}

impl Handler {
    /// Whether the operation at a position is inside.
    pub(crate) fn contains(&self, position: u32) -> bool {
        (self.from..self.to).contains(&position)
    }
}

impl<C> FlatCode<C> {
    /// The innermost handler that the operation at a position is inside of.
    pub(crate) fn handler(&self, position: u32) -> Option<u32> {
        let begun = |handler: &Handler| handler.from <= position;
        let begun = self.handlers.partition_point(begun) as u32;
        // It is the last that has begun, or one that this one is inside of.
        let mut number = begun.checked_sub(1);
        while let Some(inner) = number {
            let handler = &self.handlers[inner as usize];
            if handler.contains(position) {
                break;
            }
            number = handler.outer;
        }
        number
    }

    /// The labels around the instruction of a mark, the function's own first.
    pub fn levels(&self, mark: &Mark) -> Vec<Level> {
        let mut levels = vec![mark.level.clone()];
        let mut outer = mark.outer;
        while let Some(number) = outer {
            let mark = &self.marks[number as usize];
            levels.push(mark.level.clone());
            outer = mark.outer;
        }
        levels.reverse();
        levels
    }
}
