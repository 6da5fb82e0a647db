//! What a game may tell beside its pictures: its wave, its rockets, what there is, and what happened.
//!
//! No part of the contract asks for it. A module that has one of these exports is asked after each `draw`:
//!
//! | export | type | what it answers |
//! |---|---|---|
//! | `wave` | `func (result i32)` | the number of the wave that is here, or comes next |
//! | `lives` | `func (result i32)` | how many rockets are left, with the one that flies |
//! | `things` | `func (result i32)` | the address of a list of what there is now |
//! | `events` | `func (result i32)` | the address of a list of what happened in the last `update` |
//!
//! A list is in the module's `memory`, little-endian: the number of its records and the bytes of a record, which are 24,
//! both an `i32`; then the records. A record is two `i32`, a kind and a value, and two `f64`, x and y in pixels. The first
//! records of `things` are the enemies, one for each `draw_enemy`, in the same order. The kinds are those of [`thing`] and
//! [`event`].
//!
//! What is not as it should be is not believed: a list that is not wholly in the memory, or longer than [`MOST`], is an
//! empty one. A function that traps or answers with anything but an `i32` is not asked again.

use std::cell::RefCell;
use std::rc::Rc;

use annex_embedding::{
    Engine, Error, Extern, FuncAddr, GlobalAddr, HostFunction, Imports, InstanceAddr, MemAddr,
    TableAddr, TagAddr, Value,
};
use ch07_values::Number;
use ch09_module::{FuncType, GlobalType, MemoryType, TableType};
use ch13_rocket::FUEL;

/// The most records of a list that is believed.
const MOST: usize = 256;
/// The bytes before the first record, and those of a record.
const SIZES: (usize, usize) = (8, 24);

/// The kinds of what there is.
pub mod thing {
    /// An enemy that hunts the rocket. The value of every enemy is how sound it is, in percent.
    pub const HUNTER: i32 = 0;
    /// An enemy that is fast and hardly turns.
    pub const DART: i32 = 1;
    /// An enemy that is slow and takes three bullets.
    pub const HULK: i32 = 2;
    /// The boss.
    pub const BOSS: i32 = 3;
    /// A part of the boss, for hosts that draw all enemies alike.
    pub const HULL: i32 = 4;
    /// A bonus: a shield. The value of a bonus is the tenths of a second that it stays.
    pub const SHIELD_BONUS: i32 = 10;
    /// A bonus: three bullets at a time.
    pub const SPREAD_BONUS: i32 = 11;
    /// The rocket has a shield.
    pub const SHIELD: i32 = 20;
    /// The rocket shoots three bullets at a time, for so many tenths of a second.
    pub const SPREAD: i32 = 21;
    /// The game is over, and waits for a key.
    pub const WAITING: i32 = 22;
}

/// The kinds of what happened.
pub mod event {
    /// So many points were won.
    pub const POINTS: i32 = 1;
    /// An enemy was hit, and flies on; the value of this event and the next is what it is.
    pub const HIT: i32 = 2;
    /// An enemy burst.
    pub const DOWN: i32 = 3;
    /// The rocket burst; so many are left.
    pub const LOST: i32 = 4;
    /// The shield is gone.
    pub const SHIELD_LOST: i32 = 5;
    /// A bonus was picked up; the value is which.
    pub const BONUS: i32 = 6;
    /// The wave of this number comes next.
    pub const WAVE: i32 = 7;
    /// A boss leads it.
    pub const BOSS: i32 = 8;
    /// The game is over, with this score.
    pub const OVER: i32 = 9;
    /// There is one more rocket: so many.
    pub const ROCKET: i32 = 10;
}

/// One thing that is there, or one that happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// What it is: a number of [`thing`] or of [`event`].
    pub kind: i32,
    /// What the kind says.
    pub value: i32,
    /// Where, in pixels.
    pub place: (f64, f64),
}

/// What a game told after its last picture. What its module cannot tell is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// The number of the wave.
    pub wave: Option<i32>,
    /// How many rockets are left.
    pub lives: Option<i32>,
    /// What there is.
    pub things: Option<Vec<Record>>,
    /// What happened.
    pub events: Option<Vec<Record>>,
}

/// An engine that also listens to what the game tells. All that a rocket asks of an engine goes on to another one.
pub(crate) struct Listener {
    engine: Box<dyn Engine>,
    told: Rc<RefCell<Told>>,
    questions: Option<Questions>,
}

/// Whom to ask, and after which function.
struct Questions {
    draw: FuncAddr,
    memory: MemAddr,
    wave: Option<FuncAddr>,
    lives: Option<FuncAddr>,
    things: Option<FuncAddr>,
    events: Option<FuncAddr>,
}

impl Listener {
    /// Listens on `engine`, and writes down what is told.
    pub(crate) fn new(engine: Box<dyn Engine>, told: Rc<RefCell<Told>>) -> Listener {
        Listener { engine, told, questions: None }
    }

    fn questions(&self, instance: InstanceAddr) -> Option<Questions> {
        let export = |name: &str| self.engine.export(instance, name);
        let function = |name: &str| export(name).and_then(Extern::func);
        Some(Questions {
            draw: function("draw")?,
            memory: export("memory").and_then(Extern::memory)?,
            wave: function("wave"),
            lives: function("lives"),
            things: function("things"),
            events: function("events"),
        })
    }

    fn listen(&mut self) {
        let (engine, Some(questions)) = (&mut self.engine, &mut self.questions) else {
            return;
        };
        let wave = ask(&mut **engine, &mut questions.wave);
        let lives = ask(&mut **engine, &mut questions.lives);
        let mut list = |question: &mut Option<FuncAddr>| {
            let address = ask(&mut **engine, question)?;
            Some(records(engine.memory(questions.memory), address))
        };
        let things = list(&mut questions.things);
        let events = list(&mut questions.events);
        *self.told.borrow_mut() = Told { wave, lives, things, events };
    }
}

/// Asks a function, which is not asked again if it does not answer.
fn ask(engine: &mut dyn Engine, question: &mut Option<FuncAddr>) -> Option<i32> {
    let function = (*question)?;
    engine.set_fuel(FUEL);
    match engine.invoke(function, &[]).as_deref() {
        Ok(&[Value::Number(Number::I32(answer))]) => Some(answer),
        _ => {
            *question = None;
            None
        }
    }
}

/// The list at an address. A place that is not a number is nowhere: such a record is left out.
fn records(memory: &[u8], address: i32) -> Vec<Record> {
    let list = || {
        let (head, rest) = memory.get(address as u32 as usize..)?.split_at_checked(SIZES.0)?;
        let [count, size] = [int(head, 0)?, int(head, 4)?];
        let count = usize::try_from(count).ok().filter(|count| *count <= MOST)?;
        let is_known = usize::try_from(size) == Ok(SIZES.1);
        rest.get(..count * SIZES.1).filter(|_| is_known)
    };
    let record = |bytes: &[u8]| {
        let place = (float(bytes, 8)?, float(bytes, 16)?);
        let is_a_place = place.0.is_finite() && place.1.is_finite();
        is_a_place.then_some(Record { kind: int(bytes, 0)?, value: int(bytes, 4)?, place })
    };
    list().unwrap_or_default().chunks_exact(SIZES.1).filter_map(record).collect()
}

fn int(bytes: &[u8], at: usize) -> Option<i32> {
    bytes.get(at..)?.first_chunk().map(|bytes| i32::from_le_bytes(*bytes))
}

fn float(bytes: &[u8], at: usize) -> Option<f64> {
    bytes.get(at..)?.first_chunk().map(|bytes| f64::from_le_bytes(*bytes))
}

impl Engine for Listener {
    fn instantiate(&mut self, module: &[u8], imports: &Imports) -> Result<InstanceAddr, Error> {
        let instance = self.engine.instantiate(module, imports)?;
        self.questions = self.questions(instance);
        *self.told.borrow_mut() = Told::default();
        Ok(instance)
    }
    fn invoke(&mut self, function: FuncAddr, arguments: &[Value]) -> Result<Vec<Value>, Error> {
        let results = self.engine.invoke(function, arguments)?;
        if self.questions.as_ref().is_some_and(|questions| questions.draw == function) {
            self.listen();
        }
        Ok(results)
    }

    fn name(&self) -> &'static str {
        self.engine.name()
    }
    fn validate(&self, module: &[u8]) -> Result<(), Error> {
        self.engine.validate(module)
    }
    fn exports(&self, instance: InstanceAddr) -> &[(String, Extern)] {
        self.engine.exports(instance)
    }
    fn add_function(&mut self, function: HostFunction) -> FuncAddr {
        self.engine.add_function(function)
    }
    fn add_table(&mut self, ty: TableType) -> Result<TableAddr, Error> {
        self.engine.add_table(ty)
    }
    fn add_memory(&mut self, ty: MemoryType) -> Result<MemAddr, Error> {
        self.engine.add_memory(ty)
    }
    fn add_global(&mut self, ty: GlobalType, value: Value) -> Result<GlobalAddr, Error> {
        self.engine.add_global(ty, value)
    }
    fn add_tag(&mut self, ty: FuncType) -> Result<TagAddr, Error> {
        self.engine.add_tag(ty)
    }
    fn func_type(&self, function: FuncAddr) -> Option<FuncType> {
        self.engine.func_type(function)
    }
    fn global(&mut self, global: GlobalAddr) -> Option<Value> {
        self.engine.global(global)
    }
    fn set_global(&mut self, global: GlobalAddr, value: Value) -> Result<(), Error> {
        self.engine.set_global(global, value)
    }
    fn table_size(&self, table: TableAddr) -> u64 {
        self.engine.table_size(table)
    }
    fn table_get(&mut self, table: TableAddr, index: u64) -> Option<Value> {
        self.engine.table_get(table, index)
    }
    fn memory(&self, memory: MemAddr) -> &[u8] {
        self.engine.memory(memory)
    }
    fn memory_mut(&mut self, memory: MemAddr) -> &mut [u8] {
        self.engine.memory_mut(memory)
    }
    fn instructions(&self) -> Option<u64> {
        self.engine.instructions()
    }
    fn fuel(&self) -> Option<u64> {
        self.engine.fuel()
    }
    fn set_fuel(&mut self, fuel: u64) {
        self.engine.set_fuel(fuel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Flight, GAME, Log, engines};

    /// A list, as a module has it in its memory.
    fn bytes(count: i32, size: i32, records: &[(i32, i32, f64, f64)]) -> Vec<u8> {
        let mut bytes = [count.to_le_bytes(), size.to_le_bytes()].concat();
        for (kind, value, x, y) in records {
            bytes.extend([kind.to_le_bytes(), value.to_le_bytes()].concat());
            bytes.extend([x.to_le_bytes(), y.to_le_bytes()].concat());
        }
        bytes
    }

    const ONE: (i32, i32, f64, f64) = (1, 10, 2.5, -3.0);

    #[test]
    fn a_list_is_read_wherever_it_is() {
        let mut memory = vec![0xff; 5];
        memory.extend(bytes(2, 24, &[ONE, (3, -1, 0.0, 1e300)]));
        let expected = [
            Record { kind: 1, value: 10, place: (2.5, -3.0) },
            Record { kind: 3, value: -1, place: (0.0, 1e300) },
        ];
        assert_eq!(records(&memory, 5), expected);
        memory.extend([0; 100]);
        assert_eq!(records(&memory, 5), expected);
    }

    #[test]
    fn a_list_that_is_not_wholly_there_is_empty() {
        let memory = bytes(2, 24, &[ONE, ONE]);
        for cut in 1..memory.len() {
            assert_eq!(records(&memory[..memory.len() - cut], 0), [], "{cut} bytes are missing");
        }
        for address in [1, 8, 9, 48, 55, 56, 57, 1000, -1, i32::MAX, i32::MIN] {
            assert_eq!(records(&memory, address), [], "at {address}");
        }
        assert_eq!(records(&[], 0), []);
    }

    #[test]
    fn a_count_or_a_size_that_cannot_be_is_not_believed() {
        let list = |count, size| records(&bytes(count, size, &[ONE; 300]), 0).len();
        assert_eq!((list(1, 24), list(256, 24)), (1, 256));
        for count in [257, 300, 1 << 30, i32::MAX, -1, i32::MIN] {
            assert_eq!(list(count, 24), 0, "{count} records");
        }
        for size in [0, 23, 25, -24, i32::MAX, i32::MIN] {
            assert_eq!(list(1, size), 0, "records of {size} bytes");
        }
    }

    #[test]
    fn what_is_nowhere_is_left_out() {
        let list = [ONE, (1, 1, f64::NAN, 0.0), (1, 1, 0.0, f64::INFINITY), ONE];
        assert_eq!(records(&bytes(4, 24, &list), 0).len(), 2);
    }

    /// A flight of a module that keeps the contract and has these items besides.
    fn flight(engine: &str, more: &str) -> Flight {
        let module = format!(
            r#"(module {more}
                (memory (export "memory") 1)
                (data (i32.const 16) "\01\00\00\00\18\00\00\00\07\00\00\00\03\00\00\00")
                (func (export "resize") (param f64 f64))
                (func (export "update") (param f64))
                (func (export "draw"))
                (func (export "toggle_shoot") (export "toggle_boost")
                    (export "toggle_turn_left") (export "toggle_turn_right") (param i32)))"#
        );
        let engine = engines::find(engine).unwrap();
        Flight::new(engine, module.into_bytes(), Log::default()).unwrap()
    }

    #[test]
    fn a_module_that_tells_nothing_flies() {
        let mut flight = flight("fast", "");
        flight.advance(0.1).unwrap();
        assert_eq!(flight.told(), Told::default());
    }

    #[test]
    fn every_engine_hears_the_same() {
        let more = r#"(func (export "wave") (result i32) (i32.const 7))
            (func (export "events") (result i32) (i32.const 16))"#;
        for engine in engines::ENGINES {
            let mut flight = flight(engine.name, more);
            assert_eq!(flight.told(), Told::default(), "nothing is drawn yet");
            flight.advance(0.1).unwrap();
            let event = Record { kind: event::WAVE, value: 3, place: (0.0, 0.0) };
            let told = Told { wave: Some(7), events: Some(vec![event]), ..Told::default() };
            assert_eq!(flight.told(), told, "{}", engine.name);
        }
    }

    #[test]
    fn what_a_module_tells_wrongly_ends_no_flight() {
        let wrong = [
            r#"(func (export "wave") (export "things") (result i32) unreachable)"#,
            r#"(func (export "wave") (export "things") (result i32) (loop (br 0)) unreachable)"#,
            r#"(func (export "wave") (export "things") (result i64) (i64.const 16))"#,
            r#"(func (export "wave") (export "things") (param i32) (result i32) (i32.const 16))"#,
            r#"(func (export "wave") (export "things"))"#,
            r#"(func (export "wave") (export "things") (result i32 i32) (i32.const 1) (i32.const 1))"#,
            r#"(global (export "wave") i32 (i32.const 1)) (global (export "things") i32 (i32.const 16))"#,
        ];
        for more in wrong {
            let mut flight = flight("fast", more);
            (0..3).for_each(|_| drop(flight.advance(0.1).unwrap()));
            assert_eq!(flight.told(), Told::default(), "{more}");
        }
        let more = r#"(func (export "things") (export "events") (result i32) (i32.const -4))"#;
        let mut flight = flight("fast", more);
        flight.advance(0.1).unwrap();
        let told = flight.told();
        assert_eq!((told.things, told.events), (Some(vec![]), Some(vec![])));
    }

    #[test]
    fn our_game_tells_its_first_wave_and_its_enemies() {
        let engine = engines::find("fast").unwrap();
        let mut flight = Flight::new(engine, GAME.to_vec(), Log::default()).unwrap();
        flight.advance(0.1).unwrap();
        let told = flight.told();
        assert_eq!((told.wave, told.lives), (Some(1), Some(3)));
        let events = told.events.unwrap();
        assert_eq!((events[0].kind, events[0].value), (event::WAVE, 1));
        assert_eq!(told.things, Some(vec![]));
        // Nobody flies: the first enemy comes after two and a half seconds.
        (0..30).for_each(|_| drop(flight.advance(0.1).unwrap()));
        let things = flight.told().things.unwrap();
        assert_eq!((things[0].kind, things[0].value), (thing::HUNTER, 100));
    }
}
