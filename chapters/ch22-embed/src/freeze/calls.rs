//! Whether the values of paused calls are of the types that validation knows at
//! their places.
//!
//! The code has forgotten its types. So the functions that calls are inside of
//! are validated once more, as far as the last instruction that one of them is
//! at, and the validator is asked what is on its stack there.

use std::collections::{BTreeMap, HashMap};

use annex_embedding::{FuncAddr, InstanceAddr};
use annex_types::close;
use ch07_values::NumType;
use ch09_module::{
    Bytes, FuncType, HeapType, ModuleError, RefType, TypeIdx, ValType,
    WasmFeatures,
};
use ch12_instance::{FunctionBody, ModuleInstance, StoreData};
use ch19_flat::{Activation, Continuation, Next};
use wasmparser::types::{CoreTypeId, TypesRef};
use wasmparser::{
    AbstractHeapType, FuncToValidate, FuncValidator, FuncValidatorAllocations,
    FunctionBody as Body, Operator, OperatorsReader, Parser, Payload,
    UnpackedIndex, ValidPayload, Validator, ValidatorResources,
};

use super::FreezeError;
use super::error::wrong;
use super::values::{Fault, Here};

/// What an instruction has to do with a call that is at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum At {
    /// The call executes it next.
    Before,
    /// It has made the call that this one waits for.
    Waiting,
    /// It is a loop, and the call is at its beginning.
    Loop,
}

/// A place in a function, and what the calls there say that they have.
#[derive(Debug)]
struct Stop {
    locals: usize,
    operands: usize,
    /// What validation knows; nothing until it has come there.
    known: Option<Known>,
}

/// What validation knows at an instruction. The types are the module's.
#[derive(Debug)]
struct Known {
    /// The locals that have no value yet, and whose type has no default.
    unset: Vec<u32>,
    /// The types of the operands.
    operands: Vec<ValType>,
    /// What the instruction calls, if it is a call.
    callee: Option<Callee>,
}

/// What a call calls, as far as its module says it.
#[derive(Clone, Copy, Debug)]
enum Callee {
    /// The function of this index.
    Function(u32),
    /// A function of the type of this index.
    Type(u32),
}

/// The places in a function, and the types of its locals.
#[derive(Debug, Default)]
struct Function {
    stops: BTreeMap<(u32, At), Stop>,
    locals: Vec<ValType>,
}

/// The functions of each module that calls are inside of, by the position of
/// the module and the index of the function.
type Functions = HashMap<usize, BTreeMap<u32, Function>>;

/// What is known of the modules of a store's instances.
pub(super) struct Modules<'a> {
    /// The modules.
    pub(super) files: &'a [Bytes],
    /// The position of each instance's module.
    pub(super) of: &'a [usize],
    pub(super) features: WasmFeatures,
}

/// Checks the values of calls. Those that aren't vectors lose what is in their
/// upper half, where that means nothing.
pub(super) fn check_calls(
    here: Here<'_>,
    modules: &Modules<'_>,
    calls: &mut [Continuation],
) -> Result<(), FreezeError> {
    let mut functions = Functions::new();
    for (number, call) in calls.iter().enumerate() {
        collect(here.data, modules, call, &mut functions)
            .map_err(|why| refused(number, why))?;
    }
    for (module, functions) in &mut functions {
        let file = &modules.files[*module];
        look_through(here.data, modules, *module, file, functions)?;
    }
    for (number, call) in calls.iter_mut().enumerate() {
        let checking =
            Checking { here, modules, functions: &functions, number };
        checking.call(call)?;
    }
    Ok(())
}

fn refused(call: usize, why: &str) -> FreezeError {
    wrong(format!("paused call {call}: {why}"))
}

/// How the innermost call of a paused one is at its instruction.
fn innermost(next: Next) -> At {
    match next {
        Next::Begin | Next::Answer(_) => At::Waiting,
        Next::Execute => At::Before,
        Next::Pay => At::Loop,
    }
}

/// The instance of a function, the position of its module, and the function's
/// index there.
fn find(
    data: &StoreData,
    modules: &Modules<'_>,
    function: FuncAddr,
) -> Option<(InstanceAddr, usize, u32)> {
    let found = data.functions.get(function.index())?;
    let FunctionBody::Code(address, _) = found.body else { return None };
    let instance = data.instances.get(address.index())?;
    // A module's own functions follow each other.
    let imported = instance.imports.len();
    let first = instance.functions.get(imported)?;
    let index = function.0.checked_sub(first.0)? + imported as u32;
    Some((address, *modules.of.get(address.index())?, index))
}

/// Notes where a call is.
fn collect(
    data: &StoreData,
    modules: &Modules<'_>,
    call: &Continuation,
    functions: &mut Functions,
) -> Result<(), &'static str> {
    for (depth, activation) in call.activations.iter().enumerate() {
        let Activation::Code { function, instruction, locals, operands } =
            activation
        else {
            continue;
        };
        let (_, module, index) = find(data, modules, *function)
            .ok_or("a function is of another kind")?;
        let at = match depth + 1 == call.activations.len() {
            true => innermost(call.next),
            false => At::Waiting,
        };
        let function = functions.entry(module).or_default();
        let stops = &mut function.entry(index).or_default().stops;
        let (locals, operands) = (locals.len(), operands.len());
        let stop = stops.entry((*instruction, at)).or_insert(Stop {
            locals,
            operands,
            known: None,
        });
        // So what is known of a place is never more than a call has there.
        if (stop.locals, stop.operands) != (locals, operands) {
            return Err("the number of locals or operands is wrong");
        }
    }
    Ok(())
}

/// Finds out what is known at all stops in a module.
fn look_through(
    data: &StoreData,
    modules: &Modules<'_>,
    module: usize,
    file: &[u8],
    functions: &mut BTreeMap<u32, Function>,
) -> Result<(), FreezeError> {
    let instance = modules.of.iter().position(|of| *of == module);
    let instance = instance.and_then(|number| data.instances.get(number));
    let Some(instance) = instance else {
        return Err(wrong(format!("no instance is made of module {module}")));
    };
    let mut parser = Parser::new(0);
    parser.set_features(modules.features);
    let mut validator = Validator::new_with_features(modules.features);
    let mut allocations = FuncValidatorAllocations::default();
    let mut index = instance.imports.len() as u32;
    let mut indices = None;
    for payload in parser.parse_all(file) {
        let payload = payload.map_err(ModuleError::from)?;
        let is_code = matches!(payload, Payload::CodeSectionEntry(_));
        let valid = validator.payload(&payload).map_err(ModuleError::from)?;
        let ValidPayload::Func(to_validate, body) = valid else { continue };
        if !is_code {
            continue;
        }
        if let Some(function) = functions.get_mut(&index) {
            let types = validator.types(0);
            let indices =
                indices.get_or_insert_with(|| indices_of(types.as_ref()));
            let set = Set::default();
            let walk = Walk { data, instance, indices, function, set };
            allocations = walk.through(to_validate, &body, allocations)?;
        }
        index += 1;
    }
    Ok(())
}

/// The index in its module of each type that validation knows.
fn indices_of(types: Option<&TypesRef<'_>>) -> HashMap<CoreTypeId, TypeIdx> {
    let mut indices = HashMap::new();
    if let Some(types) = types {
        for index in 0..types.core_type_count_in_module() {
            let id = types.core_type_at_in_module(index);
            indices.entry(id).or_insert(TypeIdx(index));
        }
    }
    indices
}

/// A walk through a function, from stop to stop.
struct Walk<'a> {
    data: &'a StoreData,
    instance: &'a ModuleInstance,
    indices: &'a HashMap<CoreTypeId, TypeIdx>,
    function: &'a mut Function,
    set: Set,
}

type FunctionOf = FuncToValidate<ValidatorResources>;

impl Walk<'_> {
    /// Validates a function up to the last stop.
    fn through(
        mut self,
        function: FunctionOf,
        body: &Body<'_>,
        allocations: FuncValidatorAllocations,
    ) -> Result<FuncValidatorAllocations, FreezeError> {
        let error = |error| FreezeError::from(ModuleError::from(error));
        let mut validator = function.into_validator(allocations);
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader).map_err(error)?;
        let count = validator.len_locals() as usize;
        let fits = |stop: &Stop| stop.locals == count;
        if !self.function.stops.values().all(fits) {
            return Err(wrong("a call has another number of locals"));
        }
        let types = (0..count as u32).map(|local| {
            let ty = validator.get_local_type(local);
            ty.and_then(|ty| val_type(ty, self.indices))
        });
        let locals: Option<Vec<_>> = types.collect();
        self.function.locals = locals.ok_or_else(no_type)?;
        let params = self.params(validator.index());
        self.set = Set::new(&self.function.locals, params);
        if let Some((last, _)) = self.function.stops.keys().next_back() {
            let (last, reader) = (*last, body.get_operators_reader());
            let operators = reader.map_err(error)?;
            self.instructions(&mut validator, operators, last)?;
        }
        Ok(validator.into_allocations())
    }

    /// Validates the instructions, and notes what is known where a call is.
    fn instructions(
        &mut self,
        validator: &mut FuncValidator<ValidatorResources>,
        mut operators: OperatorsReader<'_>,
        last: u32,
    ) -> Result<(), FreezeError> {
        let mut number = 0;
        while !operators.eof() && number <= last {
            let offset = operators.original_position();
            let operator = operators.read().map_err(ModuleError::from)?;
            let counts = !matches!(operator, Operator::Else | Operator::End);
            if counts {
                self.stop(validator, (number, At::Before), None)?;
                let callee = callee(&operator);
                self.stop(validator, (number, At::Waiting), callee)?;
            }
            validator.op(offset, &operator).map_err(ModuleError::from)?;
            self.set.after(&operator);
            if let Operator::Loop { .. } = operator {
                self.stop(validator, (number, At::Loop), None)?;
            }
            number += u32::from(counts);
        }
        Ok(())
    }

    /// How many parameters a function has.
    fn params(&self, index: u32) -> usize {
        let function = self.instance.functions.get(index as usize);
        let ty = function.and_then(|it| self.data.functions.get(it.index()));
        let ty = ty.and_then(|function| self.data.types.func(function.ty));
        ty.map_or(0, |ty| ty.params.len())
    }

    /// Notes what is known here, if a call is here.
    fn stop(
        &mut self,
        validator: &FuncValidator<ValidatorResources>,
        place: (u32, At),
        callee: Option<Callee>,
    ) -> Result<(), FreezeError> {
        let popped = self.popped(place.1, callee);
        let Some(stop) = self.function.stops.get_mut(&place) else {
            return Ok(());
        };
        let popped = popped.filter(|_| is_reached(validator));
        let popped = popped.ok_or_else(|| wrong(NOWHERE))?;
        let (count, height) = (stop.operands, stop.operands + popped);
        if validator.operand_stack_height() as usize != height {
            return Err(wrong("a call has another number of operands"));
        }
        let operands = operand_types(validator, height, count, self.indices)?;
        stop.known = Some(Known { unset: self.set.unset(), operands, callee });
        Ok(())
    }

    /// How many operands are gone, because the call that is waited for has
    /// taken them.
    fn popped(&self, at: At, callee: Option<Callee>) -> Option<usize> {
        if at != At::Waiting {
            return Some(0);
        }
        let callee = callee?;
        let selects = usize::from(matches!(callee, Callee::Type(_)));
        let ty = callee.ty(self.data, self.instance)?;
        Some(ty.params.len() + selects)
    }
}

/// The types of the lowest operands, `count` of `height`.
fn operand_types(
    validator: &FuncValidator<ValidatorResources>,
    height: usize,
    count: usize,
    indices: &HashMap<CoreTypeId, TypeIdx>,
) -> Result<Vec<ValType>, FreezeError> {
    let ty = |position| {
        let ty = validator.get_operand_type(height - 1 - position);
        val_type(ty.flatten()?, indices)
    };
    let types: Option<Vec<_>> = (0..count).map(ty).collect();
    types.ok_or_else(no_type)
}

/// Whether an instruction is reached, as far as validation knows.
fn is_reached(validator: &FuncValidator<ValidatorResources>) -> bool {
    let frame = validator.get_control_frame(0);
    frame.is_some_and(|frame| !frame.unreachable)
}

const NOWHERE: &str = "no call can be at that instruction";

fn no_type() -> FreezeError {
    wrong("a value is of a type that no store has")
}

impl Callee {
    /// Its type, closed.
    fn ty<'a>(
        self,
        data: &'a StoreData,
        instance: &ModuleInstance,
    ) -> Option<&'a FuncType> {
        let ty = match self {
            Callee::Function(index) => {
                let function = instance.functions.get(index as usize)?;
                data.functions.get(function.index())?.ty
            }
            Callee::Type(index) => *instance.types.get(index as usize)?,
        };
        data.types.func(ty)
    }
}

/// What an instruction calls, if it is a call.
fn callee(operator: &Operator<'_>) -> Option<Callee> {
    Some(match *operator {
        Operator::Call { function_index }
        | Operator::ReturnCall { function_index } => {
            Callee::Function(function_index)
        }
        Operator::CallIndirect { type_index, .. }
        | Operator::ReturnCallIndirect { type_index, .. }
        | Operator::CallRef { type_index }
        | Operator::ReturnCallRef { type_index } => Callee::Type(type_index),
        _ => return None,
    })
}

/// Which locals have values. One whose type has no default gets its first value
/// in a block, and only there it may be read.
///
/// Specification: Validation, Conventions, *Contexts*.
#[derive(Default)]
struct Set {
    is_set: Vec<bool>,
    /// Those that have got a value, in their order.
    order: Vec<usize>,
    /// How many had one where each block around the instruction began.
    blocks: Vec<usize>,
}

impl Set {
    fn new(locals: &[ValType], params: usize) -> Set {
        let has_default = |ty: &ValType| match ty {
            ValType::Ref(ty) => ty.nullable,
            ValType::Num(_) | ValType::V128 => true,
        };
        let locals = locals.iter().enumerate();
        let is_set =
            locals.map(|(local, ty)| local < params || has_default(ty));
        let is_set = is_set.collect();
        Set { is_set, order: Vec::new(), blocks: Vec::new() }
    }

    /// After an instruction, in the order of the text.
    fn after(&mut self, operator: &Operator<'_>) {
        match *operator {
            Operator::LocalSet { local_index }
            | Operator::LocalTee { local_index } => {
                let local = local_index as usize;
                if let Some(is_set @ false) = self.is_set.get_mut(local) {
                    *is_set = true;
                    self.order.push(local);
                }
            }
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::TryTable { .. } => self.blocks.push(self.order.len()),
            Operator::Else => {
                let begin = self.blocks.last().copied();
                self.forget(begin.unwrap_or_default());
            }
            Operator::End => {
                let begin = self.blocks.pop();
                self.forget(begin.unwrap_or_default());
            }
            _ => {}
        }
    }

    fn forget(&mut self, begin: usize) {
        for local in self.order.drain(begin..) {
            self.is_set[local] = false;
        }
    }

    /// The locals without values, in their order.
    fn unset(&self) -> Vec<u32> {
        let locals = (0..).zip(&self.is_set);
        locals.filter(|(_, is_set)| !**is_set).map(|(local, _)| local).collect()
    }
}

/// A type of the validator as one of the module.
fn val_type(
    ty: wasmparser::ValType,
    indices: &HashMap<CoreTypeId, TypeIdx>,
) -> Option<ValType> {
    use wasmparser::HeapType as Theirs;
    let ty = match ty {
        wasmparser::ValType::I32 => return Some(ValType::Num(NumType::I32)),
        wasmparser::ValType::I64 => return Some(ValType::Num(NumType::I64)),
        wasmparser::ValType::F32 => return Some(ValType::Num(NumType::F32)),
        wasmparser::ValType::F64 => return Some(ValType::Num(NumType::F64)),
        wasmparser::ValType::V128 => return Some(ValType::V128),
        wasmparser::ValType::Ref(ty) => ty,
    };
    let heap = match ty.heap_type() {
        Theirs::Abstract { ty, .. } => match ty {
            AbstractHeapType::Func => HeapType::Func,
            AbstractHeapType::NoFunc => HeapType::NoFunc,
            AbstractHeapType::Extern => HeapType::Extern,
            AbstractHeapType::NoExtern => HeapType::NoExtern,
            AbstractHeapType::Exn => HeapType::Exn,
            AbstractHeapType::NoExn => HeapType::NoExn,
            AbstractHeapType::Any => HeapType::Any,
            AbstractHeapType::Eq => HeapType::Eq,
            AbstractHeapType::I31 => HeapType::I31,
            AbstractHeapType::Struct => HeapType::Struct,
            AbstractHeapType::Array => HeapType::Array,
            AbstractHeapType::None => HeapType::None,
            AbstractHeapType::Cont | AbstractHeapType::NoCont => return None,
        },
        Theirs::Concrete(index) | Theirs::Exact(index) => {
            HeapType::Concrete(match index {
                UnpackedIndex::Module(index) => TypeIdx(index),
                UnpackedIndex::Id(id) => *indices.get(&id)?,
                UnpackedIndex::RecGroup(_) => return None,
            })
        }
    };
    Some(ValType::Ref(RefType { nullable: ty.is_nullable(), heap }))
}

/// What is needed to check the values of a call.
struct Checking<'a> {
    here: Here<'a>,
    modules: &'a Modules<'a>,
    functions: &'a Functions,
    /// The call's number, for messages.
    number: usize,
}

impl<'a> Checking<'a> {
    fn call(&self, call: &mut Continuation) -> Result<(), FreezeError> {
        // What waits for results, and for which: at first the embedder.
        let mut expected = self.ty(call.function)?.results.to_vec();
        let count = call.activations.len();
        for (depth, activation) in call.activations.iter_mut().enumerate() {
            let at = match depth + 1 == count {
                true => innermost(call.next),
                false => At::Waiting,
            };
            match activation {
                Activation::Code {
                    function,
                    instruction,
                    locals,
                    operands,
                } => {
                    self.results(*function, &expected)?;
                    let place = (*instruction, at);
                    expected = self.code(*function, place, locals, operands)?;
                }
                Activation::Host { function, arguments, asked, .. } => {
                    self.results(*function, &expected)?;
                    self.arguments(*function, arguments)?;
                    expected = self.ty(*asked)?.results.to_vec();
                }
            }
        }
        let callee = match (call.next, call.activations.last()) {
            (Next::Begin, None) => Some(call.function),
            (Next::Begin, Some(Activation::Host { asked, .. })) => Some(*asked),
            (Next::Begin, Some(Activation::Code { .. })) => {
                return Err(self.refused("what comes next doesn't fit"));
            }
            (Next::Answer(host), _) => {
                self.results(host, &expected)?;
                Some(host)
            }
            (Next::Execute | Next::Pay, _) => None,
        };
        match callee {
            Some(callee) => self.arguments(callee, &mut call.arguments),
            None if call.arguments.is_empty() => Ok(()),
            None => Err(self.refused("the number of arguments is wrong")),
        }
    }

    fn refused(&self, why: &str) -> FreezeError {
        refused(self.number, why)
    }

    /// The type of a function.
    fn ty(&self, function: FuncAddr) -> Result<&'a FuncType, FreezeError> {
        let data = self.here.data;
        let found = data.functions.get(function.index());
        let ty = found.and_then(|found| data.types.func(found.ty));
        ty.ok_or_else(|| self.refused("there is no such function"))
    }

    /// Checks that a function returns what its caller waits for.
    fn results(
        &self,
        function: FuncAddr,
        expected: &[ValType],
    ) -> Result<(), FreezeError> {
        let results = &self.ty(function)?.results;
        let types = &self.here.data.types;
        let matches = |(given, wanted): (&ValType, &ValType)| {
            types.matches(*given, *wanted)
        };
        match results.len() == expected.len()
            && results.iter().zip(expected).all(matches)
        {
            true => Ok(()),
            false => Err(self.refused("the caller waits for other results")),
        }
    }

    /// Checks the arguments of a call that has not begun.
    fn arguments(
        &self,
        function: FuncAddr,
        arguments: &mut [u128],
    ) -> Result<(), FreezeError> {
        let types = &self.ty(function)?.params;
        if types.len() != arguments.len() {
            return Err(self.refused("the number of arguments is wrong"));
        }
        for (number, (ty, slot)) in types.iter().zip(arguments).enumerate() {
            self.value(*ty, slot).map_err(|fault| {
                self.at(fault, "argument", number, function)
            })?;
        }
        Ok(())
    }

    /// Checks the locals and operands of a call. Returns the types that it
    /// waits for.
    fn code(
        &self,
        function: FuncAddr,
        place: (u32, At),
        locals: &mut [u128],
        operands: &mut [u128],
    ) -> Result<Vec<ValType>, FreezeError> {
        let nowhere = || self.refused(NOWHERE);
        let data = self.here.data;
        let found = find(data, self.modules, function);
        let (address, module, index) = found.ok_or_else(nowhere)?;
        let known = self.functions.get(&module);
        let known = known.and_then(|functions| functions.get(&index));
        let Function { stops, locals: types } = known.ok_or_else(nowhere)?;
        let stop = stops.get(&place).and_then(|stop| stop.known.as_ref());
        let Known { unset, operands: operand_types, callee } =
            stop.ok_or_else(nowhere)?;
        let instance = &data.instances[address.index()];
        for (number, (ty, slot)) in types.iter().zip(locals).enumerate() {
            let mut ty = close(*ty, &instance.types);
            if let ValType::Ref(ty) = &mut ty {
                ty.nullable |= unset.binary_search(&(number as u32)).is_ok();
            }
            self.value(ty, slot)
                .map_err(|fault| self.at(fault, "local", number, function))?;
        }
        let operands = operand_types.iter().zip(operands);
        for (number, (ty, slot)) in operands.enumerate() {
            self.value(close(*ty, &instance.types), slot)
                .map_err(|fault| self.at(fault, "operand", number, function))?;
        }
        let callee = callee.and_then(|callee| callee.ty(data, instance));
        Ok(callee.map_or(Vec::new(), |ty| ty.results.to_vec()))
    }

    fn value(&self, ty: ValType, slot: &mut u128) -> Result<(), Fault> {
        if self.here.loose && ty != ValType::V128 {
            *slot = u128::from(*slot as u64);
        }
        self.here.check(ty, [*slot as u64, (*slot >> 64) as u64])
    }

    fn at(
        &self,
        fault: Fault,
        kind: &str,
        number: usize,
        function: FuncAddr,
    ) -> FreezeError {
        let (function, call) = (function.0, self.number);
        fault.at(format!(
            "{kind} {number} of function {function} in paused call {call}"
        ))
    }
}
