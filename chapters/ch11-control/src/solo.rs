//! A module alone in the world: the simplest environment.

use std::{error, fmt, mem};

use ch07_values::{NumType, Number, OperandStack, Trap};
use ch09_module::{
    Body, DataMode, ElementMode, ExportItem, FuncIdx, FuncType, GlobalIdx, Instr, MemIdx, Module,
    Reference, TableIdx, TypeIdx, ValType,
};
use ch10_memory::MemoryInstance;
use trace::Observer;

use crate::{Callee, Code, Environment, Frame, Machine};

/// How many slots the operand stack has.
const SLOTS: usize = 1 << 16;

/// A module that needs nobody else: functions, a memory, a table of functions.
#[derive(Debug)]
pub struct Solo {
    module: Module,
    functions: Vec<(TypeIdx, Code)>,
    memory: Option<MemoryInstance>,
    table: Vec<Option<FuncIdx>>,
}

/// Why a module cannot be run alone, or a call did not come to its end.
#[derive(Debug, PartialEq, Eq)]
pub enum SoloError {
    /// The module has something that comes with the next chapter.
    NotAlone(&'static str),
    /// There is no such function to call.
    Call(String),
    /// The call ended in a trap, at this place.
    Trap(Trap, String),
}

impl Solo {
    /// Makes a module ready to be called.
    ///
    /// # Errors
    ///
    /// Says what it is that a module cannot have alone.
    pub fn new(mut module: Module) -> Result<Solo, SoloError> {
        let memory =
            module.memories.first().map(|ty| MemoryInstance::new(*ty).ok_or("so large a memory"));
        let mut solo = Solo {
            functions: Vec::new(),
            memory: memory.transpose().map_err(SoloError::NotAlone)?,
            table: vec![
                None;
                module.tables.first().map_or(0, |table| table.ty.limits.min as usize)
            ],
            module: Module::default(),
        };
        for function in mem::take(&mut module.functions) {
            let ty = module.func_type(function.ty).cloned().unwrap_or_default();
            let (params, results) = (ty.params.len(), ty.results.len());
            let code = Code { params, locals: function.locals.len(), results, body: function.body };
            solo.functions.push((function.ty, code));
        }
        solo.place_segments(&module).map_err(SoloError::NotAlone)?;
        solo.module = module;
        Ok(solo)
    }

    /// Fills the memory and the table with the active segments.
    fn place_segments(&mut self, module: &Module) -> Result<(), &'static str> {
        if !(module.imports.is_empty() && module.globals.is_empty() && module.start.is_none()) {
            return Err("an import, a global or a start function");
        }
        for data in &module.data {
            let (DataMode::Active(_, offset), Some(memory)) = (&data.mode, &mut self.memory) else {
                return Err("a passive segment");
            };
            let length = data.bytes.len() as u64;
            let placed = memory.init(constant(offset)?.into(), &data.bytes, 0, length);
            placed.map_err(|_| "a segment past the end of its memory")?;
        }
        for element in &module.elements {
            let ElementMode::Active(_, offset) = &element.mode else {
                return Err("a passive segment");
            };
            let places = self.table.get_mut(constant(offset)? as usize..).unwrap_or_default();
            if places.len() < element.items.len() {
                return Err("a segment past the end of its table");
            }
            for (place, item) in places.iter_mut().zip(&element.items) {
                *place = match item[..] {
                    [Instr::Reference(Reference::Func(function))] => Some(function),
                    _ => None,
                };
            }
        }
        Ok(())
    }

    /// Calls an exported function, and lets `observer` watch.
    ///
    /// # Errors
    ///
    /// There is no such function, it takes other arguments, or it traps.
    pub fn call(
        &mut self,
        name: &str,
        arguments: &[Number],
        observer: impl Observer + Send,
    ) -> Result<Vec<Number>, SoloError> {
        let export = self.module.exports.iter().find(|export| export.name == name);
        let Some(ExportItem::Func(function)) = export.map(|export| export.item) else {
            return Err(SoloError::Call(format!("there is no exported function `{name}`")));
        };
        let ty = func_type(&self.module, self.functions[function.index()].0);
        if arguments.iter().map(|number| ValType::Num(number.ty())).ne(ty.params.iter().copied()) {
            return Err(SoloError::Call(format!(
                "`{name}` is of type {ty}, and the arguments are not"
            )));
        }
        let mut slots = vec![0; SLOTS].into_boxed_slice();
        for (slot, argument) in slots.iter_mut().zip(arguments) {
            *slot = argument.to_slot();
        }
        let environment = Alone {
            module: &self.module,
            functions: &self.functions,
            table: &self.table,
            memory: &mut self.memory,
        };
        let callee = environment.function((), function);
        let mut machine = Machine::new(environment, slots, arguments.len(), observer);
        let outcome = machine.invoke(callee);
        let fault = machine.fault();
        let (environment, slots) = machine.into_parts();
        outcome.map_err(|trap| {
            let place = fault.map(|fault| {
                format!("{}, at {}", environment.name((), fault.frame.function), fault.instr)
            });
            SoloError::Trap(trap, place.unwrap_or_default())
        })?;
        Ok(ty.results.iter().zip(&slots).filter_map(|(ty, slot)| number(*ty, *slot)).collect())
    }
}

/// A [`Solo`] that is being executed: what cannot change meanwhile, and the memory.
struct Alone<'code> {
    module: &'code Module,
    functions: &'code [(TypeIdx, Code)],
    table: &'code [Option<FuncIdx>],
    memory: &'code mut Option<MemoryInstance>,
}

impl<'code> Environment<'code> for Alone<'code> {
    /// There is but one.
    type Instance = ();

    fn function(&self, (): (), index: FuncIdx) -> Callee<'code, ()> {
        Callee::Code { function: index.0, instance: (), code: &self.functions[index.index()].1 }
    }

    fn element(
        &self,
        (): (),
        _: TableIdx,
        element: u64,
        ty: TypeIdx,
    ) -> Result<Callee<'code, ()>, Trap> {
        let element = usize::try_from(element).ok().and_then(|element| self.table.get(element));
        let element = element.ok_or(Trap::UndefinedElement)?;
        let function = element.ok_or(Trap::UninitializedElement)?;
        let found = self.functions[function.index()].0;
        if func_type(self.module, found) != func_type(self.module, ty) {
            return Err(Trap::IndirectCallTypeMismatch);
        }
        Ok(self.function((), function))
    }

    fn func_type(&self, (): (), index: TypeIdx) -> &'code FuncType {
        func_type(self.module, index)
    }

    fn call_host(&mut self, _: u32, _: &mut OperandStack) -> Result<(), Trap> {
        Err(Trap::NotYet)
    }

    fn memory(&mut self, (): (), _: MemIdx) -> &mut MemoryInstance {
        self.memory.as_mut().expect("validation checked that there is a memory")
    }

    fn global(&mut self, (): (), _: GlobalIdx) -> &mut u64 {
        unreachable!("a module with globals is not alone")
    }

    fn execute(
        &mut self,
        instr: &Instr,
        _: &Frame<()>,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        match instr {
            Instr::Memory(instr) => self.memory((), MemIdx(0)).execute(*instr, &mut [], stack),
            _ => Err(Trap::NotYet),
        }
    }

    fn name(&self, (): (), function: u32) -> String {
        let name = self.module.names.functions.get(&FuncIdx(function));
        name.map_or_else(|| format!("function {function}"), |name| format!("${name}"))
    }
}

/// The function type of an index, which validation has seen to be one.
fn func_type(module: &Module, index: TypeIdx) -> &FuncType {
    module.func_type(index).expect("validation checked that this is a function type")
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

impl fmt::Display for SoloError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SoloError::NotAlone(what) => write!(f, "not yet: {what} comes with the next chapter"),
            SoloError::Call(message) => f.write_str(message),
            SoloError::Trap(trap, place) => write!(f, "trap: {trap}, in {place}"),
        }
    }
}

impl error::Error for SoloError {}
