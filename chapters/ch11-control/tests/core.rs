//! What the machine asks of the world around it, and what its core keeps: in a
//! world that writes down what it is told.

use std::cell::RefCell;
use std::ops::Range;

use ch07_values::{Number, OperandStack, Trap};
use ch09_module::{
    FuncIdx, GlobalIdx, Instr, MemIdx, Module, TableIdx, TypeIdx,
};
use ch10_memory::MemoryInstance;
use ch11_control::{
    Callee, Code, Core, Environment, Frame, Machine, MachineLimits,
};
use trace::{Observer, Place, Step};

/// Instance 3 of a module whose first function is the host's: it returns its
/// argument plus 100.
struct World<'code> {
    module: &'code Module,
    code: &'code [Code],
    log: &'code RefCell<Vec<String>>,
}

impl<'code> Environment<'code> for World<'code> {
    type Code = Code;

    fn function(&self, instance: u32, index: FuncIdx) -> u32 {
        assert!(instance == 3);
        index.0
    }

    fn element(
        &self,
        _: u32,
        _: TableIdx,
        element: u64,
        _: TypeIdx,
    ) -> Result<u32, Trap> {
        // The table has all functions in it, in their order.
        Ok(element as u32)
    }

    fn callee(&self, function: u32) -> Callee<'code> {
        match function.checked_sub(1) {
            Some(own) => {
                let code = &self.code[own as usize];
                Callee::Code { instance: 3, code }
            }
            None => Callee::Host(7),
        }
    }

    fn func_arity(&self, _: u32, ty: TypeIdx) -> (usize, usize) {
        let ty = self.module.func_type(ty).unwrap();
        (ty.params.len(), ty.results.len())
    }

    fn call_host<O: Observer>(
        &mut self,
        host: u32,
        caller: Option<u32>,
        core: &mut Core<O>,
    ) -> Result<(), Trap> {
        let argument: u32 = core.pop();
        let told = format!("host {host} of {caller:?}: {argument}");
        self.log.borrow_mut().push(told);
        core.on_stack(|stack| stack.push(argument + 100))
    }

    fn memory(&mut self, _: u32, _: MemIdx) -> &mut MemoryInstance {
        unreachable!("there is no memory")
    }

    fn global(&mut self, _: u32, _: GlobalIdx) -> &mut u64 {
        unreachable!("there is no global")
    }

    fn execute(
        &mut self,
        _: &Instr,
        _: &Frame,
        _: &mut OperandStack,
    ) -> Result<(), Trap> {
        unreachable!("there is no such instruction")
    }

    fn moved(&mut self, from: usize, count: usize, to: usize) {
        let told = format!("{count} from {from} to {to}");
        self.log.borrow_mut().push(told);
    }

    fn cleared(&mut self, slots: Range<usize>) {
        self.log.borrow_mut().push(format!("cleared {slots:?}"));
    }

    fn name(&self, _: u32, function: u32) -> String {
        function.to_string()
    }
}

/// Calls the last function of a text, and returns the core and what the world
/// was told.
fn run(text: &str, limits: MachineLimits) -> (Core<()>, Vec<String>) {
    let mut module = Module::from_text(text).unwrap();
    let functions = std::mem::take(&mut module.functions);
    let code: Vec<Code> = functions
        .into_iter()
        .map(|function| {
            let ty = module.func_type(function.ty).unwrap();
            Code::new(ty, function.read().into_owned())
        })
        .collect();
    let log = RefCell::default();
    let mut core = Core::new(limits, ());
    core.reset().unwrap();
    let world = World { module: &module, code: &code, log: &log };
    Machine::new(&mut core, world).invoke(code.len() as u32).unwrap();
    (core, log.into_inner())
}

const TEXT: &str = "
    (module
      (import \"host\" \"f\" (func $f (param i32) (result i32)))
      (func $inner (param i32) (result i32) (local i64 i64)
        local.get 0
        call $f)
      (func (result i32)
        i32.const 9
        block (result i32 i32)
          i32.const 1
          i32.const 2
          i32.const 3
          br 0
        end
        call $inner
        i32.const 0
        select
        i32.add))";

#[test]
fn the_world_is_told_what_is_cleared_and_what_is_moved() {
    let (mut core, log) = run(TEXT, MachineLimits::default());
    let told = [
        "2 from 2 to 1",
        "cleared 3..5",
        "host 7 of Some(3): 3",
        "1 from 5 to 2",
        // `select` takes the second.
        "1 from 2 to 1",
        "1 from 0 to 0",
    ];
    assert_eq!(log, told);
    assert_eq!(core.stack().slots(), [9 + 103]);
}

#[test]
fn a_host_function_that_is_called_through_a_table_is_told_by_whom() {
    let text = "
        (module
          (type $t (func (param i32) (result i32)))
          (import \"host\" \"f\" (func (type $t)))
          (table 1 funcref)
          (func (result i32)
            (call_indirect (type $t) (i32.const 5) (i32.const 0))))";
    let (mut core, log) = run(text, MachineLimits::default());
    assert_eq!(log, ["host 7 of Some(3): 5", "1 from 0 to 0"]);
    assert_eq!(core.stack().slots(), [105]);
}

#[test]
fn an_observer_sees_a_constant_expression_outside_of_all_calls() {
    let (module, log) = (Module::default(), RefCell::default());
    let mut world = World { module: &module, code: &[], log: &log };
    let mut core = Core::new(MachineLimits::default(), Vec::new());
    core.reset().unwrap();
    let frame = Frame { instance: 3, function: 9, base: 0, locals: 0 };
    let body: [Instr; 1] = [Number::I32(7).into()];
    let next = core.plain(&mut world, &frame, &mut body.iter());
    assert_eq!(next, Ok(None));
    assert_eq!(core.stack().slots(), [7]);
    let step = Step {
        place: Place::new("9", []),
        instruction: "i32.const 7".to_owned(),
        ..Step::default()
    };
    assert_eq!(*core.observer(), [step]);
}

#[test]
fn a_call_of_any_function_takes_one_unit_of_fuel() {
    let limits = MachineLimits { fuel: Some(10), ..MachineLimits::default() };
    let (core, _) = run(TEXT, limits);
    assert_eq!(core.limits().fuel, Some(10 - 3));
    // And what has ended gives back what it took of the other limits.
    assert_eq!(core.limits(), MachineLimits { fuel: Some(7), ..limits });
}

#[test]
fn calls_back_nest_as_deep_as_the_limit() {
    let limits = MachineLimits { calls: 2, ..MachineLimits::default() };
    let mut core = Core::new(limits, ());
    for _ in 0..2 {
        assert_eq!(core.begin_callback(), Ok(()));
        assert_eq!(core.begin_callback(), Ok(()));
        assert_eq!(core.begin_callback(), Err(Trap::CallStackExhausted));
        core.end_callback();
        core.end_callback();
    }
    assert_eq!(core.limits(), limits);
}

#[test]
fn fuel_is_set_only_where_it_is_counted() {
    let counts = MachineLimits { fuel: Some(1), ..MachineLimits::default() };
    for (limits, expected) in
        [(counts, Some(9)), (MachineLimits::default(), None)]
    {
        let mut core = Core::new(limits, ());
        core.set_fuel(9);
        assert_eq!(core.limits().fuel, expected);
    }
    let mut core = Core::new(counts, ());
    assert_eq!(core.spend(2), Err(Trap::OutOfFuel));
    assert_eq!(core.limits().fuel, Some(1), "then none is taken");
    assert_eq!(core.spend(1), Ok(()));
    assert_eq!(core.limits().fuel, Some(0));
}

#[test]
fn the_innermost_place_is_told_once_and_forgotten_when_it_is_caught() {
    let mut core = Core::new(MachineLimits::default(), ());
    let frame = |function| Frame { instance: 0, function, base: 0, locals: 0 };
    let told = |core: &mut Core<()>| {
        core.take_fault().map(|fault| (fault.frame.function, fault.instr))
    };
    core.fault_at(&frame(1), &"nop");
    core.fault_at(&frame(2), &"drop");
    core.thrown_in(&frame(3));
    assert_eq!(told(&mut core), Some((1, "nop".to_owned())));
    assert_eq!(told(&mut core), None);
    core.thrown_in(&frame(3));
    core.fault_at(&frame(2), &"drop");
    assert_eq!(told(&mut core), Some((3, String::new())));
    core.fault_at(&frame(1), &"nop");
    core.caught();
    assert_eq!(told(&mut core), None);
    core.fault_at(&frame(1), &"nop");
    core.reset().unwrap();
    assert_eq!(told(&mut core), None, "a new call begins without");
}

#[test]
fn there_is_room_for_the_value_of_a_constant_expression() {
    let limits = MachineLimits { operands: 0, ..MachineLimits::default() };
    let mut core = Core::new(limits, ());
    assert_eq!(core.height(), 0);
    core.reset().unwrap();
    assert_eq!(core.on_stack(|stack| stack.push(1_u32)), Ok(()));
    let second = core.on_stack(|stack| stack.push(2_u32));
    assert_eq!(second, Err(Trap::CallStackExhausted));
    core.reset().unwrap();
    assert_eq!(core.height(), 0);
}

#[test]
fn the_default_limits_of_a_machine() {
    let expected = MachineLimits {
        operands: 1_048_576,
        calls: 10_000,
        labels: 120_000,
        fuel: None,
    };
    assert_eq!(MachineLimits::default(), expected);
}
