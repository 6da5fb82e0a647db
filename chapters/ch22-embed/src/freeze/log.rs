//! How a store was made: what came into it, in which order.
//!
//! Whoever does the same again with an empty store gets the same addresses.

use annex_embedding::Extern;
use ch09_module::{FuncType, GlobalType, Limits, MemoryType, TableType};
use ch12_instance::{FunctionBody, ModuleInstance, StoreData};

use super::FreezeError;

/// Something that came into a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// A function of the host. The two names are those by which the host will
    /// find it again.
    Function {
        /// The first name.
        module: String,
        /// The second name.
        name: String,
        /// Its type.
        ty: FuncType,
    },
    /// A table that the embedder has made.
    Table(TableType),
    /// A memory that the embedder has made.
    Memory(MemoryType),
    /// A global that the embedder has made.
    Global(GlobalType),
    /// A tag that the embedder has made.
    Tag(FuncType),
    /// An instance of a module. One whose initialisation has ended in an error
    /// counts too.
    Instance {
        /// The position of the module.
        module: usize,
        /// Its imports, in their order.
        imports: Vec<Extern>,
    },
}

/// How many things of each kind there are so far.
#[derive(Debug, Default)]
struct Counts {
    functions: usize,
    tables: usize,
    memories: usize,
    globals: usize,
    tags: usize,
    instances: usize,
}

/// Checks that a log tells how a store was made, as far as the store knows it.
pub(super) fn check(
    data: &StoreData,
    log: &[Made],
    modules: usize,
) -> Result<(), FreezeError> {
    let mut counts = Counts::default();
    for (number, made) in log.iter().enumerate() {
        let is_so = counts.take(data, made, modules);
        if is_so != Some(true) {
            let what = format!("entry {number} isn't what the store has");
            return Err(FreezeError::Log(what));
        }
    }
    let counts = [
        ("functions", counts.functions, data.functions.len()),
        ("tables", counts.tables, data.tables.len()),
        ("memories", counts.memories, data.memories.len()),
        ("globals", counts.globals, data.globals.len()),
        ("tags", counts.tags, data.tags.len()),
        ("instances", counts.instances, data.instances.len()),
    ];
    match counts.iter().find(|(_, log, store)| log != store) {
        None => Ok(()),
        Some((what, log, store)) => Err(FreezeError::Log(format!(
            "it has {log} {what}, and the store has {store}"
        ))),
    }
}

impl Counts {
    /// Takes what is next in a log. Returns whether the store has it there.
    fn take(
        &mut self,
        data: &StoreData,
        made: &Made,
        modules: usize,
    ) -> Option<bool> {
        let take = |next: &mut usize| {
            *next += 1;
            *next - 1
        };
        Some(match made {
            Made::Function { ty, .. } => {
                let function = data.functions.get(take(&mut self.functions))?;
                matches!(function.body, FunctionBody::Host(_))
                    && data.types.func(function.ty) == Some(ty)
            }
            Made::Table(ty) => {
                let table = data.tables.get(take(&mut self.tables))?.ty();
                let limits = Limits { min: ty.limits.min, ..table.limits };
                *ty == TableType { limits, ..table }
                    && ty.limits.min <= table.limits.min
            }
            Made::Memory(ty) => {
                let memory = data.memories.get(take(&mut self.memories))?.ty();
                let limits = Limits { min: ty.limits.min, ..memory.limits };
                *ty == MemoryType { limits, ..memory }
                    && ty.limits.min <= memory.limits.min
            }
            Made::Global(ty) => {
                data.globals.get(take(&mut self.globals))?.ty == *ty
            }
            Made::Tag(ty) => {
                let tag = data.tags.get(take(&mut self.tags))?;
                data.types.func(tag.ty) == Some(ty)
            }
            Made::Instance { module, imports } => {
                let instance = data.instances.get(take(&mut self.instances))?;
                *module < modules && self.own(instance, imports)
            }
        })
    }

    /// Takes what an instance has of its own. In each list that comes after
    /// what is imported, and follows what the store has had before.
    fn own(&mut self, instance: &ModuleInstance, imports: &[Extern]) -> bool {
        let is_so = |next: &mut usize,
                     all: Vec<u32>,
                     import: fn(&Extern) -> Option<u32>| {
            let imports: Vec<u32> = imports.iter().filter_map(import).collect();
            let Some(own) = all.strip_prefix(&*imports) else { return false };
            let first = *next;
            *next += own.len();
            (first..*next).zip(own).all(|(next, own)| next == *own as usize)
        };
        let ModuleInstance { functions, tables, memories, .. } = instance;
        let ModuleInstance { globals, tags, .. } = instance;
        is_so(
            &mut self.functions,
            functions.iter().map(|it| it.0).collect(),
            |it| it.func().map(|it| it.0),
        ) && is_so(
            &mut self.tables,
            tables.iter().map(|it| it.0).collect(),
            |it| it.table().map(|it| it.0),
        ) && is_so(
            &mut self.memories,
            memories.iter().map(|it| it.0).collect(),
            |it| it.memory().map(|it| it.0),
        ) && is_so(
            &mut self.globals,
            globals.iter().map(|it| it.0).collect(),
            |it| it.global().map(|it| it.0),
        ) && is_so(&mut self.tags, tags.iter().map(|it| it.0).collect(), |it| {
            it.tag().map(|it| it.0)
        })
    }
}
