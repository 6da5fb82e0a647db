//! Random numbers that are the same on every machine.

use annex_embedding::Value;
use ch07_values::{NumType, Number, Operand};

/// Random numbers that are the same every time: xorshift64*.
#[derive(Debug)]
pub struct Rng(u64);

impl Rng {
    /// Another row of numbers for each seed.
    pub fn new(seed: u64) -> Rng {
        Rng((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// The next 64 bits.
    #[expect(clippy::should_implement_trait, reason = "it never ends, so no loop goes over it")]
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// One of these.
    pub fn one_of(&mut self, slots: &[u64]) -> u64 {
        slots[self.next() as usize % slots.len()]
    }

    /// A number, often one at an edge.
    pub fn number(&mut self, ty: NumType) -> Value {
        let edge = match ty {
            NumType::I32 | NumType::I64 => {
                self.one_of(&[0, 1, u64::MAX, 0x8000_0000, 0x7fff_ffff, 1 << 63, 65_536])
            }
            NumType::F32 => {
                let edge = self.one_of(&[0, 0x8000_0000, 0x3fc0_0000, 0x7f80_0000, 0x7fc0_0000, 1]);
                f32::from_slot(edge).to_slot()
            }
            NumType::F64 => {
                [0.0, -0.0, 1e10, -1.5, f64::INFINITY, f64::NAN][self.next() as usize % 6].to_bits()
            }
        };
        let slot = if self.next().is_multiple_of(3) { self.next() } else { edge };
        Value::Number(Number::from_slot(ty, slot))
    }
}
