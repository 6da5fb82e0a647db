//! The store: everything that is alive.
//!
//! Specification: Execution, Runtime Structure, *Store*.

use std::collections::HashMap;

use annex_embedding::{
    Extern, FuncAddr, GlobalAddr, HostError, HostFunction, InstanceAddr,
    MemAddr, TableAddr, TagAddr, Value,
};
use annex_types::TypeRegistry;
use ch09_module::{
    Bytes, ExportItem, FEATURES, GlobalType, TypeIdx, WasmFeatures,
};
use ch10_memory::MemoryInstance;
use ch11_control::{Core, MachineLimits};
use trace::Observer;

use crate::table::TableInstance;
use crate::{CoreLayer, LateCode, Layer, Limiter, StoreLimits, StoreView};

/// An engine with its store: the instances of modules, what they own or share,
/// and the code that an engine has made of their functions.
///
/// `O` observes the execution; the default `()` observes nothing and costs
/// nothing. `L` is what later chapters add.
#[derive(Debug)]
pub struct Store<O = (), L: Layer = CoreLayer> {
    pub(crate) data: StoreData,
    /// The code of each function that has any.
    pub(crate) code: Vec<LateCode<L>>,
    pub(crate) layer: L,
    pub(crate) core: Core<O>,
}

impl<O: Observer, L: Layer> Store<O, L> {
    /// An empty store with an observer and limits.
    pub fn new(observer: O, limits: StoreLimits) -> Self {
        Store {
            data: StoreData {
                limits,
                watched: O::WATCHES,
                features: FEATURES,
                ..StoreData::default()
            },
            code: Vec::new(),
            layer: L::default(),
            core: Core::new(limits.machine(), observer),
        }
    }

    /// The same store for modules of another version of the standard, or with
    /// a proposal.
    pub fn with_features(mut self, features: WasmFeatures) -> Self {
        self.data.features = features;
        self
    }

    /// The version of the standard that modules are validated by.
    pub fn features(&self) -> WasmFeatures {
        self.data.features
    }

    /// The observer.
    pub fn observer(&self) -> &O {
        self.core.observer()
    }

    /// The observer, for changes.
    pub fn observer_mut(&mut self) -> &mut O {
        self.core.observer_mut()
    }

    /// What is alive.
    pub fn data(&self) -> &StoreData {
        &self.data
    }

    /// Sets how much the store may have of everything from now on. Whether fuel
    /// is counted stays as it is.
    pub fn set_limits(&mut self, limits: StoreLimits) {
        let fuel = self.core.limits().fuel;
        self.data.limits =
            StoreLimits { fuel: self.data.limits.fuel, ..limits };
        let machine = limits.machine();
        self.core.set_limits(MachineLimits { fuel, ..machine });
    }

    /// Lets somebody decide about growth within the store's limits.
    pub fn set_limiter(&mut self, limiter: Limiter) {
        self.data.limiter = limiter;
    }

    /// What a later chapter has added.
    pub fn layer(&self) -> &L {
        &self.layer
    }

    /// What a later chapter has added, for changes by that chapter.
    pub fn layer_mut(&mut self) -> &mut L {
        &mut self.layer
    }

    /// Translates all functions of an instance, so that none has to wait for
    /// that when it is first called.
    pub fn translate(&mut self, instance: InstanceAddr) {
        for function in &self.data.functions {
            if let FunctionBody::Code(owner, number) = function.body
                && owner == instance
            {
                let code = &self.code[number as usize];
                code.get(&self.data, instance.0, function.ty);
            }
        }
    }

    /// What a machine is lent for a call, and its core.
    pub fn view(&mut self) -> (StoreView<'_, L>, &mut Core<O>) {
        let view = StoreView {
            data: &mut self.data,
            layer: &mut self.layer,
            code: &self.code,
        };
        (view, &mut self.core)
    }
}

impl<O: Observer + Default, L: Layer> Default for Store<O, L> {
    fn default() -> Self {
        Store::new(O::default(), StoreLimits::default())
    }
}

/// What is alive: the store of the standard, apart from code.
///
/// Everything refers to everything else by address, which is a position in one
/// of these lists.
#[derive(Debug, Default)]
pub struct StoreData {
    /// The functions, of modules and of the host.
    pub functions: Vec<FunctionInstance>,
    /// The module instances.
    pub instances: Vec<ModuleInstance>,
    /// What functions of the host do.
    pub hosts: Vec<HostFunction>,
    /// The tables.
    pub tables: Vec<TableInstance>,
    /// The memories.
    pub memories: Vec<MemoryInstance>,
    /// The globals.
    pub globals: Vec<GlobalInstance>,
    /// The tags.
    pub tags: Vec<TagInstance>,
    /// The element segments of each instance.
    pub element_segments: Vec<Vec<Vec<u64>>>,
    /// The data segments of each instance.
    pub data_segments: Vec<Vec<Bytes>>,
    /// The types.
    pub types: TypeRegistry,
    /// The upper halves of the vectors on the operand stack, each beside its
    /// slot. Empty until there is a vector.
    pub upper: Vec<u64>,
    /// Whether somebody observes each step.
    pub watched: bool,
    /// How much the store may have of everything.
    pub limits: StoreLimits,
    /// Who decides about growth within these limits.
    pub limiter: Limiter,
    /// The version of the standard that modules are validated by.
    pub(crate) features: WasmFeatures,
    /// Lists for the values of host functions, which are empty between calls.
    pub(crate) values: Vec<Vec<Value>>,
    /// The error of the host function that has just failed.
    pub host_error: Option<HostError>,
}

/// A function that is alive.
///
/// Specification: Execution, Runtime Structure, *Function Instances*.
#[derive(Clone, Copy, Debug)]
pub struct FunctionInstance {
    /// Its type's number.
    pub ty: TypeIdx,
    /// What it does.
    pub body: FunctionBody,
}

/// What a function does.
#[derive(Clone, Copy, Debug)]
pub enum FunctionBody {
    /// Executes the code at this position, in a module instance.
    Code(InstanceAddr, u32),
    /// Calls the host function at this position.
    Host(u32),
}

/// A global that is alive.
///
/// Specification: Execution, Runtime Structure, *Global Instances*.
#[derive(Debug)]
pub struct GlobalInstance {
    /// Its type, closed.
    pub ty: GlobalType,
    /// Its value.
    pub slot: u64,
    /// The upper half of its value, if that is a vector.
    pub upper: u64,
}

/// A tag that is alive: what tells the exceptions of one kind from others.
///
/// Specification: Execution, Runtime Structure, *Tag Instances*.
#[derive(Debug)]
pub struct TagInstance {
    /// The number of a function type, whose parameters are what the exceptions
    /// carry.
    pub ty: TypeIdx,
    /// Its name, for messages.
    pub name: String,
}

/// A module that is alive: what its indices refer to.
///
/// Specification: Execution, Runtime Structure, *Module Instances*.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "each is what the index of its name refers to")]
pub struct ModuleInstance {
    pub types: Vec<TypeIdx>,
    pub functions: Vec<FuncAddr>,
    pub tables: Vec<TableAddr>,
    pub memories: Vec<MemAddr>,
    pub globals: Vec<GlobalAddr>,
    pub tags: Vec<TagAddr>,
    pub exports: Vec<(String, Extern)>,
    /// The names, of two parts, of the functions that are imported.
    pub imports: Vec<[String; 2]>,
    /// The names of its functions, for messages.
    pub names: HashMap<FuncAddr, String>,
}

/// Stands for a function where a constant expression is executed, which
/// belongs to none.
pub const EXPRESSION: FuncAddr = FuncAddr(u32::MAX);

impl ModuleInstance {
    /// What the index of an export refers to.
    pub(crate) fn item(&self, item: ExportItem) -> Extern {
        match item {
            ExportItem::Func(i) => Extern::Func(self.functions[i.index()]),
            ExportItem::Table(i) => Extern::Table(self.tables[i.index()]),
            ExportItem::Memory(i) => Extern::Memory(self.memories[i.index()]),
            ExportItem::Global(i) => Extern::Global(self.globals[i.index()]),
            ExportItem::Tag(i) => Extern::Tag(self.tags[i.index()]),
        }
    }

    /// A function of this instance in words: its index, and its name if it has
    /// one.
    pub fn name(&self, function: FuncAddr) -> String {
        if function == EXPRESSION {
            return "a constant expression".to_owned();
        }
        let index = self.functions.iter().position(|item| *item == function);
        let index = index.map_or("?".to_owned(), |index| index.to_string());
        match self.names.get(&function) {
            Some(name) => format!("function {index} (${name})"),
            None => format!("function {index}"),
        }
    }
}
