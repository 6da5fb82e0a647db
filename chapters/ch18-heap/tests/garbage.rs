//! Ten gigabytes of garbage, with ten megabytes alive, in less than two
//! hundred.
//!
//! Without optimisation that would take minutes, so that there it is a
//! hundredth of it.
//!
//! ```sh
//! cargo test --release -p ch18-heap --test garbage -- --nocapture
//! ```

use std::fs;
use std::time::Instant;

use annex_embedding::{Engine, Imports, InstanceAddr, Value};
use ch18_heap::Store;

/// What a round of the program drops: three objects.
const ROUND: u64 = 16 + 48 + 128;

const GIGABYTE: u64 = 1_000_000_000;

fn call(
    store: &mut Store,
    instance: InstanceAddr,
    name: &str,
    arguments: &[Value],
) -> Vec<Value> {
    store.call(instance, name, arguments).unwrap()
}

/// The most memory that this process has had so far, in bytes, where the system
/// says so.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

#[test]
fn ten_gigabytes_of_garbage_pass_through_a_small_heap() {
    let bytes =
        if cfg!(debug_assertions) { GIGABYTE / 10 } else { 10 * GIGABYTE };
    let rounds = bytes.div_ceil(ROUND);
    let kept = 10_000_000 / 16;

    let mut store = Store::default();
    let program = include_bytes!("../programs/garbage.wat");
    let instance = store.instantiate(program, &Imports::new()).unwrap();
    call(&mut store, instance, "keep", &[kept.into()]);
    let start = Instant::now();
    call(&mut store, instance, "drop", &[(rounds as i32).into()]);
    let time = start.elapsed();

    let statistics = store.layer().heap.statistics();
    assert!(statistics.made > 3 * rounds);
    assert!(statistics.bytes < 100_000_000, "{statistics:?}");
    let sum = i64::from(kept) * (i64::from(kept) + 1) / 2;
    assert_eq!(
        call(&mut store, instance, "sum", &[]),
        [sum.into()],
        "what is kept is as it was"
    );
    if let Some(peak) = peak() {
        println!(
            "{bytes} bytes of garbage in {time:?}, at most {peak} bytes of memory: {statistics:?}"
        );
        assert!(peak < 200_000_000, "{peak} bytes");
    }
}
