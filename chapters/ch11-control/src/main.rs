//! Runs programs that branch and call in every way there is.

use std::io::{self, Write};
use std::process::ExitCode;

use ch07_values::Number;
use ch09_module::Module;
use ch11_control::SingleModule;
use trace::{Observer, Printer, Step};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    writeln!(out, "br_table picks a way out of three blocks, step by step:\n")?;
    let mut steps: Vec<Step> = Vec::new();
    let results = load(include_str!("../programs/switch.wat"))?.call(
        "wheels",
        &[1.into()],
        &mut steps,
    )?;
    let mut printer = Printer::new(&mut *out);
    steps.into_iter().for_each(|step| printer.step(|| step));
    printer.finish()?;
    writeln!(out, "\nwheels(1) = {}\n", texts(&results))?;

    show(
        out,
        include_str!("../programs/middle.wat"),
        "middle",
        &[&[6.0.into(), 7.0.into()]],
    )?;
    show(
        out,
        include_str!("../programs/factorial.wat"),
        "factorial",
        &[&[20_i64.into()]],
    )?;
    show(
        out,
        include_str!("../programs/euclid.wat"),
        "gcd",
        &[&[1071.into(), 462.into()]],
    )?;
    show(
        out,
        include_str!("../programs/bounce.wat"),
        "bounce",
        &[&[2.0.into(), 10.0.into()]],
    )?;
    let (x, y): (Number, Number) = (6.0.into(), 7.0.into());
    let applications: Vec<[Number; 3]> =
        (0..=5).map(|operator| [operator.into(), x, y]).collect();
    let applications: Vec<&[Number]> =
        applications.iter().map(|arguments| &arguments[..]).collect();
    show(out, include_str!("../programs/table.wat"), "apply", &applications)?;
    show(out, include_str!("../programs/endless.wat"), "even", &[&[]])?;

    let depth = 10_000;
    let (blocks, ends) = ("block ".repeat(depth), "end ".repeat(depth));
    let nested = format!(
        "(module (func (export \"nested\") (result i32) {blocks} br {} {ends} \
         i32.const 1))",
        depth - 1
    );
    write!(out, "\nA branch out of {depth} nested blocks: ")?;
    show(out, &nested, "nested", &[&[]])?;

    let mut spin = load(include_str!("../programs/spin.wat"))?;
    spin.limits.fuel = Some(1_000_000);
    writeln!(out, "\nA loop without end, with fuel for a million rounds:")?;
    show_calls(out, &mut spin, "spin", &[&[]])?;
    Ok(())
}

/// Calls a function of a program with each of the lists of arguments, and
/// prints what it returns.
fn show(
    out: &mut impl Write,
    text: &str,
    name: &str,
    calls: &[&[Number]],
) -> Outcome {
    show_calls(out, &mut load(text)?, name, calls)
}

fn show_calls(
    out: &mut impl Write,
    module: &mut SingleModule,
    name: &str,
    calls: &[&[Number]],
) -> Outcome {
    for arguments in calls {
        match module.call(name, arguments, ()) {
            Ok(results) => writeln!(
                out,
                "{name}({}) = {}",
                texts(arguments),
                texts(&results)
            )?,
            Err(error) => {
                let text = format!("{name}({}): {error}", texts(arguments));
                writeln!(out, "{}", trace::fit(&text, 2))?;
            }
        }
    }
    Ok(())
}

fn load(text: &str) -> Result<SingleModule, Box<dyn std::error::Error>> {
    Ok(SingleModule::new(Module::from_text(text)?)?)
}

fn texts(numbers: &[Number]) -> String {
    let texts: Vec<String> = numbers.iter().map(Number::to_string).collect();
    texts.join(", ")
}
