//! Values on their way between Python and its host: twelve bytes each, of which
//! the first four say what kind it is.

use std::fmt;

use ch22_embed::Error;

use crate::Exception;

/// A value of Python, as far as a host can have it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// A number of 32 bits. A longer one loses its upper bits on the way.
    Int(i32),
    /// A number with a fraction.
    Float(f64),
    /// A text.
    Str(String),
    /// Anything else: what Python knows it by.
    Object(u32),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::None => f.write_str("None"),
            Value::Bool(true) => f.write_str("True"),
            Value::Bool(false) => f.write_str("False"),
            Value::Int(it) => write!(f, "{it}"),
            Value::Float(it) => write!(f, "{it:?}"),
            Value::Str(it) => f.write_str(it),
            Value::Object(it) => write!(f, "<object {it}>"),
        }
    }
}

/// How many bytes a value takes.
pub(crate) const SIZE: u32 = 12;

/// What Python has written.
pub(crate) fn read(
    memory: &[u8],
    at: u32,
) -> Result<Result<Value, Exception>, Error> {
    let [kind, first, second] = [0, 4, 8].map(|by| word(memory, at + by));
    let (kind, first, second) = (kind? as i32, first?, second?);
    Ok(Ok(match kind {
        -1 => return Ok(Err(Exception::read(&text(memory, second, first)?))),
        0 | 1 => Value::None,
        2 => Value::Bool(first != 0),
        3 => Value::Int(first as i32),
        4 => {
            let bits = u64::from(second) << 32 | u64::from(first);
            Value::Float(f64::from_bits(bits))
        }
        5 => Value::Str(text(memory, second, first)?),
        _ => Value::Object(first),
    }))
}

/// What the host writes: the kind and the two words after it.
pub(crate) fn words(value: &Value, text: u32) -> [u32; 3] {
    match value {
        Value::None => [1, 0, 0],
        Value::Bool(it) => [2, (*it).into(), 0],
        Value::Int(it) => [3, *it as u32, 0],
        Value::Float(it) => {
            let bits = it.to_bits();
            [4, bits as u32, (bits >> 32) as u32]
        }
        Value::Str(it) => [5, it.len() as u32, text],
        Value::Object(it) => [8, *it, 0],
    }
}

/// Writes what the host gives Python.
pub(crate) fn write(
    memory: &mut [u8],
    at: u32,
    words: [u32; 3],
) -> Result<(), Error> {
    for (by, word) in (0..).step_by(4).zip(words) {
        bytes_mut(memory, at + by, 4)?.copy_from_slice(&word.to_le_bytes());
    }
    Ok(())
}

/// Bytes of the memory.
pub(crate) fn bytes(
    memory: &[u8],
    at: u32,
    length: u32,
) -> Result<&[u8], Error> {
    let rest = memory.get(at as usize..);
    rest.and_then(|rest| rest.get(..length as usize)).ok_or_else(outside)
}

/// Bytes of the memory, for changes.
pub(crate) fn bytes_mut(
    memory: &mut [u8],
    at: u32,
    length: u32,
) -> Result<&mut [u8], Error> {
    let rest = memory.get_mut(at as usize..);
    rest.and_then(|rest| rest.get_mut(..length as usize)).ok_or_else(outside)
}

fn outside() -> Error {
    Error::msg("an address outside the memory")
}

/// Four bytes as a number.
pub(crate) fn word(memory: &[u8], at: u32) -> Result<u32, Error> {
    let bytes = bytes(memory, at, 4)?;
    Ok(bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte)))
}

/// A text of this length.
pub(crate) fn text(
    memory: &[u8],
    at: u32,
    length: u32,
) -> Result<String, Error> {
    let bytes = bytes(memory, at, length)?;
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

/// A text that a zero ends.
pub(crate) fn c_text(memory: &[u8], at: u32) -> Result<String, Error> {
    let rest = memory.get(at as usize..).ok_or_else(outside)?;
    let length = rest.iter().position(|byte| *byte == 0);
    text(memory, at, length.ok_or_else(outside)? as u32)
}
