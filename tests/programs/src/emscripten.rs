//! What Lua needs from its host. Emscripten has compiled it, for JavaScript and not for WASI.

use std::time::{SystemTime, UNIX_EPOCH};

use ch22_embed::{Caller, Extern, Instance, Linker, Module, Store};
use ch23_wasi::WasiCtx;
use ch24_python::longjmp;

use crate::desk::BoxError;

/// The names that this Emscripten gave to [`longjmp::LATE`].
const LATE: [&str; 3] = ["emscripten_stack_get_current", "stackRestore", "setThrew"];

/// *Not a terminal*.
const ENOTTY: i32 = 59;

/// Links and instantiates a module of Emscripten's. C's `longjmp` is an exception, as for MicroPython in chapter 24.
///
/// # Errors
///
/// It needs something else.
pub fn instantiate(
    store: &mut Store<WasiCtx>,
    linker: &mut Linker<WasiCtx>,
    module: &Module,
) -> Result<Instance, BoxError> {
    linker.func_wrap("env", "emscripten_date_now", || {
        let time = SystemTime::now().duration_since(UNIX_EPOCH);
        time.unwrap_or_default().as_millis() as f64
    })?;
    linker.func_wrap("env", "__syscall_ioctl", |_: i32, _: i32, _: i32| -ENOTTY)?;
    linker.func_wrap(
        "env",
        "emscripten_resize_heap",
        |mut caller: Caller<'_, WasiCtx>, bytes: u32| {
            let Some(Extern::Memory(memory)) = caller.get_export("memory") else { return 0 };
            let more = (bytes as usize).saturating_sub(memory.data_size(&caller));
            i32::from(memory.grow(&mut caller, more.div_ceil(1 << 16) as u64).is_ok())
        },
    )?;
    let small = Module::new(store.engine(), longjmp::text(module, ""))?;
    let small = linker.instantiate(&mut *store, &small)?;
    linker.instance(&*store, "env", small)?;
    linker.define_unknown_imports_as_traps(module)?;
    let program = linker.instantiate(&mut *store, module)?;
    longjmp::connect(&mut *store, small, program, &LATE)?;
    Ok(program)
}
