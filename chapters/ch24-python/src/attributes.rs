//! What the host looks up in Python.

use ch22_embed::Error;

use crate::value::{self, Value};
use crate::{Failed, Python};

/// The number by which Python knows a function of the program.
pub(crate) fn find(python: &mut Python, name: &str) -> Result<u32, Failed> {
    let main = module(python, "__main__")?;
    let found = attribute_of(python, Some(main), name);
    python.short("proxy_c_free_obj", &[(main as i32).into()])?;
    found
}

/// The number of a module.
pub(crate) fn module(python: &mut Python, name: &str) -> Result<u32, Failed> {
    attribute_of(python, None, name)
}

/// An attribute of an object of Python's, or a module.
fn attribute_of(
    python: &mut Python,
    object: Option<u32>,
    name: &str,
) -> Result<u32, Failed> {
    let (text, out) = (python.text(name)?, python.out);
    let [name_at, out_at] = [text, out].map(|it| (it as i32).into());
    match object {
        None => python.short("mp_js_do_import", &[name_at, out_at])?,
        Some(object) => {
            let object = (object as i32).into();
            let arguments = [object, name_at, out_at];
            python.short("proxy_c_to_js_lookup_attr", &arguments)?
        }
    };
    python.free(text)?;
    match value::read(python.memory()?, out)?? {
        Value::Object(number) => Ok(number),
        other => {
            let wrong = format!("`{name}` is no object, but {other}");
            Err(Error::msg(wrong).into())
        }
    }
}
