//! A Python: a store with MicroPython in it.

use std::sync::Arc;

use ch22_embed::{Engine, Error, Instance, Linker, Module, Store};

use crate::files::Files;
use crate::host::{self, Clock, Host};
use crate::inside::quote;
use crate::screen::Screen;
use crate::step::Next;
use crate::{Settings, attributes, files, interrupt, longjmp, objects, wasi};

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
    /// The lines of a statement that hasn't ended.
    pub(crate) block: String,
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
            ours: 0,
            interrupted: Arc::default(),
        };
        let mut store = Store::new(engine, data);
        store.set_fuel(u64::MAX)?;
        let mut linker = Python::linker(engine)?;
        let small = Module::new(engine, Python::small_module(module))?;
        let small = linker.instantiate(&mut store, &small)?;
        linker.instance(&store, "env", small)?;
        let program = linker.instantiate(&mut store, module)?;
        longjmp::connect(&mut store, small, program, &longjmp::LATE)?;
        let (next, block) = (Next::Nothing, String::new());
        let mut python =
            Python { store, linker, program, screen, next, out: 0, block };
        wasi::connect(&mut python)?;
        python.boot(settings.heap, &settings.arguments)?;
        python.store.set_fuel(0)?;
        Ok(python)
    }

    /// The text of the module that catches what MicroPython throws, and has
    /// its clock.
    pub fn small_module(micropython: &Module) -> String {
        longjmp::text(micropython, interrupt::CLOCK)
    }

    /// All functions of the host.
    pub(crate) fn linker(engine: &Engine) -> Result<Linker<Host>, Error> {
        let mut linker = Linker::new(engine);
        ch23_wasi::add_to_linker(&mut linker, |host: &mut Host| {
            &mut host.wasi
        })?;
        host::add(&mut linker)?;
        interrupt::add(&mut linker)?;
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
        let prelude = quote(PRELUDE);
        let code = format!("compile({prelude}, '_ours', 'exec')");
        self.exec(&format!("exec({code}, {{}})"))?;
        self.store.data_mut().ours = attributes::module(self, "_ours")?;
        let arguments: Vec<String> =
            arguments.iter().map(|it| quote(it)).collect();
        let arguments = arguments.join(", ");
        Ok(self.exec(&format!("__import__('sys').argv[:] = [{arguments}]"))?)
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
}
