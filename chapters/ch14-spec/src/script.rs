//! A script while it runs.

use std::collections::HashMap;
use std::fmt::Debug;

use annex_embedding::{Engine, Error, Extern, Imports, InstanceAddr, Value};
use wast::core::{Module, ModuleKind};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Id;
use wast::{
    QuoteWat, QuoteWatTest, Wast, WastDirective, WastExecute, WastInvoke,
    WastRet, Wat,
};

use crate::expect::{all_match, argument, describe, describe_wanted};
use crate::{Failure, Outcome, Report};

/// The module that the suite's modules import from: a module like any other.
const SPECTEST: &[u8] = include_bytes!("spectest.wat");

/// What an action ended in, or why it could not even be tried.
type Tried<T> = Result<Result<T, Error>, Failure>;

/// Runs a script on an engine, directive by directive.
///
/// # Errors
///
/// The text is no script. The error names the line and the column.
pub fn run(text: &str, engine: &mut dyn Engine) -> Result<Report, wast::Error> {
    let mut lexer = Lexer::new(text);
    // The suite has names that look alike, on purpose.
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer)?;
    let directives = parser::parse::<Wast>(&buffer)?.directives;
    let mut script = Script::new(engine);
    let mut report = Report::default();
    for directive in directives {
        let line = directive.span().linecol_in(text).0 + 1;
        report
            .outcomes
            .push(Outcome { line, result: script.run_directive(directive) });
    }
    Ok(report)
}

/// A script while it runs: an engine, and what the script has given names to.
struct Script<'engine> {
    engine: &'engine mut dyn Engine,
    /// What a module can import: what was registered.
    imports: Imports,
    /// The instances that have names.
    named: HashMap<String, InstanceAddr>,
    /// The instance that is meant where there is no name: the last one.
    current: Option<InstanceAddr>,
}

impl<'engine> Script<'engine> {
    /// A script that is about to begin. What its modules may import is there,
    /// unless the engine has no room for it.
    fn new(engine: &'engine mut dyn Engine) -> Script<'engine> {
        let mut imports = Imports::new();
        if let Ok(spectest) = engine.instantiate(SPECTEST, &imports) {
            imports.instance(&*engine, "spectest", spectest);
        }
        Script { engine, imports, named: HashMap::new(), current: None }
    }

    /// Executes a directive, and describes what the engine did.
    fn run_directive(
        &mut self,
        directive: WastDirective<'_>,
    ) -> Result<String, Failure> {
        match directive {
            WastDirective::Module(module) => self.module(module),
            WastDirective::Register { name, module, .. } => {
                self.register(name, module)
            }
            WastDirective::Invoke(invoke) => match self.invoke(&invoke)? {
                Ok(values) => Ok(describe(&values)),
                Err(error) => {
                    Err(Failure::new("a call that returns", error.to_string()))
                }
            },
            WastDirective::AssertReturn { exec, results, .. } => {
                self.returns(exec, &results)
            }
            WastDirective::AssertTrap { exec, message, .. } => {
                let outcome = self.execute(exec)?;
                trapped(outcome, message)
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                let outcome = self.invoke(&call)?;
                trapped(outcome, message)
            }
            WastDirective::AssertInvalid { module, message, .. }
            | WastDirective::AssertMalformed { module, message, .. } => {
                self.refused(module, message)
            }
            WastDirective::AssertUnlinkable { module, message, .. } => {
                self.unlinkable(QuoteWat::Wat(module), message)
            }
            other => {
                Err(Failure::new("a directive of this runner", kind(&other)))
            }
        }
    }

    /// `module`: makes an instance, which is the current one from now on.
    fn module(&mut self, module: QuoteWat<'_>) -> Result<String, Failure> {
        let name = module.name();
        let instance = self.instantiate(module)?;
        let instance = instance
            .map_err(|error| Failure::new("an instance", error.to_string()))?;
        if let Some(id) = name {
            self.named.insert(id.name().to_owned(), instance);
        }
        self.current = Some(instance);
        Ok("an instance".to_owned())
    }

    /// `register`: what the instance exports can be imported under this name.
    fn register(
        &mut self,
        name: &str,
        module: Option<Id<'_>>,
    ) -> Result<String, Failure> {
        let instance = self.instance(module)?;
        self.imports.instance(&*self.engine, name, instance);
        Ok(format!("`{name}` can be imported"))
    }

    /// `assert_return`: the action leaves these values.
    fn returns(
        &mut self,
        exec: WastExecute<'_>,
        wanted: &[WastRet<'_>],
    ) -> Result<String, Failure> {
        match self.execute(exec)? {
            Ok(values) if all_match(wanted, &values) => {
                Ok(describe_wanted(wanted))
            }
            Ok(values) => {
                Err(Failure::new(describe_wanted(wanted), describe(&values)))
            }
            Err(error) => {
                Err(Failure::new(describe_wanted(wanted), error.to_string()))
            }
        }
    }

    /// `assert_invalid`, `assert_malformed`: there is no module. The message is
    /// up to the engine.
    fn refused(
        &self,
        module: QuoteWat<'_>,
        message: &str,
    ) -> Result<String, Failure> {
        if lacks_magic(&module) {
            return Ok("no magic number".to_owned());
        }
        match self.engine.validate(&bytes(module)?) {
            Err(Error::Module(error)) => Ok(error
                .to_string()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned()),
            Err(error) => Err(Failure::new(
                format!("no module: {message}"),
                error.to_string(),
            )),
            Ok(()) => Err(Failure::new(
                format!("no module: {message}"),
                "a valid module",
            )),
        }
    }

    /// `assert_unlinkable`: an import is missing, or is of another type.
    fn unlinkable(
        &mut self,
        module: QuoteWat<'_>,
        message: &str,
    ) -> Result<String, Failure> {
        match self.instantiate(module)? {
            Err(Error::Link(error)) if agrees(&error.to_string(), message) => {
                Ok(error.to_string())
            }
            other => {
                Err(Failure::new(format!("no link: {message}"), given(other)))
            }
        }
    }

    /// What comes of an action: a call, a look at a global, or a module that
    /// does something when it starts.
    fn execute(&mut self, exec: WastExecute<'_>) -> Tried<Vec<Value>> {
        match exec {
            WastExecute::Invoke(invoke) => self.invoke(&invoke),
            WastExecute::Wat(module) => {
                let instance = self.instantiate(QuoteWat::Wat(module))?;
                Ok(instance.map(|_| Vec::new()))
            }
            WastExecute::Get { module, global, .. } => match self
                .export(module, global)?
            {
                Extern::Global(address) => {
                    Ok(Ok(self.engine.global(address).into_iter().collect()))
                }
                other => Err(Failure::new(
                    format!("a global `{global}`"),
                    kind(&other),
                )),
            },
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Tried<Vec<Value>> {
        let name = invoke.name;
        match self.export(invoke.module, name)? {
            Extern::Func(function) => {
                let arguments: Result<Vec<Value>, Failure> =
                    invoke.args.iter().map(argument).collect();
                Ok(self.engine.invoke(function, &arguments?))
            }
            other => {
                Err(Failure::new(format!("a function `{name}`"), kind(&other)))
            }
        }
    }

    fn export(
        &self,
        module: Option<Id<'_>>,
        name: &str,
    ) -> Result<Extern, Failure> {
        let export = self.engine.export(self.instance(module)?, name);
        export.ok_or_else(|| {
            Failure::new(format!("an export `{name}`"), "no such export")
        })
    }

    /// The instance of a name, or the last one.
    fn instance(&self, name: Option<Id<'_>>) -> Result<InstanceAddr, Failure> {
        let instance = match name {
            Some(id) => self.named.get(id.name()).copied(),
            None => self.current,
        };
        instance.ok_or_else(|| Failure::new("an instance", "no such instance"))
    }

    fn instantiate(&mut self, module: QuoteWat<'_>) -> Tried<InstanceAddr> {
        Ok(self.engine.instantiate(&bytes(module)?, &self.imports))
    }
}

/// The module in the binary format, or in the text format where a script gives
/// it as a string.
fn bytes(mut module: QuoteWat<'_>) -> Result<Vec<u8>, Failure> {
    match module.to_test() {
        Ok(QuoteWatTest::Binary(bytes) | QuoteWatTest::Text(bytes)) => {
            Ok(bytes)
        }
        Err(error) => {
            Err(Failure::new("a module that can be encoded", error.message()))
        }
    }
}

/// Whether a module is written byte by byte and does not begin with `\0asm`.
///
/// An engine takes such bytes for text. No bytes at all would be the empty
/// module then, where the script means a binary that ends too early.
pub fn lacks_magic(module: &QuoteWat<'_>) -> bool {
    match module {
        QuoteWat::Wat(Wat::Module(Module {
            kind: ModuleKind::Binary(parts),
            ..
        })) => !parts.concat().starts_with(b"\0asm"),
        _ => false,
    }
}

/// The first word of a value's debug text: the name of its variant.
pub fn kind(what: &impl Debug) -> String {
    let text = format!("{what:?}");
    text.chars().take_while(|c| c.is_alphanumeric()).collect()
}

/// `assert_trap`, `assert_exhaustion`: the action traps, and this is why.
fn trapped(
    outcome: Result<Vec<Value>, Error>,
    message: &str,
) -> Result<String, Failure> {
    match outcome {
        Err(Error::Trap(report))
            if agrees(&report.trap.to_string(), message) =>
        {
            Ok(report.to_string())
        }
        other => {
            let values = other.map(|values| describe(&values));
            Err(Failure::new(
                format!("a trap: {message}"),
                values.unwrap_or_else(|error| error.to_string()),
            ))
        }
    }
}

/// Whether a message is the one that a script expects. It may go on after the
/// expected one. The suite sometimes adds the number of an element, and we
/// don't.
pub fn agrees(given: &str, expected: &str) -> bool {
    let number = |char: char| char == ' ' || char.is_ascii_digit();
    let expected = expected.trim_end_matches(number);
    !expected.is_empty() && given.starts_with(expected)
}

/// What an instantiation ended in.
fn given(outcome: Result<InstanceAddr, Error>) -> String {
    outcome.map_or_else(|error| error.to_string(), |_| "an instance".to_owned())
}
