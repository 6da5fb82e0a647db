//! Chapters 11 to 13: real modules.
//!
//! The machine's slots have no types, and so its trace shows bits. The code has types: validation has seen to it that at each
//! instruction the operand stack holds operands of the same types, whichever way led there. So they are worked out once, per
//! instruction, and the bits of the trace are shown as the numbers that they are.

use std::collections::HashMap;

use annex_embedding::Referent;
use ch07_values::{NumType, Number};
use ch09_module::{
    Aggregate, BlockType, CompositeType, Control, ExportItem, FieldType, FuncIdx, FuncType,
    HeapType, ImportType, Instr, LocalIdx, Memory, Module, Parametric, RefType, Reference,
    StorageType, Table, TypeIdx, ValType,
};
use trace::Step;

use crate::code::{Code, ELSE};

/// The code of modules as lines, and the types of what is on the stack at each.
#[derive(Default)]
pub struct Program {
    /// The lines.
    pub code: Code,
    /// What is known of each line.
    typed: HashMap<usize, Typed>,
    /// The locals of each function, by the name that the trace gives it.
    locals: HashMap<String, Vec<(String, ValType)>>,
    /// What readers call a function that the trace knows by a number.
    names: HashMap<String, String>,
    /// What readers call the functions that references are to, in the order of the store.
    pub functions: Vec<String>,
}

/// What is known of a line.
struct Typed {
    /// The types of the operands before it.
    stack: Vec<ValType>,
    /// The labels of the blocks around it, the outermost first: `loop $next`.
    labels: Vec<String>,
}

impl Program {
    /// The code of one module.
    pub fn of(module: &Module) -> Program {
        let mut program = Program::default();
        program.add(module);
        program
    }

    /// Adds the functions of a module.
    pub fn add(&mut self, module: &Module) {
        let imported = module.imported(|ty| matches!(ty, ImportType::Func(_)));
        for number in 0..module.functions.len() as u32 {
            self.add_function(module, FuncIdx(imported + number));
        }
    }

    fn add_function(&mut self, module: &Module, index: FuncIdx) {
        let Some(function) = module.function(index) else { return };
        let is_this = |item: &ExportItem| *item == ExportItem::Func(index);
        let export = module.exports.iter().find(|export| is_this(&export.item));
        let traced = match module.names.functions.get(&index) {
            Some(name) => format!("${name}"),
            None => format!("function {index}"),
        };
        let name = match export {
            Some(export) if traced.starts_with("function") => format!("${}", export.name),
            _ => traced.clone(),
        };
        self.names.insert(traced, name.clone());

        let ty = func_type(module, function.ty);
        let locals: Vec<ValType> = ty.params.iter().chain(&function.locals).copied().collect();
        let names = (0..locals.len() as u32).map(|local| {
            let name = module.names.locals.get(&(index, LocalIdx(local)));
            name.map_or_else(|| local.to_string(), |name| format!("${name}"))
        });
        self.locals.insert(name.clone(), names.zip(locals.iter().copied()).collect());

        // The printer of ch09 writes an instruction a line, with names where there are any.
        let text = module.function_text(index).to_string();
        let text = text.strip_suffix(')').unwrap_or(&text).to_owned();
        let (heads, body): (Vec<&str>, Vec<&str>) = text
            .lines()
            .partition(|line| line.starts_with('(') || line.trim_start().starts_with('('));
        for (number, head) in heads.iter().enumerate() {
            let head = match number {
                0 => format!("func {name}{}", signature(head.trim().trim_start_matches('('))),
                _ => parenthesised(head).join(", "),
            };
            self.code.head(number * 2, head);
        }
        let mut walk = Walk {
            module,
            locals,
            name: &name,
            lines: body.into_iter().map(str::trim).collect::<Vec<_>>().into_iter(),
            program: self,
            labels: Vec::new(),
        };
        walk.body(&function.body, &[], Some(Vec::new()), false);
    }

    /// The steps with types: operands and locals as numbers, labels and functions by name.
    pub fn typed(&self, steps: Vec<Step>) -> Vec<Step> {
        let renamed = steps.into_iter().map(|mut step| {
            let traced = &step.place.function;
            // A store calls it `function 3 ($play)`.
            let name = traced.split(['(', ')']).nth(1).unwrap_or(traced);
            step.place.function = self.names.get(name).map_or(name, String::as_str).to_owned();
            step
        });
        let mut steps: Vec<Step> = renamed.collect();
        let lines = self.code.lines_of(&steps);
        for (step, line) in steps.iter_mut().zip(lines) {
            let known = &self.typed[&line];
            assert_eq!(known.stack.len(), step.stack.len(), "{}: {}", step.place, step.instruction);
            step.stack = step
                .stack
                .iter()
                .zip(&known.stack)
                .map(|(bits, ty)| self.shown(bits, *ty))
                .collect();
            let locals = step.locals.iter().zip(&self.locals[&step.place.function]);
            step.locals = locals
                .map(|(bits, (name, ty))| format!("{name} = {}", self.shown(bits, *ty)))
                .collect();
            step.labels = [vec![step.place.function.clone()], known.labels.clone()].concat();
        }
        steps
    }

    /// Bits as the trace shows them, as what they are: a number of the type, a null, the name of a function.
    fn shown(&self, bits: &str, ty: ValType) -> String {
        match (ty, bits.parse::<usize>()) {
            (ValType::Ref(_), Ok(0)) => "null".to_owned(),
            (ValType::Ref(_), Ok(slot)) => {
                self.functions.get(slot - 1).cloned().unwrap_or_else(|| bits.to_owned())
            }
            _ => value(bits, ty),
        }
    }
}

/// `(param $x i32) (result i32)`, of the head of a function.
fn signature(head: &str) -> String {
    let parts = parenthesised(head).into_iter();
    let parts = parts.filter(|part| part.starts_with("param") || part.starts_with("result"));
    parts.map(|part| format!(" ({part})")).collect()
}

/// What stands in parentheses, without the outermost ones.
fn parenthesised(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '(' => {
                depth += 1;
                start = if depth == 1 { at + 1 } else { start };
            }
            ')' => {
                depth -= 1;
                parts.extend((depth == 0).then(|| &text[start..at]));
            }
            _ => {}
        }
    }
    parts
}

/// Bits as the trace shows them, as a number of the type.
fn value(bits: &str, ty: ValType) -> String {
    let ty = match ty {
        ValType::Num(ty) => ty,
        // Of a reference to an exception the low bits say which one it is.
        ValType::Ref(RefType { heap: HeapType::Exn, .. }) => {
            return match bits.strip_prefix("0x").map(|digits| u64::from_str_radix(digits, 16)) {
                Some(Ok(slot)) => format!("exception {}", slot as u32),
                _ => "null".to_owned(),
            };
        }
        // What lives in a heap is called what it is, and where it lies.
        ValType::Ref(_) => {
            let digits = bits.strip_prefix("0x").unwrap_or_default();
            let slot = u64::from_str_radix(digits, 16).unwrap_or_default();
            let referent = Referent::from_slot(slot);
            return referent.map_or_else(|| bits.to_owned(), |referent| referent.to_string());
        }
        ValType::V128 => return bits.to_owned(),
    };
    let slot = match bits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).unwrap_or_default(),
        None => match (bits.parse::<i64>().unwrap_or_default(), ty) {
            // The trace shows what fits into 32 bits as an i32.
            (number, NumType::I32 | NumType::F32) => u64::from(number as u32),
            (number, _) => number as u64,
        },
    };
    Number::from_slot(ty, slot).to_string()
}

fn func_type(module: &Module, ty: TypeIdx) -> FuncType {
    module.func_type(ty).cloned().unwrap_or_default()
}

/// The way through a function that writes down its lines and the types at each.
struct Walk<'a> {
    module: &'a Module,
    locals: Vec<ValType>,
    name: &'a str,
    /// The lines of the printed body that are left.
    lines: std::vec::IntoIter<&'a str>,
    program: &'a mut Program,
    labels: Vec<String>,
}

/// The types on the stack; nothing where no execution comes.
type Stack = Option<Vec<ValType>>;

const I32: ValType = ValType::Num(NumType::I32);
/// Any reference to a function: of which type is not shown.
const FUNCREF: ValType = ValType::Ref(RefType::FUNCREF);
const STRUCTREF: ValType = ValType::Ref(RefType { nullable: false, heap: HeapType::Struct });

impl Walk<'_> {
    fn body(&mut self, instrs: &[Instr], path: &[usize], mut stack: Stack, is_else: bool) {
        let mut path = path.to_vec();
        if let (true, Some(last)) = (is_else, path.last_mut()) {
            *last += ELSE;
        }
        for (position, instr) in instrs.iter().enumerate() {
            let path = [&path[..], &[position]].concat();
            let text = self.lines.next().unwrap_or_default().to_owned();
            let known =
                Typed { stack: stack.clone().unwrap_or_default(), labels: self.labels.clone() };
            self.program.typed.insert(self.program.code.lines.len(), known);
            let comment = self.comment(instr);
            self.program.code.instr(self.name, &path, path.len(), format!("{text}{comment}"));
            stack = match instr {
                Instr::Control(control) => self.control(control, &path, stack, &text),
                plain => stack.map(|stack| self.plain(plain, stack)),
            };
        }
    }

    /// What a function without a name is called by those who import it.
    fn comment(&self, instr: &Instr) -> String {
        let Instr::Control(Control::Call(function)) = instr else { return String::new() };
        if self.module.names.functions.contains_key(function) {
            return String::new();
        }
        let is_this = |item: &ExportItem| *item == ExportItem::Func(*function);
        let import = self.module.imported_items().find(|(item, _)| is_this(item));
        import.map_or_else(String::new, |(_, import)| format!("  ;; {}", import.name))
    }

    fn control(&mut self, control: &Control, path: &[usize], stack: Stack, text: &str) -> Stack {
        let mut words = text.split(' ');
        let (word, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let label = if name.starts_with('$') { format!("{word} {name}") } else { word.to_owned() };
        let (ty, bodies) = match control {
            Control::Block(block) | Control::Loop(block) => (block.ty, vec![&block.body]),
            Control::If(branches) if branches.otherwise.is_empty() => {
                (branches.ty, vec![&branches.then])
            }
            Control::If(branches) => (branches.ty, vec![&branches.then, &branches.otherwise]),
            Control::TryTable(handled) => (handled.ty, vec![&handled.body]),
            Control::Br(_)
            | Control::BrTable(_)
            | Control::Return
            | Control::ReturnCall(_)
            | Control::ReturnCallIndirect(..)
            | Control::Throw(_)
            | Control::ThrowRef => return None,
            Control::BrIf(_) | Control::BrOnNonNull(_) => return stack.map(|stack| pop(stack, 1)),
            Control::BrOnNull(_) | Control::BrOnCast(_) | Control::BrOnCastFail(_) => return stack,
            Control::Call(function) => {
                let ty = self.module.function_types().nth(function.index()).unwrap_or_default();
                return stack.map(|stack| apply(stack, &func_type(self.module, ty)));
            }
            Control::CallIndirect(_, ty) | Control::CallRef(ty) => {
                return stack.map(|stack| apply(pop(stack, 1), &func_type(self.module, *ty)));
            }
            other => panic!("{other:?} is not recorded yet"),
        };
        let ty = match ty {
            BlockType::Empty => FuncType::default(),
            BlockType::Value(ty) => FuncType { params: [].into(), results: [ty].into() },
            BlockType::Func(ty) => func_type(self.module, ty),
        };
        let is_if = matches!(control, Control::If(_));
        let inner = stack.map(|stack| if is_if { pop(stack, 1) } else { stack });
        self.labels.push(label);
        for (number, body) in bodies.into_iter().enumerate() {
            if number == 1 {
                self.lines.next();
                self.program.code.head(path.len(), "else");
            }
            self.body(body, path, inner.clone(), number == 1);
        }
        self.labels.pop();
        self.lines.next();
        self.program.code.head(path.len(), "end");
        // What comes after may be reached although the block's own end is not: by a branch.
        inner.map(|stack| apply(stack, &ty))
    }

    fn plain(&self, instr: &Instr, stack: Vec<ValType>) -> Vec<ValType> {
        let replace = |count: usize, results: &[NumType]| {
            let mut stack = pop(stack.clone(), count);
            stack.extend(results.iter().copied().map(ValType::Num));
            stack
        };
        match instr {
            Instr::Const(ty, _) => push(stack, ValType::Num(*ty)),
            Instr::Numeric(operator) => {
                let row = operator.row();
                replace(row.params.len(), row.results)
            }
            Instr::LocalGet(local) => push(stack, self.locals[local.index()]),
            Instr::LocalSet(_) | Instr::GlobalSet(_) => pop(stack, 1),
            Instr::LocalTee(_) => stack,
            Instr::GlobalGet(global) => {
                let imported = self.module.imports.iter().filter_map(|import| match import.ty {
                    ImportType::Global(ty) => Some(ty),
                    _ => None,
                });
                let types = imported.chain(self.module.globals.iter().map(|global| global.ty));
                let ty = types.map(|ty| ty.content).nth(global.index());
                push(stack, ty.expect("validation checked that there is this global"))
            }
            Instr::Load(op, _) => replace(1, op.row().results),
            Instr::Store(..) => pop(stack, 2),
            Instr::Parametric(Parametric::Nop | Parametric::Unreachable) => stack,
            Instr::Parametric(Parametric::Drop) => pop(stack, 1),
            Instr::Parametric(Parametric::Select | Parametric::SelectTyped(_)) => pop(stack, 2),
            Instr::Memory(Memory::Size(_)) => push(stack, I32),
            Instr::Memory(Memory::Grow(_)) => stack,
            Instr::Memory(Memory::Fill(_) | Memory::Copy(..) | Memory::Init(..)) => pop(stack, 3),
            Instr::Memory(Memory::DataDrop(_)) => stack,
            Instr::Table(Table::Get(_)) => push(pop(stack, 1), FUNCREF),
            Instr::Reference(Reference::Null(_) | Reference::Func(_)) => push(stack, FUNCREF),
            Instr::Reference(Reference::Eq) => push(pop(stack, 2), I32),
            Instr::Aggregate(Aggregate::StructNew(ty)) => {
                let fields = self.fields(*ty).len();
                push(pop(stack, fields), STRUCTREF)
            }
            Instr::Aggregate(Aggregate::StructNewDefault(_)) => push(stack, STRUCTREF),
            Instr::Aggregate(Aggregate::StructGet(ty, field)) => {
                let StorageType::Val(ty) = self.fields(*ty)[field.index()].storage else {
                    panic!("only a whole field is read so")
                };
                push(pop(stack, 1), ty)
            }
            Instr::Aggregate(Aggregate::StructSet(..)) => pop(stack, 2),
            Instr::Aggregate(Aggregate::ArrayNewDefault(_)) => push(pop(stack, 1), STRUCTREF),
            Instr::Aggregate(Aggregate::ArrayLen) => push(pop(stack, 1), I32),
            Instr::Reference(Reference::Test(_)) => push(pop(stack, 1), I32),
            Instr::Reference(Reference::Cast(ty)) => push(pop(stack, 1), ValType::Ref(*ty)),
            other => panic!("{other} is not recorded yet"),
        }
    }
}

impl<'a> Walk<'a> {
    /// The fields of a structure type.
    fn fields(&self, ty: TypeIdx) -> &'a [FieldType] {
        match self.module.types.get(ty).map(|ty| &ty.composite) {
            Some(CompositeType::Struct(fields)) => fields,
            _ => panic!("validation checked that this is a structure type"),
        }
    }
}

fn push(mut stack: Vec<ValType>, ty: ValType) -> Vec<ValType> {
    stack.push(ty);
    stack
}

fn pop(mut stack: Vec<ValType>, count: usize) -> Vec<ValType> {
    stack.truncate(stack.len() - count);
    stack
}

fn apply(stack: Vec<ValType>, ty: &FuncType) -> Vec<ValType> {
    let mut stack = pop(stack, ty.params.len());
    stack.extend_from_slice(&ty.results);
    stack
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_shown_as_numbers_of_their_type() {
        let shown = |bits, ty| value(bits, ValType::Num(ty));
        assert_eq!(shown("0x3ff8000000000000", NumType::F64), "1.5");
        assert_eq!(shown("1069547520", NumType::F32), "1.5");
        assert_eq!(shown("-1", NumType::I32), "-1");
        assert_eq!(shown("-1", NumType::I64), "-1");
        assert_eq!(shown("0x8000000000000000", NumType::F64), "-0");
        assert_eq!(shown("0x0000000280de80", NumType::I64), "42000000");
    }

    #[test]
    fn the_types_on_the_stack_follow_the_code() {
        let text = "(module (func $f (param $x i32) (result f64)
            local.get $x
            if (result f64)
              f64.const 1
            else
              i32.const 2
              f64.convert_i32_s
            end))";
        let program = Program::of(&Module::from_text(text).unwrap());
        let stack = |text: &str| {
            let line = program.code.lines.iter().position(|line| line.text == text).unwrap();
            let types: Vec<String> =
                program.typed[&line].stack.iter().map(ValType::to_string).collect();
            types.join(" ")
        };
        assert_eq!(stack("if (result f64)"), "i32");
        assert_eq!(stack("f64.const 1"), "");
        assert_eq!(stack("f64.convert_i32_s"), "i32");
    }
}
