//! An interpreter for WebAssembly, to embed.
//!
//! The API is the one that embedders know from `wasmtime` and `wasmi`:
//!
//! ```
//! use ch22_embed::{Caller, Engine, Linker, Module, Store};
//!
//! # fn main() -> Result<(), ch22_embed::Error> {
//! let engine = Engine::default();
//! let text = r#"(module
//!     (import "host" "hello" (func $hello (param i32)))
//!     (func (export "run") (call $hello (i32.const 3))))"#;
//! let module = Module::new(&engine, text)?;
//!
//! let mut linker = Linker::<Vec<i32>>::new(&engine);
//! linker.func_wrap("host", "hello", |mut caller: Caller<'_, _>, x: i32| {
//!     let heard: &mut Vec<i32> = caller.data_mut();
//!     heard.push(x);
//! })?;
//!
//! let mut store = Store::new(&engine, Vec::new());
//! let instance = linker.instantiate(&mut store, &module)?;
//! let run = instance.get_typed_func::<(), ()>(&mut store, "run")?;
//! run.call(&mut store, ())?;
//! assert_eq!(store.data(), &[3]);
//! # Ok(())
//! # }
//! ```
//!
//! An [`Engine`] and a [`Module`] may be shared between threads; a [`Store`]
//! belongs to one. A call can be [paused](Paused) where its fuel runs out, or
//! where a function of the host asks for it, and go on later. [`Store::freeze`]
//! makes bytes of a store and its paused calls, from which [`Store::thaw`] goes
//! on elsewhere.
//!
//! The programs in `examples` are a few dozen lines each: `hello`, `modules`,
//! `host_function`, `memory`, `views`, `limits`, `pausing`, `plugins`,
//! `compiled`. Whoever knows another runtime finds in [`docs`] what is
//! different here.
//!
//! # Panics
//!
//! A function, a memory, or whatever belongs to a store panics when it's used
//! with another store: that is a mistake in the program, as an index past the
//! end of a list is.

mod caller;
mod compiled;
mod config;
pub mod docs;
mod error;
pub mod freeze;
mod frozen;
mod func;
mod host;
mod instance;
mod items;
mod lend;
mod limits;
mod linker;
mod machine;
mod memory;
mod module;
mod pause;
mod roots;
mod store;
mod typed;
mod types;
mod value;

pub use annex_embedding::HostError;
pub use bytes::Bytes;
pub use caller::Caller;
pub use ch09_module::{AddressType, Limits};
pub use compiled::{CompiledContents, CompiledError};
pub use config::{Config, Engine, Strategy};
pub use error::{CannotPause, Error, FrameInfo, Result, Trap, WasmBacktrace};
pub use freeze::FreezeError;
pub use frozen::Thawed;
pub use func::{Func, TypedFunc};
pub use host::IntoFunc;
pub use instance::{Export, Extern, Instance};
pub use items::{Global, Table, Tag};
pub use limits::{ResourceLimiter, StoreLimits, StoreLimitsBuilder};
pub use linker::Linker;
pub use memory::{Memory, MemoryAccessError, Scalar, View, ViewMut};
pub use module::{ExportType, ImportType, Module};
pub use pause::{Paused, ResumableCall};
pub use store::{
    AsContext, AsContextMut, InterruptHandle, Interrupted, Store, StoreContext,
    StoreContextMut,
};
pub use typed::{WasmParams, WasmResults, WasmRet, WasmTy};
pub use types::{
    ExternType, FuncType, GlobalType, HeapType, MemoryType, Mutability,
    RefType, TableType, ValType,
};
pub use value::{
    AnyRef, ArrayRef, Exception, ExnRef, ExternRef, StructRef, V128, Val,
};
pub use wasmparser::WasmFeatures;
