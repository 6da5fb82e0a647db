//! The loop: what an operation does within a call.
//!
//! Specification: Execution, *Instructions*.

use std::slice;

use annex_embedding::NULL;
use ch07_values::{OperandStack, Trap};
use ch08_numeric::{numeric_table, operations::*};
use ch09_module::{load_table, store_table};
use ch11_control::Core;
use ch12_instance::StoreData;
use trace::Observer;

use crate::op::{all_tables, and_loads, and_stores};
use crate::{Branch, FlatCode, Op};

/// Makes the loop: an arm for each row, and the ones that are in no table.
macro_rules! the_loop {
    (
        {$($opcode:literal $name:literal $numeric:ident
            ($($x:ident: $t:ty),+) -> $result:ty = $meaning:expr;)*}
        {$($load_opcode:literal $load_name:literal $load:ident
            ($bytes:ident: $chunk:ty) -> $loaded:ty = $read:expr;)*}
        $($store_opcode:literal $store_name:literal $store:ident
            ($operand:ident: $stored:ty) -> $written:ty = $write:expr;)*
    ) => {
        /// Executes operations until one comes that needs more than this
        /// function has, and returns that one; or `None` at the end of the
        /// list.
        ///
        /// # Errors
        ///
        /// The trap that an operation ends in.
        #[inline(always)]
        pub(crate) fn plain<'code, O: Observer, C>(
            core: &mut Core<O>,
            data: &mut StoreData,
            base: usize,
            code: &'code FlatCode<C>,
            ops: &mut slice::Iter<'code, Op>,
        ) -> Result<Option<Op>, Trap> {
            let StoreData { memories, globals, upper, .. } = data;
            let mut memory = match code.memory {
                Some(memory) => memories.get_mut(memory.index()),
                None => None,
            };
            let (mut stack, fuel, observer) = core.parts();
            /// Takes a branch, from which `$popped` operands were taken.
            macro_rules! take {
                ($branch:expr, $popped:expr) => {{
                    let branch = $branch;
                    if branch.is_loop
                        && let Some(left) = fuel
                    {
                        match left.checked_sub(1) {
                            Some(rest) => *left = rest,
                            None => {
                                let height = stack.height() + $popped;
                                return unpaid(core, height);
                            }
                        }
                    }
                    if branch.drop > 0 {
                        drop_below(&mut stack, upper, &branch);
                    }
                    *ops = code.ops[branch.target as usize..].iter();
                }};
            }
            loop {
                let Some(op) = ops.next() else {
                    let height = stack.height();
                    core.cut(height);
                    return Ok(None);
                };
                match *op {
                    $(Op::$numeric => {
                        let ($($x,)+): ($($t,)+) = stack.pop();
                        let result: $result = $meaning;
                        stack.push(result)?;
                    })*
                    $(Op::$load(offset) => {
                        let address: u64 = stack.pop();
                        let $bytes: $chunk = memory
                            .as_ref()
                            .ok_or(Trap::OutOfBoundsMemoryAccess)?
                            .read(address, offset.into())?;
                        stack.push::<$loaded>($read)?;
                    })*
                    $(Op::$store(offset) => {
                        let $operand: $stored = stack.pop();
                        let address: u64 = stack.pop();
                        let bytes: $written = $write;
                        memory
                            .as_mut()
                            .ok_or(Trap::OutOfBoundsMemoryAccess)?
                            .write(address, offset.into(), bytes)?;
                        if O::WATCHES {
                            observer.wrote(address + u64::from(offset), &bytes);
                        }
                    })*
                    Op::Const(slot) => stack.push(slot)?,
                    Op::LocalGet(local) => {
                        stack.push(stack.slot(base + local.index()))?
                    }
                    Op::LocalSet(local) => {
                        let slot = stack.pop();
                        stack.set_slot(base + local.index(), slot);
                    }
                    Op::LocalTee(local) => {
                        let slot = stack.slot(stack.height() - 1);
                        stack.set_slot(base + local.index(), slot);
                    }
                    Op::GlobalGet(global) => {
                        stack.push(globals[global.index()].slot)?;
                    }
                    Op::GlobalSet(global) => {
                        globals[global.index()].slot = stack.pop();
                    }
                    Op::Drop => {
                        stack.pop::<u64>();
                    }
                    Op::Select => {
                        let first: bool = stack.pop();
                        let (x, y): (u64, u64) = stack.pop();
                        if !first && !upper.is_empty() {
                            upper[stack.height()] = upper[stack.height() + 1];
                        }
                        stack.push(if first { x } else { y })?;
                    }
                    Op::Unreachable => return Err(Trap::Unreachable),
                    Op::Br(branch) => take!(branch, 0),
                    Op::BrIf(branch) => {
                        if stack.pop() {
                            take!(branch, 1);
                        }
                    }
                    Op::BrUnless(branch) => {
                        if !stack.pop::<bool>() {
                            take!(branch, 1);
                        }
                    }
                    Op::BrTable(count) => {
                        let index: u32 = stack.pop();
                        let position = code.ops.len() - ops.len();
                        let entry = position + index.min(count) as usize;
                        *ops = code.ops[entry..].iter();
                    }
                    Op::BrOnNull(branch) => {
                        let reference: u64 = stack.pop();
                        match reference {
                            NULL => take!(branch, 1),
                            reference => stack.push(reference)?,
                        }
                    }
                    Op::BrOnNonNull(branch) => {
                        let reference: u64 = stack.pop();
                        if reference != NULL {
                            stack.push(reference)?;
                            take!(branch, 0);
                        }
                    }
                    op @ (Op::Return
                    | Op::Call(_)
                    | Op::CallIndirect(..)
                    | Op::CallRef(_)
                    | Op::ReturnCall(_)
                    | Op::ReturnCallIndirect(..)
                    | Op::ReturnCallRef
                    | Op::Throw(_)
                    | Op::ThrowRef
                    | Op::BrOnCast(_)
                    | Op::Far(_)
                    | Op::Mark(_)
                    | Op::Enter(_)) => {
                        let height = stack.height();
                        core.cut(height);
                        return Ok(Some(op));
                    }
                }
            }
        }
    };
}
all_tables!(the_loop);

/// There is no fuel for a branch, and its operands are as if it had not been
/// tried.
#[cold]
#[inline(never)]
fn unpaid<T, O: Observer>(
    core: &mut Core<O>,
    height: usize,
) -> Result<T, Trap> {
    core.cut(height);
    Err(Trap::OutOfFuel)
}

/// Drops the operands below those that a branch keeps.
#[inline(always)]
fn drop_below(stack: &mut OperandStack, upper: &mut [u64], branch: &Branch) {
    let keep = usize::from(branch.keep);
    let from = stack.height() - keep;
    let to = from - branch.drop as usize;
    if !upper.is_empty() {
        upper.copy_within(from..from + keep, to);
    }
    stack.keep(keep, to);
}
