//! The runtime `wasmi` behind the seam. The version is that of the module above.

use std::cell::RefCell;
use std::fmt::Display;
use std::sync::Mutex;

use ch07_values::{NumType, Number, OperandStack, Trap};
use ch09_module::{
    AddressType, FEATURES, FuncType, GlobalType, HeapType, MemoryType, ModuleError, RefType,
    TableType, V128, ValType,
};
use ch12_instance::{
    Engine, Error, Extern, FuncAddr, GlobalAddr, HostFunction, Imports, InstanceAddr, LinkError,
    MemAddr, Referent, TableAddr, TagAddr, TrapReport, Value,
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
    .union(WasmFeatures::RELAXED_SIMD);

/// `wasmi` with a store. The handles that it gives out are kept in lists, so that they become addresses.
pub struct Wasmi {
    features: WasmFeatures,
    store: wasmi::Store<()>,
    /// A reference to a function is handed out as an address, also by those who only look.
    functions: RefCell<Vec<wasmi::Func>>,
    tables: Vec<wasmi::Table>,
    memories: Vec<wasmi::Memory>,
    globals: Vec<wasmi::Global>,
    exports: Vec<Vec<(String, Extern)>>,
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
            .wasm_simd(features.simd())
            .wasm_relaxed_simd(features.relaxed_simd());
        Wasmi {
            features,
            store: wasmi::Store::new(&wasmi::Engine::new(&config), ()),
            functions: RefCell::default(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            exports: Vec::new(),
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
            Extern::Func(address) => self.functions.borrow()[address.index()].into(),
            Extern::Table(address) => self.tables[address.index()].into(),
            Extern::Memory(address) => self.memories[address.index()].into(),
            Extern::Global(address) => self.globals[address.index()].into(),
            Extern::Tag(_) => unreachable!("this engine makes no tags"),
        }
    }

    fn function(&self, function: wasmi::Func) -> FuncAddr {
        FuncAddr(push(&mut self.functions.borrow_mut(), function))
    }

    /// A value of ours as one of theirs; nothing, if it refers to what is not there.
    fn their_value(&mut self, value: Value) -> Option<Val> {
        match value {
            Value::FuncRef(Some(address)) => {
                let function = *self.functions.borrow().get(address.index())?;
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
            wasmi::Extern::Table(table) => Extern::Table(TableAddr(push(&mut self.tables, table))),
            wasmi::Extern::Memory(memory) => {
                Extern::Memory(MemAddr(push(&mut self.memories, memory)))
            }
            wasmi::Extern::Global(global) => {
                Extern::Global(GlobalAddr(push(&mut self.globals, global)))
            }
        }
    }
}

impl Engine for Wasmi {
    fn name(&self) -> &'static str {
        NAME
    }

    fn validate(&self, module: &[u8]) -> Result<(), Error> {
        let binary = wat::parse_bytes(module).map_err(no_module)?;
        wasmi::Module::validate(self.store.engine(), &binary)
            .map_err(|error| self.refusal(&binary, error))
    }

    fn instantiate(&mut self, module: &[u8], imports: &Imports) -> Result<InstanceAddr, Error> {
        let binary = wat::parse_bytes(module).map_err(no_module)?;
        let module = wasmi::Module::new(self.store.engine(), &binary)
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
        let instance = wasmi::Instance::new(&mut self.store, &module, &items).map_err(report)?;
        let mut exports = Vec::new();
        // The instance would give them in an order of its own.
        for export in module.exports() {
            if let Some(item) = instance.get_export(&self.store, export.name()) {
                exports.push((export.name().to_owned(), self.address(item)));
            }
        }
        self.exports.push(exports);
        Ok(InstanceAddr(self.exports.len() as u32 - 1))
    }

    fn exports(&self, instance: InstanceAddr) -> Vec<(String, Extern)> {
        self.exports.get(instance.index()).cloned().unwrap_or_default()
    }

    fn add_function(&mut self, function: HostFunction) -> FuncAddr {
        let ty = wasmi::FuncType::new(
            function.ty().params.iter().map(|&ty| theirs(ty)).collect::<Vec<_>>(),
            function.ty().results.iter().map(|&ty| theirs(ty)).collect::<Vec<_>>(),
        );
        let room = function.ty().params.len().max(function.ty().results.len());
        // Their closures may be called from many places at once; ours is called from one.
        let host = Mutex::new((function, vec![0_u64; room], vec![0_u64; room]));
        let call = move |caller: wasmi::Caller<'_, ()>, arguments: &[Val], results: &mut [Val]| {
            let (function, slots, upper) =
                &mut *host.lock().expect("a host function does not call itself");
            let mut stack = OperandStack::new(slots, 0);
            for (place, argument) in upper.iter_mut().zip(arguments) {
                let value =
                    plain(argument, &caller).ok_or_else(|| not_handed_over("a function"))?;
                let [slot, half] = value.to_halves();
                stack.push(slot).map_err(|trap| wasmi::Error::new(trap.to_string()))?;
                *place = half;
            }
            function.call(&mut stack, upper).map_err(wasmi::Error::new)?;
            let halves = stack.slots().iter().zip(upper.iter());
            let values = halves.zip(&function.ty().results);
            for (result, ((slot, half), ty)) in results.iter_mut().zip(values) {
                *result = their_plain(Value::from_halves(*ty, [*slot, *half]))
                    .ok_or_else(|| not_handed_over("a reference"))?;
            }
            Ok(())
        };
        let function = wasmi::Func::new(&mut self.store, ty, call);
        self.function(function)
    }

    fn add_table(&mut self, ty: TableType) -> Result<TableAddr, Error> {
        let table = table(&mut self.store, ty).map_err(|error| Error::Room(error.to_string()))?;
        Ok(TableAddr(push(&mut self.tables, table)))
    }

    fn add_memory(&mut self, ty: MemoryType) -> Result<MemAddr, Error> {
        let theirs = match ty.address {
            AddressType::I32 => {
                let maximum = ty.limits.max.map(|max| max as u32);
                wasmi::MemoryType::new(ty.limits.min as u32, maximum)
            }
            AddressType::I64 => wasmi::MemoryType::new64(ty.limits.min, ty.limits.max),
        };
        let memory = wasmi::Memory::new(&mut self.store, theirs)
            .map_err(|error| Error::Room(error.to_string()))?;
        Ok(MemAddr(push(&mut self.memories, memory)))
    }

    fn add_global(&mut self, ty: GlobalType, value: Value) -> Result<GlobalAddr, Error> {
        let mutability = if ty.mutable { wasmi::Mutability::Var } else { wasmi::Mutability::Const };
        let value = self.their_value(value).ok_or_else(foreign)?;
        let global = wasmi::Global::new(&mut self.store, value, mutability);
        Ok(GlobalAddr(push(&mut self.globals, global)))
    }

    fn add_tag(&mut self, _: FuncType) -> Result<TagAddr, Error> {
        Err(Error::NotYet("tags".to_owned()))
    }

    fn func_type(&self, function: FuncAddr) -> Option<FuncType> {
        let ty = self.functions.borrow().get(function.index())?.ty(&self.store);
        Some(FuncType {
            params: ty.params().iter().map(|&ty| ours(ty)).collect(),
            results: ty.results().iter().map(|&ty| ours(ty)).collect(),
        })
    }

    fn invoke(&mut self, function: FuncAddr, arguments: &[Value]) -> Result<Vec<Value>, Error> {
        let address = function;
        let function = self.functions.borrow().get(address.index()).copied();
        let function =
            function.ok_or_else(|| Error::Call(format!("there is no function {}", address.0)))?;
        let arguments: Option<Vec<Val>> =
            arguments.iter().map(|argument| self.their_value(*argument)).collect();
        let arguments = arguments.ok_or_else(foreign)?;
        let ty = function.ty(&self.store);
        let mut results: Vec<Val> = ty.results().iter().map(|&ty| zero(ty)).collect();
        function.call(&mut self.store, &arguments, &mut results).map_err(report)?;
        Ok(results.iter().map(|result| self.our_value(result)).collect())
    }

    fn global(&self, global: GlobalAddr) -> Option<Value> {
        Some(self.our_value(&self.globals.get(global.index())?.get(&self.store)))
    }

    fn set_global(&mut self, global: GlobalAddr, value: Value) -> Result<(), Error> {
        let value = self.their_value(value).ok_or_else(foreign)?;
        let place = self.globals.get(global.index());
        let place = place.ok_or_else(|| Error::Call(format!("there is no global {}", global.0)))?;
        place.set(&mut self.store, value).map_err(|error| Error::Call(error.to_string()))
    }

    fn table_size(&self, table: TableAddr) -> u64 {
        self.tables.get(table.index()).map_or(0, |table| table.size(&self.store))
    }

    fn table_get(&self, table: TableAddr, index: u64) -> Option<Value> {
        let element = element(&self.store, *self.tables.get(table.index())?, index)?;
        Some(self.our_value(&element))
    }

    fn memory(&self, memory: MemAddr) -> &[u8] {
        self.memories.get(memory.index()).map_or(&[], |memory| memory.data(self.store.as_context()))
    }

    fn memory_mut(&mut self, memory: MemAddr) -> &mut [u8] {
        match self.memories.get(memory.index()) {
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

fn not_handed_over(what: &str) -> wasmi::Error {
    wasmi::Error::new(format!("{what} is not handed over"))
}

fn no_module(error: impl Display) -> Error {
    Error::Module(ModuleError::Binary {
        file: None,
        message: error.to_string(),
        offset: 0,
        function: None,
        from_text: false,
    })
}

fn report(error: wasmi::Error) -> Error {
    let mut message = None;
    let trap = match error.kind() {
        ErrorKind::TrapCode(code) => {
            if *code == TrapCode::TableOutOfBounds {
                // It does not tell a call from any other access to a table.
                message = Some(Trap::OutOfBoundsTableAccess.to_string());
            }
            trap(*code)
        }
        // Only our host functions make one.
        ErrorKind::Message(text) => {
            message = Some(text.to_string());
            Some(Trap::Host)
        }
        ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit { .. }) => {
            Some(Trap::OutOfBoundsTableAccess)
        }
        ErrorKind::Memory(MemoryError::OutOfBoundsAccess) => Some(Trap::OutOfBoundsMemoryAccess),
        ErrorKind::Instantiation(error) => match misfit(error) {
            Some(error) => return error.into(),
            None => None,
        },
        error => other_trap(error),
    };
    match trap {
        Some(trap) => TrapReport { trap, function: None, instr: None, message }.into(),
        None => Error::Call(error.to_string()),
    }
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
