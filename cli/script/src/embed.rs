//! The library of chapter 22 behind the seam, by its public API alone: what the library gives are handles, and an address is the place of one
//! in a list.

use annex_embedding::{
    Caller, Engine, Error, Extern, FuncAddr, GlobalAddr, Handle, HostError, HostFunction, Imports,
    InstanceAddr, LinkError, MemAddr, Referent, TableAddr, TagAddr, TrapReport, Value,
};
use ch07_values::{Number, Trap};
use ch09_module::{FuncType, GlobalType, MemoryType, TableType};
use ch12_instance::StoreLimits;
use ch22_embed::{self as api, AnyRef, AsContextMut, Config, ExternRef, Strategy, Val, ValType};
use wasmparser::WasmFeatures;

/// A store of the library, or what a function of the host sees of one.
pub struct Embed<C: AsContextMut<Data = Lists> = api::Store<Lists>>(C);

/// What the addresses are places in.
#[derive(Default)]
pub struct Lists {
    hosts: Vec<HostFunction>,
    functions: Vec<api::Func>,
    tables: Vec<api::Table>,
    memories: Vec<api::Memory>,
    globals: Vec<api::Global>,
    tags: Vec<api::Tag>,
    exports: Vec<Vec<(String, Extern)>>,
    /// Structures, arrays and exceptions that have been seen.
    objects: Vec<Val>,
    /// Whether each module is compiled first, and read again.
    compiles: bool,
}

impl Embed {
    /// An empty store on one of the library's machines.
    pub fn new(strategy: Strategy, features: WasmFeatures, limits: StoreLimits) -> Embed {
        let mut config = Config::new();
        config
            .strategy(strategy)
            .features(features)
            .consume_fuel(limits.fuel.is_some())
            .max_call_depth(limits.calls)
            .max_operands(limits.operands)
            .max_memory_bytes(limits.memory_bytes)
            .max_table_elements(limits.table_elements)
            .max_heap_bytes(limits.heap_bytes);
        let mut store = api::Store::new(&api::Engine::new(&config), Lists::default());
        if let Some(fuel) = limits.fuel {
            store.set_fuel(fuel).expect("it is counted");
        }
        Embed(store)
    }

    /// The same, but each module is compiled first, and read again.
    pub fn compiling(mut self) -> Embed {
        self.0.data_mut().compiles = true;
        self
    }
}

impl<C: AsContextMut<Data = Lists>> Embed<C> {
    fn lists(&self) -> &Lists {
        self.0.as_context().data()
    }

    /// Puts a handle at the end of a list, unless it is there.
    fn place<T: Copy + PartialEq>(&mut self, list: fn(&mut Lists) -> &mut Vec<T>, item: T) -> u32 {
        let mut store = self.0.as_context_mut();
        let list = list(store.data_mut());
        let known = list.iter().position(|known| *known == item);
        let place = known.unwrap_or(list.len());
        if place == list.len() {
            list.push(item);
        }
        place as u32
    }

    fn function(&mut self, function: api::Func) -> FuncAddr {
        FuncAddr(self.place(|lists| &mut lists.functions, function))
    }

    fn address(&mut self, item: api::Extern) -> Extern {
        match item {
            api::Extern::Func(it) => Extern::Func(self.function(it)),
            api::Extern::Table(it) => {
                Extern::Table(TableAddr(self.place(|lists| &mut lists.tables, it)))
            }
            api::Extern::Memory(it) => {
                Extern::Memory(MemAddr(self.place(|lists| &mut lists.memories, it)))
            }
            api::Extern::Global(it) => {
                Extern::Global(GlobalAddr(self.place(|lists| &mut lists.globals, it)))
            }
            api::Extern::Tag(it) => Extern::Tag(TagAddr(self.place(|lists| &mut lists.tags, it))),
        }
    }

    fn item(&self, item: Extern) -> Option<api::Extern> {
        let lists = self.lists();
        Some(match item {
            Extern::Func(address) => (*lists.functions.get(address.index())?).into(),
            Extern::Table(address) => (*lists.tables.get(address.index())?).into(),
            Extern::Memory(address) => (*lists.memories.get(address.index())?).into(),
            Extern::Global(address) => (*lists.globals.get(address.index())?).into(),
            Extern::Tag(address) => (*lists.tags.get(address.index())?).into(),
        })
    }

    /// The library's value; `None` if it refers to something that isn't there.
    fn val(&mut self, value: Value) -> Option<Val> {
        Some(match value {
            Value::Number(Number::I32(x)) => x.into(),
            Value::Number(Number::I64(x)) => x.into(),
            Value::Number(Number::F32(x)) => Val::F32(x.to_bits()),
            Value::Number(Number::F64(x)) => Val::F64(x.to_bits()),
            Value::V128(x) => x.into(),
            Value::FuncRef(None) => Val::FuncRef(None),
            Value::FuncRef(Some(address)) => (*self.lists().functions.get(address.index())?).into(),
            Value::ExternRef(None) => Val::ExternRef(None),
            Value::ExternRef(Some(Referent::Host(number))) => {
                ExternRef::new(&mut self.0, number).into()
            }
            Value::ExternRef(Some(referent)) => match self.val(Value::AnyRef(Some(referent)))? {
                Val::AnyRef(Some(any)) => ExternRef::convert_any(any).into(),
                _ => return None,
            },
            Value::AnyRef(None) => Val::AnyRef(None),
            Value::AnyRef(Some(Referent::I31(bits))) => AnyRef::from_i31(&self.0, bits).into(),
            Value::AnyRef(Some(Referent::Host(number))) => {
                AnyRef::convert_extern(ExternRef::new(&mut self.0, number)).into()
            }
            Value::AnyRef(Some(Referent::Struct(handle) | Referent::Array(handle)))
            | Value::ExnRef(Some(handle)) => {
                self.lists().objects.get(handle.index() as usize)?.clone()
            }
            Value::AnyRef(Some(_)) => return None,
            Value::ExnRef(None) => Val::ExnRef(None),
        })
    }

    fn value(&mut self, val: Val) -> Value {
        match val {
            Val::I32(x) => x.into(),
            Val::I64(x) => x.into(),
            Val::F32(bits) => f32::from_bits(bits).into(),
            Val::F64(bits) => f64::from_bits(bits).into(),
            Val::V128(x) => Value::V128(x),
            Val::FuncRef(it) => Value::FuncRef(it.map(|it| self.function(it))),
            Val::ExternRef(it) => {
                Value::ExternRef(it.and_then(|it| match it.data(self.0.as_context()) {
                    Some(data) => data.downcast_ref().copied().map(Referent::Host),
                    None => self.referent(AnyRef::convert_extern(it)),
                }))
            }
            Val::AnyRef(it) => Value::AnyRef(it.and_then(|it| self.referent(it))),
            Val::ExnRef(it) => Value::ExnRef(it.map(|it| self.object(Val::ExnRef(Some(it))))),
        }
    }

    fn referent(&mut self, any: AnyRef) -> Option<Referent> {
        let host = ExternRef::convert_any(any.clone());
        let number = host.data(self.0.as_context()).and_then(|data| data.downcast_ref().copied());
        Some(match any.as_i31() {
            Some(bits) => Referent::I31(bits),
            None if any.as_struct().is_some() => Referent::Struct(self.object(any.into())),
            None if any.as_array().is_some() => Referent::Array(self.object(any.into())),
            None => Referent::Host(number?),
        })
    }

    fn object(&mut self, val: Val) -> Handle {
        let mut store = self.0.as_context_mut();
        let objects = &mut store.data_mut().objects;
        objects.push(val);
        Handle::new(objects.len() as u32 - 1, 0)
    }

    fn values(&mut self, vals: Vec<Val>) -> Vec<Value> {
        vals.into_iter().map(|val| self.value(val)).collect()
    }
}

/// The seam's error: the library's own are of the seam, or a trap, or the host's.
fn report(error: api::Error) -> Error {
    if let Some(trap) = error.trap() {
        return TrapReport::from(trap).into();
    }
    error.downcast::<Error>().unwrap_or_else(|error| {
        let source: HostError = Box::new(error);
        TrapReport { source: Some(source), ..Trap::Host.into() }.into()
    })
}

fn foreign() -> Error {
    Error::Call("a reference to something that is not in this store".to_owned())
}

fn none(what: &str) -> Error {
    Error::Call(format!("there is no such {what}"))
}

impl<C: AsContextMut<Data = Lists>> Engine for Embed<C> {
    fn name(&self) -> &'static str {
        "embed"
    }

    fn validate(&self, module: &[u8]) -> Result<(), Error> {
        api::Module::validate(self.0.as_context().engine(), module).map_err(report)
    }

    fn instantiate(&mut self, module: &[u8], imports: &Imports) -> Result<InstanceAddr, Error> {
        let engine = self.0.as_context().engine().clone();
        let mut module = api::Module::new(&engine, module).map_err(report)?;
        if self.lists().compiles {
            let bytes = module.serialize().map_err(report)?;
            module = api::Module::deserialize(&engine, bytes).map_err(report)?;
        }
        let mut items = Vec::new();
        for import in module.imports() {
            let (from, name) = (import.module(), import.name());
            let item = imports.get(from, name).and_then(|item| self.item(item));
            items.push(item.ok_or_else(|| LinkError {
                module: from.to_owned(),
                name: name.to_owned(),
                wanted: import.ty().to_string(),
                given: None,
            })?);
        }
        let instance = api::Instance::new(&mut self.0, &module, &items).map_err(report)?;
        let mut exports = Vec::new();
        for export in instance.exports(&self.0) {
            exports.push((export.name().to_owned(), self.address(export.into_extern())));
        }
        let mut store = self.0.as_context_mut();
        let all = &mut store.data_mut().exports;
        all.push(exports);
        Ok(InstanceAddr(all.len() as u32 - 1))
    }

    fn exports(&self, instance: InstanceAddr) -> &[(String, Extern)] {
        self.lists().exports.get(instance.index()).map_or(&[], Vec::as_slice)
    }

    fn add_function(&mut self, function: HostFunction) -> FuncAddr {
        let ty = function.ty().into();
        let mut store = self.0.as_context_mut();
        let hosts = &mut store.data_mut().hosts;
        hosts.push(function);
        // The library's functions may go to other threads, so this one knows the host's by its number.
        let number = hosts.len() - 1;
        let call = move |caller: api::Caller<'_, Lists>, params: &[Val], results: &mut [Val]| {
            let mut engine = Embed(caller);
            let function = engine.lists().hosts[number].clone();
            let mut values = engine.values(params.to_vec());
            function
                .call(&mut Caller::new(&mut engine, None), &mut values)
                .map_err(api::Error::new)?;
            for (result, value) in results.iter_mut().zip(values) {
                *result = engine.val(value).ok_or_else(|| api::Error::new(foreign()))?;
            }
            Ok(())
        };
        let function = api::Func::new(&mut self.0, ty, call);
        self.function(function)
    }

    fn add_table(&mut self, ty: TableType) -> Result<TableAddr, Error> {
        let null = Val::default_for(ValType::Ref(ty.element));
        let table = api::Table::new(&mut self.0, ty, null).map_err(report)?;
        Ok(TableAddr(self.place(|lists| &mut lists.tables, table)))
    }

    fn add_memory(&mut self, ty: MemoryType) -> Result<MemAddr, Error> {
        let memory = api::Memory::new(&mut self.0, ty).map_err(report)?;
        Ok(MemAddr(self.place(|lists| &mut lists.memories, memory)))
    }

    fn add_global(&mut self, ty: GlobalType, value: Value) -> Result<GlobalAddr, Error> {
        let value = self.val(value).ok_or_else(foreign)?;
        let global = api::Global::new(&mut self.0, ty.into(), value).map_err(report)?;
        Ok(GlobalAddr(self.place(|lists| &mut lists.globals, global)))
    }

    fn add_tag(&mut self, ty: FuncType) -> Result<TagAddr, Error> {
        let tag = api::Tag::new(&mut self.0, (&ty).into()).map_err(report)?;
        Ok(TagAddr(self.place(|lists| &mut lists.tags, tag)))
    }

    fn func_type(&self, function: FuncAddr) -> Option<FuncType> {
        Some((&self.lists().functions.get(function.index())?.ty(&self.0)).into())
    }

    fn invoke(&mut self, function: FuncAddr, arguments: &[Value]) -> Result<Vec<Value>, Error> {
        let function = self
            .lists()
            .functions
            .get(function.index())
            .copied()
            .ok_or_else(|| none("function"))?;
        let arguments: Option<Vec<Val>> =
            arguments.iter().map(|argument| self.val(*argument)).collect();
        let arguments = arguments.ok_or_else(foreign)?;
        let ty = function.ty(&self.0);
        let mut results: Vec<Val> = ty.results().iter().copied().map(Val::default_for).collect();
        function.call(&mut self.0, &arguments, &mut results).map_err(report)?;
        Ok(self.values(results))
    }

    fn global(&mut self, global: GlobalAddr) -> Option<Value> {
        let global = *self.lists().globals.get(global.index())?;
        let val = global.get(&mut self.0);
        Some(self.value(val))
    }

    fn set_global(&mut self, global: GlobalAddr, value: Value) -> Result<(), Error> {
        let global =
            self.lists().globals.get(global.index()).copied().ok_or_else(|| none("global"))?;
        let value = self.val(value).ok_or_else(foreign)?;
        global.set(&mut self.0, value).map_err(report)
    }

    fn table_size(&self, table: TableAddr) -> u64 {
        self.lists().tables.get(table.index()).map_or(0, |table| table.size(&self.0))
    }

    fn table_get(&mut self, table: TableAddr, index: u64) -> Option<Value> {
        let table = *self.lists().tables.get(table.index())?;
        let val = table.get(&mut self.0, index)?;
        Some(self.value(val))
    }

    fn memory(&self, memory: MemAddr) -> &[u8] {
        let memory = self.lists().memories.get(memory.index());
        memory.map_or(&[], |memory| memory.data(self.0.as_context()))
    }

    fn memory_mut(&mut self, memory: MemAddr) -> &mut [u8] {
        match self.lists().memories.get(memory.index()).copied() {
            Some(memory) => memory.data_mut(self.0.as_context_mut()),
            None => &mut [],
        }
    }

    fn fuel(&self) -> Option<u64> {
        self.0.as_context().get_fuel().ok()
    }

    fn set_fuel(&mut self, fuel: u64) {
        _ = self.0.as_context_mut().set_fuel(fuel);
    }
}
