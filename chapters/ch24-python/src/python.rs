//! A Python: a store with MicroPython in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ch22_embed::{Engine, Error, Func, Instance, Linker, Module, Store, Val};

use crate::files::Files;
use crate::host::{self, Clock, Host};
use crate::run::Next;
use crate::screen::{PROMPTS, Screen};
use crate::value::Value;
use crate::{Settings, files, longjmp, objects};

/// A Python, which keeps what it knows from one piece of code to the next.
///
/// Its engine counts fuel: see [`Python::engine`].
pub struct Python {
    pub(crate) store: Store<Host>,
    pub(crate) linker: Linker<Host>,
    /// MicroPython.
    pub(crate) program: Instance,
    pub(crate) screen: Screen,
    pub(crate) next: Next,
    /// Where Python writes what comes of a piece of code.
    pub(crate) out: u32,
}

/// How much of the guest's memory is the host's: for an outcome, for paths.
const ROOM: i32 = 8192;

/// What Python executes before anything else.
const PRELUDE: &str = include_str!("prelude.py");

impl Python {
    /// An engine for Pythons: one that counts fuel, so that a Python can be
    /// paused anywhere.
    pub fn engine() -> Engine {
        Engine::new(ch22_embed::Config::new().consume_fuel(true))
    }

    /// Starts a Python. `module` is MicroPython for WebAssembly: the file
    /// `micropython.wasm` of the npm package
    /// `@micropython/micropython-webassembly-pyscript`.
    ///
    /// # Errors
    ///
    /// The engine counts no fuel, or the module is another one.
    pub fn new(
        engine: &Engine,
        module: &Module,
        mut settings: Settings,
    ) -> Result<Python, Error> {
        let screen = Screen::new(settings.output);
        screen.connect(&mut settings.wasi);
        let data = Host {
            wasi: settings.wasi.build(),
            clock: Clock::at(0),
            files: Files::new(settings.directories),
            guests: Vec::new(),
            told: None,
            interrupted: Arc::default(),
        };
        let mut store = Store::new(engine, data);
        store.set_fuel(u64::MAX)?;
        let mut linker = Python::linker(engine)?;
        let small = Module::new(engine, longjmp::text(module))?;
        let small = linker.instantiate(&mut store, &small)?;
        linker.instance(&store, "env", small)?;
        let program = linker.instantiate(&mut store, module)?;
        longjmp::connect(&mut store, small, program, longjmp::LATE)?;
        let next = Next::Nothing;
        let mut python =
            Python { store, linker, program, screen, next, out: 0 };
        files::connect(&mut python)?;
        python.boot(settings.heap, &settings.arguments)?;
        python.store.set_fuel(0)?;
        Ok(python)
    }

    /// All functions of the host.
    pub(crate) fn linker(engine: &Engine) -> Result<Linker<Host>, Error> {
        let mut linker = Linker::new(engine);
        ch23_wasi::add_to_linker(&mut linker, |host: &mut Host| {
            &mut host.wasi
        })?;
        host::add(&mut linker)?;
        objects::add(&mut linker)?;
        files::add(&mut linker)?;
        Ok(linker)
    }

    fn boot(&mut self, heap: u32, arguments: &[String]) -> Result<(), Error> {
        self.short("emscripten_stack_init", &[])?;
        self.short("__wasm_call_ctors", &[])?;
        let room = self.short("malloc", &[ROOM.into()])?;
        self.out = room as u32;
        self.store.data_mut().files.room = self.out;
        self.short("mp_js_init", &[2048.into(), (heap as i32).into()])?;
        self.short("proxy_c_init", &[])?;
        self.register("_host", objects::HOST)?;
        // So its lines aren't taken for the program's in a traceback.
        self.exec(&format!("exec({}, {{}})", quote(PRELUDE)))?;
        let [first, second] = PROMPTS;
        let prompts = format!("'\\x{first:02x}', '\\x{second:02x}'");
        let arguments: Vec<String> =
            arguments.iter().map(|it| quote(it)).collect();
        self.exec(&format!(
            "import sys\nsys.ps1, sys.ps2 = {prompts}\n\
             sys.argv[:] = [{}]\ndel sys\n",
            arguments.join(", ")
        ))?;
        Ok(())
    }

    /// Gives an object of the host to Python, as a module.
    fn register(&mut self, name: &str, object: u32) -> Result<(), Error> {
        let out = self.out;
        let name = self.text(name)?;
        let memory = self.memory()?;
        crate::value::write(memory, out, [7, object, 0])?;
        let arguments = [(name as i32).into(), (out as i32).into()];
        self.short("mp_js_register_js_module", &arguments)?;
        self.free(name)
    }

    /// Adds another guest to the store, which Python imports by this name.
    /// Python calls what it exports, and reads and writes its memory.
    ///
    /// # Errors
    ///
    /// It imports something that isn't there, or can't be instantiated.
    pub fn add_module(
        &mut self,
        name: &str,
        module: &Module,
    ) -> Result<(), Error> {
        let fuel = self.store.get_fuel()?;
        self.store.set_fuel(u64::MAX)?;
        let instance = self.linker.instantiate(&mut self.store, module)?;
        self.store.set_fuel(fuel)?;
        self.store.data_mut().guests.push((name.to_owned(), instance));
        Ok(self.exec(&format!("__import__('_ours').guest({})", quote(name)))?)
    }

    /// What interrupts this Python, from wherever: it raises
    /// `KeyboardInterrupt` as soon as this is true.
    pub fn interrupt_handle(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.store.data().interrupted)
    }

    /// Raises `KeyboardInterrupt` in what Python executes now, if somebody has
    /// asked for it.
    pub(crate) fn heed_interrupt(&mut self) -> Result<bool, Error> {
        let flag = &self.store.data().interrupted;
        let asked = flag.swap(false, Ordering::Relaxed);
        if asked {
            self.short("mp_sched_keyboard_interrupt", &[])?;
        }
        Ok(asked)
    }

    /// Calls a function that ends soon, whatever fuel there is.
    pub(crate) fn short(
        &mut self,
        name: &str,
        arguments: &[Val],
    ) -> Result<i32, Error> {
        let function = self.function(name)?;
        let fuel = self.store.get_fuel()?;
        self.store.set_fuel(u64::MAX)?;
        let count = function.ty(&self.store).results().len();
        let mut results = vec![Val::I32(0); count];
        let outcome = function.call(&mut self.store, arguments, &mut results);
        self.store.set_fuel(fuel)?;
        outcome?;
        Ok(results.first().and_then(Val::i32).unwrap_or_default())
    }

    pub(crate) fn function(&self, name: &str) -> Result<Func, Error> {
        self.program.get_func(&self.store, name).ok_or_else(|| {
            Error::msg(format!("MicroPython exports no `{name}`"))
        })
    }

    pub(crate) fn memory(&mut self) -> Result<&mut [u8], Error> {
        let memory = self.program.get_memory(&self.store, "memory");
        let missing = || Error::msg("MicroPython exports no `memory`");
        Ok(memory.ok_or_else(missing)?.data_mut(&mut self.store))
    }

    /// A text in the guest's memory, with a zero at its end.
    pub(crate) fn text(&mut self, text: &str) -> Result<u32, Error> {
        let size = i32::try_from(text.len() + 1).map_err(Error::new)?;
        let at = self.short("malloc", &[size.into()])? as u32;
        if at == 0 {
            return Err(Error::msg("Python has no memory left"));
        }
        let place = crate::value::bytes_mut(self.memory()?, at, size as u32)?;
        place[..text.len()].copy_from_slice(text.as_bytes());
        place[text.len()] = 0;
        Ok(at)
    }

    pub(crate) fn free(&mut self, at: u32) -> Result<(), Error> {
        self.short("free", &[(at as i32).into()]).map(|_| ())
    }

    /// What an expression is worth, as `repr` prints it.
    ///
    /// # Errors
    ///
    /// An exception, or whatever else ends the call.
    pub fn eval(&mut self, expression: &str) -> Result<String, crate::Failed> {
        let text = quote(expression);
        let tell = "__import__('_host').tell";
        self.exec(&format!("{tell}(repr(eval({text})))"))?;
        Ok(self.store.data_mut().told.take().unwrap_or_default())
    }

    /// Calls a function that was defined in Python.
    ///
    /// # Errors
    ///
    /// An exception, or whatever else ends the call.
    pub fn call(
        &mut self,
        name: &str,
        arguments: &[Value],
    ) -> Result<Value, crate::Failed> {
        self.start_call(name, arguments)?;
        self.finish()
    }
}

/// A text as Python would write it in a program.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::from("'");
    for character in text.chars() {
        match character {
            '\'' | '\\' => quoted.extend(['\\', character]),
            it if it.is_control() => {
                quoted += &format!("\\x{:02x}", u32::from(it));
            }
            it => quoted.push(it),
        }
    }
    quoted + "'"
}
