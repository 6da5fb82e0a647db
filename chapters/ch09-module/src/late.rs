//! Functions that are read late.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use wasmparser::{BinaryReader, FunctionBody, WasmFeatures};

use crate::decode::{self, Variables};
use crate::{Bytes, CompositeType, Function, TypeIdx, Types, ValType};

/// A function that the module defines, as bytes. They become a tree when they
/// are read.
///
/// A tree takes more than ten times the memory of its bytes, and most functions
/// of a large module are never called. So a module keeps the bytes, and whoever
/// needs the tree reads it.
#[derive(Clone)]
pub struct LateFunction {
    /// Its type.
    pub ty: TypeIdx,
    source: Source,
    /// In a box, because most functions have none.
    compiled: Option<Box<Bytes>>,
}

/// What a tree is made of.
#[derive(Clone)]
enum Source {
    /// An entry of the code section, valid or checked.
    Code(Bytes, Arc<Context>),
    /// Nothing: somebody has made the tree by hand.
    Tree(Box<Function>),
}

/// What the bytes of a function refer to, the same for all of a module.
pub(crate) struct Context {
    pub(crate) features: WasmFeatures,
    pub(crate) types: Arc<Types>,
    /// The types of the globals, imported ones first.
    pub(crate) globals: Box<[ValType]>,
}

impl Context {
    /// The types of the parameters of a function of this type.
    fn params(&self, ty: TypeIdx) -> &[ValType] {
        match self.types.get(ty).map(|ty| &ty.composite) {
            Some(CompositeType::Func(ty)) => &ty.params,
            _ => &[],
        }
    }
}

impl LateFunction {
    /// The function of an entry that is valid, or has been checked.
    pub(crate) fn new(
        ty: TypeIdx,
        code: Bytes,
        context: &Arc<Context>,
    ) -> LateFunction {
        let source = Source::Code(code, Arc::clone(context));
        LateFunction { ty, source, compiled: None }
    }

    /// Adds what an engine has made of it before. That may be wrong: nobody has
    /// compared it with the function.
    pub fn set_compiled(&mut self, compiled: Option<Bytes>) {
        self.compiled = compiled.map(Box::new);
    }

    /// What an engine has made of it before.
    pub fn compiled(&self) -> Option<&Bytes> {
        self.compiled.as_deref()
    }

    /// The tree. It is not kept: each call makes another one.
    ///
    /// Reading cannot fail: the module is valid, and the decoder knows every
    /// operator that validation accepts; or else each was decoded before.
    pub fn read(&self) -> Cow<'_, Function> {
        let (code, context) = match &self.source {
            Source::Code(code, context) => (code, context),
            Source::Tree(function) => return Cow::Borrowed(function),
        };
        let reader = BinaryReader::new_features(code, 0, context.features);
        let variables = Variables {
            params: context.params(self.ty),
            globals: &context.globals,
            ..Variables::default()
        };
        let code = FunctionBody::new(reader);
        let function = decode::function(self.ty, &code, variables);
        Cow::Owned(function.expect("a body that has passed can be read"))
    }
}

impl From<Function> for LateFunction {
    fn from(function: Function) -> LateFunction {
        let ty = function.ty;
        let source = Source::Tree(Box::new(function));
        LateFunction { ty, source, compiled: None }
    }
}

/// Two functions are the same if their trees are: there are several ways to
/// write a number in bytes.
impl PartialEq for LateFunction {
    fn eq(&self, other: &LateFunction) -> bool {
        self.read() == other.read()
    }
}

impl fmt::Debug for LateFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.read().fmt(f)
    }
}
