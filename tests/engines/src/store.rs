//! The runtime `wasmi` behind the seam. The version is that of the module above.

use std::cell::RefCell;
use std::fmt::Display;

use annex_embedding::{
    Caller, Engine, Error, Extern, FuncAddr, GlobalAddr, HostError, HostFunction, Imports,
    InstanceAddr, LinkError, MemAddr, Referent, TableAddr, TagAddr, TrapReport, Value,
};
use ch07_values::{NumType, Number, Trap};
use ch09_module::{
    AddressType, FEATURES, FuncType, GlobalType, HeapType, MemoryType, ModuleError, RefType,
    TableType, V128, ValType,
};

use super::wasmi::errors::{ErrorKind, InstantiationError, MemoryError};
use super::wasmi::{self, AsContext, AsContextMut, ExternRef, TrapCode, Val};
use super::{NAME, Nullable, element, misfit, other_trap, table, zero};
use wasmparser::{Validator, WasmFeatures};

/// What `wasmi` has of the standard.
const KNOWN: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::MEMORY64)
    .union(WasmFeatures::RELAXED_SIMD)
    .union(WasmFeatures::WIDE_ARITHMETIC)
    .union(WasmFeatures::CUSTOM_PAGE_SIZES);

/// `wasmi` with a store; or, for a host function that calls back, `wasmi` in the middle of a call.
pub struct Wasmi<C = wasmi::Store<Lists>> {
    features: WasmFeatures,
    store: C,
}

/// What the store carries along: the handles that `wasmi` gives out, so that they become addresses.
#[derive(Default)]
pub struct Lists {
    /// A reference to a function becomes an address even where a value is only read.
    functions: RefCell<Vec<wasmi::Func>>,
    tables: Vec<wasmi::Table>,
    memories: Vec<wasmi::Memory>,
    globals: Vec<wasmi::Global>,
    exports: Vec<Vec<(String, Extern)>>,
    hosts: Vec<HostFunction>,
    /// The error of the host function that has just failed, as it is.
    host_error: Option<HostError>,
}

impl Default for Wasmi {
    fn default() -> Wasmi {
        Wasmi::new()
    }
}

impl Wasmi {
    /// A `wasmi` that has all it knows of the standard, and an empty store.
    pub fn new() -> Wasmi {
        Wasmi::with_features(FEATURES)
    }

    /// A `wasmi` that takes modules of a version of the standard, as far as it knows them.
    pub fn with_features(features: WasmFeatures) -> Wasmi {
        Wasmi::with_mode(features, wasmi::CompilationMode::LazyTranslation)
    }

    /// The same, and it translates all functions of a module at once, not each when it is first called.
    pub fn eager(features: WasmFeatures) -> Wasmi {
        Wasmi::with_mode(features, wasmi::CompilationMode::Eager)
    }

    fn with_mode(features: WasmFeatures, mode: wasmi::CompilationMode) -> Wasmi {
        let mut config = wasmi::Config::default();
        config
            .wasm_mutable_global(features.mutable_global())
            .wasm_sign_extension(features.sign_extension())
            .wasm_saturating_float_to_int(features.saturating_float_to_int())
            .wasm_multi_value(features.multi_value())
            .wasm_multi_memory(features.multi_memory())
            .wasm_bulk_memory(features.bulk_memory())
            .wasm_reference_types(features.reference_types())
            .wasm_tail_call(features.tail_call())
            .wasm_extended_const(features.extended_const())
            .wasm_memory64(features.memory64())
            .wasm_custom_page_sizes(features.custom_page_sizes())
            .wasm_simd(features.simd())
            .wasm_relaxed_simd(features.relaxed_simd())
            .wasm_wide_arithmetic(features.wide_arithmetic())
            .compilation_mode(mode);
        Wasmi { features, store: wasmi::Store::new(&wasmi::Engine::new(&config), Lists::default()) }
    }
}

/// What both of them are: a store, and one in the middle of a call.
pub trait Context: AsContextMut<Data = Lists> {
    /// The lists.
    fn lists(&self) -> &Lists;
    /// The lists, to be changed.
    fn lists_mut(&mut self) -> &mut Lists;
}

impl Context for wasmi::Store<Lists> {
    fn lists(&self) -> &Lists {
        self.data()
    }

    fn lists_mut(&mut self) -> &mut Lists {
        self.data_mut()
    }
}

impl Context for wasmi::Caller<'_, Lists> {
    fn lists(&self) -> &Lists {
        self.data()
    }

    fn lists_mut(&mut self) -> &mut Lists {
        self.data_mut()
    }
}

impl<C: Context> Wasmi<C> {
    /// What became of a call. What a call back ended in, and the host function passed on, is told as if
    /// the host had not been between.
    fn report(&mut self, error: wasmi::Error) -> Error {
        let mut source = None;
        let trap = match error.kind() {
            ErrorKind::TrapCode(code) => {
                if *code == TrapCode::TableOutOfBounds {
                    // It does not tell a call from any other access to a table.
                    source = Some(Trap::OutOfBoundsTableAccess.into());
                }
                trap(*code)
            }
            // Only our host functions make one.
            ErrorKind::Message(text) => {
                match self
                    .store
                    .lists_mut()
                    .host_error
                    .take()
                    .map(|error| error.downcast::<Error>())
                {
                    Some(Ok(error)) => return *error,
                    Some(Err(error)) => source = Some(error),
                    None => source = Some(text.to_string().into()),
                }
                Some(Trap::Host)
            }
            ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit { .. }) => {
                Some(Trap::OutOfBoundsTableAccess)
            }
            ErrorKind::Memory(MemoryError::OutOfBoundsAccess) => {
                Some(Trap::OutOfBoundsMemoryAccess)
            }
            ErrorKind::Instantiation(error) => match misfit(error) {
                Some(error) => return error.into(),
                None => None,
            },
            error => other_trap(error),
        };
        match trap {
            Some(trap) => TrapReport { source, ..trap.into() }.into(),
            None => Error::Call(error.to_string()),
        }
    }

    /// Why a module is refused. What `wasmi` does not have is not there yet.
    fn refusal(&self, binary: &[u8], error: impl Display) -> Error {
        let wrong = |features| Validator::new_with_features(features).validate_all(binary).err();
        let missing = self.features.difference(KNOWN);
        let is_missing = wrong(self.features.intersection(KNOWN)).is_some_and(|error| match error
            .missing_wasm_feature()
        {
            Some(feature) => missing.contains(feature),
            None => wrong(self.features).is_none(),
        });
        match is_missing {
            true => Error::NotYet(format!("an instruction or a type that {NAME} does not have")),
            false => no_module(error),
        }
    }

    fn handle(&self, item: Extern) -> wasmi::Extern {
        match item {
            Extern::Func(address) => self.store.lists().functions.borrow()[address.index()].into(),
            Extern::Table(address) => self.store.lists().tables[address.index()].into(),
            Extern::Memory(address) => self.store.lists().memories[address.index()].into(),
            Extern::Global(address) => self.store.lists().globals[address.index()].into(),
            Extern::Tag(_) => unreachable!("this engine makes no tags"),
        }
    }

    fn function(&self, function: wasmi::Func) -> FuncAddr {
        FuncAddr(push(&mut self.store.lists().functions.borrow_mut(), function))
    }

    /// Our value as one of theirs; `None` if it refers to something that is not there.
    fn their_value(&mut self, value: Value) -> Option<Val> {
        match value {
            Value::FuncRef(Some(address)) => {
                let function = *self.store.lists().functions.borrow().get(address.index())?;
                Some(Val::FuncRef(Nullable::Val(function)))
            }
            Value::ExternRef(Some(Referent::Host(number))) => {
                Some(Val::ExternRef(Nullable::Val(ExternRef::new(&mut self.store, number))))
            }
            value => their_plain(value),
        }
    }

    /// A value of theirs as one of ours. A function gets a new address each time.
    fn our_value(&self, value: &Val) -> Value {
        match value {
            Val::FuncRef(Nullable::Val(function)) => Value::FuncRef(Some(self.function(*function))),
            value => plain(value, &self.store).unwrap_or(Value::FuncRef(None)),
        }
    }

    fn address(&mut self, item: wasmi::Extern) -> Extern {
        match item {
            wasmi::Extern::Func(function) => Extern::Func(self.function(function)),
            wasmi::Extern::Table(table) => {
                Extern::Table(TableAddr(push(&mut self.store.lists_mut().tables, table)))
            }
            wasmi::Extern::Memory(memory) => {
                Extern::Memory(MemAddr(push(&mut self.store.lists_mut().memories, memory)))
            }
            wasmi::Extern::Global(global) => {
                Extern::Global(GlobalAddr(push(&mut self.store.lists_mut().globals, global)))
            }
        }
    }
}

impl<C: Context> Engine for Wasmi<C> {
    fn name(&self) -> &'static str {
        NAME
    }

    fn validate(&self, module: &[u8]) -> Result<(), Error> {
        let binary = wat::parse_bytes(module).map_err(no_module)?;
        wasmi::Module::validate(self.store.as_context().engine(), &binary)
            .map_err(|error| self.refusal(&binary, error))
    }

    fn instantiate(&mut self, module: &[u8], imports: &Imports) -> Result<InstanceAddr, Error> {
        let binary = wat::parse_bytes(module).map_err(no_module)?;
        let module = wasmi::Module::new(self.store.as_context().engine(), &binary)
            .map_err(|error| self.refusal(&binary, error))?;
        let mut items = Vec::new();
        for import in module.imports() {
            let (module, name) = (import.module(), import.name());
            let item = imports.get(module, name).ok_or_else(|| LinkError {
                module: module.to_owned(),
                name: name.to_owned(),
                wanted: format!("{:?}", import.ty()),
                given: None,
            })?;
            items.push(self.handle(item));
        }
        let instance = wasmi::Instance::new(&mut self.store, &module, &items)
            .map_err(|error| self.report(error))?;
        let mut exports = Vec::new();
        // The instance would give them in an order of its own.
        for export in module.exports() {
            if let Some(item) = instance.get_export(&self.store, export.name()) {
                exports.push((export.name().to_owned(), self.address(item)));
            }
        }
        Ok(InstanceAddr(push(&mut self.store.lists_mut().exports, exports)))
    }

    fn exports(&self, instance: InstanceAddr) -> &[(String, Extern)] {
        self.store.lists().exports.get(instance.index()).map_or(&[], Vec::as_slice)
    }

    fn add_function(&mut self, function: HostFunction) -> FuncAddr {
        let ty = wasmi::FuncType::new(
            function.ty().params.iter().map(|&ty| theirs(ty)).collect::<Vec<_>>(),
            function.ty().results.iter().map(|&ty| theirs(ty)).collect::<Vec<_>>(),
        );
        let features = self.features;
        let host = push(&mut self.store.lists_mut().hosts, function);
        let call =
            move |caller: wasmi::Caller<'_, Lists>, arguments: &[Val], results: &mut [Val]| {
                let mut engine = Wasmi { features, store: caller };
                let function = engine.store.lists().hosts[host as usize].clone();
                let mut values: Vec<Value> =
                    arguments.iter().map(|argument| engine.our_value(argument)).collect();
                // It does not tell whose code calls.
                let outcome = function.call(&mut Caller::new(&mut engine, None), &mut values);
                outcome.map_err(|error| {
                    engine.store.lists_mut().host_error = Some(error);
                    wasmi::Error::new(HOST_ERROR)
                })?;
                for (result, value) in results.iter_mut().zip(values) {
                    *result = engine.their_value(value).ok_or_else(|| {
                        wasmi::Error::new("a reference to something that is not there")
                    })?;
                }
                Ok(())
            };
        let function = wasmi::Func::new(&mut self.store, ty, call);
        self.function(function)
    }

    fn add_table(&mut self, ty: TableType) -> Result<TableAddr, Error> {
        if !ty.is_valid() {
            return Err(Error::Call(format!("the table type {ty} is not valid")));
        }
        let table = table(&mut self.store, ty).map_err(|error| Error::Limit(error.to_string()))?;
        Ok(TableAddr(push(&mut self.store.lists_mut().tables, table)))
    }

    fn add_memory(&mut self, ty: MemoryType) -> Result<MemAddr, Error> {
        if !ty.is_valid() {
            return Err(Error::Call(format!("the memory type {ty} is not valid")));
        }
        let mut theirs = wasmi::MemoryType::builder();
        theirs
            .memory64(ty.address == AddressType::I64)
            .min(ty.limits.min)
            .max(ty.limits.max)
            .page_size_log2(ty.page_size.trailing_zeros() as u8);
        let theirs = theirs.build().map_err(|error| Error::Call(error.to_string()))?;
        let memory = wasmi::Memory::new(&mut self.store, theirs)
            .map_err(|error| Error::Limit(error.to_string()))?;
        Ok(MemAddr(push(&mut self.store.lists_mut().memories, memory)))
    }

    fn add_global(&mut self, ty: GlobalType, value: Value) -> Result<GlobalAddr, Error> {
        let mutability = if ty.mutable { wasmi::Mutability::Var } else { wasmi::Mutability::Const };
        let value = self.their_value(value).ok_or_else(foreign)?;
        let global = wasmi::Global::new(&mut self.store, value, mutability);
        Ok(GlobalAddr(push(&mut self.store.lists_mut().globals, global)))
    }

    fn add_tag(&mut self, _: FuncType) -> Result<TagAddr, Error> {
        Err(Error::NotYet("tags".to_owned()))
    }

    fn func_type(&self, function: FuncAddr) -> Option<FuncType> {
        let ty = self.store.lists().functions.borrow().get(function.index())?.ty(&self.store);
        Some(FuncType {
            params: ty.params().iter().map(|&ty| ours(ty)).collect(),
            results: ty.results().iter().map(|&ty| ours(ty)).collect(),
        })
    }

    fn invoke(&mut self, function: FuncAddr, arguments: &[Value]) -> Result<Vec<Value>, Error> {
        let address = function;
        let function = self.store.lists().functions.borrow().get(address.index()).copied();
        let function =
            function.ok_or_else(|| Error::Call(format!("there is no function {}", address.0)))?;
        let arguments: Option<Vec<Val>> =
            arguments.iter().map(|argument| self.their_value(*argument)).collect();
        let arguments = arguments.ok_or_else(foreign)?;
        let ty = function.ty(&self.store);
        let mut results: Vec<Val> = ty.results().iter().map(|&ty| zero(ty)).collect();
        function
            .call(&mut self.store, &arguments, &mut results)
            .map_err(|error| self.report(error))?;
        Ok(results.iter().map(|result| self.our_value(result)).collect())
    }

    fn global(&mut self, global: GlobalAddr) -> Option<Value> {
        Some(self.our_value(&self.store.lists().globals.get(global.index())?.get(&self.store)))
    }

    fn set_global(&mut self, global: GlobalAddr, value: Value) -> Result<(), Error> {
        let value = self.their_value(value).ok_or_else(foreign)?;
        let place = self.store.lists().globals.get(global.index()).copied();
        let place = place.ok_or_else(|| Error::Call(format!("there is no global {}", global.0)))?;
        place.set(&mut self.store, value).map_err(|error| Error::Call(error.to_string()))
    }

    fn table_size(&self, table: TableAddr) -> u64 {
        self.store.lists().tables.get(table.index()).map_or(0, |table| table.size(&self.store))
    }

    fn table_get(&mut self, table: TableAddr, index: u64) -> Option<Value> {
        let element = element(&self.store, *self.store.lists().tables.get(table.index())?, index)?;
        Some(self.our_value(&element))
    }

    fn memory(&self, memory: MemAddr) -> &[u8] {
        self.store
            .lists()
            .memories
            .get(memory.index())
            .map_or(&[], |memory| memory.data(self.store.as_context()))
    }

    fn memory_mut(&mut self, memory: MemAddr) -> &mut [u8] {
        match self.store.lists().memories.get(memory.index()).copied() {
            Some(memory) => memory.data_mut(self.store.as_context_mut()),
            None => &mut [],
        }
    }
}

fn push<T>(list: &mut Vec<T>, item: T) -> u32 {
    list.push(item);
    list.len() as u32 - 1
}

pub(super) fn theirs(ty: ValType) -> wasmi::ValType {
    match ty {
        ValType::Num(NumType::I32) => wasmi::ValType::I32,
        ValType::Num(NumType::I64) => wasmi::ValType::I64,
        ValType::Num(NumType::F32) => wasmi::ValType::F32,
        ValType::Num(NumType::F64) => wasmi::ValType::F64,
        ValType::V128 => wasmi::ValType::V128,
        ValType::Ref(RefType { heap: HeapType::Func, .. }) => wasmi::ValType::FuncRef,
        ValType::Ref(_) => wasmi::ValType::ExternRef,
    }
}

fn ours(ty: wasmi::ValType) -> ValType {
    match ty {
        wasmi::ValType::I32 => ValType::Num(NumType::I32),
        wasmi::ValType::I64 => ValType::Num(NumType::I64),
        wasmi::ValType::F32 => ValType::Num(NumType::F32),
        wasmi::ValType::F64 => ValType::Num(NumType::F64),
        wasmi::ValType::V128 => ValType::V128,
        wasmi::ValType::FuncRef => ValType::Ref(RefType::FUNCREF),
        wasmi::ValType::ExternRef => ValType::Ref(RefType::EXTERNREF),
    }
}

/// A value that refers to something that this store does not have.
fn foreign() -> Error {
    Error::Call("a reference to something that is not in this store".to_owned())
}

/// A value of theirs as one of ours, unless it refers to a function, which has an address only in the store.
fn plain(value: &Val, store: impl AsContext) -> Option<Value> {
    Some(match value {
        Val::I32(x) => (*x).into(),
        Val::I64(x) => (*x).into(),
        Val::F32(x) => f32::from_bits(x.to_bits()).into(),
        Val::F64(x) => f64::from_bits(x.to_bits()).into(),
        Val::V128(bits) => Value::V128(V128(bits.as_u128())),
        Val::FuncRef(Nullable::Null) => Value::FuncRef(None),
        Val::FuncRef(Nullable::Val(_)) => return None,
        Val::ExternRef(Nullable::Null) => Value::ExternRef(None),
        Val::ExternRef(Nullable::Val(reference)) => {
            let number = reference.data(store.as_context()).downcast_ref::<u32>();
            Value::ExternRef(number.copied().map(Referent::Host))
        }
    })
}

/// A value of ours as one of theirs, unless it refers to something, for which it takes a store.
fn their_plain(value: Value) -> Option<Val> {
    Some(match value {
        Value::Number(Number::I32(x)) => Val::I32(x),
        Value::Number(Number::I64(x)) => Val::I64(x),
        Value::Number(Number::F32(x)) => Val::F32(wasmi::F32::from_bits(x.to_bits())),
        Value::Number(Number::F64(x)) => Val::F64(wasmi::F64::from_bits(x.to_bits())),
        Value::V128(bits) => Val::V128(bits.0.into()),
        Value::FuncRef(None) => Val::FuncRef(Nullable::Null),
        Value::ExternRef(None) => Val::ExternRef(Nullable::Null),
        Value::FuncRef(_) | Value::ExternRef(_) | Value::AnyRef(_) | Value::ExnRef(_) => {
            return None;
        }
    })
}

/// What a failed host function leaves in the place of its error.
const HOST_ERROR: &str = "the error is in the store";

fn no_module(error: impl Display) -> Error {
    Error::Module(ModuleError::Binary {
        file: None,
        message: error.to_string(),
        offset: 0,
        function: None,
        from_text: false,
    })
}

fn trap(code: TrapCode) -> Option<Trap> {
    Some(match code {
        TrapCode::UnreachableCodeReached => Trap::Unreachable,
        TrapCode::MemoryOutOfBounds => Trap::OutOfBoundsMemoryAccess,
        TrapCode::TableOutOfBounds => Trap::UndefinedElement,
        TrapCode::IndirectCallToNull => Trap::UninitializedElement,
        TrapCode::IntegerDivisionByZero => Trap::IntegerDivideByZero,
        TrapCode::IntegerOverflow => Trap::IntegerOverflow,
        TrapCode::BadConversionToInteger => Trap::InvalidConversionToInteger,
        TrapCode::StackOverflow => Trap::CallStackExhausted,
        TrapCode::BadSignature => Trap::IndirectCallTypeMismatch,
        _ => return None,
    })
}
