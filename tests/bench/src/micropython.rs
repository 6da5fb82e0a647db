//! MicroPython, with just enough of a host for a program that computes and prints.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use annex_embedding::{
    Caller, Engine, Error, Extern, FuncAddr, HostError, HostFunction, InstanceAddr, MemAddr,
    TableAddr, Value,
};
use ch09_module::{FuncType, Module, ValType};

use crate::link;

type BoxError = Box<dyn std::error::Error>;

/// MicroPython on an engine.
pub struct MicroPython {
    engine: Box<dyn Engine>,
    guest: Rc<OnceCell<Guest>>,
    printed: Rc<RefCell<Vec<u8>>>,
}

/// What the host needs of the instance.
struct Guest {
    instance: InstanceAddr,
    memory: MemAddr,
    table: TableAddr,
    stack: [FuncAddr; 2],
    set_threw: FuncAddr,
    /// The functions of the table that have been looked up.
    functions: RefCell<HashMap<u64, FuncAddr>>,
}

/// What C's `longjmp` unwinds with.
#[derive(Debug)]
struct LongJump;

impl fmt::Display for LongJump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("longjmp")
    }
}

impl std::error::Error for LongJump {}

impl MicroPython {
    /// Instantiates the interpreter, and starts it.
    ///
    /// # Errors
    ///
    /// The module is another one than this host knows.
    pub fn new(mut engine: Box<dyn Engine>, module: &[u8]) -> Result<MicroPython, BoxError> {
        let guest: Rc<OnceCell<Guest>> = Rc::default();
        let printed: Rc<RefCell<Vec<u8>>> = Rc::default();
        let decoded = Module::from_binary(module)?;
        let imports =
            link(&decoded, &mut *engine, |name, ty| host_function(name, ty, &guest, &printed))?;
        let instance = engine.instantiate(module, &imports)?;
        let missing = |name: &str| format!("MicroPython exports no `{name}`");
        let function = |name: &str| {
            let export = engine.export(instance, name).and_then(Extern::func);
            export.ok_or_else(|| missing(name))
        };
        let memory = engine.export(instance, "memory").and_then(Extern::memory);
        let table = engine.export(instance, "__indirect_function_table").and_then(Extern::table);
        let found = Guest {
            instance,
            memory: memory.ok_or_else(|| missing("memory"))?,
            table: table.ok_or_else(|| missing("__indirect_function_table"))?,
            stack: [
                function("emscripten_stack_get_current")?,
                function("_emscripten_stack_restore")?,
            ],
            set_threw: function("setThrew")?,
            functions: RefCell::default(),
        };
        // Nobody has set it before.
        let _ = guest.set(found);
        let mut python = MicroPython { engine, guest, printed };
        python.call("emscripten_stack_init", &[])?;
        python.call("__wasm_call_ctors", &[])?;
        // The sizes of the stack and of the heap.
        python.call("mp_js_init", &[2048.into(), (1 << 20).into()])?;
        python.call("proxy_c_init", &[])?;
        Ok(python)
    }

    /// Executes a program. Returns what it has printed.
    ///
    /// # Errors
    ///
    /// What the engine says, or that the program has raised an exception.
    pub fn execute(&mut self, program: &str) -> Result<String, BoxError> {
        let length = program.len() as i32;
        let text = self.allocate(length)?;
        let outcome = self.allocate(12)?;
        let memory = there(&self.guest)?.memory;
        let bytes = self.engine.memory_mut(memory).get_mut(text as usize..);
        let bytes = bytes.and_then(|bytes| bytes.get_mut(..program.len()));
        bytes.ok_or("MicroPython has no memory left")?.copy_from_slice(program.as_bytes());
        self.call("mp_js_do_exec", &[text.into(), length.into(), outcome.into()])?;
        let printed = String::from_utf8(self.printed.take())?;
        let kind = read(self.engine.memory(memory), outcome as u32);
        match kind.map_err(|error| error.to_string())? as i32 {
            -1 => {
                Err(format!("the program has raised an exception; it has printed:\n{printed}")
                    .into())
            }
            _ => Ok(printed),
        }
    }

    fn call(&mut self, name: &str, arguments: &[Value]) -> Result<Vec<Value>, BoxError> {
        let instance = there(&self.guest)?.instance;
        Ok(self.engine.call(instance, name, arguments)?)
    }

    fn allocate(&mut self, bytes: i32) -> Result<i32, BoxError> {
        let results = self.call("malloc", &[bytes.into()])?;
        Ok(results.first().map_or(0, |address| address.to_slot() as i32))
    }
}

/// The instance, which is there as soon as it has begun to run.
fn there(guest: &OnceCell<Guest>) -> Result<&Guest, &'static str> {
    guest.get().ok_or("MicroPython is not there yet")
}

/// The 32 bits at an address.
fn read(memory: &[u8], address: u32) -> Result<u32, HostError> {
    let bytes = memory.get(address as usize..).and_then(|bytes| bytes.first_chunk());
    Ok(u32::from_le_bytes(*bytes.ok_or("an address outside the memory")?))
}

/// The function that has a name. What a program that computes doesn't call, fails.
fn host_function(
    name: &str,
    ty: FuncType,
    guest: &Rc<OnceCell<Guest>>,
    printed: &Rc<RefCell<Vec<u8>>>,
) -> HostFunction {
    let guest = Rc::clone(guest);
    if name.starts_with("invoke_") {
        let result = ty.results.first().copied();
        return HostFunction::dynamic(ty, move |caller, arguments| {
            invoke(caller, there(&guest)?, arguments, result)
        });
    }
    match name {
        "_emscripten_throw_longjmp" => HostFunction::dynamic(ty, |_, _| Err(LongJump.into())),
        // The clock of this host stands a step further each time somebody looks.
        "mp_js_ticks_ms" => {
            let ticks = Cell::new(0);
            HostFunction::new(move || {
                ticks.set(ticks.get() + 1);
                ticks.get()
            })
        }
        "mp_js_random_u32" => HostFunction::new(|| 4),
        // The heap stays as it is.
        "emscripten_resize_heap" => HostFunction::new(|_: i32| 0),
        "fd_write" => {
            let printed = Rc::clone(printed);
            HostFunction::new(
                move |caller: &mut Caller<'_>, _: i32, list: u32, count: u32, written: u32| {
                    let memory = caller.engine().memory_mut(there(&guest)?.memory);
                    let mut total = 0;
                    for part in 0..count {
                        let start = read(memory, list + 8 * part)?;
                        let length = read(memory, list + 8 * part + 4)?;
                        let bytes = memory.get(start as usize..);
                        let bytes = bytes.and_then(|bytes| bytes.get(..length as usize));
                        let bytes = bytes.ok_or("text outside the memory")?;
                        printed.borrow_mut().extend_from_slice(bytes);
                        total += length;
                    }
                    let place = memory.get_mut(written as usize..);
                    let place = place.and_then(|bytes| bytes.first_chunk_mut());
                    *place.ok_or("an address outside the memory")? = total.to_le_bytes();
                    Ok::<i32, HostError>(0)
                },
            )
        }
        name => {
            let name = name.to_owned();
            HostFunction::dynamic(ty, move |_, _| Err(format!("this host has no `{name}`").into()))
        }
    }
}

/// Calls a function of the guest's table. A `longjmp` ends here: the guest finds out by a flag.
fn invoke(
    caller: &mut Caller<'_>,
    guest: &Guest,
    arguments: &[Value],
    result: Option<ValType>,
) -> Result<Vec<Value>, HostError> {
    let [index, arguments @ ..] = arguments else { return Err("there is no index".into()) };
    let index = u64::from(index.to_slot() as u32);
    let known = guest.functions.borrow().get(&index).copied();
    let function = match known {
        Some(function) => function,
        None => {
            let element = caller.engine().table_get(guest.table, index);
            let Some(Value::FuncRef(Some(function))) = element else {
                return Err("there is no such function in the table".into());
            };
            guest.functions.borrow_mut().insert(index, function);
            function
        }
    };
    let engine = caller.engine();
    let [current, restore] = guest.stack;
    let stack = engine.invoke(current, &[])?;
    match engine.invoke(function, arguments) {
        Err(error) if is_long_jump(&error) => {
            engine.invoke(restore, &stack)?;
            engine.invoke(guest.set_threw, &[1.into(), 0.into()])?;
            Ok(result.map(|_| 0.into()).into_iter().collect())
        }
        outcome => Ok(outcome?),
    }
}

fn is_long_jump(error: &Error) -> bool {
    error.host::<LongJump>().is_some()
}
