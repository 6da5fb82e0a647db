//! Names of a module as names of Rust.

use std::collections::HashSet;

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// Names of Rust, each of which is given away once.
#[derive(Debug, Default)]
pub(crate) struct Names(HashSet<String>);

impl Names {
    /// Names of which some are taken already.
    pub(crate) fn without(taken: &[&str]) -> Names {
        Names(taken.iter().map(|name| (*name).to_owned()).collect())
    }

    /// A name for a function, a field, or a parameter.
    pub(crate) fn lower(&mut self, name: &str) -> Ident {
        self.free(&name.to_snake_case())
    }

    fn free(&mut self, name: &str) -> Ident {
        let name = plain(name);
        let mut free = name.clone();
        let mut number = 1;
        while !self.0.insert(free.clone()) {
            number += 1;
            free = format!("{name}_{number}");
        }
        ident(&free)
    }
}

/// A name for a type.
pub(crate) fn upper(name: &str) -> Ident {
    ident(&plain(&name.to_upper_camel_case()))
}

/// The characters that an identifier can have, and not a digit in front.
fn plain(name: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    let mut name: String = name.chars().filter(is_plain).collect();
    if name.trim_matches('_').is_empty() {
        name = "unnamed".to_owned();
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

/// An identifier, raw where it is a keyword.
fn ident(name: &str) -> Ident {
    match syn::parse_str::<Ident>(name) {
        Ok(ident) => ident,
        // These are keywords that can't be raw.
        Err(_) if matches!(name, "self" | "Self" | "super" | "crate") => {
            Ident::new(&format!("{name}_"), Span::call_site())
        }
        Err(_) => Ident::new_raw(name, Span::call_site()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lower(names: &mut Names, name: &str) -> String {
        names.lower(name).to_string()
    }

    #[test]
    fn what_is_no_identifier_becomes_one() {
        let names = &mut Names::default();
        assert_eq!(lower(names, "toggleShoot"), "toggle_shoot");
        assert_eq!(lower(names, "fd-write"), "fd_write");
        assert_eq!(lower(names, "type"), "r#type");
        assert_eq!(lower(names, "self"), "self_");
        assert_eq!(lower(names, "2d"), "_2d");
        assert_eq!(lower(names, "grüße"), "gre");
        assert_eq!(lower(names, ""), "unnamed");
        assert_eq!(lower(names, "💥"), "unnamed_2");
        assert_eq!(upper("my-module.wasm").to_string(), "MyModuleWasm");
    }

    #[test]
    fn a_name_is_given_away_once() {
        let names = &mut Names::without(&["new"]);
        assert_eq!(lower(names, "add"), "add");
        assert_eq!(lower(names, "Add"), "add_2");
        assert_eq!(lower(names, "new"), "new_2");
    }
}
