//! A script while it runs.

use std::any::Any;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use annex_embedding::{
    Engine, Error, Extern, FuncAddr, Imports, InstanceAddr, LinkError, TrapReport, Value,
};
use ch07_values::Trap;
use ch09_module::KNOWN;
use ch14_spec::{agrees, describe, lacks_magic};
use wasmparser::{Validator, WasmFeatures};
use wast::token::Id;
use wast::{QuoteWat, QuoteWatTest, WastDirective, WastExecute, WastInvoke, WastRet, Wat};

use crate::expect::{argument, describe_wanted, expect};
use crate::{NotPassed, spectest};

/// An instance, or why there is none.
type Instance = Result<InstanceAddr, NotPassed>;

/// A script while it runs: an engine, and what the script has given names to.
pub(crate) struct Script {
    engine: Box<dyn Engine>,
    imports: Imports,
    /// What cannot be imported because the engine does not know it yet: by its module and, where it is not all
    /// of it, its name; and why.
    unavailable: HashMap<(String, Option<String>), String>,
    /// Modules without an instance, or why there are none; the last one has no name.
    definitions: HashMap<Option<String>, Result<Vec<u8>, NotPassed>>,
    named: HashMap<String, Instance>,
    current: Instance,
}

/// Whether a directive asserts something, and so counts when all is well.
pub(crate) fn asserts(directive: &WastDirective) -> bool {
    match directive {
        WastDirective::Module(_)
        | WastDirective::ModuleDefinition(_)
        | WastDirective::ModuleInstance { .. }
        | WastDirective::Register { .. }
        | WastDirective::Invoke(_)
        | WastDirective::Thread(_)
        | WastDirective::Wait { .. } => false,
        WastDirective::AssertMalformed { .. }
        | WastDirective::AssertMalformedCustom { .. }
        | WastDirective::AssertInvalid { .. }
        | WastDirective::AssertInvalidCustom { .. }
        | WastDirective::AssertTrap { .. }
        | WastDirective::AssertReturn { .. }
        | WastDirective::AssertExhaustion { .. }
        | WastDirective::AssertUnlinkable { .. }
        | WastDirective::AssertException { .. }
        | WastDirective::AssertSuspension { .. } => true,
    }
}

/// Does something with an engine. A panic of the engine is a failure like any other.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, NotPassed>) -> Result<T, NotPassed> {
    let outcome = catch_unwind(AssertUnwindSafe(work));
    outcome.unwrap_or_else(|panic| Err(NotPassed::failed("no panic", message(&*panic))))
}

impl Script {
    pub(crate) fn new(make_engine: impl FnOnce() -> Box<dyn Engine>) -> Script {
        let mut engine = make_engine();
        let mut imports = Imports::new();
        let missing = spectest::define(&mut *engine, &mut imports);
        let unavailable = missing
            .into_iter()
            .map(|(name, error)| (("spectest".to_owned(), Some(name)), error.to_string()))
            .collect();
        Script {
            engine,
            imports,
            unavailable,
            definitions: HashMap::new(),
            named: HashMap::new(),
            current: Err(NotPassed::failed("a module", "no such module")),
        }
    }

    /// Does what a directive says.
    pub(crate) fn directive(&mut self, directive: WastDirective) -> Result<(), NotPassed> {
        guarded(|| self.run_directive(directive))
    }

    fn run_directive(&mut self, directive: WastDirective) -> Result<(), NotPassed> {
        match directive {
            WastDirective::Module(module) => {
                let name = module.name();
                let instance = bytes(module).and_then(|bytes| self.instance(&bytes));
                self.bind(name, instance)
            }
            WastDirective::ModuleDefinition(module) => {
                let name = module.name().map(|id| id.name().to_owned());
                let definition = bytes(module);
                // The last one is also meant where there is no name.
                self.definitions.extend([None, name].map(|name| (name, definition.clone())));
                let bytes = definition?;
                known(self.engine.validate(&bytes), &bytes)?
                    .map_err(|error| NotPassed::failed("a valid module", error.to_string()))
            }
            WastDirective::ModuleInstance { instance: name, module, .. } => {
                let definition = module.map(|id| id.name().to_owned());
                let instance = match self.definitions.get(&definition).cloned() {
                    Some(bytes) => bytes.and_then(|bytes| self.instance(&bytes)),
                    None => Err(NotPassed::failed("a definition", "no such definition")),
                };
                self.bind(name, instance)
            }
            WastDirective::Register { name, module, .. } => self.register(name, module),
            WastDirective::Invoke(invoke) => match settled(self.invoke(&invoke)?)? {
                Ok(_) => Ok(()),
                Err(error) => Err(NotPassed::failed("a call that returns", error.to_string())),
            },
            WastDirective::AssertReturn { exec, results, .. } => self.returns(exec, &results),
            WastDirective::AssertTrap { exec, message, .. } => {
                let outcome = self.execute(exec)?;
                trapped(outcome, message)
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                let outcome = settled(self.invoke(&call)?)?;
                trapped(outcome, message)
            }
            WastDirective::AssertInvalid { module, message, .. }
            | WastDirective::AssertMalformed { module, message, .. }
            | WastDirective::AssertInvalidCustom { module, message, .. }
            | WastDirective::AssertMalformedCustom { module, message, .. } => {
                self.refused(module, message)
            }
            WastDirective::AssertUnlinkable { module, message, .. } => {
                let bytes = bytes(QuoteWat::Wat(module))?;
                let outcome = self.instantiate(&bytes)?;
                match outcome {
                    Err(Error::Link(error)) if agrees(&error.to_string(), message) => Ok(()),
                    other => Err(NotPassed::failed(
                        format!("a module that cannot be linked: {message}"),
                        given(other.map(|_| "an instance")),
                    )),
                }
            }
            WastDirective::AssertException { exec, .. } => match self.execute(exec)? {
                Err(Error::Exception(_)) => Ok(()),
                other => Err(NotPassed::failed(
                    "an uncaught exception",
                    given(other.map(|values| describe(&values))),
                )),
            },
            WastDirective::AssertSuspension { .. } => Err(skipped("suspensions")),
            WastDirective::Thread(_) | WastDirective::Wait { .. } => Err(skipped("threads")),
        }
    }

    fn returns(&mut self, exec: WastExecute, wanted: &[WastRet]) -> Result<(), NotPassed> {
        match self.execute(exec)? {
            Ok(values) => expect(wanted, &values),
            Err(error) => Err(NotPassed::failed(describe_wanted(wanted), error.to_string())),
        }
    }

    /// Asserts that a module is malformed or not valid. How an engine puts it is its own business: the messages are not compared.
    fn refused(&mut self, module: QuoteWat, message: &str) -> Result<(), NotPassed> {
        if lacks_magic(&module) {
            return Ok(());
        }
        // A module that a script spells out, and that has no binary format, can be in no engine: what it says of a label
        // or a name that is not there is refused by the script's own reader. One that is quoted comes to the engine as text.
        let bytes = match bytes(module) {
            Ok(bytes) => bytes,
            Err(NotPassed::Failed { .. }) => return Ok(()),
            Err(skipped) => return Err(skipped),
        };
        match settled(self.engine.validate(&bytes))? {
            Err(Error::Module(_)) => Ok(()),
            other => Err(NotPassed::failed(
                format!("no module: {message}"),
                given(other.map(|()| "a valid module")),
            )),
        }
    }

    /// The values that an action leaves, or what it ended in.
    fn execute(&mut self, exec: WastExecute) -> Result<Result<Vec<Value>, Error>, NotPassed> {
        match exec {
            WastExecute::Invoke(invoke) => settled(self.invoke(&invoke)?),
            WastExecute::Wat(module) => {
                let bytes = bytes(QuoteWat::Wat(module))?;
                Ok(self.instantiate(&bytes)?.map(|_| Vec::new()))
            }
            WastExecute::Get { module, global, .. } => {
                let instance = self.named(module)?;
                match self.engine.export(instance, global) {
                    Some(Extern::Global(address)) => match self.engine.global(address) {
                        Some(value) => Ok(Ok(vec![value])),
                        None => Err(skipped("a global whose value cannot be had")),
                    },
                    other => Err(NotPassed::failed(format!("a global `{global}`"), kind(other))),
                }
            }
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke) -> Result<Result<Vec<Value>, Error>, NotPassed> {
        let function = self.function(invoke)?;
        let arguments = invoke.args.iter().map(argument).collect::<Result<Vec<_>, _>>()?;
        Ok(self.engine.invoke(function, &arguments))
    }

    fn function(&self, invoke: &WastInvoke) -> Result<FuncAddr, NotPassed> {
        let instance = self.named(invoke.module)?;
        match self.engine.export(instance, invoke.name) {
            Some(Extern::Func(function)) => Ok(function),
            other => Err(NotPassed::failed(format!("a function `{}`", invoke.name), kind(other))),
        }
    }

    fn register(&mut self, name: &str, module: Option<Id>) -> Result<(), NotPassed> {
        match self.named(module) {
            Ok(instance) => {
                self.imports.instance(&*self.engine, name, instance);
                Ok(())
            }
            Err(NotPassed::Skipped(reason)) => {
                self.unavailable.insert((name.to_owned(), None), reason.clone());
                Err(NotPassed::Skipped(reason))
            }
            Err(miss) => Err(miss),
        }
    }

    /// The instance of a name, or the last one.
    fn named(&self, name: Option<Id>) -> Instance {
        match name {
            None => self.current.clone(),
            Some(id) => self.named.get(id.name()).cloned().unwrap_or_else(|| {
                Err(NotPassed::failed(format!("a module ${}", id.name()), "no such module"))
            }),
        }
    }

    /// Makes an instance the last one, and gives it a name if it has one.
    fn bind(&mut self, name: Option<Id>, instance: Instance) -> Result<(), NotPassed> {
        if let Some(id) = name {
            self.named.insert(id.name().to_owned(), instance.clone());
        }
        self.current = instance.clone();
        instance.map(|_| ())
    }

    /// An instance that the script needs.
    fn instance(&mut self, bytes: &[u8]) -> Instance {
        let outcome = self.instantiate(bytes)?;
        outcome.map_err(|error| NotPassed::failed("an instance", error.to_string()))
    }

    fn instantiate(&mut self, bytes: &[u8]) -> Result<Result<InstanceAddr, Error>, NotPassed> {
        let outcome = known(self.engine.instantiate(bytes, &self.imports), bytes)?;
        if let Err(Error::Link(error)) = &outcome
            && let Some(reason) = self.why_unavailable(error)
        {
            return Err(NotPassed::Skipped(reason));
        }
        Ok(outcome)
    }

    /// Why an import is missing, if the engine is to blame and not the script.
    fn why_unavailable(&self, error: &LinkError) -> Option<String> {
        let (module, name) = (&error.module, &error.name);
        let whole = (module.clone(), None);
        let part = (module.clone(), Some(name.clone()));
        self.unavailable.get(&whole).or_else(|| self.unavailable.get(&part)).cloned()
    }
}

/// The module in the binary format, or in the text format where a script gives it as a string.
fn bytes(mut module: QuoteWat) -> Result<Vec<u8>, NotPassed> {
    if let QuoteWat::Wat(Wat::Component(_)) | QuoteWat::QuoteComponent(..) = module {
        return Err(skipped("components"));
    }
    match module.to_test() {
        Ok(QuoteWatTest::Binary(bytes) | QuoteWatTest::Text(bytes)) => Ok(bytes),
        Err(error) => Err(NotPassed::failed("a module that can be encoded", error.message())),
    }
}

/// The outcome, unless it is "not yet": then the directive is skipped.
fn settled<T>(outcome: Result<T, Error>) -> Result<Result<T, Error>, NotPassed> {
    match outcome {
        Err(Error::NotYet(what)) => Err(NotPassed::Skipped(what)),
        Err(Error::Trap(report)) if report.trap == Trap::NotYet => {
            let instr = report.instr.unwrap_or_default();
            let name = instr.split_whitespace().next().unwrap_or_default();
            Err(skipped(&format!("the instruction {name}")))
        }
        outcome => Ok(outcome),
    }
}

/// The outcome for a module, unless the engine refuses it only because it needs a proposal that we
/// don't know: then the directive is skipped.
fn known<T>(outcome: Result<T, Error>, module: &[u8]) -> Result<Result<T, Error>, NotPassed> {
    let is_valid = |features| Validator::new_with_features(features).validate_all(module).is_ok();
    match &outcome {
        Err(Error::Module(error)) if is_valid(WasmFeatures::all()) && !is_valid(KNOWN) => {
            Err(skipped(&format!("an unknown proposal: {error}")))
        }
        _ => settled(outcome),
    }
}

/// What an export is instead of what the script expects.
fn kind(export: Option<Extern>) -> &'static str {
    match export {
        None => "no such export",
        Some(Extern::Func(_)) => "a function",
        Some(Extern::Table(_)) => "a table",
        Some(Extern::Memory(_)) => "a memory",
        Some(Extern::Global(_)) => "a global",
        Some(Extern::Tag(_)) => "a tag",
    }
}

fn skipped(reason: &str) -> NotPassed {
    NotPassed::Skipped(reason.to_owned())
}

/// Asserts that an action has trapped, and why.
fn trapped(outcome: Result<Vec<Value>, Error>, message: &str) -> Result<(), NotPassed> {
    match outcome {
        Err(Error::Trap(report)) if agrees(&report.trap.to_string(), message) => Ok(()),
        // An engine that does not tell two traps apart says the other one too.
        Err(Error::Trap(TrapReport { source: Some(other), .. }))
            if agrees(&other.to_string(), message) =>
        {
            Ok(())
        }
        other => Err(NotPassed::failed(
            format!("a trap: {message}"),
            given(other.map(|values| describe(&values))),
        )),
    }
}

fn given(outcome: Result<impl Into<String>, Error>) -> String {
    match outcome {
        Ok(values) => values.into(),
        Err(error) => error.to_string(),
    }
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("a panic: {}", text.unwrap_or_default())
}
