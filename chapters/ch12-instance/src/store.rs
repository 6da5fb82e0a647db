//! The store: everything that lives.
//!
//! Specification: Execution, Runtime Structure, *Store*.

use std::collections::HashMap;

use annex_vector::V128;
use ch09_module::{GlobalType, WasmFeatures};
use ch10_memory::MemoryInstance;
use ch11_control::Code;

use crate::table::TableInstance;
use crate::value::vector;
use crate::{
    Extern, FuncAddr, GlobalAddr, HostFunction, InstanceAddr, Layer, MemAddr, Plain, StoreLimits,
    TableAddr, TagAddr, Type,
};

/// Everything that lives: the instances of modules, and what they own or share.
///
/// `O` watches the execution; `()`, which is what is there without a word, watches nothing and costs nothing. `L` is what
/// later chapters add.
#[derive(Debug, Default)]
pub struct Store<O = (), L: Layer = Plain> {
    pub(crate) functions: Vec<FunctionInstance>,
    pub(crate) instances: Vec<ModuleInstance>,
    pub(crate) hosts: Vec<HostFunction>,
    pub(crate) tables: Vec<TableInstance>,
    pub(crate) memories: Vec<MemoryInstance>,
    pub(crate) globals: Vec<GlobalInstance>,
    pub(crate) tags: Vec<TagInstance>,
    /// The element segments of each instance, in the order of the instances.
    pub(crate) elements: Vec<Vec<Vec<u64>>>,
    /// The data segments of each instance, in the order of the instances.
    pub(crate) data: Vec<Vec<Box<[u8]>>>,
    pub(crate) types: L::Types,
    /// The slots of the operand stack, for the next invocation.
    pub(crate) slots: Box<[u64]>,
    /// What lies beside the slots: the upper halves of vectors. Empty until there is a vector.
    pub(crate) upper: Vec<u64>,
    pub(crate) limits: StoreLimits,
    /// The version of the standard that modules are validated by; nothing for the newest.
    pub(crate) features: Option<WasmFeatures>,
    pub(crate) layer: L,
    pub(crate) observer: O,
}

impl<O, L: Layer> Store<O, L> {
    /// A store that is watched by `observer` and keeps to limits.
    pub fn new(observer: O, limits: StoreLimits) -> Self
    where
        O: Default,
    {
        Store { observer, limits, ..Store::default() }
    }

    /// The same store for modules of another version of the standard, or with a proposal.
    pub fn with_features(self, features: WasmFeatures) -> Self {
        Store { features: Some(features), ..self }
    }

    /// Who watches.
    pub fn observer(&self) -> &O {
        &self.observer
    }

    /// Who watches, to be changed: to add fuel, for instance.
    pub fn observer_mut(&mut self) -> &mut O {
        &mut self.observer
    }

    /// Who knows the types.
    pub fn types(&self) -> &L::Types {
        &self.types
    }

    /// An instance, if there is one at this address.
    pub fn instance(&self, instance: InstanceAddr) -> Option<&ModuleInstance> {
        self.instances.get(instance.index())
    }

    /// What a later chapter has added.
    pub fn layer(&self) -> &L {
        &self.layer
    }

    /// What a later chapter has added, to be looked at by that one.
    pub fn layer_mut(&mut self) -> &mut L {
        &mut self.layer
    }
}

/// A function that lives.
///
/// Specification: Execution, Runtime Structure, *Function Instances*.
#[derive(Debug)]
pub struct FunctionInstance {
    /// Its type, closed.
    pub ty: Type,
    /// What it does.
    pub body: FunctionBody,
}

/// What a function does.
#[derive(Debug)]
pub enum FunctionBody {
    /// Executes code in a module instance.
    Code(InstanceAddr, Code),
    /// Calls the host function at this position in the store.
    Host(u32),
}

/// A global that lives.
///
/// Specification: Execution, Runtime Structure, *Global Instances*.
#[derive(Debug)]
pub struct GlobalInstance {
    /// Its type, closed.
    pub ty: GlobalType,
    /// Its value.
    pub slot: u64,
    /// What lies beside the slot: the upper half of a vector.
    pub upper: u64,
}

impl GlobalInstance {
    /// Its value, if it is a vector.
    pub(crate) fn vector(&self) -> V128 {
        vector([self.slot, self.upper])
    }
}

/// A tag that lives: what tells the exceptions of one kind from others.
///
/// Specification: Execution, Runtime Structure, *Tag Instances*.
#[derive(Debug)]
pub struct TagInstance {
    /// The type of a function that would take what the exceptions carry.
    pub ty: Type,
    /// What people call it.
    pub name: String,
}

/// A module that lives: what its indices refer to.
///
/// Specification: Execution, Runtime Structure, *Module Instances*.
#[derive(Debug)]
#[expect(missing_docs, reason = "each says what the index of its name refers to")]
pub struct ModuleInstance {
    pub address: InstanceAddr,
    pub types: Vec<Type>,
    pub functions: Vec<FuncAddr>,
    pub tables: Vec<TableAddr>,
    pub memories: Vec<MemAddr>,
    pub globals: Vec<GlobalAddr>,
    pub tags: Vec<TagAddr>,
    pub exports: Vec<(String, Extern)>,
    /// What people call its functions, where they have a name.
    pub names: HashMap<FuncAddr, String>,
}

/// What stands for a function where a constant expression is executed, which belongs to none.
pub const EXPRESSION: FuncAddr = FuncAddr(u32::MAX);

impl ModuleInstance {
    /// What people call a function of this instance: its index, and its name if it has one.
    pub fn name(&self, function: FuncAddr) -> String {
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
