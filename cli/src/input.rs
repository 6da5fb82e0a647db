//! Reads modules and scripts from files or from the standard input.
//!
//! If a file isn't a module, the error says what the file is instead.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use annex_embedding as seam;
use anyhow::{Result, anyhow, bail};
use ch09_module::{Bytes, Module, ModuleError};
use ch22_embed::{CompiledContents, Engine};
use wasmparser::WasmFeatures;
use wast::lexer::{Lexer, Token, TokenKind};
use wast::parser::{self, ParseBuffer};
use wast::{Wast, Wat};

use crate::features::{self, Feature, KNOWN};
use crate::terminal::printable;

/// How many bytes a file can have. `wasmparser` accepts no larger modules.
const MOST_BYTES: u64 = 1 << 30;

/// The bytes of a file, and the file's name for messages.
pub struct Input {
    /// The path, or `standard input`.
    pub name: String,
    bytes: Vec<u8>,
}

/// A module in the binary format, and where it comes from.
pub struct Source {
    /// The path, or `standard input`.
    pub name: String,
    /// The binary format.
    pub binary: Bytes,
    /// Whether it was written in the text format.
    pub is_text: bool,
    /// The file, if `wasm compile` has written it.
    pub compiled: Option<Compiled>,
}

/// A compiled module.
pub struct Compiled {
    /// The whole file.
    pub bytes: Bytes,
    /// What is in it.
    pub contents: CompiledContents,
}

/// Reads a module and validates it with all features that the machine knows.
///
/// # Errors
///
/// Says what the file is instead, or what is wrong and where.
pub fn module(path: &Path) -> Result<(Source, Module)> {
    let source = source(path)?;
    let module = source.validate(KNOWN).map_err(|wrong| anyhow!("{}: {wrong}", source.name))?;
    Ok((source, module))
}

/// Reads a module without validating it.
///
/// # Errors
///
/// Says what the file is instead.
pub fn source(path: &Path) -> Result<Source> {
    let Input { name, bytes } = read(path)?;
    if ch22_embed::Module::is_serialized(&bytes) {
        let bytes = Bytes::from(bytes);
        let contents = CompiledContents::new(&bytes).map_err(|error| anyhow!("{name}: {error}"))?;
        let binary = contents.binary.clone();
        let compiled = Some(Compiled { bytes, contents });
        return Ok(Source { name, binary, is_text: false, compiled });
    }
    if bytes.starts_with(b"\0asm") {
        check_version(&name, &bytes)?;
        return Ok(Source { name, binary: bytes.into(), is_text: false, compiled: None });
    }
    let text = text(&name, &bytes)?;
    let binary = assemble(&name, text)?;
    // The text can be that of a component.
    check_version(&name, &binary)?;
    Ok(Source { name, binary: binary.into(), is_text: true, compiled: None })
}

/// Reads a script for `wasm wast`, and returns the file's name and the script.
///
/// # Errors
///
/// Says what the file is instead.
pub fn script(path: &Path) -> Result<(String, String)> {
    let Input { name, bytes } = read(path)?;
    if bytes.starts_with(b"\0asm") {
        bail!("{name}: this is a module in the binary format; a script is text");
    }
    if ch22_embed::Module::is_serialized(&bytes) {
        bail!("{name}: this is a compiled module; a script is text");
    }
    let text = text(&name, &bytes)?;
    if tokens(text).next().is_none() {
        bail!("{name}: this has nothing but comments and white space");
    }
    Ok((name, text.to_owned()))
}

/// Reads a file, or the standard input for `-`.
fn read(path: &Path) -> Result<Input> {
    let is_stdin = path.as_os_str() == "-";
    let name = match is_stdin {
        true => "standard input".to_owned(),
        false => printable(&path.display().to_string()),
    };
    let mut bytes = Vec::new();
    let outcome = match is_stdin {
        true => io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes),
        false => match path.is_dir() {
            true => bail!("{name}: this is a directory; name a file in it"),
            false => {
                File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
            }
        },
    };
    match outcome {
        Ok(_) if bytes.is_empty() => {
            bail!("{name}: this is empty; a module has at least the 8 bytes of its header")
        }
        Ok(_) if bytes.len() as u64 > MOST_BYTES => {
            bail!("{name}: this has more than 1 GiB, which no module may have")
        }
        Ok(_) => Ok(Input { name, bytes }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            bail!("{name}: there is no such file; check the path, or give `-` for standard input")
        }
        Err(error) => bail!("{name}: this cannot be read: {error}"),
    }
}

/// Checks the header of a file that begins with `\0asm`.
fn check_version(name: &str, bytes: &[u8]) -> Result<()> {
    match bytes.get(4..8) {
        None => bail!(
            "{name}: this has only {} of the 8 bytes of a module's header; it was cut off",
            bytes.len()
        ),
        Some([1, 0, 0, 0]) => Ok(()),
        Some([_, _, 1, 0]) => {
            bail!("{name}: this is a component; this machine runs core modules only")
        }
        Some(version) => bail!(
            "{name}: this is a module of version {version:02x?}; the standard's is [01, 00, 00, 00]"
        ),
    }
}

/// First bytes of other kinds of files, with what the kind is and what to do about it.
const OTHERS: [(&[u8], &str); 10] = [
    (&[0x1f, 0x8b], "compressed by gzip; decompress it with `gunzip`"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "compressed by Zstandard; decompress it with `unzstd`"),
    (b"BZh", "compressed by bzip2; decompress it with `bunzip2`"),
    (&[0xfd, b'7', b'z', b'X', b'Z'], "compressed by xz; decompress it with `unxz`"),
    (b"PK\x03\x04", "a ZIP archive; unpack it first"),
    (b"!<arch>", "an archive of object files; link them to a module first"),
    (b"\x7fELF", "a program for this computer, not for WebAssembly"),
    (b"BC\xc0\xde", "bitcode of LLVM; compile it to a module first"),
    (&[0xff, 0xfe], "text in UTF-16; save it as UTF-8"),
    (&[0xfe, 0xff], "text in UTF-16; save it as UTF-8"),
];

/// The text of a file that isn't in the binary format.
fn text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str> {
    if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        bail!("{name}: this is {what}");
    }
    // Some editors begin a text with a mark that means UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match str::from_utf8(bytes) {
        // Many files that aren't text contain a zero. A comment can contain one too.
        Ok(text) if !text.contains('\0') || text.trim_start().starts_with(['(', ';']) => Ok(text),
        _ => bail!(
            "{name}: this is neither the binary format, which begins with [00, 61, 73, 6d], nor \
             text; it begins with {:02x?}",
            &bytes[..bytes.len().min(4)]
        ),
    }
}

/// Turns the text format into the binary format.
fn assemble(name: &str, text: &str) -> Result<Vec<u8>> {
    match tokens(text).next() {
        None => bail!("{name}: this has nothing but comments and white space"),
        Some(Ok(token)) if token.kind != TokenKind::LParen => bail!(
            "{name}:{}: this is text, but no module: one begins with `(module`, not with `{}`",
            place(text, token.offset),
            beginning(&text[token.offset..]),
        ),
        // If the first token is wrong, the parser reports it.
        Some(_) => {}
    }
    let error = match parse_module(text) {
        Ok(binary) => return Ok(binary),
        Err(error) => error,
    };
    if is_script(text) {
        bail!("{name}: this is a script, not a module; run it with `wasm wast`");
    }
    bail!("{}", at(name, text, &error))
}

/// The tokens of a text, without comments and white space.
fn tokens(text: &str) -> impl Iterator<Item = Result<Token, wast::Error>> {
    let lexer = Lexer::new(text);
    let mut offset = 0;
    std::iter::from_fn(move || {
        loop {
            let token = lexer.parse(&mut offset).transpose()?;
            use TokenKind::{BlockComment, LineComment, Whitespace};
            match &token {
                Ok(token) if matches!(token.kind, Whitespace | LineComment | BlockComment) => {}
                _ => return Some(token),
            }
        }
    })
}

fn parse_module(text: &str) -> Result<Vec<u8>, wast::Error> {
    let buffer = ParseBuffer::new(text)?;
    parser::parse::<Wat<'_>>(&buffer)?.encode()
}

/// Whether a text that isn't a module is a script with several directives.
fn is_script(text: &str) -> bool {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer);
    buffer.is_ok_and(|buffer| {
        parser::parse::<Wast<'_>>(&buffer).is_ok_and(|script| script.directives.len() > 1)
    })
}

/// The error of a text, after its place: `add.wat:2:7: expected …`.
pub fn at(name: &str, text: &str, error: &wast::Error) -> String {
    let what = error.message();
    let what = what.lines().next().unwrap_or_default();
    format!("{name}:{}: {}", place(text, error.span().offset()), printable(what))
}

/// A line and a column, both counted from 1: `2:7`.
fn place(text: &str, offset: usize) -> String {
    let before = &text[..offset.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|char| *char != '\n').count() + 1;
    format!("{line}:{column}")
}

/// The first word of a text, at most 20 characters of it.
fn beginning(text: &str) -> String {
    let word = text.split_whitespace().next().unwrap_or_default();
    printable(&crate::terminal::shortened(word, 20))
}

impl Source {
    /// The module, if it is valid with these features.
    ///
    /// # Errors
    ///
    /// Says what is wrong and where. If only features are missing, it names them.
    pub fn validate(&self, features: WasmFeatures) -> Result<Module, String> {
        let module = Module::from_shared(self.binary.clone(), features);
        module.map_err(|error| self.explain(&error) + &self.missing(features))
    }

    /// The module for an engine that has all features that the machine knows; with the code of its
    /// functions, if it is compiled.
    ///
    /// # Errors
    ///
    /// Says what is wrong and where.
    pub fn load(&self, engine: &Engine) -> Result<ch22_embed::Module> {
        use ch22_embed::Module;
        let module = match &self.compiled {
            Some(compiled) => Module::deserialize_shared(engine, compiled.bytes.clone()),
            None => Module::from_shared(engine, self.binary.clone()),
        };
        module.map_err(|error| self.refused(&error))
    }

    /// Why such an engine doesn't take the module, in the words of [`Source::validate`].
    pub fn refused(&self, error: &ch22_embed::Error) -> anyhow::Error {
        match error.downcast_ref() {
            Some(seam::Error::Module(error)) => {
                anyhow!("{}: {}{}", self.name, self.explain(error), self.missing(KNOWN))
            }
            _ => anyhow!("{}: {error}", self.name),
        }
    }

    fn explain(&self, error: &ModuleError) -> String {
        let ModuleError::Binary { message, offset, function, .. } = error else {
            return error.to_string();
        };
        let message = message.trim().lines().collect::<Vec<_>>().join("; ");
        let message = printable(&message);
        let function = match function {
            Some((index, Some(name))) => format!(", in function {index} (${})", printable(name)),
            Some((index, None)) => format!(", in function {index}"),
            None => String::new(),
        };
        let is_binary = !self.is_text && self.compiled.is_none();
        let form = if is_binary { "" } else { " of its binary form" };
        format!("not valid: {message}{function}, at byte {offset:#x}{form}")
    }

    /// The features that the module needs beside these, for the end of a message.
    fn missing(&self, features: WasmFeatures) -> String {
        let needed = features::needed(&self.binary).unwrap_or_default();
        let missing = needed.into_iter().filter(|feature| !features.contains(feature.flag));
        let (known, unknown): (Vec<_>, Vec<_>) =
            missing.partition(|feature| KNOWN.contains(feature.flag));
        let names = |features: &[&Feature]| {
            let names: Vec<_> = features.iter().map(|feature| feature.name).collect();
            names.join(", ")
        };
        match (known.is_empty(), unknown.is_empty()) {
            (true, true) => String::new(),
            (false, true) => format!(" (it needs {})", names(&known)),
            (_, false) => format!(" (this machine doesn't know {})", names(&unknown)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> String {
        let outcome = text("x", bytes).and_then(|text| assemble("x", text));
        outcome.unwrap_err().to_string()
    }

    #[test]
    fn a_place_counts_characters() {
        assert_eq!(place("äö\nüx", "äö\nü".len()), "2:2");
        assert_eq!(place("", 9), "1:1");
    }

    #[test]
    fn what_is_no_module_is_called_what_it_is() {
        let cases: [(&[u8], &str); 8] = [
            (&[0x1f, 0x8b, 8, 0], "x: this is compressed by gzip; decompress it with `gunzip`"),
            (&[0xff, 0xfe, b'(', 0], "x: this is text in UTF-16; save it as UTF-8"),
            (
                b"\x89PNG\r\n",
                "x: this is neither the binary format, which begins with [00, 61, 73, 6d], nor \
                 text; it begins with [89, 50, 4e, 47]",
            ),
            (
                b"a\0b",
                "x: this is neither the binary format, which begins with [00, 61, 73, 6d], nor \
                 text; it begins with [61, 00, 62]",
            ),
            (b" \n;; nothing\n", "x: this has nothing but comments and white space"),
            (
                b"\nfn main() {}\n",
                "x:2:1: this is text, but no module: one begins with `(module`, not with `fn`",
            ),
            (
                b"(module) (assert_return (invoke \"f\"))",
                "x: this is a script, not a module; run it with `wasm wast`",
            ),
            (b"(module\n  (fun))", "x:2:4: expected valid module field"),
        ];
        for (bytes, message) in cases {
            assert_eq!(refused(bytes), message);
        }
    }

    #[test]
    fn a_comment_can_contain_a_zero() {
        assert!(text("x", b";; \0\n(module)").is_ok());
    }

    #[test]
    fn a_mark_of_utf_8_is_passed_over() {
        assert_eq!(text("x", b"\xef\xbb\xbf(module)").unwrap(), "(module)");
    }
}
