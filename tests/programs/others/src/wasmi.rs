//! `wasmi` 2, with the WASI of its project.

use std::path::Path;
use std::sync::{Arc, RwLock};

use programs::{BoxError, Machine, Session};
use wasi_common::pipe::WritePipe;
use wasmi::{Engine, Extern, ExternType, Func, Instance, Linker, Memory, Module, Store, Val};
use wasmi_wasi::{Dir, WasiCtx, WasiCtxBuilder, ambient_authority};

/// `wasmi`.
pub struct Wasmi;

struct Loaded {
    store: Store<WasiCtx>,
    instance: Instance,
    output: Shared,
    errors: Shared,
}

/// What is written to a pipe.
type Shared = Arc<RwLock<Vec<u8>>>;

fn pipe(bytes: &Shared) -> Box<WritePipe<Vec<u8>>> {
    Box::new(WritePipe::from_shared(Arc::clone(bytes)))
}

fn contents(bytes: &Shared) -> Vec<u8> {
    bytes.read().map(|it| it.clone()).unwrap_or_default()
}

impl Machine for Wasmi {
    fn load(
        &self,
        bytes: Vec<u8>,
        arguments: &[&str],
        folder: &Path,
    ) -> Result<Box<dyn Session>, BoxError> {
        let (output, errors) = (Shared::default(), Shared::default());
        let arguments: Vec<String> = arguments.iter().map(|&it| it.to_owned()).collect();
        let mut wasi = WasiCtxBuilder::new();
        wasi.args(&arguments)?.stdout(pipe(&output)).stderr(pipe(&errors));
        wasi.preopened_dir(Dir::open_ambient_dir(folder, ambient_authority())?, "/")?;
        let engine = Engine::default();
        let module = Module::new(&engine, &bytes[..])?;
        let mut store = Store::new(&engine, wasi.build());
        let mut linker = Linker::new(&engine);
        wasmi_wasi::add_to_linker(&mut linker, |wasi: &mut WasiCtx| wasi)?;
        for import in module.imports() {
            let ExternType::Func(ty) = import.ty() else { continue };
            let shown = format!("there is no {} {}", import.module(), import.name());
            let trap = Func::new(&mut store, ty.clone(), move |_, _, _| {
                Err(wasmi::Error::new(shown.clone()))
            });
            // The linker refuses what it has already.
            let _ = linker.define(import.module(), import.name(), trap);
        }
        let instance = linker.instantiate_and_start(&mut store, &module)?;
        Ok(Box::new(Loaded { store, instance, output, errors }))
    }
}

impl Loaded {
    fn memory(&self) -> Result<Memory, BoxError> {
        let memory = self.instance.get_export(&self.store, "memory").and_then(Extern::into_memory);
        Ok(memory.ok_or("there is no memory")?)
    }
}

impl Session for Loaded {
    fn call(&mut self, name: &str, arguments: &[i32]) -> Result<Vec<i32>, BoxError> {
        let function = self.instance.get_func(&self.store, name);
        let function = function.ok_or_else(|| format!("there is no function `{name}`"))?;
        let arguments: Vec<Val> = arguments.iter().map(|&it| Val::I32(it)).collect();
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        match function.call(&mut self.store, &arguments, &mut results) {
            Err(error) if error.i32_exit_status() != Some(0) => Err(error.into()),
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
        contents(&self.output)
    }

    fn complaints(&mut self) -> Vec<u8> {
        contents(&self.errors)
    }
}
