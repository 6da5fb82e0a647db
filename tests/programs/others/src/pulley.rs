//! Wasmtime's interpreter, Pulley, with wasmtime's WASI.

use std::path::Path;

use programs::{BoxError, MOST, Machine, Session};
use wasmtime::{Config, Engine, Instance, Linker, Memory, Module, Store, Val};
use wasmtime_wasi::p0;
use wasmtime_wasi::p1::{self, WasiP1Ctx};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtxBuilder};

/// Pulley.
pub struct Pulley;

struct Loaded {
    store: Store<WasiP1Ctx>,
    instance: Instance,
    output: MemoryOutputPipe,
    errors: MemoryOutputPipe,
}

impl Machine for Pulley {
    fn load(
        &self,
        bytes: Vec<u8>,
        arguments: &[&str],
        folder: &Path,
    ) -> Result<Box<dyn Session>, BoxError> {
        let (output, errors) = (MemoryOutputPipe::new(MOST), MemoryOutputPipe::new(MOST));
        let wasi = WasiCtxBuilder::new()
            .args(arguments)
            .stdout(output.clone())
            .stderr(errors.clone())
            .preopened_dir(folder, "/", FsPerms::ReadWrite)?
            .build_p1();
        let mut config = Config::new();
        config.target("pulley64")?;
        // The times are of the thread that asks.
        config.parallel_compilation(false);
        let engine = Engine::new(&config)?;
        let module = Module::new(&engine, bytes)?;
        let mut store = Store::new(&engine, wasi);
        let mut linker = Linker::new(&engine);
        p0::add_to_linker_sync(&mut linker, |wasi| wasi)?;
        p1::add_to_linker_sync(&mut linker, |wasi| wasi)?;
        linker.define_unknown_imports_as_traps(&module)?;
        let instance = linker.instantiate(&mut store, &module)?;
        Ok(Box::new(Loaded { store, instance, output, errors }))
    }
}

impl Loaded {
    fn memory(&mut self) -> Result<Memory, BoxError> {
        let memory = self.instance.get_memory(&mut self.store, "memory");
        Ok(memory.ok_or("there is no memory")?)
    }
}

impl Session for Loaded {
    fn call(&mut self, name: &str, arguments: &[i32]) -> Result<Vec<i32>, BoxError> {
        let function = self.instance.get_func(&mut self.store, name);
        let function = function.ok_or_else(|| format!("there is no function `{name}`"))?;
        let arguments: Vec<Val> = arguments.iter().map(|&it| Val::I32(it)).collect();
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        match function.call(&mut self.store, &arguments, &mut results) {
            Err(error) if error.downcast_ref::<I32Exit>().is_none_or(|exit| exit.0 != 0) => {
                Err(error.into())
            }
            _ => Ok(results.iter().filter_map(Val::i32).collect()),
        }
    }

    fn write(&mut self, address: i32, bytes: &[u8]) -> Result<(), BoxError> {
        Ok(self.memory()?.write(&mut self.store, address as u32 as usize, bytes)?)
    }

    fn read(&mut self, address: i32, length: i32) -> Result<Vec<u8>, BoxError> {
        let mut bytes = vec![0; length as u32 as usize];
        self.memory()?.read(&self.store, address as u32 as usize, &mut bytes)?;
        Ok(bytes)
    }

    fn printed(&mut self) -> Vec<u8> {
        self.output.contents().to_vec()
    }

    fn complaints(&mut self) -> Vec<u8> {
        self.errors.contents().to_vec()
    }
}
