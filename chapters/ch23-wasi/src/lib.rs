//! WASI preview 1: files, clocks and arguments for the guests of chapter 22.
//!
//! ```
//! use ch22_embed::{Engine, Linker, Module, Store};
//! use ch23_wasi::{MemoryOutputPipe, WasiCtx, add_to_linker};
//!
//! # fn main() -> Result<(), ch22_embed::Error> {
//! let engine = Engine::default();
//! let mut linker = Linker::<WasiCtx>::new(&engine);
//! add_to_linker(&mut linker, |wasi| wasi)?;
//!
//! let text = r#"(module
//!     (import "wasi_snapshot_preview1" "fd_write"
//!         (func $write (param i32 i32 i32 i32) (result i32)))
//!     (memory (export "memory") 1)
//!     (data (i32.const 0) "\10\00\00\00\06\00\00\00")
//!     (data (i32.const 16) "Hello\n")
//!     (func (export "_start") (drop (call $write
//!         (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;
//! let module = Module::new(&engine, text)?;
//! let output = MemoryOutputPipe::new(1 << 20);
//! let wasi = WasiCtx::builder().stdout(output.clone()).build();
//! let mut store = Store::new(&engine, wasi);
//! let instance = linker.instantiate(&mut store, &module)?;
//! let start = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
//! start.call(&mut store, ())?;
//! assert_eq!(output.contents(), b"Hello\n");
//! # Ok(())
//! # }
//! ```
//!
//! A guest reaches what its [`WasiCtx`] gives it, and nothing else. Its files
//! are in directories that the embedder has granted
//! ([`WasiCtxBuilder::preopened_dir`]), and no path leads out of them: not by
//! `..`, not by an absolute path, and not by a symbolic link. Whatever a guest
//! does wrong is answered with the number of an error ([`Errno`]).
//!
//! A guest that ends by `proc_exit` ends its call with [`I32Exit`]. One that
//! sleeps blocks its thread, or suspends its call ([`Sleep`]) if the embedder
//! wants that. [`WasiCtx::freeze`] and [`WasiCtxBuilder::thaw`] are for guests
//! that move to another process.
//!
//! A [`Board`] is a host of another kind: a microcontroller. Several boards
//! share a thread, since a program that waits is only a paused call
//! ([`Sketch`]).

mod board;
mod builder;
mod clocks;
mod context;
mod descriptors;
mod errno;
mod exit;
mod freeze;
mod functions;
mod guest;
mod linker;
mod random;
mod rights;
mod sleep;
mod stdio;

pub use board::{Board, Pin, Sketch, add_board};
pub use builder::{DirPerms, WasiCtxBuilder};
pub use clocks::Clocks;
pub use context::WasiCtx;
pub use errno::Errno;
pub use exit::I32Exit;
pub use freeze::FreezeError;
pub use linker::add_to_linker;
pub use random::Random;
pub use sleep::{NoSleep, Sleep};
pub use stdio::{MemoryInputPipe, MemoryOutputPipe, Stdin, Stdout};
