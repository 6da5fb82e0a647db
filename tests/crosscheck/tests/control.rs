//! Control, drawn at random: branches that carry operands over others, handlers in all places, calls of every kind, and what
//! falls through several of them at once. Instructions that `wasm-smith` draws hardly ever meet like this.

use crosscheck::{Partner, Rng, Tally, compare};

/// How many functions a module has.
const FUNCTIONS: u64 = 8;

/// How many modules are compared: without optimisation a tenth.
const MODULES: u64 = if cfg!(debug_assertions) { 60 } else { 600 };

/// The types of operands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Type {
    I32,
    V128,
    Exn,
    I31,
}

use Type::{Exn, I31, I32, V128};

/// Code that takes a value of each type, and leaves a trace of it.
fn uses(types: &[Type]) -> String {
    types.iter().rev().map(|ty| format!("call $use_{} ", ty.name())).collect()
}

const TYPES: [Type; 4] = [I32, V128, Exn, I31];

impl Type {
    fn name(self) -> &'static str {
        match self {
            I32 => "i32",
            V128 => "v128",
            Exn => "exnref",
            I31 => "i31ref",
        }
    }
}

/// A body that is being written, with the operands that a branch to each label carries.
struct Body<'a> {
    rng: &'a mut Rng,
    labels: Vec<Vec<Type>>,
    /// How much may still be written.
    room: u32,
}

impl Body<'_> {
    fn below(&mut self, limit: u64) -> u64 {
        self.rng.next() % limit
    }

    fn one_of<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len() as u64) as usize]
    }

    /// Some types.
    fn types(&mut self) -> Vec<Type> {
        (0..self.below(3)).map(|_| self.one_of(&TYPES)).collect()
    }

    /// A value of each type.
    fn values(&mut self, types: &[Type]) -> String {
        types.iter().map(|ty| self.value(*ty)).collect()
    }

    /// A label, and what its branches carry.
    fn any_label(&mut self) -> (u64, Vec<Type>) {
        let types = self.below(self.labels.len() as u64) as usize;
        let label = self.labels.len() - 1 - types;
        (label as u64, self.labels[types].clone())
    }

    /// A label whose branches carry these types, if there is one.
    fn label(&mut self, types: &[Type]) -> Option<u64> {
        let labels = self.labels.iter().rev().enumerate();
        let labels = labels.filter(|(_, label)| *label == types);
        let labels: Vec<u64> = labels.map(|(label, _)| label as u64).collect();
        (!labels.is_empty()).then(|| self.one_of(&labels))
    }

    /// A block of some kind that takes `params`, which are before it, and leaves `results`.
    fn block(&mut self, params: &[Type], results: &[Type]) -> String {
        let ty = |kind: &str, types: &[Type]| -> String {
            types.iter().map(|ty| format!("({kind} {})", ty.name())).collect()
        };
        let ty = format!("{} {}", ty("param", params), ty("result", results));
        let uses = uses(params);
        match self.below(4) {
            0 => {
                let body = self.inside(results, results);
                format!("block {ty} {uses} {body} end ")
            }
            1 => {
                let body = self.inside(params, results);
                format!(
                    "loop {ty} global.get $steps i32.eqz if unreachable end (global.set $steps (i32.sub (global.get $steps) (i32.const 1))) {uses} {body} end "
                )
            }
            2 => {
                let condition = self.value(I32);
                let (then, otherwise) =
                    (self.inside(results, results), self.inside(results, results));
                format!("{condition} if {ty} {uses} {then} else {uses} {otherwise} end ")
            }
            _ => {
                let clauses: String = (0..self.below(4)).map(|_| self.clause()).collect();
                let body = self.inside(results, results);
                format!("try_table {ty} {clauses} {uses} {body} end ")
            }
        }
    }

    /// What is under a label.
    fn inside(&mut self, carries: &[Type], results: &[Type]) -> String {
        self.labels.push(carries.to_vec());
        let body = self.body(results);
        self.labels.pop();
        body
    }

    /// A clause of a handler, if there is a label for it.
    fn clause(&mut self) -> String {
        let (clause, types): (&str, &[Type]) = match self.below(6) {
            0 => ("catch $a", &[I32]),
            1 => ("catch_ref $a", &[I32, Exn]),
            2 => ("catch $b", &[V128, I32]),
            3 => ("catch $c", &[]),
            4 => ("catch_all", &[]),
            _ => ("catch_all_ref", &[Exn]),
        };
        let label = self.label(types);
        label.map_or(String::new(), |label| format!("({clause} {label})"))
    }

    /// Some statements, and then the results.
    fn body(&mut self, results: &[Type]) -> String {
        let statements: String = (0..self.below(4)).map(|_| self.statement()).collect();
        format!("{statements}{}", self.values(results))
    }

    fn statement(&mut self) -> String {
        if self.room == 0 {
            return String::new();
        }
        self.room -= 1;
        match self.below(16) {
            0..3 => {
                let ty = self.one_of(&TYPES);
                format!("{} local.set ${} ", self.value(ty), ty.name())
            }
            3..6 => {
                let (params, results) = (self.types(), self.types());
                let values = self.values(&params);
                let block = self.block(&params, &results);
                format!("{values}{block}{}", uses(&results))
            }
            6 => {
                let mark = self.below(100);
                format!(
                    "(global.set $log (i32.add (i32.mul (global.get $log) (i32.const 31)) (i32.const {mark}))) "
                )
            }
            7 => format!("{}{}", self.value(I32), uses(&[I32])),
            // What leaves this sequence, now and then with operands below that nobody wants.
            8..10 => {
                let condition = self.value(I32);
                self.labels.push(Vec::new());
                let leaves = self.leaves();
                self.labels.pop();
                format!("{condition} if {leaves} end ")
            }
            10 => {
                let (below, leaves) = (self.types(), self.leaves());
                format!("{} {leaves}", self.values(&below))
            }
            11 => {
                let (label, types) = self.any_label();
                let (values, condition) = (self.values(&types), self.value(I32));
                format!("{values}{condition} br_if {label} {}", uses(&types))
            }
            12 => {
                let (label, types) = self.any_label();
                let (values, reference) = (self.values(&types), self.value(Exn));
                format!("{values}{reference} br_on_null {label} drop {}", uses(&types))
            }
            13 => {
                let Some(label) = self.label(&[I31]) else { return String::new() };
                let cast = self.one_of(&["br_on_cast", "br_on_cast_fail"]);
                let (from, to) = match cast {
                    "br_on_cast" => ("i31ref", "i31ref"),
                    _ => ("i31ref", "(ref i31)"),
                };
                format!("{}{cast} {label} {from} {to} drop ", self.value(I31))
            }
            14 => {
                let (first, second) = (self.value(V128), self.value(V128));
                format!("{first}{second} i32x4.add local.set $v128 ")
            }
            _ => "(i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1))) "
                .to_owned(),
        }
    }

    /// Something that goes elsewhere.
    fn leaves(&mut self) -> String {
        let function = self.below(FUNCTIONS);
        match self.below(10) {
            0 => format!("{}throw $a ", self.value(I32)),
            1 => format!("{}throw $b ", self.values(&[V128, I32])),
            2 => "throw $c ".to_owned(),
            3 => format!("{}throw_ref ", self.value(Exn)),
            4 => format!("{}return ", self.value(I32)),
            5 => format!("{}return_call $f{function} ", self.value(I32)),
            6 => format!("{}return_call_indirect (type $f) ", self.values(&[I32, I32])),
            7 => format!("{}ref.func $f{function} return_call_ref $f ", self.value(I32)),
            8 => {
                let (label, types) = self.any_label();
                format!("{}br {label} ", self.values(&types))
            }
            _ => {
                let (default, types) = self.any_label();
                let labels: String = (0..self.below(4))
                    .filter_map(|_| self.label(&types))
                    .map(|label| format!("{label} "))
                    .collect();
                let (values, index) = (self.values(&types), self.value(I32));
                format!("{values}{index} br_table {labels}{default} ")
            }
        }
    }

    /// A value of a type.
    fn value(&mut self, ty: Type) -> String {
        if self.room == 0 || self.below(3) == 0 {
            return match (ty, self.below(3)) {
                (_, 0) => format!("local.get ${} ", ty.name()),
                (I32, 1) => "local.get $x ".to_owned(),
                (I32, _) => format!("i32.const {} ", self.below(12)),
                (V128, _) => format!("v128.const i64x2 {} {} ", self.below(9), self.below(9)),
                (Exn, _) => "ref.null exn ".to_owned(),
                (I31, 1) => "ref.null i31 ".to_owned(),
                (I31, _) => format!("i32.const {} ref.i31 ", self.below(9)),
            };
        }
        self.room -= 1;
        let function = self.below(FUNCTIONS);
        match (ty, self.below(8)) {
            (_, 0..3) => {
                let params = self.types();
                let values = self.values(&params);
                format!("{values}{}", self.block(&params, &[ty]))
            }
            (I32, 3) => format!("{}call $f{function} ", self.value(I32)),
            (I32, 4) => format!("{}call_indirect (type $f) ", self.values(&[I32, I32])),
            (I32, 5) => format!("{}ref.func $f{function} call_ref $f ", self.value(I32)),
            (I32, 6) => match self.below(4) {
                0 => format!("{}call $fail ", self.value(I32)),
                1 => format!("{}i32.div_u ", self.values(&[I32, I32])),
                2 => format!("{}i32x4.extract_lane 2 ", self.value(V128)),
                _ => format!("{}ref.is_null ", self.value(Exn)),
            },
            (V128, 3..5) => format!("{}select ", self.values(&[V128, V128, I32])),
            (V128, 5) => format!("{}i32x4.splat ", self.value(I32)),
            (Exn, 3) => {
                self.labels.extend([vec![I32, Exn], Vec::new()]);
                let thrown = self.value(I32);
                self.labels.truncate(self.labels.len() - 2);
                format!(
                    "block (result i32 exnref) try_table (catch_ref $a 0) {thrown} throw $a end unreachable end local.set $exnref drop local.get $exnref "
                )
            }
            // What a branch may carry stays where it isn't taken.
            _ => match self.label(&[ty]) {
                Some(label) => format!("{}br_if {label} ", self.values(&[ty, I32])),
                None => format!("local.get ${} ", ty.name()),
            },
        }
    }
}

fn module(rng: &mut Rng) -> String {
    let functions: String = (0..FUNCTIONS)
        .map(|number| {
            let mut body = Body { rng, labels: vec![vec![I32]], room: 60 };
            let body = body.body(&[I32]);
            format!(
                "(func $f{number} (type $f) (param $x i32) (result i32)
                   (local $i32 i32) (local $v128 v128) (local $exnref exnref) (local $i31ref i31ref)
                   global.get $steps i32.eqz if unreachable end
                   (global.set $steps (i32.sub (global.get $steps) (i32.const 1)))
                   {body})
                 (func (export \"{number}\") (param i32) (result i32)
                   (global.set $steps (i32.const 100))
                   (call $f{number} (local.get 0)))\n"
            )
        })
        .collect();
    let names: String = (0..FUNCTIONS).map(|number| format!("$f{number} ")).collect();
    format!(
        r#"(module
            (type $f (func (param i32) (result i32)))
            (import "host" "fail" (func $fail (param i32) (result i32)))
            (tag $a (param i32)) (tag $b (param v128 i32)) (tag $c)
            (memory (export "memory") 1)
            (global $steps (mut i32) (i32.const 0))
            (global $log (export "log") (mut i32) (i32.const 0))
            (table 12 funcref)
            (elem (i32.const 0) func {names} $fail)
            (func $use_i32 (param i32)
                (global.set $log
                    (i32.add (i32.mul (global.get $log) (i32.const 31)) (local.get 0))))
            (func $use_v128 (param v128)
                (call $use_i32 (i32x4.extract_lane 0 (local.get 0)))
                (call $use_i32 (i32x4.extract_lane 2 (local.get 0))))
            (func $use_exnref (param exnref) (call $use_i32 (ref.is_null (local.get 0))))
            (func $use_i31ref (param i31ref) (call $use_i32 (ref.is_null (local.get 0))))
            {functions})"#
    )
}

#[test]
fn control_does_the_same_in_each_engine_of_ours() {
    let mut tally = Tally::default();
    for seed in 0..MODULES {
        let mut rng = Rng::new(seed);
        let text = module(&mut rng);
        let valid = ch09_module::Module::from_text(&text);
        assert!(valid.is_ok(), "seed {seed}: {}\n{text}", valid.unwrap_err());
        for partner in Partner::ALL.iter().copied().filter(|partner| partner.is_ours()) {
            let outcome = compare(partner, text.as_bytes(), &mut rng, &mut tally);
            assert_eq!(outcome, Ok(()), "seed {seed}, {partner:?}\n{text}");
        }
    }
    println!("{tally}");
    assert_eq!(tally.outcomes.get("module"), None, "they are not valid");
    for outcome in ["no trap", "exception", "trap: null reference", "trap: all fuel consumed"] {
        assert!(tally.outcomes[outcome] as u64 > MODULES / 4, "{outcome}");
    }
}
