//! How the host reaches into a Python: its memory, and functions that end soon.

use ch22_embed::{Error, Func, Val};

use crate::Python;

impl Python {
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
