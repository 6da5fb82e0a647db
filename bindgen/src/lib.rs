//! From a module to a Rust file: a structure with a typed method for each function
//! that the module exports, and a trait with a method for each one that it imports.
//!
//! The file needs nothing but the library of chapter 22:
//!
//! ```
//! let module = br#"(module
//!     (import "env" "print" (func (param i32)))
//!     (func (export "add") (param $a i32) (param $b i32) (result i32)
//!         (i32.add (local.get $a) (local.get $b))))"#;
//! let file = bindgen::generate("simple", module)?;
//! assert!(file.contains("pub struct Simple"));
//! assert!(file.contains("fn env_print(&mut self, x0: i32) -> Result<(), Error>"));
//! # Ok::<(), ch09_module::ModuleError>(())
//! ```

mod names;

use std::collections::HashSet;

use ch07_values::NumType;
use ch09_module::{
    ExportItem, FuncIdx, FuncType, HeapType, ImportType, LocalIdx, Module, ModuleError, RefType,
    ValType,
};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};

use names::{Names, upper};

/// The most parameters or results of a function with types of Rust.
const MOST: usize = 16;

/// The Rust file for a module, in the binary format or in the text format. The structure in it is called as `name` says.
///
/// A function whose type has no Rust in it (one with more than 16 parameters, or with a reference that can't be null, or to
/// what the module defines) is there as a `Func`, which is called with values.
///
/// # Errors
///
/// It isn't a valid module.
pub fn generate(name: &str, module: &[u8]) -> Result<String, ModuleError> {
    let module = Module::from_bytes(module)?;
    let file = Generator { name, module: &module }.file();
    let file = syn::parse2(file).expect("what we quote is Rust");
    // No attribute and no comment that belongs to the file: so it can be included, too.
    let about = format!("// Bindings of the module `{name}`, made by `wasm bindgen`.\n\n");
    Ok(about + &spaced(&prettyplease::unparse(&file)))
}

/// The same text with an empty line after each item that another one follows.
fn spaced(text: &str) -> String {
    let mut spaced = String::new();
    let mut ends = "";
    for line in text.lines() {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        let begins = ["///", "#[", "pub ", "use ", "impl"].iter().any(|it| code.starts_with(it));
        if begins && !ends.is_empty() && ends.len() - ends.trim_start().len() == indent.len() {
            spaced.push('\n');
        }
        // An item ends with its brace, a method of a trait or the list of what is used with a
        // semicolon.
        let last = ["}", "};"].contains(&code);
        ends = if last || code.starts_with("fn ") && code.ends_with(';') { line } else { "" };
        spaced.push_str(line);
        spaced.push('\n');
    }
    spaced
}

struct Generator<'module> {
    name: &'module str,
    module: &'module Module,
}

/// What a file may use of the library.
const LIBRARY: [&str; 17] = [
    "AnyRef",
    "AsContext",
    "AsContextMut",
    "Caller",
    "Error",
    "ExternRef",
    "Func",
    "Global",
    "Instance",
    "Linker",
    "Memory",
    "Module",
    "Store",
    "Table",
    "Tag",
    "TypedFunc",
    "V128",
];

/// Adds all identifiers of some Rust.
fn add_words(words: &mut HashSet<String>, rust: TokenStream) {
    for token in rust {
        match token {
            TokenTree::Ident(ident) => _ = words.insert(ident.to_string()),
            TokenTree::Group(group) => add_words(words, group.stream()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// A function with types of Rust.
struct Signature {
    params: Vec<(Ident, TokenStream)>,
    results: Vec<TokenStream>,
}

impl Generator<'_> {
    fn file(&self) -> TokenStream {
        let (imports, exports) = (self.imports(), self.exports());
        let mut words = HashSet::new();
        add_words(&mut words, imports.clone());
        add_words(&mut words, exports.clone());
        let used = LIBRARY.iter().filter(|name| words.contains(**name));
        let used = used.map(|name| format_ident!("{name}"));
        quote! {
            use ch22_embed::{#(#used),*};
            #imports
            #exports
        }
    }

    /// The name of the structure. What the file uses of the library keeps its own.
    fn structure(&self) -> Ident {
        let name = upper(self.name);
        let taken = LIBRARY.iter().chain(&["Imports", "Self"]).any(|it| name == it);
        if taken { format_ident!("{name}Module") } else { name }
    }

    /// The trait with what the module imports, and the function that gives it to a linker. Nothing, if it imports no functions.
    fn imports(&self) -> TokenStream {
        let mut names = Names::default();
        let (mut methods, mut definitions) = (Vec::new(), Vec::new());
        let mut others = Vec::new();
        for (item, import) in self.module.imported_items() {
            let (from, name) = (&import.module, &import.name);
            let function = match (item, import.ty) {
                (ExportItem::Func(index), ImportType::Func(ty)) => self.signature(ty, Some(index)),
                _ => None,
            };
            let Some(Signature { params, results }) = function else {
                others.push(format!("`{from}` `{name}`"));
                continue;
            };
            let method = names.lower(&format!("{from}_{name}"));
            let (args, types): (Vec<_>, Vec<_>) = params.into_iter().unzip();
            let results = one_or_tuple(&results);
            let about = format!(" `{from}` `{name}`");
            methods.push(quote! {
                #[doc = #about]
                ///
                /// # Errors
                ///
                /// Whatever the host has: it ends the call.
                fn #method(&mut self #(, #args: #types)*) -> Result<#results, Error>;
            });
            definitions.push(quote! {
                linker.func_wrap(#from, #name, move |mut caller: Caller<'_, T> #(, #args: #types)*| {
                    get(caller.data_mut()).#method(#(#args),*)
                })?;
            });
        }
        if methods.is_empty() {
            return TokenStream::new();
        }
        let rest = match others.is_empty() {
            true => String::new(),
            false => format!(
                " What else the module imports has to be in the linker, too: {}.",
                others.join(", ")
            ),
        };
        let rest = (!rest.is_empty()).then(|| quote!(#[doc = #rest]));
        quote! {
            /// What the module imports: functions of the host.
            pub trait Imports {
                #(#methods)*
            }

            /// Gives a linker what the module imports. `get` finds it in the data of the store.
            #rest
            ///
            /// # Errors
            ///
            /// The linker has one of the names already.
            pub fn add_to_linker<T: 'static, I: Imports>(
                linker: &mut Linker<T>,
                get: impl Fn(&mut T) -> &mut I + Copy + Send + Sync + 'static,
            ) -> Result<(), Error> {
                #(#definitions)*
                Ok(())
            }
        }
    }

    /// The structure with what the module exports.
    fn exports(&self) -> TokenStream {
        let structure = self.structure();
        let mut names = Names::without(&["instance", "instantiate", "new"]);
        let (mut fields, mut found, mut set) = (Vec::new(), Vec::new(), Vec::new());
        let mut methods = Vec::new();
        for export in &self.module.exports {
            let name = &export.name;
            let field = names.lower(name);
            let about = format!(" The export `{name}`.");
            let signature = match export.item {
                ExportItem::Func(index) => {
                    let ty = self.module.function_types().nth(index.index());
                    ty.and_then(|ty| self.signature(ty, Some(index)))
                }
                _ => None,
            };
            if let Some(Signature { params, results }) = signature {
                let (args, types): (Vec<_>, Vec<_>) = params.into_iter().unzip();
                let (all, result) = (one_or_tuple(&types), one_or_tuple(&results));
                let given = match &args[..] {
                    [one] => quote!(#one),
                    args => quote!((#(#args),*)),
                };
                fields.push(quote!(#field: TypedFunc<#all, #result>));
                found.push(quote! {
                    let #field = instance.get_typed_func(&store, #name)?;
                });
                let about = format!(" Calls the export `{name}`.");
                methods.push(quote! {
                    #[doc = #about]
                    ///
                    /// # Errors
                    ///
                    /// Whatever the call ends in.
                    pub fn #field(&self, store: impl AsContextMut #(, #args: #types)*) -> Result<#result, Error> {
                        self.#field.call(store, #given)
                    }
                });
            } else {
                let ty = match export.item {
                    ExportItem::Func(_) => "Func",
                    ExportItem::Global(_) => "Global",
                    ExportItem::Table(_) => "Table",
                    ExportItem::Memory(_) => "Memory",
                    ExportItem::Tag(_) => "Tag",
                };
                let (get, ty) = (format_ident!("get_{}", ty.to_lowercase()), format_ident!("{ty}"));
                let missing = format!("the module exports no {ty} `{name}`").to_lowercase();
                fields.push(quote!(#field: #ty));
                found.push(quote! {
                    let #field = instance.#get(&store, #name).ok_or_else(|| Error::msg(#missing))?;
                });
                methods.push(quote! {
                    #[doc = #about]
                    pub fn #field(&self) -> #ty {
                        self.#field
                    }
                });
            }
            set.push(field);
        }
        let about = format!(" An instance of the module `{}`.", self.name);
        quote! {
            #[doc = #about]
            #[allow(dead_code, reason = "hardly anybody needs all of it")]
            #[derive(Clone, Debug)]
            pub struct #structure {
                instance: Instance,
                #(#fields,)*
            }

            #[allow(dead_code, reason = "hardly anybody needs all of it")]
            impl #structure {
                /// Makes an instance of the module.
                ///
                /// # Errors
                ///
                /// An import is missing, the start function traps, or the module is another one.
                pub fn instantiate<T: 'static>(
                    store: &mut Store<T>,
                    linker: &Linker<T>,
                    module: &Module,
                ) -> Result<Self, Error> {
                    let instance = linker.instantiate(&mut *store, module)?;
                    Self::new(store, instance)
                }

                /// The bindings of an instance that is there already.
                ///
                /// # Errors
                ///
                /// It is one of another module.
                pub fn new(store: impl AsContext, instance: Instance) -> Result<Self, Error> {
                    let _ = &store;
                    #(#found)*
                    Ok(Self { instance, #(#set,)* })
                }

                /// The instance.
                pub fn instance(&self) -> Instance {
                    self.instance
                }

                #(#methods)*
            }
        }
    }

    /// The types of a function, if all are types of Rust.
    fn signature(&self, ty: ch09_module::TypeIdx, function: Option<FuncIdx>) -> Option<Signature> {
        let FuncType { params, results } = self.module.func_type(ty)?;
        if params.len().max(results.len()) > MOST {
            return None;
        }
        let mut names = Names::without(&["store"]);
        let locals = &self.module.names.locals;
        let params = params.iter().enumerate().map(|(number, ty)| {
            let local = LocalIdx(number as u32);
            let known = function.and_then(|function| locals.get(&(function, local)));
            let name = known.cloned().unwrap_or_else(|| format!("x{number}"));
            Some((names.lower(&name), rust(*ty)?))
        });
        let params = params.collect::<Option<Vec<_>>>()?;
        let results = results.iter().map(|ty| rust(*ty)).collect::<Option<Vec<_>>>()?;
        Some(Signature { params, results })
    }
}

/// A type as Rust has it.
fn rust(ty: ValType) -> Option<TokenStream> {
    Some(match ty {
        ValType::Num(NumType::I32) => quote!(i32),
        ValType::Num(NumType::I64) => quote!(i64),
        ValType::Num(NumType::F32) => quote!(f32),
        ValType::Num(NumType::F64) => quote!(f64),
        ValType::V128 => quote!(V128),
        ValType::Ref(RefType { nullable: true, heap }) => match heap {
            HeapType::Func => quote!(Option<Func>),
            HeapType::Extern => quote!(Option<ExternRef>),
            HeapType::Any => quote!(Option<AnyRef>),
            _ => return None,
        },
        ValType::Ref(_) => return None,
    })
}

/// One type, or a tuple of none or several.
fn one_or_tuple(types: &[TokenStream]) -> TokenStream {
    match types {
        [one] => one.clone(),
        types => quote!((#(#types),*)),
    }
}
