//! Every engine against `wasmi` on the same work in the same process, as ratios.

use std::time::{Duration, Instant};

use ch12_instance::{Engine, Imports, Store, Value};
use engines::Wasmi;

const KERNELS: [(&str, &str, i32); 4] = [
    ("fib(27)", include_str!("../kernels/fib.wat"), 27),
    ("sieve", include_str!("../kernels/sieve.wat"), 1_000_000),
    ("matrix", include_str!("../kernels/matrix.wat"), 120),
    ("mix", include_str!("../kernels/mix.wat"), 1_000_000),
];

fn run(engine: &mut dyn Engine, wat: &str, n: i32) -> (Vec<Value>, Duration) {
    let instance = engine.instantiate(wat.as_bytes(), &Imports::new()).unwrap();
    let function = engine.export(instance, "run").unwrap().func().unwrap();
    let start = Instant::now();
    let results = engine.invoke(function, &[n.into()]).unwrap();
    (results, start.elapsed())
}

fn main() {
    for (name, wat, n) in KERNELS {
        let mut ratios = Vec::new();
        let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
        for _ in 0..7 {
            let (expected, a) = run(&mut Wasmi::new(), wat, n);
            let (given, b) = run(&mut Store::<()>::default(), wat, n);
            assert_eq!(expected, given);
            ours = ours.min(b);
            theirs = theirs.min(a);
            ratios.push(a.as_secs_f64() / b.as_secs_f64());
        }
        ratios.sort_by(f64::total_cmp);
        println!(
            "{name:10} wasmi {theirs:?} tree {ours:?} best/best {:.3} median {:.3}",
            theirs.as_secs_f64() / ours.as_secs_f64(),
            ratios[3]
        );
    }
}
