//! MicroPython in the machine. Where it hasn't been fetched, the tests say so
//! and do nothing.

#[path = "../examples/four.rs"]
#[allow(dead_code)]
mod four;

mod python {
    mod calls;
    mod files;
    mod frozen;
    mod pausing;
    mod preemption;
    mod program;
    mod talking;
}

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use ch22_embed::Module;
use ch24_python::{Python, Settings};

/// What a Python has printed.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().expect("no panic"));
        String::from_utf8(bytes).expect("it's text")
    }
}

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// MicroPython's module, if there is a way to have it.
fn module() -> Option<Module> {
    let file = match ch24_python::micropython() {
        Ok(file) => file,
        Err(error) => {
            eprintln!("skipped: {error}");
            return None;
        }
    };
    let module = Module::from_file(&Python::engine(), file);
    Some(module.expect("it is valid"))
}

/// A Python with these settings, and what it prints.
fn python_with(settings: Settings) -> Option<(Python, Printed)> {
    let module = module()?;
    let printed = Printed::default();
    let settings = settings.output(printed.clone());
    let python = Python::new(&Python::engine(), &module, settings);
    Some((python.expect("it starts"), printed))
}

fn python() -> Option<(Python, Printed)> {
    python_with(Settings::new())
}
