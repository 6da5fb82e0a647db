//! What the tree engine is compared with.

use annex_embedding::{Engine, Error, Extern, HostFunction, Imports, InstanceAddr, PausedCall};
use ch09_module::{Bytes, Module};
use ch12_instance::{Store, StoreData, StoreLimits};
use ch19_flat::{Continuation, FlatLayer, Tier};
use ch21_fuse::compiled::compile;
use ch22_embed::freeze::{FreezeError, Made, Terms, Thawed, freeze, thaw};
use clap::ValueEnum;
use engines::Oracle;
use trace::{Counter, Observer};

use crate::{COMMON, Feature, PLENTY};

/// What the tree engine is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Partner {
    /// Version 1 of wasmi, which nobody here has written.
    Wasmi,
    /// The flat engine.
    Flat,
    /// The flat engine, whose calls are cut into slices.
    Cut,
    /// The engine on slots, whose calls are cut into slices.
    SlotsCut,
    /// The fast engine.
    Fast,
    /// The fast engine, whose calls are cut into slices.
    FastCut,
    /// The same, and where its tier could take a call over, chance decides whether it does. A paused call goes on from what it
    /// is in terms of its modules.
    Mixed,
    /// The fast engine, whose calls are cut into slices. At each cut the store is frozen, and what goes on is a new one, thawed.
    Frozen,
    /// The fast engine, whose calls are cut into slices, with a module that was compiled before. Chance decides whether its tier
    /// takes a call over, for every other seed.
    Compiled,
}

impl Partner {
    /// All of them.
    pub const ALL: &[Partner] = &[
        Partner::Wasmi,
        Partner::Flat,
        Partner::Cut,
        Partner::SlotsCut,
        Partner::Fast,
        Partner::FastCut,
        Partner::Mixed,
        Partner::Frozen,
        Partner::Compiled,
    ];

    /// Whether it is one of this workspace.
    pub fn is_ours(self) -> bool {
        self != Partner::Wasmi
    }

    /// Whether its calls are cut into slices.
    pub(crate) fn is_cut(self) -> bool {
        !matches!(self, Partner::Wasmi | Partner::Flat | Partner::Fast)
    }

    /// Whether its paused calls are written down and read again.
    pub(crate) fn is_rewritten(self) -> bool {
        matches!(self, Partner::Cut | Partner::SlotsCut | Partner::Mixed)
    }

    /// Whether its store is frozen and thawed where a call is paused.
    pub(crate) fn is_frozen(self) -> bool {
        self == Partner::Frozen
    }

    /// Whether its module was compiled before.
    pub(crate) fn is_compiled(self) -> bool {
        self == Partner::Compiled
    }

    /// Whether it has all of these features.
    pub fn has(self, features: &[Feature]) -> bool {
        self.is_ours() || features.iter().all(|feature| COMMON.contains(feature))
    }

    /// The tree engine, which counts its instructions, and the partner. One of ours counts them too if it is watched.
    pub(crate) fn pair(self, watched: bool, seed: u64) -> (Box<dyn Rewrites>, Box<dyn Rewrites>) {
        let limits = match self.is_ours() {
            true => {
                StoreLimits { fuel: Some(PLENTY), heap_bytes: 16 << 20, ..StoreLimits::default() }
            }
            false => StoreLimits::default(),
        };
        let partner: Box<dyn Rewrites> = match (self, watched) {
            (Partner::Wasmi, _) => Box::new(Oracle::new()),
            (Partner::SlotsCut, _) => Box::new(ch20_slots::Store::new((), limits)),
            (Partner::Fast | Partner::FastCut | Partner::Frozen, _) => {
                Box::new(ch21_fuse::Store::new((), limits))
            }
            (Partner::Mixed | Partner::Compiled, _) => {
                let mut store = ch21_fuse::Store::new((), limits);
                let by_chance = self == Partner::Mixed || seed.is_multiple_of(2);
                store.layer_mut().tier.by_chance = by_chance.then_some(seed | 1);
                Box::new(store)
            }
            (_, true) => Box::new(ch19_flat::Store::new(Counter::default(), limits)),
            (_, false) => Box::new(ch19_flat::Store::new((), limits)),
        };
        (Box::new(Tree::new(Counter::default(), limits)), partner)
    }
}

/// An engine, and its paused calls in terms of their modules.
pub(crate) trait Rewrites: Engine {
    /// The same paused call, read again after it has been written down. An engine whose calls never pause has nothing to do.
    fn rewrite(&mut self, call: PausedCall) -> Result<PausedCall, Error> {
        Ok(call)
    }

    /// Makes an instance of a module that is compiled first. An engine that can't be given compiled code has nothing else to do.
    fn instantiate_compiled(
        &mut self,
        module: &[u8],
        imports: &Imports,
    ) -> Result<InstanceAddr, Error> {
        self.instantiate(module, imports)
    }

    /// The same paused call in a new store, thawed after this one was frozen. Of its modules there is only this one, with these
    /// imports. An engine whose calls never pause has nothing to do.
    fn refreeze(
        &mut self,
        call: PausedCall,
        module: &[u8],
        imports: &Imports,
    ) -> Result<PausedCall, Error> {
        let _ = (module, imports);
        Ok(call)
    }
}

impl<O: Observer + Default, T: Tier> Rewrites for Store<O, FlatLayer<T>> {
    fn rewrite(&mut self, call: PausedCall) -> Result<PausedCall, Error> {
        let again = Continuation::of(self, &call)?.restore(self)?;
        self.cancel(call)?;
        Ok(again)
    }

    fn instantiate_compiled(
        &mut self,
        module: &[u8],
        imports: &Imports,
    ) -> Result<InstanceAddr, Error> {
        let mut module = Module::from_bytes_with(module, self.features())?;
        let code = compile(&module, self.data().limits.fuel.is_some());
        for (function, code) in module.functions.iter_mut().zip(code) {
            function.set_compiled(code.map(Bytes::from));
        }
        self.instantiate_module(module, imports)
    }

    fn refreeze(
        &mut self,
        call: PausedCall,
        module: &[u8],
        imports: &Imports,
    ) -> Result<PausedCall, Error> {
        let told = |error: FreezeError| Error::Call(format!("frozen: {error}"));
        let (data, features) = (self.data(), self.features());
        let log = log(data, module, imports)?;
        let (limits, hosts) = (data.limits, data.hosts.clone());
        let modules = [module.to_vec().into()];
        let bytes = freeze(self, &log, &modules, &[&call]).map_err(told)?;
        let mut next = hosts.into_iter();
        let terms = Terms { limits, features, ..Terms::default() };
        let thawed = thaw(&bytes, terms, O::default(), &mut |_, _, _| next.next());
        let mut thawed: Thawed<O, FlatLayer<T>> = thawed.map_err(told)?;
        let calls: Vec<&PausedCall> = thawed.calls.iter().collect();
        let again = freeze(&mut thawed.store, &log, &modules, &calls).map_err(told)?;
        if again != bytes {
            return Err(Error::Call("frozen: it has changed on its way".into()));
        }
        *self = thawed.store;
        let none = || Error::Call("frozen: there is no call".into());
        thawed.calls.pop().ok_or_else(none)
    }
}

/// How a store was made: first what the host has, and then an instance.
fn log(data: &StoreData, module: &[u8], imports: &Imports) -> Result<Vec<Made>, Error> {
    let module = Module::from_binary(module)?;
    let imports = module.imports.iter().map(|import| imports.get(&import.module, &import.name));
    let imports: Vec<Extern> = imports.flatten().collect();
    let own = &data.instances[0];
    let count = |kind: fn(&Extern) -> Option<u32>| imports.iter().filter_map(kind).count();
    let function = |host: &HostFunction| {
        let (module, name) = ("host".to_owned(), String::new());
        Made::Function { module, name, ty: host.ty().clone() }
    };
    let mut log: Vec<Made> = data.hosts.iter().map(function).collect();
    let tables = own.tables.len() - count(|it| it.table().map(|it| it.0));
    let tables = &data.tables[..data.tables.len() - tables];
    log.extend(tables.iter().map(|table| Made::Table(table.ty())));
    let memories = own.memories.len() - count(|it| it.memory().map(|it| it.0));
    let memories = &data.memories[..data.memories.len() - memories];
    log.extend(memories.iter().map(|memory| Made::Memory(memory.ty())));
    let globals = own.globals.len() - count(|it| it.global().map(|it| it.0));
    let globals = &data.globals[..data.globals.len() - globals];
    log.extend(globals.iter().map(|global| Made::Global(global.ty)));
    log.push(Made::Instance { module: 0, imports });
    Ok(log)
}

impl Rewrites for Tree {}

impl Rewrites for Oracle {}

/// The tree engine, which counts its instructions.
type Tree = ch18_heap::Store<Counter>;
