//! What it costs to go between the host and a module, in the library of chapter 22 and in `wasmi`, whose interface has the
//! same shape. So every kind of call is written once, and compiled for both.

use std::hint::black_box;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use cpu_time::ThreadTime;

/// Measures what a call costs between the host and a module, against wasmi in the same process.
#[derive(Parser)]
struct Arguments {
    /// How many calls of each kind make a round.
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1..))]
    calls: u32,
    /// How many rounds there are, in which both take turns; the median counts.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Measures only the kinds whose name contains this.
    #[arg(long, default_value = "")]
    filter: String,
}

/// Each kind of call, and the export that makes so many of them: it gets their number and returns the sum of what they return.
/// The first one is made by the host itself.
const KINDS: [(&str, &str); 8] = [
    ("typed call from outside", "identity"),
    ("closure without a caller", "plain"),
    ("closure that counts in its data", "data"),
    ("the same, two calls deep", "deep"),
    ("the same, by way of a table", "indirect"),
    ("closure that reads a memory", "read"),
    ("closure that asks for an export", "export"),
    ("closure that calls back", "back"),
];

/// Each function of the host gets a number and returns it.
fn module() -> String {
    let functions = ["plain", "data", "read", "export", "back"];
    let imports =
        functions.map(|name| format!("(import \"host\" \"{name}\" (func ${name} (type $one)))"));
    let loops = |name: &str, call: &str| {
        format!(
            "(func (export \"{name}\") (param $calls i32) (result i32) (local $sum i32)
                (loop $again
                    (local.set $sum (i32.add (local.get $sum) {call}))
                    (br_if $again (local.tee $calls (i32.sub (local.get $calls) (i32.const 1)))))
                (local.get $sum))"
        )
    };
    let of_host = functions.map(|name| loops(name, &format!("(call ${name} (local.get $calls))")));
    format!(
        "(module (type $one (func (param i32) (result i32)))
            {} {} {} {}
            (memory (export \"memory\") 1)
            (table funcref (elem $data))
            (func $inner (param i32) (result i32) (call $data (local.get 0)))
            (func $outer (param i32) (result i32) (call $inner (local.get 0)))
            (func (export \"identity\") (type $one) (local.get 0)))",
        imports.join("\n"),
        of_host.join("\n"),
        loops("deep", "(call $outer (local.get $calls))"),
        loops("indirect", "(call_indirect (type $one) (local.get $calls) (i32.const 0))"),
    )
}

type BoxError = Box<dyn std::error::Error>;

/// A store in which calls are measured: an export with a number, and what it returns.
type Call = Box<dyn FnMut(u32) -> Result<i32, BoxError>>;

/// Makes one of the two libraries ready: a call for each kind.
macro_rules! calls_of {
    ($name:ident, $library:ident, $instantiate:ident) => {
        fn $name(wat: &str, export: &str) -> Result<Call, BoxError> {
            use $library::{Caller, Engine, Linker, Memory, Module, Store, TypedFunc};

            #[derive(Default)]
            struct Data {
                count: i32,
                memory: Option<Memory>,
                identity: Option<TypedFunc<i32, i32>>,
            }

            const NONE: &str = "the module has no such export";

            let engine = Engine::default();
            let mut linker = Linker::<Data>::new(&engine);
            linker.func_wrap("host", "plain", |number: i32| number)?;
            linker.func_wrap("host", "data", |mut caller: Caller<'_, Data>, number: i32| {
                caller.data_mut().count += 1;
                number
            })?;
            linker.func_wrap("host", "read", |caller: Caller<'_, Data>, number: i32| {
                let memory = caller.data().memory.expect(NONE);
                number + i32::from(memory.data(&caller)[(number & 0xfff) as usize])
            })?;
            linker.func_wrap("host", "export", |mut caller: Caller<'_, Data>, number: i32| {
                let memory = caller.get_export("memory").and_then(|export| export.into_memory());
                let memory = memory.expect(NONE);
                number + i32::from(memory.data(&mut caller)[(number & 0xfff) as usize])
            })?;
            linker.func_wrap("host", "back", |mut caller: Caller<'_, Data>, number: i32| {
                let identity = caller.data().identity.expect(NONE);
                identity.call(&mut caller, number)
            })?;
            let module = Module::new(&engine, wat)?;
            let mut store = Store::new(&engine, Data::default());
            let instance = linker.$instantiate(&mut store, &module)?;
            let identity = instance.get_typed_func::<i32, i32>(&mut store, "identity")?;
            store.data_mut().memory = instance.get_memory(&store, "memory");
            store.data_mut().identity = Some(identity);
            if export == "identity" {
                return Ok(Box::new(move |calls| {
                    let mut sum = 0_i32;
                    for number in 0..calls {
                        sum =
                            sum.wrapping_add(identity.call(&mut store, black_box(number as i32))?);
                    }
                    Ok(sum)
                }));
            }
            let run = instance.get_typed_func::<i32, i32>(&mut store, export)?;
            Ok(Box::new(move |calls| Ok(run.call(&mut store, calls as i32)?)))
        }
    };
}

calls_of!(of_ours, ch22_embed, instantiate);
calls_of!(of_wasmi, wasmi, instantiate_and_start);

fn main() -> ExitCode {
    trace::report(run(&Arguments::parse(), &mut io::stdout().lock()))
}

fn run(arguments: &Arguments, out: &mut impl Write) -> Result<(), BoxError> {
    let wat = module();
    writeln!(out, "{:34}{:>8}{:>8}{:>8}", "nanoseconds a call", "fast", "wasmi", "ratio")?;
    for (kind, export) in KINDS {
        if !kind.contains(&arguments.filter) {
            continue;
        }
        let mut both = [of_ours(&wat, export)?, of_wasmi(&wat, export)?];
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..arguments.rounds {
            let mut sums = [0; 2];
            for ((call, times), sum) in both.iter_mut().zip(&mut times).zip(&mut sums) {
                let start = ThreadTime::now();
                *sum = call(arguments.calls)?;
                let time = start.elapsed().as_secs_f64() * 1e9;
                times.push(time / f64::from(arguments.calls));
            }
            if sums[0] != sums[1] {
                return Err(format!("{kind}: {} and {}", sums[0], sums[1]).into());
            }
        }
        let ratios = times[0].iter().zip(&times[1]).map(|(ours, theirs)| theirs / ours).collect();
        let [ours, theirs] = times.map(median);
        let ratio = median(ratios);
        writeln!(out, "{kind:34}{ours:8.1}{theirs:8.1}{ratio:8.2}")?;
    }
    Ok(())
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
