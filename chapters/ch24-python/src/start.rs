//! Code and calls as what a Python does next.

use ch22_embed::{Error, Val};

use crate::step::{Failed, Job, Next};
use crate::value::{self, Value};
use crate::{Python, attributes};

impl Python {
    /// Makes a piece of code the next that is executed, by
    /// [`Python::advance`]. What was paused is given up.
    ///
    /// # Errors
    ///
    /// There is no room for the code.
    pub fn start(&mut self, code: &str) -> Result<(), Error> {
        let text = self.text(code)?;
        let arguments = [text, code.len() as u32, self.out];
        let arguments = arguments.map(|it| Val::I32(it as i32)).to_vec();
        let function = self.function("mp_js_do_exec")?;
        let job = Job { texts: vec![text], object: None };
        self.next = Next::Call(function, arguments, job);
        Ok(())
    }

    /// The same for a function that was defined in Python.
    ///
    /// # Errors
    ///
    /// There is no such function, or no room for the arguments.
    pub fn start_call(
        &mut self,
        name: &str,
        arguments: &[Value],
    ) -> Result<(), Failed> {
        let function = attributes::find(self, name)?;
        let object = Some(function);
        let mut job = Job { texts: Vec::new(), object };
        let count = arguments.len() as u32;
        let size = (count * value::SIZE).max(1);
        let list = self.short("malloc", &[(size as i32).into()])? as u32;
        job.texts.push(list);
        for (index, argument) in (0..).zip(arguments) {
            // Python frees it itself.
            let text = match argument {
                Value::Str(text) => self.text(text)?,
                _ => 0,
            };
            let words = value::words(argument, text);
            let at = list + index * value::SIZE;
            value::write(self.memory()?, at, words)?;
        }
        let arguments = [function, count, list, self.out];
        let arguments = arguments.map(|it| Val::I32(it as i32)).to_vec();
        let function = self.function("proxy_c_to_js_call")?;
        self.next = Next::Call(function, arguments, job);
        Ok(())
    }
}
