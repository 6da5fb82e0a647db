//! Our machine: the library of chapter 22 with the WASI of chapter 23.

use std::path::Path;

use ch22_embed::{Engine, Error, Instance, Linker, Memory, Module, Store, Val};
use ch23_wasi::{DirPerms, I32Exit, MemoryInputPipe, MemoryOutputPipe, WasiCtx, add_to_linker};

use crate::desk::{BoxError, MOST, Machine, Session};
use crate::emscripten;

/// Our machine.
pub struct Ours;

struct Loaded {
    store: Store<WasiCtx>,
    instance: Instance,
    output: MemoryOutputPipe,
    errors: MemoryOutputPipe,
}

impl Machine for Ours {
    fn load(
        &self,
        bytes: Vec<u8>,
        arguments: &[&str],
        folder: &Path,
    ) -> Result<Box<dyn Session>, BoxError> {
        let (output, errors) = (MemoryOutputPipe::new(MOST), MemoryOutputPipe::new(MOST));
        let wasi = WasiCtx::builder()
            .args(arguments.iter().copied())
            .stdin(MemoryInputPipe::new(""))
            .stdout(output.clone())
            .stderr(errors.clone())
            .preopened_dir(folder, "/", DirPerms::ReadWrite)?
            .build();
        let engine = Engine::default();
        let module = Module::from_shared(&engine, bytes.into())?;
        let mut store = Store::new(&engine, wasi);
        let mut linker = Linker::new(&engine);
        add_to_linker(&mut linker, |wasi| wasi)?;
        let instance = match module.imports().any(|it| it.name().starts_with("invoke_")) {
            true => emscripten::instantiate(&mut store, &mut linker, &module)?,
            false => {
                linker.define_unknown_imports_as_traps(&module)?;
                linker.instantiate(&mut store, &module)?
            }
        };
        Ok(Box::new(Loaded { store, instance, output, errors }))
    }
}

impl Loaded {
    fn memory(&self) -> Result<Memory, BoxError> {
        Ok(self.instance.get_memory(&self.store, "memory").ok_or("there is no memory")?)
    }
}

impl Session for Loaded {
    fn call(&mut self, name: &str, arguments: &[i32]) -> Result<Vec<i32>, BoxError> {
        let function = self.instance.get_func(&self.store, name);
        let function = function.ok_or_else(|| format!("there is no function `{name}`"))?;
        let arguments: Vec<Val> = arguments.iter().map(|&it| it.into()).collect();
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        match function.call(&mut self.store, &arguments, &mut results) {
            Err(error) if !is_success(&error) => Err(error.into()),
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
        self.output.take()
    }

    fn complaints(&mut self) -> Vec<u8> {
        self.errors.take()
    }
}

fn is_success(error: &Error) -> bool {
    error.downcast_ref() == Some(&I32Exit(0))
}
