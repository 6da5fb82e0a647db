//! Clocks and random numbers that are the same in every run.

use std::time::Duration;

use ch23_wasi::{Clocks, Errno, Random, WasiCtx};

use crate::guest::{Guest, OUT};

fn guest() -> Guest {
    let clocks =
        Clocks::predictable(Duration::from_secs(60), Duration::from_nanos(1));
    let mut builder = WasiCtx::builder();
    builder.clocks(clocks).random(Random::seeded(5));
    Guest::new(builder.build())
}

fn time(guest: &mut Guest, clock: i32) -> u64 {
    guest.call("clock_time_get", &[clock.into(), 0_i64.into(), OUT.into()]);
    guest.u64(OUT)
}

#[test]
fn two_runs_see_the_same() {
    let [one, other] = [guest(), guest()].map(|mut guest| {
        guest.call("random_get", &[100.into(), 20.into()]);
        let times = [0, 1, 2, 3].map(|clock| time(&mut guest, clock));
        (guest.bytes(100, 20), times)
    });
    assert_eq!(one, other);
    assert_eq!(one.1, [60_000_000_000, 1, 2, 3]);
}

#[test]
fn the_clocks_of_the_system_move() {
    let mut guest = Guest::new(WasiCtx::builder().build());
    assert!(time(&mut guest, 0) > 1_700_000_000_000_000_000);
    let before = time(&mut guest, 1);
    assert!(time(&mut guest, 1) >= before);
    for clock in [0, 1, 2, 3] {
        guest.call("clock_res_get", &[clock.into(), OUT.into()]);
        assert_eq!(guest.u64(OUT), 1);
    }
    let arguments = [4.into(), OUT.into()];
    guest.fails("clock_res_get", &arguments, Errno::Inval);
    let arguments = [4.into(), 0_i64.into(), OUT.into()];
    guest.fails("clock_time_get", &arguments, Errno::Inval);
    let arguments = [0.into(), 0_i64.into(), (-7).into()];
    guest.fails("clock_time_get", &arguments, Errno::Fault);
}
