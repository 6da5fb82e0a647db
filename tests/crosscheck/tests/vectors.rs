//! Each vector instruction does what `wasmi` does, on operands where it is interesting and on random ones.

use annex_vector::{
    OperandType, V128, VectorLaneOp, VectorMemory, VectorMemoryLaneOp, VectorMemoryOp, VectorOp,
    VectorStack, shuffle,
};
use ch07_values::{NumType, OperandStack, Trap};
use ch08_numeric::Row;
use crosscheck::Rng;
use wasmi::{AsContextMut, TrapCode, Val};

/// An operand of our stack: a number is its slot.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Operand {
    Number(NumType, u64),
    Vector(V128),
}

impl Operand {
    /// Its name in the text format.
    fn ty(self) -> String {
        match self {
            Operand::Number(ty, _) => ty.to_string(),
            Operand::Vector(_) => "v128".to_owned(),
        }
    }

    fn to_wasmi(self) -> Val {
        match self {
            Operand::Number(NumType::I32, slot) => Val::I32(slot as i32),
            Operand::Number(NumType::I64, slot) => Val::I64(slot as i64),
            Operand::Number(NumType::F32, slot) => Val::F32(wasmi::F32::from_bits(slot as u32)),
            Operand::Number(NumType::F64, slot) => Val::F64(wasmi::F64::from_bits(slot)),
            Operand::Vector(vector) => Val::V128(vector.0.into()),
        }
    }

    fn of_wasmi(val: &Val) -> Operand {
        match val {
            Val::I32(x) => Operand::Number(NumType::I32, (*x as u32).into()),
            Val::I64(x) => Operand::Number(NumType::I64, *x as u64),
            Val::F32(x) => Operand::Number(NumType::F32, x.to_bits().into()),
            Val::F64(x) => Operand::Number(NumType::F64, x.to_bits()),
            Val::V128(x) => Operand::Vector(V128(x.as_u128())),
            other => panic!("{other:?}"),
        }
    }
}

/// A memory for the loads and stores.
struct Bytes(Vec<u8>);

impl VectorMemory for Bytes {
    fn read<const N: usize>(&self, address: u64, offset: u64) -> Result<[u8; N], Trap> {
        let start = (address + offset) as usize;
        let bytes = self.0.get(start..).and_then(|rest| rest.first_chunk());
        bytes.copied().ok_or(Trap::OutOfBoundsMemoryAccess)
    }

    fn write<const N: usize>(
        &mut self,
        address: u64,
        offset: u64,
        bytes: [u8; N],
    ) -> Result<(), Trap> {
        let start = (address + offset) as usize;
        let place = self.0.get_mut(start..).and_then(|rest| rest.first_chunk_mut());
        *place.ok_or(Trap::OutOfBoundsMemoryAccess)? = bytes;
        Ok(())
    }
}

/// Executes on a stack on which other operands lie below.
fn execute(
    operands: &[Operand],
    result: Option<OperandType>,
    instr: impl FnOnce(&mut VectorStack<'_, '_>) -> Result<(), Trap>,
) -> Result<Option<Operand>, Trap> {
    let mut slots = [0; 8];
    let mut stack = OperandStack::new(&mut slots, 0);
    let mut upper = Vec::new();
    let mut stack = VectorStack::new(&mut stack, &mut upper);
    let below = V128(0x0123_4567_89ab_cdef_0011_2233_4455_6677);
    stack.push(below)?;
    for operand in operands {
        match *operand {
            Operand::Number(_, slot) => stack.push(slot)?,
            Operand::Vector(vector) => stack.push(vector)?,
        }
    }
    instr(&mut stack)?;
    let result = result.map(|ty| match ty {
        OperandType::Number(ty) => Operand::Number(ty, stack.pop()),
        OperandType::Vector => Operand::Vector(stack.pop()),
    });
    assert_eq!((stack.pop::<V128>(), stack.height()), (below, 0));
    Ok(result)
}

/// A function of one instruction in `wasmi`, with a memory of one page.
struct Oracle {
    store: wasmi::Store<()>,
    function: wasmi::Func,
    memory: wasmi::Memory,
    results: usize,
}

impl Oracle {
    fn new(instr: &str, params: &[Operand], result: Option<OperandType>) -> Oracle {
        let types: Vec<String> = params.iter().map(|param| param.ty()).collect();
        let gets: Vec<String> =
            (0..params.len()).map(|index| format!("local.get {index}")).collect();
        let result = match result {
            Some(OperandType::Number(ty)) => format!("(result {ty})"),
            Some(OperandType::Vector) => "(result v128)".to_owned(),
            None => String::new(),
        };
        let text = format!(
            "(module (memory (export \"m\") 1) (func (export \"f\") (param {}) {result} {} {instr}))",
            types.join(" "),
            gets.join(" "),
        );
        let mut config = wasmi::Config::default();
        config.wasm_simd(true).wasm_relaxed_simd(true);
        let engine = wasmi::Engine::new(&config);
        let binary = wat::parse_str(&text).unwrap();
        let module =
            wasmi::Module::new(&engine, &binary).unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut store = wasmi::Store::new(&engine, ());
        let instance = wasmi::Instance::new(&mut store, &module, &[]).unwrap();
        Oracle {
            function: instance.get_func(&store, "f").unwrap(),
            memory: instance.get_memory(&store, "m").unwrap(),
            store,
            results: usize::from(!result.is_empty()),
        }
    }

    fn call(&mut self, operands: &[Operand]) -> Result<Option<Operand>, Trap> {
        let operands: Vec<Val> = operands.iter().map(|operand| operand.to_wasmi()).collect();
        let mut results = vec![Val::I32(0); self.results];
        match self.function.call(self.store.as_context_mut(), &operands, &mut results) {
            Ok(()) => Ok(results.first().map(Operand::of_wasmi)),
            Err(error) if error.as_trap_code() == Some(TrapCode::MemoryOutOfBounds) => {
                Err(Trap::OutOfBoundsMemoryAccess)
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Where the arithmetic of lanes has its edges.
const EDGES: [u128; 14] = [
    0,
    u128::MAX,
    0x8080_8080_8080_8080_8080_8080_8080_8080,
    0x7f7f_7f7f_7f7f_7f7f_7f7f_7f7f_7f7f_7f7f,
    0x8000_8000_8000_8000_8000_8000_8000_8000,
    0x7fff_7fff_7fff_7fff_7fff_7fff_7fff_7fff,
    0x8000_0000_8000_0000_8000_0000_8000_0000,
    0x8000_0000_0000_0000_7fff_ffff_ffff_ffff,
    // f32: NaN, infinities, 0.5, and a NaN that signals.
    0x7fc0_0000_ff80_0000_3f00_0000_7fa0_0000,
    // f32: 2.5, -2.5, 2^31, -1.5
    0x4020_0000_c020_0000_4f00_0000_bfc0_0000,
    // f64: NaN, -infinity
    0x7ff8_0000_0000_0000_fff0_0000_0000_0000,
    // f64: 2.5, -0.5
    0x4004_0000_0000_0000_bfe0_0000_0000_0000,
    // f64: 2^31, a NaN that signals
    0x41e0_0000_0000_0000_7ff4_0000_0000_0000,
    0x0f0e_0d0c_0b0a_0908_1716_1514_1312_1110,
];

fn below(rng: &mut Rng, end: usize) -> usize {
    rng.next() as usize % end
}

fn vector(rng: &mut Rng) -> V128 {
    let random = u128::from(rng.next()) << 64 | u128::from(rng.next());
    match below(rng, 4) {
        0 => V128(random),
        1 => V128(EDGES[below(rng, EDGES.len())]),
        // Small integers and their negatives, in lanes of 32 bits.
        2 => V128::from_lanes([0, 32, 64, 96].map(|bits| ((random >> bits) as i32 % 9) as f32)),
        _ => {
            let lanes: [f64; 2] = V128(random).lanes();
            V128::from_lanes(lanes.map(|lane| (lane.to_bits() as i64 % 1000) as f64 / 4.0))
        }
    }
}

fn operand(ty: OperandType, rng: &mut Rng) -> Operand {
    match ty {
        OperandType::Number(NumType::I32 | NumType::F32) => {
            let OperandType::Number(ty) = ty else { unreachable!() };
            Operand::Number(ty, u64::from(vector(rng).0 as u32))
        }
        OperandType::Number(ty) => Operand::Number(ty, vector(rng).0 as u64),
        OperandType::Vector => Operand::Vector(vector(rng)),
    }
}

/// A result in which all NaNs are one: which one an operation leaves is up to the machine.
fn without_nans(name: &str, result: Operand) -> Operand {
    match result {
        Operand::Vector(vector) if name.starts_with("f32x4") => {
            let lanes: [f32; 4] = vector.lanes();
            Operand::Vector(V128::from_lanes(lanes.map(|x| if x.is_nan() { f32::NAN } else { x })))
        }
        Operand::Vector(vector) if name.starts_with("f64x2") => {
            let lanes: [f64; 2] = vector.lanes();
            Operand::Vector(V128::from_lanes(lanes.map(|x| if x.is_nan() { f64::NAN } else { x })))
        }
        other => other,
    }
}

/// Whether NaNs are carried over bit by bit.
fn carries_nans(name: &str) -> bool {
    ["abs", "neg", "pmin", "pmax", "splat", "lane"].iter().any(|word| name.contains(word))
}

/// `wasmi` fuses, we do not. On these operands it is the same.
fn is_fused(name: &str) -> bool {
    name.contains("madd")
}

fn integers(name: &str, rng: &mut Rng) -> Operand {
    let small = |rng: &mut Rng| below(rng, 2001) as f64 - 1000.0;
    Operand::Vector(match name.starts_with("f32x4") {
        true => V128::from_lanes([(); 4].map(|()| small(rng) as f32)),
        false => V128::from_lanes([(); 2].map(|()| small(rng))),
    })
}

#[test]
fn each_operator_computes_what_wasmi_computes() {
    let mut rng = Rng::new(128);
    for (op, row) in VectorOp::TABLE {
        let (name, params, result) = (row.name, row.params, row.results[0]);
        let operands = |rng: &mut Rng| -> Vec<Operand> {
            let of = |ty: &OperandType| match is_fused(name) {
                true => integers(name, rng),
                false => operand(*ty, rng),
            };
            params.iter().map(of).collect()
        };
        let mut oracle = Oracle::new(name, &operands(&mut rng), Some(result));
        for _ in 0..400 {
            let operands = operands(&mut rng);
            let mut ours =
                execute(&operands, Some(result), |stack| op.execute(stack)).unwrap().unwrap();
            let mut theirs = oracle.call(&operands).unwrap().unwrap();
            if !carries_nans(name) {
                (ours, theirs) = (without_nans(name, ours), without_nans(name, theirs));
            }
            assert_eq!(ours, theirs, "{name} {operands:x?}");
        }
    }
}

/// How many lanes a shape has: 4 of `i32x4.extract_lane`.
fn lanes(name: &str) -> u8 {
    let (shape, _) = name.split_once('.').unwrap();
    shape.split_once('x').unwrap().1.parse().unwrap()
}

#[test]
fn each_lane_is_read_and_replaced_as_wasmi_does() {
    let mut rng = Rng::new(7);
    for (op, row) in VectorLaneOp::TABLE {
        let (name, params, result) = (row.name, row.params, row.results[0]);
        for lane in 0..lanes(name) {
            let operands = |rng: &mut Rng| -> Vec<Operand> {
                params.iter().map(|ty| operand(*ty, rng)).collect()
            };
            let mut oracle =
                Oracle::new(&format!("{name} {lane}"), &operands(&mut rng), Some(result));
            for _ in 0..20 {
                let operands = operands(&mut rng);
                let ours = execute(&operands, Some(result), |stack| op.execute(lane, stack));
                assert_eq!(ours, oracle.call(&operands), "{name} {lane} {operands:x?}");
            }
        }
    }
}

#[test]
fn bytes_are_shuffled_as_wasmi_does() {
    let mut rng = Rng::new(16);
    for _ in 0..50 {
        let lanes = [(); 16].map(|()| below(&mut rng, 32) as u8);
        let text: Vec<String> = lanes.iter().map(u8::to_string).collect();
        let operands = [(); 2].map(|()| Operand::Vector(vector(&mut rng)));
        let result = Some(OperandType::Vector);
        let mut oracle =
            Oracle::new(&format!("i8x16.shuffle {}", text.join(" ")), &operands, result);
        let ours = execute(&operands, result, |stack| shuffle(&lanes, stack));
        assert_eq!(ours, oracle.call(&operands), "{lanes:?} {operands:x?}");
    }
}

/// One instruction that reaches a memory, in both machines: near its beginning, at its end, and past it.
fn check_access(
    row: &Row<OperandType>,
    instr: &str,
    execute_ours: impl Fn(u64, &mut Bytes, &mut VectorStack<'_, '_>) -> Result<(), Trap>,
) {
    const PAGE: usize = 65_536;
    let mut rng = Rng::new(64);
    let (name, result) = (row.name, row.results.first().copied());
    let operands = |address: usize, rng: &mut Rng| {
        let address = Operand::Number(NumType::I32, address as u64);
        let mut operands = vec![address];
        operands.extend(row.params.iter().map(|ty| operand(*ty, rng)));
        operands
    };
    let mut oracle = Oracle::new(instr, &operands(0, &mut rng), result);
    let mut ours = Bytes((0..PAGE).map(|_| rng.next() as u8).collect());
    oracle.memory.write(&mut oracle.store, 0, &ours.0).unwrap();
    let addresses = (0..20).chain(PAGE - 40..PAGE + 20).chain([u32::MAX as usize]);
    for address in addresses {
        let operands = operands(address, &mut rng);
        let here = execute(&operands, result, |stack| execute_ours(3, &mut ours, stack));
        assert_eq!(here, oracle.call(&operands), "{name} {operands:x?}");
    }
    assert!(ours.0 == oracle.memory.data(&oracle.store), "{name} wrote something else");
}

#[test]
fn loads_and_stores_reach_what_wasmi_reaches() {
    for (op, row) in VectorMemoryOp::TABLE {
        let instr = format!("{op} offset=3");
        check_access(row, &instr, |offset, memory, stack| op.execute(offset, memory, stack));
    }
    for (op, row) in VectorMemoryLaneOp::TABLE {
        for lane in 0..(16 / op.width()) as u8 {
            let instr = format!("{op} offset=3 {lane}");
            check_access(row, &instr, |offset, memory, stack| {
                op.execute(lane, offset, memory, stack)
            });
        }
    }
}
