//! `wasm wast`: the scripts of chapter 14, on the engines.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use ch14_spec::Failure;
use wasmparser::WasmFeatures;
use wast::core::{WastArgCore, WastRetCore};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{Wast, WastArg, WastDirective, WastExecute, WastInvoke, WastRet};

use crate::engines::Name;
use crate::features::Chosen;
use crate::input;
use crate::terminal::{self, printable};

const EXAMPLES: &str = "\
Examples:
  wasm wast numbers.wast
  wasm wast *.wast --engine fast

A script makes modules, calls their functions, and asserts the outcomes. The
standard's own tests are such scripts, and chapter 14 of the book explains them.
Directives with vectors, references or exceptions are skipped, and so is what
fails after a call that was skipped.";

/// The arguments of `wasm wast`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The scripts: files, or `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Only this engine: tree, flat, slots or fast; repeatable.
    #[arg(long, value_name = "NAME", hide_possible_values = true)]
    pub engine: Vec<Name>,
    #[command(flatten)]
    pub features: Chosen,
}

/// Runs each script on each engine, in a store of its own.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let engines = match arguments.engine.is_empty() {
        true => Name::ALL.to_vec(),
        false => Name::ALL.into_iter().filter(|name| arguments.engine.contains(name)).collect(),
    };
    let features = arguments.features.features();
    let mut out = terminal::stdout();
    let mut code = ExitCode::SUCCESS;
    for file in &arguments.files {
        let outcomes = input::script(file).and_then(|(name, text)| {
            let outcomes = outcomes(&name, &text, &engines, features)?;
            Ok((name, outcomes))
        });
        match outcomes {
            Ok((name, outcomes)) => {
                if !report(&mut out, &name, &outcomes)? {
                    code = ExitCode::FAILURE;
                }
            }
            Err(error) => {
                out.flush()?;
                terminal::complain(format_args!("{error:#}"));
                code = ExitCode::FAILURE;
            }
        }
    }
    out.flush()?;
    Ok(code)
}

/// What came of a script on an engine.
struct Outcome {
    engine: &'static str,
    passed: u64,
    skipped: u64,
    failed: Vec<(usize, Failure)>,
}

fn outcomes(
    name: &str,
    text: &str,
    engines: &[Name],
    features: WasmFeatures,
) -> Result<Vec<Outcome>> {
    let unread = |error: wast::Error| anyhow!("{}", input::at(name, text, &error));
    // The runner of chapter 14 returns an outcome for each directive, in the same order.
    let knowledge = knowledge(text).map_err(unread)?;
    let on = |engine: &Name| {
        let mut engine = engine.make(features);
        let report = ch14_spec::run(text, &mut *engine).map_err(unread)?;
        let mut outcome =
            Outcome { engine: engine.name(), passed: 0, skipped: 0, failed: Vec::new() };
        // Whether something is missing now that a skipped directive would have done.
        let mut lacks_effects = false;
        for (knowledge, directive) in knowledge.iter().zip(report.outcomes) {
            lacks_effects |= *knowledge == Knowledge::Acts;
            match (knowledge, directive.result) {
                (Knowledge::Knows, Ok(_)) => outcome.passed += 1,
                (Knowledge::Knows, Err(failure)) if !lacks_effects => {
                    outcome.failed.push((directive.line, failure))
                }
                _ => outcome.skipped += 1,
            }
        }
        Ok(outcome)
    };
    engines.iter().map(on).collect()
}

/// Prints each failure once, with the engines that have it, and then the numbers. Returns whether
/// there are no failures.
fn report(out: &mut impl Write, name: &str, outcomes: &[Outcome]) -> Result<bool> {
    let failures = outcomes
        .iter()
        .flat_map(|outcome| outcome.failed.iter().map(|failure| (failure, outcome.engine)));
    let mut failures = grouped(failures);
    failures.sort_by_key(|((line, _), _)| *line);
    for ((line, failure), engines) in &failures {
        let style = terminal::BAD;
        let on = match engines.len() == outcomes.len() {
            true => String::new(),
            false => format!(" on {}", engines.join(", ")),
        };
        let failure = printable(&failure.to_string().replace('\n', " "));
        writeln!(out, "{name}:{line}: {style}failed{style:#}{on}: {failure}")?;
    }
    let numbers = outcomes.iter().map(|outcome| {
        let Outcome { passed, skipped, failed, .. } = outcome;
        ((*passed, failed.len(), *skipped), outcome.engine)
    });
    for ((passed, failed, skipped), engines) in grouped(numbers) {
        let style = if failed == 0 { terminal::GOOD } else { terminal::BAD };
        write!(out, "{name}: {style}{passed} passed")?;
        if failed > 0 {
            write!(out, ", {failed} failed")?;
        }
        if skipped > 0 {
            write!(out, ", {skipped} skipped")?;
        }
        writeln!(out, "{style:#} on {}", engines.join(", "))?;
    }
    Ok(failures.is_empty())
}

/// The engines of each distinct item.
fn grouped<T: PartialEq>(
    items: impl Iterator<Item = (T, &'static str)>,
) -> Vec<(T, Vec<&'static str>)> {
    let mut groups: Vec<(T, Vec<&str>)> = Vec::new();
    for (item, engine) in items {
        match groups.iter_mut().find(|(known, _)| *known == item) {
            Some((_, engines)) => engines.push(engine),
            None => groups.push((item, vec![engine])),
        }
    }
    groups
}

/// What the runner of chapter 14 can do with a directive.
#[derive(Clone, Copy, PartialEq)]
enum Knowledge {
    /// It knows the directive and its values.
    Knows,
    /// It doesn't know them, but does all that the directive does to the modules.
    Asserts,
    /// It doesn't know them, and later directives may depend on what this one does.
    Acts,
}

fn knowledge(text: &str) -> Result<Vec<Knowledge>, wast::Error> {
    let mut lexer = Lexer::new(text);
    // As in chapter 14.
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer)?;
    let directives = parser::parse::<Wast<'_>>(&buffer)?.directives;
    let of = |directive: &WastDirective<'_>| match directive {
        directive if is_known(directive) => Knowledge::Knows,
        // The call is made. Only its results can't be compared.
        WastDirective::AssertReturn { exec, .. } if is_known_action(exec) => Knowledge::Asserts,
        WastDirective::AssertInvalidCustom { .. } | WastDirective::AssertMalformedCustom { .. } => {
            Knowledge::Asserts
        }
        _ => Knowledge::Acts,
    };
    Ok(directives.iter().map(of).collect())
}

fn is_known(directive: &WastDirective<'_>) -> bool {
    match directive {
        WastDirective::Module(_)
        | WastDirective::Register { .. }
        | WastDirective::AssertInvalid { .. }
        | WastDirective::AssertMalformed { .. }
        | WastDirective::AssertUnlinkable { .. } => true,
        WastDirective::Invoke(call) | WastDirective::AssertExhaustion { call, .. } => {
            has_numbers(call)
        }
        WastDirective::AssertTrap { exec, .. } => is_known_action(exec),
        WastDirective::AssertReturn { exec, results, .. } => {
            is_known_action(exec) && results.iter().all(is_number)
        }
        _ => false,
    }
}

fn is_known_action(action: &WastExecute<'_>) -> bool {
    match action {
        WastExecute::Invoke(call) => has_numbers(call),
        WastExecute::Wat(_) | WastExecute::Get { .. } => true,
    }
}

fn has_numbers(call: &WastInvoke<'_>) -> bool {
    use WastArgCore::{F32, F64, I32, I64};
    let is_number = |argument: &WastArg<'_>| {
        matches!(argument, WastArg::Core(I32(_) | I64(_) | F32(_) | F64(_)))
    };
    call.args.iter().all(is_number)
}

fn is_number(result: &WastRet<'_>) -> bool {
    use WastRetCore::{F32, F64, I32, I64};
    matches!(result, WastRet::Core(I32(_) | I64(_) | F32(_) | F64(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEPER: &str = r#"(module
        (global $kept (mut externref) (ref.null extern))
        (func (export "keep") (param externref) (global.set $kept (local.get 0)))
        (func (export "kept") (result externref) (global.get $kept))
        (func (export "one") (result i32) (i32.const 1)))"#;

    /// How many of the script's directives pass, fail and are skipped, after the module.
    fn counts(script: &str) -> [u64; 3] {
        let text = format!("{KEEPER}{script}");
        let outcome = outcomes("x", &text, &[Name::Tree], WasmFeatures::WASM2).unwrap().remove(0);
        [outcome.passed - 1, outcome.failed.len() as u64, outcome.skipped]
    }

    #[test]
    fn a_call_with_an_argument_that_is_no_number_is_skipped() {
        assert_eq!(counts(r#"(invoke "keep" (ref.extern 1))"#), [0, 0, 1]);
        assert_eq!(counts(r#"(assert_return (invoke "keep" (ref.extern 1)))"#), [0, 0, 1]);
        assert_eq!(counts(r#"(assert_trap (invoke "keep" (ref.extern 1)) "x")"#), [0, 0, 1]);
        assert_eq!(counts(r#"(assert_exhaustion (invoke "keep" (ref.extern 1)) "x")"#), [0, 0, 1]);
    }

    #[test]
    fn only_a_call_that_was_not_made_excuses_a_failure() {
        let wrong = r#"(assert_return (invoke "one") (i32.const 2))"#;
        assert_eq!(counts(wrong), [0, 1, 0]);
        let kept = r#"(assert_return (invoke "kept") (ref.null extern))"#;
        assert_eq!(counts(&format!("{kept}{wrong}")), [0, 1, 1]);
        let keep = r#"(assert_return (invoke "keep" (ref.extern 1)))"#;
        assert_eq!(counts(&format!("{keep}{wrong}")), [0, 0, 2]);
        let right = r#"(assert_return (invoke "one") (i32.const 1))"#;
        assert_eq!(counts(&format!("{keep}{right}")), [1, 0, 1]);
    }

    #[test]
    fn a_failure_on_some_engines_names_them() {
        let failure = |line, got: &str| {
            let failure = Failure { wanted: "(i32 1)".to_owned(), got: got.to_owned() };
            (line, failure)
        };
        let outcome = |engine, failed| Outcome { engine, passed: 3, skipped: 0, failed };
        let outcomes = [
            outcome("tree", vec![failure(9, "(i32 2)")]),
            outcome("flat", vec![failure(4, "(i32 3)"), failure(9, "(i32 2)")]),
            outcome("fast", vec![failure(9, "(i32 2)")]),
        ];
        let mut out = Vec::new();
        assert!(!report(&mut out, "x", &outcomes).unwrap());
        let out = anstream::adapter::strip_bytes(&out).into_vec();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "x:4: failed on flat: expected (i32 1), found (i32 3)\n\
             x:9: failed: expected (i32 1), found (i32 2)\n\
             x: 3 passed, 1 failed on tree, fast\n\
             x: 3 passed, 2 failed on flat\n"
        );
    }
}
