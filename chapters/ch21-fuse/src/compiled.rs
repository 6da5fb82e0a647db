//! Threaded code as bytes, so that it needn't be made again.
//!
//! A handler is an address of this build, and most numbers in a node are
//! addresses of a store. So what is written down is what nodes are made of,
//! with the module's own indices.
//!
//! Nobody knows where bytes come from. So they are checked as a module is,
//! before they are executed. What can't be checked without translating the
//! function is compared with its translation, before the tier gives a call back
//! to the machine.

use annex_embedding::FuncAddr;
use annex_types::TypeRegistry;
use ch08_numeric::Numeric;
use ch09_module::{
    Body, FuncType, Function, Global, ImportType, LateFunction, Limits, LoadOp,
    MemoryType, Module, StoreOp, TableDefinition, TableType, TypeIdx, ValType,
};
use ch11_control::Shape;
use ch12_instance::{
    FunctionInstance, GlobalInstance, LateCode, Layer, ModuleInstance,
    StoreData, StoreLimits,
};
use ch19_flat::{FlatCode, FlatLayer, Op};

use crate::encode::{Nodes, nodes};
use crate::fuse::{Callee, Fused, slot};
use crate::inst::{Inst, Place, Work};
use crate::node::{Context, FastCode, OTHER};
use crate::tier::{self, LEAST_COST, callees};
use crate::value::Class;
use crate::{Fast, Store};

/// The version of these bytes. It changes with everything that changes what a
/// function is translated to: code from before would not be what its function
/// says.
pub const VERSION: u32 = 1;

/// The most slots of a function: after the last one, a node may still name some
/// more.
const MOST_SLOTS: u16 = u16::MAX - 16;

/// A function that was written down.
struct Read {
    /// How many locals there are, without the parameters.
    locals: usize,
    depth: u32,
    fused: Fused,
}

/// Makes bytes of each function that a module defines; `None` of one that the
/// tier leaves to the machine, or that has references or vectors in its hands.
///
/// With `counts_fuel` they are for stores that count fuel, and else for those
/// that don't.
pub fn compile(module: &Module, counts_fuel: bool) -> Vec<Option<Vec<u8>>> {
    let own = module.functions.iter();
    let each = |names: &Names<'_>, here: &StoreData| {
        own.map(|function| {
            let (fused, shape) = names.translate(here, function)?;
            let bytes = names.write(&fused, &shape)?;
            // What isn't good enough to be read isn't written.
            nodes(&names.take(&bytes)?.fused)?;
            Some(bytes)
        })
        .collect()
    };
    let none = || vec![None; module.functions.len()];
    at_indices(module, counts_fuel, each).unwrap_or_else(none)
}

/// Lends a store in which the address of everything that a module has is its
/// index. `None` if there is no memory for it.
fn at_indices<R>(
    module: &Module,
    counts_fuel: bool,
    then: impl FnOnce(&Names<'_>, &StoreData) -> R,
) -> Option<R> {
    let own = module.functions.len();
    let mut module = without_imports(module.clone());
    let imported = module.functions.len() - own;
    let fuel = counts_fuel.then_some(0);
    let limits = StoreLimits { fuel, ..StoreLimits::default() };
    let mut store = Store::new((), limits);
    let instance = store.allocate_module(&mut module, &[]).ok()?;
    let callee =
        |FuncAddr(function): FuncAddr| match (function as usize) < imported {
            true => Callee::Host(function),
            false => Callee::Code(function),
        };
    let here = store.data();
    Some(then(&Names::new(here, instance.0, &callee), here))
}

/// Defines what a module imports, as far as the translation of its functions
/// looks at it. So every address is an index.
fn without_imports(mut module: Module) -> Module {
    let mut imported = Module::default();
    let nothing = || Body::default();
    let empty = |limits: Limits| Limits { min: 0, ..limits };
    for import in std::mem::take(&mut module.imports) {
        match import.ty {
            ImportType::Func(ty) => {
                let (locals, body) = (Box::default(), nothing());
                let function = Function { ty, locals, body };
                imported.functions.push(function.into());
            }
            ImportType::Table(ty) => {
                imported.tables.push(TableDefinition { ty, init: None });
            }
            ImportType::Memory(ty) => imported.memories.push(ty),
            ImportType::Global(ty) => {
                imported.globals.push(Global { ty, init: nothing() });
            }
            ImportType::Tag(ty) => imported.tags.push(ty),
        }
    }
    let Module { functions, tables, memories, globals, tags, .. } = &mut module;
    functions.splice(0..0, imported.functions);
    tables.splice(0..0, imported.tables);
    memories.splice(0..0, imported.memories);
    globals.splice(0..0, imported.globals);
    tags.splice(0..0, imported.tags);
    for TableDefinition { ty, .. } in tables {
        *ty = TableType { limits: empty(ty.limits), ..*ty };
    }
    for ty in memories {
        *ty = MemoryType { limits: empty(ty.limits), ..*ty };
    }
    module
}

/// The code of a function that was written down, if there is any, while the
/// tier runs.
#[cold]
#[inline(never)]
pub(crate) fn early<'code>(
    context: &Context<'code>,
    code: &'code LateCode<FlatLayer<Fast>>,
) -> Option<&'code FlatCode<FastCode>> {
    let callee = callees(context.functions, context.instance);
    let names = Names {
        module: &context.instances[context.instance as usize],
        types: context.types,
        functions: context.functions,
        globals: context.globals,
        callee: &callee,
        counts_fuel: context.counts_fuel,
    };
    code.early(|function| names.read(function))
}

/// What the indices of a module mean in a store.
pub(crate) struct Names<'a> {
    pub module: &'a ModuleInstance,
    pub types: &'a TypeRegistry,
    pub functions: &'a [FunctionInstance],
    pub globals: &'a [GlobalInstance],
    /// How a function is called.
    pub callee: &'a dyn Fn(FuncAddr) -> Callee,
    pub counts_fuel: bool,
}

impl<'a> Names<'a> {
    /// The indices of an instance, in a store that is at rest.
    pub fn new(
        here: &'a StoreData,
        instance: u32,
        callee: &'a dyn Fn(FuncAddr) -> Callee,
    ) -> Names<'a> {
        Names {
            module: &here.instances[instance as usize],
            types: &here.types,
            functions: &here.functions,
            globals: &here.globals,
            callee,
            counts_fuel: here.limits.fuel.is_some(),
        }
    }

    /// What becomes of a function, if it has only numbers in its hands.
    fn translate(
        &self,
        here: &StoreData,
        function: &LateFunction,
    ) -> Option<(Fused, Shape)> {
        let ty = self.numbers(function.ty)?;
        let tree = function.read().into_owned();
        let code = <FlatLayer<Fast> as Layer>::translate(here, 0, ty, tree);
        let (fused, _) = tier::fused(here, 0, ty, &code, self.callee)?;
        Some((fused, code.shape))
    }

    /// The bytes of a function, where all addresses are indices.
    fn write(&self, fused: &Fused, shape: &Shape) -> Option<Vec<u8>> {
        let mut bytes = Writer::default();
        bytes.number(self.counts_fuel.into());
        bytes.number(shape.locals as u64);
        bytes.number(shape.depth as u64);
        bytes.number(fused.labels.len() as u64);
        fused.labels.iter().for_each(|label| bytes.number((*label).into()));
        bytes.number(fused.insts.len() as u64);
        fused.insts.iter().try_for_each(|inst| self.line(inst, &mut bytes))?;
        Some(bytes.0)
    }

    /// The code of a function that was written down, and an entry to it.
    pub fn read(&self, function: &LateFunction) -> Option<FlatCode<FastCode>> {
        let ty = self.numbers(function.ty)?;
        let Read { locals, depth, fused } = self.take(function.compiled()?)?;
        let Nodes { nodes, .. } = nodes(&fused)?;
        let (params, results) = (ty.params.len(), ty.results.len());
        let depth = depth as usize;
        let shape = Shape { params, locals, results, depth };
        let tier = FastCode {
            nodes: nodes.into(),
            cost: LEAST_COST.max(depth as u32),
            entries: [Some(0)].into(),
            places: Box::default(),
            calls: Box::default(),
            labels: Box::default(),
            pending: Box::default(),
        };
        Some(FlatCode {
            shape,
            ops: [Op::Enter(0)].into(),
            memory: self.module.memories.first().copied(),
            far: Box::default(),
            handlers: Box::default(),
            marks: Box::default(),
            tier: Some(tier),
        })
    }

    /// Whether what was written down is what the function is translated to.
    pub fn fits(
        &self,
        function: &LateFunction,
        shape: &Shape,
        translated: &Fused,
    ) -> bool {
        let read = function.compiled().and_then(|bytes| self.take(bytes));
        let Some(Read { locals, depth, fused }) = read else { return false };
        let without_origin = |inst: &Inst| {
            let (origin, branch) = (0, 0);
            Inst { origin, branch, ..*inst }
        };
        let insts = fused.insts.iter().map(without_origin);
        (shape.locals, shape.depth) == (locals, depth as usize)
            && fused.labels == translated.labels
            && insts.eq(translated.insts.iter().map(without_origin))
    }

    /// The function that was written down, if it may be executed.
    fn take(&self, bytes: &[u8]) -> Option<Read> {
        let mut bytes = Reader(bytes);
        (bytes.number()? == u64::from(self.counts_fuel)).then_some(())?;
        let locals = bytes.short()?.into();
        let depth = bytes.long()?;
        let mut labels = Vec::with_capacity(bytes.count()?);
        for _ in 0..labels.capacity() {
            labels.push(bytes.long()?);
        }
        let mut insts = Vec::with_capacity(bytes.count()?);
        for _ in 0..insts.capacity() {
            insts.push(self.inst(&mut bytes)?);
        }
        let fused = Fused {
            insts,
            labels,
            entries: Vec::new(),
            calls: Vec::new(),
            copies: Vec::new(),
            label_entries: Vec::new(),
        };
        let fits = bytes.0.is_empty() && sound(&fused, self.counts_fuel);
        fits.then_some(Read { locals, depth, fused })
    }

    /// The type of a function, if it takes and leaves only numbers: the type
    /// with this index.
    fn numbers(&self, ty: TypeIdx) -> Option<&'a FuncType> {
        let ty = self.module.types.get(ty.index())?;
        self.only_numbers(*ty)
    }

    fn only_numbers(&self, ty: TypeIdx) -> Option<&'a FuncType> {
        let ty = self.types.func(ty)?;
        let mut all = ty.params.iter().chain(&ty.results);
        all.all(|ty| is_number(*ty)).then_some(ty)
    }

    /// Writes an operation with the module's indices.
    fn line(&self, inst: &Inst, bytes: &mut Writer) -> Option<()> {
        let Inst { work, to, a, b, mut c, number, label, .. } = *inst;
        if let (Work::CallIndirect, Place::Slot(ty)) = (work, c) {
            let mut types = self.module.types.iter();
            let index = types.position(|known| *known == TypeIdx(ty.into()));
            c = Place::Slot(u16::try_from(index?).ok()?);
        }
        let (opcode, operators) = take_apart(work);
        let [paid, around] = [inst.paid, inst.around].map(u8::from);
        bytes.0.push(opcode | paid << 6 | around << 7);
        for number in operators.into_iter().flatten() {
            bytes.number(number.into());
        }
        for place in [to, a, b, c] {
            bytes.place(place);
        }
        bytes.number(number.into());
        if inst.branches() {
            bytes.number(label.into());
        }
        Some(())
    }

    /// Reads an operation, with the store's addresses. `None` if it means
    /// something that the module can't, or something with other values than
    /// numbers.
    fn inst(&self, bytes: &mut Reader<'_>) -> Option<Inst> {
        let first = bytes.byte()?;
        let (paid, around) = (first & 1 << 6 != 0, first & 1 << 7 != 0);
        let work = put_together(first & 0x3f, bytes)?;
        let [to, a, mut b, mut c] =
            [bytes.place()?, bytes.place()?, bytes.place()?, bytes.place()?];
        let mut number = bytes.long()?;
        match work {
            Work::Call | Work::CallHost => {
                let function = self.module.functions.get(number as usize)?;
                let ty = self.functions.get(function.index())?.ty;
                self.only_numbers(ty)?;
                number = match ((self.callee)(*function), work) {
                    (Callee::Code(code), Work::Call) => code,
                    (Callee::Host(host), Work::CallHost) => host,
                    (Callee::Other(function), Work::CallHost) => {
                        OTHER | function
                    }
                    _ => return None,
                };
            }
            Work::GlobalGet | Work::GlobalSet => {
                let address = *self.module.globals.get(number as usize)?;
                let ty = self.globals.get(address.index())?.ty;
                let writes = work == Work::GlobalSet;
                let fits = is_number(ty.content) && (ty.mutable || !writes);
                fits.then_some(())?;
                number = address.0;
            }
            Work::CallIndirect => {
                let (Place::Slot(table), Place::Slot(ty)) = (b, c) else {
                    return None;
                };
                let table = self.module.tables.get(usize::from(table))?;
                let ty = *self.module.types.get(usize::from(ty))?;
                self.only_numbers(ty)?;
                b = Place::Slot(u16::try_from(table.0).ok()?);
                c = Place::Slot(u16::try_from(ty.0).ok()?);
            }
            _ => {}
        }
        let mut inst = Inst::new(work, 0);
        inst = Inst { to, a, b, c, number, paid, around, ..inst };
        if inst.branches() {
            inst.label = bytes.long()?;
        }
        Some(inst)
    }
}

fn is_number(ty: ValType) -> bool {
    matches!(ty, ValType::Num(_))
}

/// Whether operations can be executed, whatever they do: they stay within the
/// function's window, every branch leads somewhere, no loop is for nothing, and
/// the context has the beginning of the right loop.
fn sound(code: &Fused, counts_fuel: bool) -> bool {
    let is_place = |place| place as usize <= code.insts.len();
    let in_window = |inst: &Inst| {
        let places = [inst.to, inst.a, inst.b, inst.c];
        let is_call = inst.work == Work::CallIndirect;
        let places = if is_call { &places[..2] } else { &places[..] };
        let mut slots = places.iter().filter_map(|place| slot(*place));
        slots.all(|slot| slot < MOST_SLOTS)
    };
    let leads = |inst: &Inst| {
        let place = code.labels.get(inst.label as usize);
        !inst.branches() || place.is_some_and(|place| is_place(*place))
    };
    code.insts.iter().all(|inst| in_window(inst) && leads(inst))
        && goes_on(code, counts_fuel).is_some()
}

/// What is known of the loop that the context has the beginning of.
#[derive(Clone, Copy, PartialEq)]
enum Around {
    Label(u32),
    Anything,
}

/// Follows all ways through the operations. `None` if one of them leads
/// somewhere where none should.
fn goes_on(code: &Fused, counts_fuel: bool) -> Option<()> {
    let mut known: Vec<Option<Around>> = vec![None; code.insts.len()];
    let mut ways = vec![(0_u32, Around::Anything)];
    while let Some((mut number, mut around)) = ways.pop() {
        loop {
            let inst = code.insts.get(number as usize)?;
            let known = &mut known[number as usize];
            around = match *known {
                Some(known) if known == around => break,
                Some(Around::Anything) => break,
                Some(_) => Around::Anything,
                None => around,
            };
            *known = Some(around);
            if inst.work == Work::BrTable {
                // Its entries are not executed.
                let rest = code.insts.get(number as usize + 1..)?;
                for entry in rest.get(..=inst.number as usize)? {
                    let place = *code.labels.get(entry.label as usize)?;
                    let fits = entry.work == Work::TableEntry
                        && (place > number || !counts_fuel);
                    fits.then_some(())?;
                    ways.push((place, around));
                }
            } else if inst.branches() && inst.work != Work::Around {
                let place = *code.labels.get(inst.label as usize)?;
                let pays = inst.around || inst.work == Work::Br;
                let is_for_something =
                    place > number || inst.paid && pays || !counts_fuel;
                let to_its_own =
                    !inst.around || around == Around::Label(inst.label);
                (is_for_something && to_its_own).then_some(())?;
                ways.push((place, around));
            }
            around = match inst.work {
                Work::Around => Around::Label(inst.label),
                _ if inst.calls() => Around::Anything,
                _ => around,
            };
            if inst.ends() {
                break;
            }
            number += 1;
        }
    }
    Some(())
}

/// What is written to, in numbers of as few bytes as they need.
#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn place(&mut self, place: Place) {
        match place {
            Place::None => self.number(1),
            Place::Acc => self.number(2),
            Place::Slot(slot) => self.number(u64::from(slot) << 2),
            Place::Const(bits) => {
                self.number(3);
                // Small ones with a sign are small, too.
                self.number(bits << 1 ^ (bits as i64 >> 63) as u64);
            }
        }
    }
}

/// What is left to be read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    #[inline(always)]
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    #[inline(always)]
    fn number(&mut self) -> Option<u64> {
        match self.byte()? {
            byte @ ..0x80 => Some(byte.into()),
            byte => self.longer(byte),
        }
    }

    fn longer(&mut self, first: u8) -> Option<u64> {
        let mut number = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    #[inline(always)]
    fn long(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    #[inline(always)]
    fn short(&mut self) -> Option<u16> {
        self.number()?.try_into().ok()
    }

    /// How many things follow, each of which takes a byte or more.
    fn count(&mut self) -> Option<usize> {
        let count = self.number()?.try_into().ok()?;
        (count <= self.0.len()).then_some(count)
    }

    #[inline(always)]
    fn place(&mut self) -> Option<Place> {
        let number = self.number()?;
        Some(match number & 3 {
            0 => Place::Slot((number >> 2).try_into().ok()?),
            1 => Place::None,
            2 => Place::Acc,
            _ => {
                let bits = self.number()?;
                Place::Const(bits >> 1 ^ (bits & 1).wrapping_neg())
            }
        })
    }
}

/// What an operator is in the bytes.
trait Number: Sized {
    fn number(self) -> u16;
    fn from_number(number: u16) -> Option<Self>;
}

macro_rules! rows {
    ($($family:ident)*) => {
        $(impl Number for $family {
            fn number(self) -> u16 {
                self as u16
            }

            fn from_number(number: u16) -> Option<$family> {
                Some($family::TABLE.get(usize::from(number))?.0)
            }
        })*
    };
}

rows! { Numeric LoadOp StoreOp }

impl Number for bool {
    fn number(self) -> u16 {
        self.into()
    }

    fn from_number(number: u16) -> Option<bool> {
        (number < 2).then_some(number == 1)
    }
}

impl Number for Class {
    fn number(self) -> u16 {
        self as u16
    }

    fn from_number(number: u16) -> Option<Class> {
        let all = [Class::Int, Class::Double, Class::Single];
        all.get(usize::from(number)).copied()
    }
}

/// Gives each kind of operation an opcode.
macro_rules! opcodes {
    ($($opcode:literal $work:ident
        $(($first:ident: $First:ty $(, $second:ident: $Second:ty)?))?;)*) => {
        /// The opcode of an operation, and the numbers of its operators.
        fn take_apart(work: Work) -> (u8, [Option<u16>; 2]) {
            match work {
                $(Work::$work $(($first $(, $second)?))? => {
                    let operators = [
                        $(Some($first.number()), $(Some($second.number()),)?)?
                        None, None,
                    ];
                    ($opcode, [operators[0], operators[1]])
                })*
            }
        }

        /// The operation that has this opcode, and the operators that follow.
        fn put_together(opcode: u8, bytes: &mut Reader<'_>) -> Option<Work> {
            Some(match opcode {
                $($opcode => Work::$work $((
                    <$First>::from_number(bytes.short()?)?
                    $(, <$Second>::from_number(bytes.short()?)?)?
                ))?,)*
                _ => return None,
            })
        }
    };
}

opcodes! {
    0 Unary(operator: Numeric);
    1 Binary(operator: Numeric);
    2 Load(load: LoadOp);
    3 Store(store: StoreOp);
    4 Copy;
    5 Select;
    6 ZeroEight;
    7 GlobalGet;
    8 GlobalSet;
    9 Br;
    10 BrIf(on: bool);
    11 BrIfLong(on: bool);
    12 BrCompare(operator: Numeric);
    13 BrTable;
    14 TableEntry;
    15 Call;
    16 CallHost;
    17 CallIndirect;
    18 Return;
    19 ReturnOne;
    20 Leave;
    21 MemoryFill;
    22 MemoryCopy;
    23 Hold(class: Class);
    24 Around;
    25 End;
    26 LoadIndexed(load: LoadOp);
    27 StoreIndexed(store: StoreOp);
    28 LoadDisplaced(load: LoadOp);
    29 StoreDisplaced(store: StoreOp);
    30 LoadScaled(load: LoadOp, operator: Numeric);
    31 StoreScaled(store: StoreOp, operator: Numeric);
    32 BinaryLeft(first: Numeric, second: Numeric);
    33 BinaryRight(first: Numeric, second: Numeric);
    34 LoadLeft(load: LoadOp, operator: Numeric);
    35 LoadRight(load: LoadOp, operator: Numeric);
    36 LoadBoth(load: LoadOp, operator: Numeric);
    37 CopyTwice;
    38 IncreaseTwice;
    39 BinaryBr(operator: Numeric, on: bool);
    40 LoadBr(load: LoadOp, on: bool);
    41 CopyBr(on: bool);
    42 CopyJump;
    43 IncreaseJump;
    44 BinaryCompare(first: Numeric, second: Numeric);
    45 IncreaseCompare(operator: Numeric);
    46 LoadCompare(load: LoadOp, operator: Numeric);
}

#[cfg(test)]
mod tests;
