//! The seam: what everybody who runs modules wants of an engine.

use std::collections::HashMap;

use ch09_module::{
    CompositeType, FuncType, GlobalType, MemoryType, TableType, TypeIdx,
    ValType,
};

use crate::{
    Error, Extern, FuncAddr, GlobalAddr, HostFunction, InstanceAddr,
    IntoHostFunction, MemAddr, PausedCall, Progress, Request, TableAddr,
    TagAddr, TrapFrame, Value,
};

/// An engine with its store.
///
/// The game, the tests, the bench and the command line drive every engine
/// through this trait, so that any two can be held against each other on the
/// same module. Addresses are those of the engine that gave them; what another
/// engine makes of them is anybody's guess, and never a panic.
///
/// Specification: Appendix, *Embedding*.
pub trait Engine {
    /// The name by which people choose this engine.
    fn name(&self) -> &'static str;

    /// Checks that the bytes are a valid module, in the binary format or the
    /// text format.
    ///
    /// # Errors
    ///
    /// What is malformed or not valid.
    fn validate(&self, module: &[u8]) -> Result<(), Error>;

    /// Decodes, validates and instantiates a module, in the binary format or
    /// the text format.
    ///
    /// # Errors
    ///
    /// A module that is not valid, an import that cannot be had, a limit that
    /// it exceeds; then nothing of it is in the store. Or a segment or a start
    /// function that traps.
    fn instantiate(
        &mut self,
        module: &[u8],
        imports: &Imports,
    ) -> Result<InstanceAddr, Error>;

    /// All exports of an instance, in the order of the module.
    fn exports(&self, instance: InstanceAddr) -> &[(String, Extern)];

    /// One export of an instance.
    fn export(&self, instance: InstanceAddr, name: &str) -> Option<Extern> {
        let mut exports = self.exports(instance).iter();
        exports.find(|(export, _)| export == name).map(|(_, item)| *item)
    }

    /// Takes a function of the host into the store.
    fn add_function(&mut self, function: HostFunction) -> FuncAddr;

    /// Makes a table of nulls.
    ///
    /// # Errors
    ///
    /// A type that is not valid, a table that is larger than a limit or than
    /// the system can give.
    fn add_table(&mut self, ty: TableType) -> Result<TableAddr, Error>;

    /// Makes a memory of zeros.
    ///
    /// # Errors
    ///
    /// A type that is not valid, a memory that is larger than a limit or than
    /// the system can give.
    fn add_memory(&mut self, ty: MemoryType) -> Result<MemAddr, Error>;

    /// Makes a global.
    ///
    /// # Errors
    ///
    /// A value of another type.
    fn add_global(
        &mut self,
        ty: GlobalType,
        value: Value,
    ) -> Result<GlobalAddr, Error>;

    /// Makes a tag, whose exceptions carry what a function of this type takes.
    ///
    /// # Errors
    ///
    /// An engine may have no exceptions.
    fn add_tag(&mut self, ty: FuncType) -> Result<TagAddr, Error>;

    /// The type of a function.
    fn func_type(&self, function: FuncAddr) -> Option<FuncType>;

    /// Calls a function.
    ///
    /// # Errors
    ///
    /// Arguments of other types than the function's, and whatever trap it ends
    /// in.
    fn invoke(
        &mut self,
        function: FuncAddr,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Error>;

    /// The value of a global. If it is a reference, the engine keeps what it
    /// refers to alive from now on.
    fn global(&mut self, global: GlobalAddr) -> Option<Value>;

    /// Gives a global another value.
    ///
    /// # Errors
    ///
    /// A global that cannot be written, a value of another type.
    fn set_global(
        &mut self,
        global: GlobalAddr,
        value: Value,
    ) -> Result<(), Error>;

    /// How many elements a table has; none, if there is no such table.
    fn table_size(&self, table: TableAddr) -> u64;

    /// An element of a table. The engine keeps what it refers to alive from now
    /// on.
    fn table_get(&mut self, table: TableAddr, index: u64) -> Option<Value>;

    /// The bytes of a memory; none, if there is no such memory.
    fn memory(&self, memory: MemAddr) -> &[u8];

    /// The bytes of a memory, mutable.
    fn memory_mut(&mut self, memory: MemAddr) -> &mut [u8];

    /// The type of a memory, with its present size as the lower limit.
    fn memory_type(&self, memory: MemAddr) -> Option<MemoryType> {
        let _ = memory;
        None
    }

    /// Adds pages of zeros to a memory, and returns how many it has had.
    ///
    /// # Errors
    ///
    /// Its type or a limit doesn't allow so many, or the system can't give
    /// them; then it is as it was.
    fn grow_memory(
        &mut self,
        memory: MemAddr,
        pages: u64,
    ) -> Result<u64, Error> {
        let _ = (memory, pages);
        Err(not_yet(self.name(), "grows no memory for the host"))
    }

    /// The type of a table, with its present size as the lower limit.
    fn table_type(&self, table: TableAddr) -> Option<TableType> {
        let _ = table;
        None
    }

    /// Gives an element of a table another value.
    ///
    /// # Errors
    ///
    /// There is no such element, or it can't have this value.
    fn table_set(
        &mut self,
        table: TableAddr,
        index: u64,
        value: Value,
    ) -> Result<(), Error> {
        let _ = (table, index, value);
        Err(not_yet(self.name(), "sets no element for the host"))
    }

    /// Adds elements to a table, each with this value, and returns how many it
    /// has had.
    ///
    /// # Errors
    ///
    /// An element can't have this value; or the type or a limit doesn't allow
    /// so many elements, or the system can't give them.
    fn grow_table(
        &mut self,
        table: TableAddr,
        elements: u64,
        value: Value,
    ) -> Result<u64, Error> {
        let _ = (table, elements, value);
        Err(not_yet(self.name(), "grows no table for the host"))
    }

    /// The type of a global.
    fn global_type(&self, global: GlobalAddr) -> Option<GlobalType> {
        let _ = global;
        None
    }

    /// The type of a tag: its exceptions carry what such a function takes.
    fn tag_type(&self, tag: TagAddr) -> Option<FuncType> {
        let _ = tag;
        None
    }

    /// Whether this is a value of a type of the store, and what it refers to is
    /// there.
    fn is_of(&self, value: Value, ty: ValType) -> bool {
        value.ty() == ty
    }

    /// Whether every value of a type of the store is one of another, too.
    fn matches(&self, given: ValType, wanted: ValType) -> bool {
        given == wanted
    }

    /// Calls a function whose arguments are the first of these slots, and then
    /// its results. There must be as many slots as it has of either. They are
    /// trusted to be of the function's types, and no vectors.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    fn invoke_on_slots(
        &mut self,
        function: FuncAddr,
        slots: &mut [u64],
    ) -> Result<(), Error> {
        let ty = self.func_type(function).unwrap_or_default();
        let params = ty.params.iter().zip(&*slots);
        let arguments: Vec<Value> = params
            .map(|(ty, slot)| Value::from_halves(*ty, [*slot, 0]))
            .collect();
        let results = self.invoke(function, &arguments)?;
        for (slot, result) in slots.iter_mut().zip(results) {
            *slot = result.to_slot();
        }
        Ok(())
    }

    /// The embedder no longer needs what a reference refers to. Without this,
    /// what it has seen is kept as long as the store.
    fn release(&mut self, value: Value) {
        let _ = value;
    }

    /// The structure, array or function type with this number in the store.
    fn type_definition(&self, ty: TypeIdx) -> Option<CompositeType> {
        let _ = ty;
        None
    }

    /// The number in the store of the type of a structure, array, or function.
    fn type_of(&self, value: Value) -> Option<TypeIdx> {
        let _ = value;
        None
    }

    /// Makes a structure with these fields, or an array with these elements.
    ///
    /// # Errors
    ///
    /// There is no such type, the values don't fit it, or the heap is full.
    fn make_object(
        &mut self,
        ty: TypeIdx,
        values: &[Value],
    ) -> Result<Value, Error> {
        let _ = (ty, values);
        Err(not_yet(self.name(), "makes no object for the host"))
    }

    /// Makes an array whose elements all have this value.
    ///
    /// # Errors
    ///
    /// There is no such type, the value doesn't fit it, or the heap is full.
    fn make_array(
        &mut self,
        ty: TypeIdx,
        element: Value,
        length: u32,
    ) -> Result<Value, Error> {
        let _ = (ty, element, length);
        Err(not_yet(self.name(), "makes no object for the host"))
    }

    /// How many fields a structure has, or how many elements an array.
    ///
    /// # Errors
    ///
    /// It is neither, or it is gone.
    fn object_len(&mut self, object: Value) -> Result<u32, Error> {
        let _ = object;
        Err(not_yet(self.name(), "has no heap"))
    }

    /// A field of a structure, or an element of an array.
    ///
    /// # Errors
    ///
    /// It is neither, or there is no such field or element.
    fn object_get(&mut self, object: Value, at: u32) -> Result<Value, Error> {
        let _ = (object, at);
        Err(not_yet(self.name(), "has no heap"))
    }

    /// Gives a field of a structure, or an element of an array, another value.
    ///
    /// # Errors
    ///
    /// It is neither, or there is no such field or element, or it can't be
    /// written, or it can't have this value.
    fn object_set(
        &mut self,
        object: Value,
        at: u32,
        value: Value,
    ) -> Result<(), Error> {
        let _ = (object, at, value);
        Err(not_yet(self.name(), "has no heap"))
    }

    /// The number in the text of the instruction that a frame of a
    /// [`TrapReport`](crate::TrapReport) was at.
    fn instruction(&mut self, frame: TrapFrame) -> Option<u32> {
        let _ = frame;
        None
    }

    /// How many instructions were executed so far, if this engine counts them.
    fn instructions(&self) -> Option<u64> {
        None
    }

    /// How much fuel is left, if this engine counts it.
    fn fuel(&self) -> Option<u64> {
        None
    }

    /// Sets how much fuel is left; does nothing if this engine does not count
    /// it.
    fn set_fuel(&mut self, fuel: u64) {
        let _ = fuel;
    }

    /// Takes a call that can be paused one step further. The four methods below
    /// say it more plainly.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in; [`Error::NotYet`] where calls cannot be
    /// paused.
    fn progress(&mut self, request: Request<'_>) -> Result<Progress, Error> {
        let _ = request;
        let name = self.name();
        Err(Error::NotYet(format!("calls of `{name}` cannot be paused")))
    }

    /// Calls a function like [`Engine::invoke`], but pauses the call where fuel
    /// runs out, and where a function of the host fails with a
    /// [`Suspend`](crate::Suspend).
    ///
    /// # Errors
    ///
    /// See [`Engine::progress`].
    fn start(
        &mut self,
        function: FuncAddr,
        arguments: &[Value],
    ) -> Result<Progress, Error> {
        self.progress(Request::Start(function, arguments))
    }

    /// Goes on with a call that has had no fuel left.
    ///
    /// # Errors
    ///
    /// See [`Engine::progress`].
    fn resume(&mut self, call: PausedCall) -> Result<Progress, Error> {
        self.progress(Request::Resume(call))
    }

    /// Goes on with a call that waits for a function of the host, which has
    /// these results.
    ///
    /// # Errors
    ///
    /// See [`Engine::progress`]. Results of other types end the call.
    fn answer(
        &mut self,
        call: PausedCall,
        results: &[Value],
    ) -> Result<Progress, Error> {
        self.progress(Request::Answer(call, results))
    }

    /// Ends a paused call where it is, and forgets it.
    ///
    /// # Errors
    ///
    /// There is no such call.
    fn cancel(&mut self, call: PausedCall) -> Result<(), Error> {
        self.progress(Request::Cancel(call)).map(|_| ())
    }

    /// Calls a function that an instance exports.
    ///
    /// # Errors
    ///
    /// There is no such function, or what [`Engine::invoke`] says.
    fn call(
        &mut self,
        instance: InstanceAddr,
        name: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Error> {
        let function = self.export(instance, name).and_then(Extern::func);
        let function = function.ok_or_else(|| {
            Error::Call(format!("there is no exported function `{name}`"))
        })?;
        self.invoke(function, arguments)
    }
}

/// What an engine answers that can't do something for its host.
fn not_yet(engine: &str, what: &str) -> Error {
    Error::NotYet(format!("`{engine}` {what}"))
}

/// What there is to import: a name of two parts for each thing.
#[derive(Clone, Debug, Default)]
pub struct Imports(HashMap<String, HashMap<String, Extern>>);

impl Imports {
    /// Nothing to import.
    pub fn new() -> Imports {
        Imports::default()
    }

    /// Gives something a name. What had the name before has it no longer.
    pub fn define(&mut self, module: &str, name: &str, item: Extern) {
        self.0
            .entry(module.to_owned())
            .or_default()
            .insert(name.to_owned(), item);
    }

    /// Takes a function of the host into the engine's store and gives it a
    /// name.
    pub fn func<Signature>(
        &mut self,
        engine: &mut (impl Engine + ?Sized),
        module: &str,
        name: &str,
        function: impl IntoHostFunction<Signature>,
    ) {
        let function = engine.add_function(HostFunction::new(function));
        self.define(module, name, Extern::Func(function));
    }

    /// Gives all exports of an instance names under `module`.
    pub fn instance(
        &mut self,
        engine: &(impl Engine + ?Sized),
        module: &str,
        instance: InstanceAddr,
    ) {
        for (name, item) in engine.exports(instance) {
            self.define(module, name, *item);
        }
    }

    /// What has this name.
    pub fn get(&self, module: &str, name: &str) -> Option<Extern> {
        self.0.get(module)?.get(name).copied()
    }
}
