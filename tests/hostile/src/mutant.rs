//! A valid module and a few changes.

use ch09_module::Module;
use crosscheck::Rng;

/// The form in which a module is spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As bytes of the binary format.
    Binary,
    /// As text.
    Text,
}

/// Bytes that mean something in many places: ends, empty types, the edges of numbers in LEB128.
const BYTES: [u8; 12] = [0, 1, 0x0b, 0x05, 0x40, 0x60, 0x70, 0x7b, 0x7f, 0x80, 0xfb, 0xff];

/// Bytes that mean something in many places together: the largest numbers, an endless one, two kinds of headers.
const PIECES: [&[u8]; 7] = [
    b"\xff\xff\xff\xff\x0f",
    b"\xff\xff\xff\xff\x07",
    b"\x80\x80\x80\x80\x00",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",
    b"\0asm\x01\0\0\0",
    b"\0asm\x0d\0\x01\0",
];

/// Words that mean something in many places of a text.
const WORDS: [&[u8]; 24] = [
    b"(",
    b")",
    b"((",
    b"))",
    b"(;",
    b";)",
    b";;",
    b"\"",
    b"\\u{110000}",
    b"$",
    b"$\"",
    b"(@",
    b" 18446744073709551616 ",
    b" -0x8000000000000001 ",
    b" nan:0xfffffffffffffffff ",
    b" 1e999999999 ",
    b" i32.const ",
    b" (block ",
    b" end ",
    b" else ",
    b" (func ",
    b" (type $t ",
    b"\0",
    b"\xff",
];

/// A module of the corpus with some changes; now and then noise alone. The same random numbers give the same mutant.
pub fn mutant(rng: &mut Rng, corpus: &[Vec<u8>]) -> (Form, Vec<u8>) {
    let module = pick(rng, corpus).clone();
    match rng.next() % 16 {
        0 => (Form::Binary, [b"\0asm\x01\0\0\0".to_vec(), noise(rng, 200)].concat()),
        1..=3 => {
            let text = Module::from_binary(&module).map(|module| module.to_string());
            let mut text = text.unwrap_or_default().into_bytes();
            change(rng, &mut text, &WORDS, b" ();$\"0x.");
            (Form::Text, text)
        }
        4..=6 => {
            let mut bytes = module;
            change(rng, &mut bytes, &PIECES, &BYTES);
            (Form::Binary, bytes)
        }
        _ => (Form::Binary, change_section(rng, &module)),
    }
}

/// Changes a section and says its right length, so that what comes after it still counts.
fn change_section(rng: &mut Rng, module: &[u8]) -> Vec<u8> {
    let mut sections = sections(module);
    if !sections.is_empty() {
        let position = rng.next() as usize % sections.len();
        match rng.next() % 16 {
            0 => _ = sections.remove(position),
            1 => sections.insert(position, sections[position].clone()),
            2 => sections[position].0 = rng.next() as u8 % 16,
            _ => change(rng, &mut sections[position].1, &PIECES, &BYTES),
        }
    }
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    for (id, content) in sections {
        bytes.push(id);
        let mut length = content.len();
        while length >= 0x80 {
            bytes.push(length as u8 | 0x80);
            length >>= 7;
        }
        bytes.push(length as u8);
        bytes.extend(content);
    }
    bytes
}

/// The sections of a valid module: the number of each, and what is in it.
fn sections(module: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut sections = Vec::new();
    let mut rest = module.get(8..).unwrap_or_default();
    while let [id, after @ ..] = rest {
        let digits = after.iter().take_while(|byte| **byte >= 0x80).count() + 1;
        let length =
            after.iter().take(digits).rev().fold(0, |n, byte| n << 7 | usize::from(byte & 0x7f));
        let content = after.get(digits..).unwrap_or_default();
        let (content, after) = content.split_at(length.min(content.len()));
        sections.push((*id, content.to_vec()));
        rest = after;
    }
    sections
}

/// Makes one to four changes.
fn change(rng: &mut Rng, bytes: &mut Vec<u8>, pieces: &[&[u8]], single: &[u8]) {
    for _ in 0..1 + rng.next() % 4 {
        let start = rng.next() as usize % (bytes.len() + 1);
        let end = (start + rng.next() as usize % 16).min(bytes.len());
        match rng.next() % 8 {
            0 => bytes.truncate(start),
            1 => _ = bytes.drain(start..end),
            2 => {
                let copy = bytes[start..end].to_vec();
                let place = rng.next() as usize % (bytes.len() + 1);
                _ = bytes.splice(place..place, copy);
            }
            3 => _ = bytes.splice(start..start, noise(rng, 8)),
            4 => _ = bytes.splice(start..start, pick(rng, pieces).iter().copied()),
            5 => _ = bytes.splice(start..end, pick(rng, pieces).iter().copied()),
            6 if start < bytes.len() => bytes[start] = *pick(rng, single),
            _ if start < bytes.len() => bytes[start] ^= 1 << (rng.next() % 8),
            _ => {}
        }
    }
}

fn noise(rng: &mut Rng, most: u64) -> Vec<u8> {
    (0..rng.next() % most).map(|_| rng.next() as u8).collect()
}

fn pick<'a, T>(rng: &mut Rng, list: &'a [T]) -> &'a T {
    &list[rng.next() as usize % list.len()]
}
