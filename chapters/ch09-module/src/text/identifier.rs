//! Identifiers and strings.
//!
//! Specification: Text Format, *Values*.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter, Write};

use super::{Scope, Text};
use crate::{
    DataIdx, ElemIdx, FieldIdx, FuncIdx, GlobalIdx, LabelIdx, LocalIdx, MemIdx,
    Names, TableIdx, TagIdx, TypeIdx,
};

/// Something that the name section can name.
pub(super) trait Named {
    /// Its name.
    fn name<'a>(&self, names: &'a Names) -> Option<&'a str>;
}

macro_rules! named {
    ($($key:ty: $map:ident;)*) => {$(
        impl Named for $key {
            fn name<'a>(&self, names: &'a Names) -> Option<&'a str> {
                names.$map.get(self).map(String::as_str)
            }
        }
    )*};
}

named! {
    FuncIdx: functions;
    (FuncIdx, LocalIdx): locals;
    TypeIdx: types;
    (TypeIdx, FieldIdx): fields;
    TableIdx: tables;
    MemIdx: memories;
    GlobalIdx: globals;
    TagIdx: tags;
    ElemIdx: elements;
    DataIdx: data;
}

/// Writes an index as the identifier of what it names, or as a number.
fn write_index(
    name: Option<&str>,
    index: &dyn Display,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    match name {
        Some(name) => write!(f, "{}", identifier(name)),
        None => index.fmt(f),
    }
}

macro_rules! indices {
    ($($index:ty),*) => {$(
        impl Text for $index {
            fn write(
                &self,
                scope: &Scope<'_>,
                f: &mut Formatter<'_>,
            ) -> fmt::Result {
                write_index(self.name(scope.identifiers), self, f)
            }
        }
    )*};
}
indices!(
    FuncIdx, TypeIdx, TableIdx, MemIdx, GlobalIdx, TagIdx, ElemIdx, DataIdx
);

impl Text for LocalIdx {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        let name = (scope.function, *self).name(scope.identifiers);
        write_index(name, self, f)
    }
}

impl Text for LabelIdx {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        let label = scope.labels.iter().rev().nth(self.index());
        write_index(label.copied().flatten(), self, f)
    }
}

impl Text for (TypeIdx, FieldIdx) {
    /// The type and the field: the identifier of a field means something only
    /// together with the type.
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.write(scope, f)?;
        f.write_char(' ')?;
        write_index(self.name(scope.identifiers), &self.1, f)
    }
}

/// Writes the name of what is defined here: an identifier if it serves as one,
/// else an annotation, which keeps it for those who read the text.
pub(super) fn write_name(
    key: &impl Named,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    let name = scope.module.and_then(|module| key.name(&module.names));
    match (key.name(scope.identifiers), name) {
        (Some(name), _) => write!(f, " {}", identifier(name)),
        (None, Some(name)) => write!(f, " {}", annotation(name)),
        (None, None) => Ok(()),
    }
}

/// `(@name "…")`
pub(super) fn annotation(name: &str) -> impl Display {
    fmt::from_fn(move |f| write!(f, "(@name {})", quoted(name)))
}

/// `id ::= '$' idchar+ | '$' name`
pub(super) fn identifier(name: &str) -> impl Display {
    fmt::from_fn(move |f| {
        f.write_char('$')?;
        match name.chars().all(is_idchar) {
            true => f.write_str(name),
            false => quoted(name).fmt(f),
        }
    })
}

/// `idchar ::= '0'…'9' | 'A'…'Z' | 'a'…'z' | '!' | '#' | …`
fn is_idchar(c: char) -> bool {
    c.is_ascii_graphic()
        && !matches!(c, '"' | '(' | ')' | ',' | ';' | '[' | ']' | '{' | '}')
}

/// `name ::= string`. What has a shape is shown as it is; what is invisible, or
/// changes how its neighbours are shown, is escaped.
pub(super) fn quoted(name: &str) -> impl Display {
    fmt::from_fn(move |f| {
        f.write_char('"')?;
        for c in name.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                ' ' => f.write_char(c)?,
                _ if c.is_ascii_graphic() || c.is_alphanumeric() => {
                    f.write_char(c)?
                }
                _ => write!(f, "\\u{{{:x}}}", u32::from(c))?,
            }
        }
        f.write_char('"')
    })
}

/// `string ::= '"' (b*:stringelem)* '"'`, for bytes that need not be UTF-8.
pub(super) fn quoted_bytes(bytes: &[u8]) -> impl Display {
    fmt::from_fn(move |f| {
        f.write_char('"')?;
        for &byte in bytes {
            match byte {
                b'"' | b'\\' => write!(f, "\\{}", char::from(byte))?,
                b' '..=b'~' => f.write_char(char::from(byte))?,
                _ => write!(f, "\\{byte:02x}")?,
            }
        }
        f.write_char('"')
    })
}

impl Names {
    /// The names that serve as identifiers: not empty, and the first of their
    /// kind. Labels may be alike.
    pub(super) fn identifiers(&self) -> Names {
        Names {
            module: self.module.clone(),
            functions: unique(&self.functions, |_| ()),
            locals: unique(&self.locals, |&(function, _)| function),
            labels: unique(&self.labels, |&label| label),
            types: unique(&self.types, |_| ()),
            fields: unique(&self.fields, |&(ty, _)| ty),
            tables: unique(&self.tables, |_| ()),
            memories: unique(&self.memories, |_| ()),
            globals: unique(&self.globals, |_| ()),
            tags: unique(&self.tags, |_| ()),
            elements: unique(&self.elements, |_| ()),
            data: unique(&self.data, |_| ()),
        }
    }
}

/// Those of the names that are not empty, and not used before in the same
/// space.
fn unique<K: Ord + Clone, S: Ord>(
    names: &BTreeMap<K, String>,
    space: impl Fn(&K) -> S,
) -> BTreeMap<K, String> {
    let mut used = BTreeSet::new();
    let fresh = names.iter().filter(|(key, name)| {
        !name.is_empty() && used.insert((space(key), name.as_str()))
    });
    fresh.map(|(key, name)| (key.clone(), name.clone())).collect()
}
