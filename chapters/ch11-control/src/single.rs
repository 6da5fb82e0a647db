//! A module without imports: the simplest environment.

use std::{error, fmt, mem};

use ch07_values::{NumType, Number, OperandStack, Trap};
use ch09_module::{
    Body, DataMode, ElementMode, ExportItem, FuncIdx, FuncType, GlobalIdx,
    Instr, MemIdx, Module, Reference, TableIdx, TypeIdx, ValType,
};
use ch10_memory::MemoryInstance;
use trace::Observer;

use crate::{Callee, Code, Core, Environment, Frame, Machine, MachineLimits};

/// A module that imports nothing: functions, a memory, a table of functions.
#[derive(Debug)]
pub struct SingleModule {
    /// What each call may use.
    pub limits: MachineLimits,
    module: Module,
    functions: Vec<(TypeIdx, Code)>,
    memory: Option<MemoryInstance>,
    table: Vec<Option<FuncIdx>>,
}

/// Why a module cannot run by itself, or a call did not return.
#[derive(Debug, PartialEq, Eq)]
pub enum SingleModuleError {
    /// The module has something that comes with the next chapter.
    NotYet(&'static str),
    /// There is no such function to call.
    Call(String),
    /// The call ended in a trap, at this place.
    Trap(Trap, String),
}

impl SingleModule {
    /// Makes a module ready to be called.
    ///
    /// # Errors
    ///
    /// Names what the module has that comes with the next chapter.
    pub fn new(mut module: Module) -> Result<SingleModule, SingleModuleError> {
        let memory = module
            .memories
            .first()
            .map(|ty| MemoryInstance::new(*ty).ok_or("so large a memory"));
        let operands = 1 << 16;
        let mut single = SingleModule {
            limits: MachineLimits { operands, ..MachineLimits::default() },
            functions: Vec::new(),
            memory: memory.transpose().map_err(SingleModuleError::NotYet)?,
            table: vec![
                None;
                module
                    .tables
                    .first()
                    .map_or(0, |table| table.ty.limits.min as usize)
            ],
            module: Module::default(),
        };
        for function in mem::take(&mut module.functions) {
            let ty = function.ty;
            let function = function.read().into_owned();
            let code = Code::new(func_type(&module, ty), function);
            single.functions.push((ty, code));
        }
        single.place_segments(&module).map_err(SingleModuleError::NotYet)?;
        single.module = module;
        Ok(single)
    }

    /// Fills the memory and the table with the active segments.
    fn place_segments(&mut self, module: &Module) -> Result<(), &'static str> {
        if !(module.imports.is_empty()
            && module.globals.is_empty()
            && module.start.is_none())
        {
            return Err("an import, a global or a start function");
        }
        if module.memories.len() > 1 || module.tables.len() > 1 {
            return Err("a second memory or table");
        }
        if module.tables.iter().any(|table| table.init.is_some()) {
            return Err("a table that begins with a value");
        }
        for data in &module.data {
            let (DataMode::Active(_, offset), Some(memory)) =
                (&data.mode, &mut self.memory)
            else {
                return Err("a passive segment");
            };
            let length = data.bytes.len() as u64;
            let placed =
                memory.init(constant(offset)?.into(), &data.bytes, 0, length);
            placed.map_err(|_| "a segment past the end of its memory")?;
        }
        for element in &module.elements {
            let ElementMode::Active(_, offset) = &element.mode else {
                return Err("a passive segment");
            };
            let places = self
                .table
                .get_mut(constant(offset)? as usize..)
                .unwrap_or_default();
            if places.len() < element.items.len() {
                return Err("a segment past the end of its table");
            }
            for (place, item) in places.iter_mut().zip(&element.items) {
                *place = match item[..] {
                    [Instr::Reference(Reference::Func(function))] => {
                        Some(function)
                    }
                    _ => None,
                };
            }
        }
        Ok(())
    }

    /// Calls an exported function, watched by `observer`.
    ///
    /// # Errors
    ///
    /// There is no such function, it takes other arguments, or it traps.
    pub fn call(
        &mut self,
        name: &str,
        arguments: &[Number],
        observer: impl Observer,
    ) -> Result<Vec<Number>, SingleModuleError> {
        let export =
            self.module.exports.iter().find(|export| export.name == name);
        let Some(ExportItem::Func(function)) = export.map(|export| export.item)
        else {
            return Err(SingleModuleError::Call(format!(
                "there is no exported function `{name}`"
            )));
        };
        let ty = func_type(&self.module, self.functions[function.index()].0);
        if arguments
            .iter()
            .map(|number| ValType::Num(number.ty()))
            .ne(ty.params.iter().copied())
        {
            return Err(SingleModuleError::Call(format!(
                "`{name}` is of type {ty}, and the arguments are not"
            )));
        }
        let mut core = Core::new(self.limits, observer);
        // The place of a trap before the first instruction.
        let begins = || function_name(&self.module, function.0);
        let trap = |trap| SingleModuleError::Trap(trap, begins());
        core.reset().map_err(trap)?;
        for argument in arguments {
            let pushed = core.on_stack(|stack| stack.push(argument.to_slot()));
            pushed.map_err(trap)?;
        }
        let environment = RunningModule {
            module: &self.module,
            functions: &self.functions,
            table: &self.table,
            memory: &mut self.memory,
        };
        let outcome = Machine::new(&mut core, environment).invoke(function.0);
        outcome.map_err(|trap| {
            let place = core.take_fault().map(|fault| {
                let name = function_name(&self.module, fault.frame.function);
                format!("{name}, at {}", fault.instr)
            });
            SingleModuleError::Trap(trap, place.unwrap_or_else(begins))
        })?;
        let slots = core.stack();
        Ok(ty
            .results
            .iter()
            .zip(slots.slots())
            .filter_map(|(ty, slot)| number(*ty, *slot))
            .collect())
    }
}

/// A [`SingleModule`] that is being executed: what cannot change meanwhile, and
/// the memory.
struct RunningModule<'code> {
    module: &'code Module,
    functions: &'code [(TypeIdx, Code)],
    table: &'code [Option<FuncIdx>],
    memory: &'code mut Option<MemoryInstance>,
}

impl<'code> Environment<'code> for RunningModule<'code> {
    type Code = Code;

    fn function(&self, _: u32, index: FuncIdx) -> u32 {
        index.0
    }

    fn element(
        &self,
        _: u32,
        _: TableIdx,
        element: u64,
        ty: TypeIdx,
    ) -> Result<u32, Trap> {
        let element = usize::try_from(element)
            .ok()
            .and_then(|element| self.table.get(element));
        let element = element.ok_or(Trap::UndefinedElement)?;
        let function = element.ok_or(Trap::UninitializedElement)?;
        let found = self.functions[function.index()].0;
        if func_type(self.module, found) != func_type(self.module, ty) {
            return Err(Trap::IndirectCallTypeMismatch);
        }
        Ok(function.0)
    }

    #[inline(always)]
    fn callee(&self, function: u32) -> Callee<'code> {
        let (_, code) = &self.functions[function as usize];
        Callee::Code { instance: 0, code }
    }

    fn func_arity(&self, _: u32, ty: TypeIdx) -> (usize, usize) {
        let ty = func_type(self.module, ty);
        (ty.params.len(), ty.results.len())
    }

    fn call_host<O: Observer>(
        &mut self,
        _: u32,
        _: Option<u32>,
        _: &mut Core<O>,
    ) -> Result<(), Trap> {
        unreachable!("a module without imports has no function of the host")
    }

    fn memory(&mut self, _: u32, _: MemIdx) -> &mut MemoryInstance {
        self.memory.as_mut().expect("validation checked that there is a memory")
    }

    fn global(&mut self, _: u32, _: GlobalIdx) -> &mut u64 {
        unreachable!("a module with globals was refused")
    }

    fn execute(
        &mut self,
        instr: &Instr,
        _: &Frame,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        match instr {
            Instr::Memory(instr) => {
                self.memory(0, MemIdx(0)).execute(*instr, &mut [], stack)
            }
            _ => Err(Trap::NotYet),
        }
    }

    fn name(&self, _: u32, function: u32) -> String {
        function_name(self.module, function)
    }
}

/// The name of a function, or its index if it has none.
fn function_name(module: &Module, function: u32) -> String {
    match module.names.functions.get(&FuncIdx(function)) {
        Some(name) => format!("${name}"),
        None => format!("function {function}"),
    }
}

/// The function type of an index; validation has checked that it is one.
fn func_type(module: &Module, index: TypeIdx) -> &FuncType {
    module
        .func_type(index)
        .expect("validation checked that this is a function type")
}

/// The offset of a segment, where it is a plain number.
fn constant(offset: &Body) -> Result<u32, &'static str> {
    match offset[..] {
        [Instr::Const(NumType::I32, slot)] => Ok(slot as u32),
        _ => Err("an offset that has to be computed"),
    }
}

fn number(ty: ValType, slot: u64) -> Option<Number> {
    match ty {
        ValType::Num(ty) => Some(Number::from_slot(ty, slot)),
        ValType::V128 | ValType::Ref(_) => None,
    }
}

impl fmt::Display for SingleModuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SingleModuleError::NotYet(what) => {
                write!(f, "not yet: {what} comes with the next chapter")
            }
            SingleModuleError::Call(message) => f.write_str(message),
            SingleModuleError::Trap(trap, place) => {
                write!(f, "trap: {trap}, in {place}")
            }
        }
    }
}

impl error::Error for SingleModuleError {}
