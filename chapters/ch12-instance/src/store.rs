//! The store: everything that lives.
//!
//! Specification: Execution, Runtime Structure, *Store*.

use std::collections::HashMap;

use ch09_module::{FuncType, GlobalType, ValType};
use ch10_memory::MemoryInstance;
use ch11_control::Code;

use crate::table::TableInstance;
use crate::{Extern, FuncAddr, GlobalAddr, HostFunction, InstanceAddr, MemAddr, TableAddr};

/// Everything that lives: the instances of modules, and what they own or share.
///
/// `O` watches the execution; `()`, which is what is there without a word, watches nothing and costs nothing.
#[derive(Debug, Default)]
pub struct Store<O = ()> {
    pub(crate) functions: Vec<FunctionInstance>,
    pub(crate) instances: Vec<ModuleInstance>,
    pub(crate) hosts: Vec<HostFunction>,
    pub(crate) tables: Vec<TableInstance>,
    pub(crate) memories: Vec<MemoryInstance>,
    pub(crate) globals: Vec<GlobalInstance>,
    /// The element segments of each instance, in the order of the instances.
    pub(crate) elements: Vec<Vec<Box<[u64]>>>,
    /// The data segments of each instance, in the order of the instances.
    pub(crate) data: Vec<Vec<Box<[u8]>>>,
    pub(crate) types: Types,
    /// The slots of the operand stack, for the next invocation.
    pub(crate) slots: Box<[u64]>,
    pub(crate) observer: O,
}

/// A function that lives.
///
/// Specification: Execution, Runtime Structure, *Function Instances*.
#[derive(Debug)]
pub(crate) struct FunctionInstance {
    pub(crate) ty: Type,
    pub(crate) body: FunctionBody,
}

/// What a function does.
#[derive(Debug)]
pub(crate) enum FunctionBody {
    /// Executes code in a module instance.
    Code(InstanceAddr, Code),
    /// Calls the host function at this position in the store.
    Host(u32),
}

/// A global that lives.
///
/// Specification: Execution, Runtime Structure, *Global Instances*.
#[derive(Debug)]
pub(crate) struct GlobalInstance {
    pub(crate) ty: GlobalType,
    pub(crate) slot: u64,
}

/// A module that lives: what its indices refer to.
///
/// Specification: Execution, Runtime Structure, *Module Instances*.
#[derive(Debug)]
pub(crate) struct ModuleInstance {
    pub(crate) address: InstanceAddr,
    pub(crate) types: Vec<Type>,
    pub(crate) functions: Vec<FuncAddr>,
    pub(crate) tables: Vec<TableAddr>,
    pub(crate) memories: Vec<MemAddr>,
    pub(crate) globals: Vec<GlobalAddr>,
    pub(crate) exports: Vec<(String, Extern)>,
    /// What people call its functions, where they have a name.
    pub(crate) names: HashMap<FuncAddr, String>,
}

/// What stands for a function where a constant expression is executed, which belongs to none.
pub(crate) const EXPRESSION: FuncAddr = FuncAddr(u32::MAX);

impl ModuleInstance {
    /// What people call a function of this instance: its index, and its name if it has one.
    pub(crate) fn name(&self, function: FuncAddr) -> String {
        if function == EXPRESSION {
            return "a constant expression".to_owned();
        }
        let index = self.functions.iter().position(|address| *address == function);
        let index = index.map_or("?".to_owned(), |index| index.to_string());
        match self.names.get(&function) {
            Some(name) => format!("function {index} (${name})"),
            None => format!("function {index}"),
        }
    }
}

/// The type of a function, and who it is the same as.
#[derive(Clone, Debug)]
pub(crate) struct Type {
    pub(crate) func: FuncType,
    /// Equal for equal types; nothing for a type that this machine cannot compare yet.
    pub(crate) identity: Option<u32>,
}

/// The function types of a store, each with a number of its own, so that comparing two is comparing numbers.
#[derive(Debug, Default)]
pub(crate) struct Types(HashMap<FuncType, u32>);

impl Types {
    /// The type with its number.
    pub(crate) fn identify(&mut self, func: FuncType) -> Type {
        // What a concrete type is depends on the module, so that it cannot be compared without looking there.
        let comparable = func.params.iter().chain(&func.results).all(|ty| !is_concrete(*ty));
        let identity = comparable.then(|| {
            let next = self.0.len() as u32;
            *self.0.entry(func.clone()).or_insert(next)
        });
        Type { func, identity }
    }
}

fn is_concrete(ty: ValType) -> bool {
    use ch09_module::{HeapType, RefType};
    matches!(ty, ValType::Ref(RefType { heap: HeapType::Concrete(_), .. }))
}
