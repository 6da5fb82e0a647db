//! Values, as the host has them.

use std::any::Any;
use std::fmt;

use annex_embedding as seam;
use annex_embedding::{Referent, Value};
use ch07_values::Number;
use ch09_module::TypeIdx;
pub use ch09_module::V128;

use crate::roots::Root;
use crate::store::{Host, StoreId};
use crate::types::{HeapType, ValType};
use crate::{AsContext, AsContextMut, Error, Func, StoreContext, Tag};

/// A value. Floats are their bits, so that a NaN stays the one it is.
///
/// Specification: Execution, Runtime Structure, *Values*.
#[derive(Clone, Debug)]
pub enum Val {
    /// An `i32`.
    I32(i32),
    /// An `i64`.
    I64(i64),
    /// The bits of an `f32`.
    F32(u32),
    /// The bits of an `f64`.
    F64(u64),
    /// A vector.
    V128(V128),
    /// A function, or null.
    FuncRef(Option<Func>),
    /// Something of the host, or null.
    ExternRef(Option<ExternRef>),
    /// Something of a module, or null.
    AnyRef(Option<AnyRef>),
    /// An exception, or null.
    ExnRef(Option<ExnRef>),
}

impl Val {
    /// The type, as far as the value alone can tell.
    pub fn ty(&self) -> ValType {
        match self {
            Val::I32(_) => ValType::I32,
            Val::I64(_) => ValType::I64,
            Val::F32(_) => ValType::F32,
            Val::F64(_) => ValType::F64,
            Val::V128(_) => ValType::V128,
            Val::FuncRef(_) => ValType::FUNCREF,
            Val::ExternRef(_) => ValType::EXTERNREF,
            Val::AnyRef(_) => ValType::ANYREF,
            Val::ExnRef(_) => ValType::EXNREF,
        }
    }

    /// Zero, or null.
    pub fn default_for(ty: ValType) -> Val {
        let ty = match ty {
            ValType::I32 => return Val::I32(0),
            ValType::I64 => return Val::I64(0),
            ValType::F32 => return Val::F32(0),
            ValType::F64 => return Val::F64(0),
            ValType::V128 => return Val::V128(V128(0)),
            ValType::Ref(ty) => ty,
        };
        match ty.heap {
            HeapType::Func | HeapType::NoFunc => Val::FuncRef(None),
            HeapType::Extern | HeapType::NoExtern => Val::ExternRef(None),
            HeapType::Exn | HeapType::NoExn => Val::ExnRef(None),
            _ => Val::AnyRef(None),
        }
    }

    /// The `i32`, if it is one.
    pub fn i32(&self) -> Option<i32> {
        match self {
            Val::I32(x) => Some(*x),
            _ => None,
        }
    }

    /// The `i64`, if it is one.
    pub fn i64(&self) -> Option<i64> {
        match self {
            Val::I64(x) => Some(*x),
            _ => None,
        }
    }

    /// The `f32`, if it is one.
    pub fn f32(&self) -> Option<f32> {
        match self {
            Val::F32(bits) => Some(f32::from_bits(*bits)),
            _ => None,
        }
    }

    /// The `f64`, if it is one.
    pub fn f64(&self) -> Option<f64> {
        match self {
            Val::F64(bits) => Some(f64::from_bits(*bits)),
            _ => None,
        }
    }

    /// The vector, if it is one.
    pub fn v128(&self) -> Option<V128> {
        match self {
            Val::V128(x) => Some(*x),
            _ => None,
        }
    }

    /// The function, if it is a reference to one.
    pub fn func_ref(&self) -> Option<Func> {
        match self {
            Val::FuncRef(func) => *func,
            _ => None,
        }
    }

    /// What the machine has in place of this value.
    pub(crate) fn to_value<T>(&self, host: &Host<T>) -> Value {
        let check = |id| host.check(id);
        match self {
            Val::I32(x) => (*x).into(),
            Val::I64(x) => (*x).into(),
            Val::F32(bits) => f32::from_bits(*bits).into(),
            Val::F64(bits) => f64::from_bits(*bits).into(),
            Val::V128(x) => Value::V128(*x),
            Val::FuncRef(func) => Value::FuncRef(func.map(|func| {
                check(func.store);
                func.address
            })),
            Val::ExternRef(it) => Value::ExternRef(it.as_ref().map(|it| {
                check(it.0.store);
                it.0.referent
            })),
            Val::AnyRef(it) => Value::AnyRef(it.as_ref().map(|it| {
                check(it.0.store);
                it.0.referent
            })),
            Val::ExnRef(it) => Value::ExnRef(it.as_ref().and_then(|it| {
                check(it.0.store);
                match it.0.referent {
                    Referent::Exn(handle) => Some(handle),
                    _ => None,
                }
            })),
        }
    }

    /// What the host has in place of a value of the machine, which has been
    /// shown to the host and stays as long as there are handles.
    pub(crate) fn of<T>(value: Value, host: &Host<T>) -> Val {
        let handle = |referent| Handle::new(referent, host);
        match value {
            Value::Number(Number::I32(x)) => Val::I32(x),
            Value::Number(Number::I64(x)) => Val::I64(x),
            Value::Number(Number::F32(x)) => Val::F32(x.to_bits()),
            Value::Number(Number::F64(x)) => Val::F64(x.to_bits()),
            Value::V128(x) => Val::V128(x),
            Value::FuncRef(func) => Val::FuncRef(func.map(|address| {
                let store = host.id;
                Func { store, address }
            })),
            Value::ExternRef(it) => {
                Val::ExternRef(it.map(|it| ExternRef(handle(it))))
            }
            Value::AnyRef(Some(Referent::Func(address))) => {
                let store = host.id;
                Val::FuncRef(Some(Func { store, address }))
            }
            Value::AnyRef(it) => Val::AnyRef(it.map(|it| AnyRef(handle(it)))),
            Value::ExnRef(it) => {
                Val::ExnRef(it.map(|it| ExnRef(handle(Referent::Exn(it)))))
            }
        }
    }
}

impl fmt::Display for Val {
    /// The value as the text format writes it, without its type.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Val::I32(x) => x.fmt(f),
            Val::I64(x) => x.fmt(f),
            Val::F32(bits) => f32::from_bits(*bits).fmt(f),
            Val::F64(bits) => f64::from_bits(*bits).fmt(f),
            Val::V128(x) => x.fmt(f),
            Val::FuncRef(Some(func)) => write!(f, "func {}", func.address.0),
            Val::ExternRef(Some(it)) => it.0.referent.fmt(f),
            Val::AnyRef(Some(it)) => it.0.referent.fmt(f),
            Val::ExnRef(Some(it)) => it.0.referent.fmt(f),
            Val::FuncRef(None)
            | Val::ExternRef(None)
            | Val::AnyRef(None)
            | Val::ExnRef(None) => f.write_str("null"),
        }
    }
}

macro_rules! from {
    ($($ty:ty, $x:ident => $val:expr;)*) => {$(
        impl From<$ty> for Val {
            fn from($x: $ty) -> Val {
                $val
            }
        }
    )*};
}
from! {
    i32, x => Val::I32(x);
    u32, x => Val::I32(x as i32);
    i64, x => Val::I64(x);
    u64, x => Val::I64(x as i64);
    f32, x => Val::F32(x.to_bits());
    f64, x => Val::F64(x.to_bits());
    V128, x => Val::V128(x);
    Func, x => Val::FuncRef(Some(x));
    Option<Func>, x => Val::FuncRef(x);
    ExternRef, x => Val::ExternRef(Some(x));
    Option<ExternRef>, x => Val::ExternRef(x);
    AnyRef, x => Val::AnyRef(Some(x));
    Option<AnyRef>, x => Val::AnyRef(x);
    StructRef, x => Val::AnyRef(Some(x.0));
    ArrayRef, x => Val::AnyRef(Some(x.0));
}

/// A reference that isn't null.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
    pub(crate) store: StoreId,
    pub(crate) referent: Referent,
    /// Keeps what it refers to alive; what needs no keeping has none.
    _root: Option<Root>,
}

impl Handle {
    fn new<T>(referent: Referent, host: &Host<T>) -> Handle {
        let is_kept = matches!(
            referent,
            Referent::Struct(_) | Referent::Array(_) | Referent::Exn(_)
        );
        let root = is_kept.then(|| Root::new(&host.roots, referent.to_slot()));
        Handle { store: host.id, referent, _root: root }
    }
}

/// A reference to something of the host. A module can keep it and hand it on,
/// and not look inside.
///
/// The host's data behind it lives as long as the store.
///
/// ```
/// use ch22_embed::{ExternRef, Store};
///
/// let mut store = Store::<()>::default();
/// let name = ExternRef::new(&mut store, String::from("Ada"));
/// let data = name.data(&store).and_then(|data| data.downcast_ref());
/// assert_eq!(data, Some(&String::from("Ada")));
/// ```
#[derive(Clone, Debug)]
pub struct ExternRef(pub(crate) Handle);

impl ExternRef {
    /// A reference to some data.
    pub fn new(mut store: impl AsContextMut, data: impl Any) -> ExternRef {
        let mut store = store.as_context_mut();
        let host = store.host();
        let number = host.externs.len() as u32;
        host.externs.push(Box::new(data));
        ExternRef(Handle::new(Referent::Host(number), host))
    }

    /// Something of a module as something of the host: `extern.convert_any`.
    pub fn convert_any(any: AnyRef) -> ExternRef {
        ExternRef(any.0)
    }

    /// The data, if it refers to some: a module can make an `externref` of its
    /// own objects, too.
    pub fn data<'a, T: 'static>(
        &self,
        store: impl Into<StoreContext<'a, T>>,
    ) -> Option<&'a dyn Any> {
        let host = store.into().host;
        host.check(self.0.store);
        match self.0.referent {
            Referent::Host(number) => {
                Some(&**host.externs.get(number as usize)?)
            }
            _ => None,
        }
    }
}

/// A reference to something of a module: a structure, an array, or a number of
/// 31 bits.
#[derive(Clone, Debug)]
pub struct AnyRef(pub(crate) Handle);

impl AnyRef {
    /// Something of the host as something of a module: `any.convert_extern`.
    pub fn convert_extern(it: ExternRef) -> AnyRef {
        AnyRef(it.0)
    }

    /// A number of 31 bits, as a reference. The highest bit is dropped.
    pub fn from_i31(store: impl AsContext, number: u32) -> AnyRef {
        let host = store.as_context().host;
        AnyRef(Handle::new(Referent::I31(number & 0x7fff_ffff), host))
    }

    /// The number, without a sign, if it is one.
    pub fn as_i31(&self) -> Option<u32> {
        match self.0.referent {
            Referent::I31(number) => Some(number),
            _ => None,
        }
    }

    /// The structure, if it is one.
    pub fn as_struct(&self) -> Option<StructRef> {
        let is_one = matches!(self.0.referent, Referent::Struct(_));
        is_one.then(|| StructRef(self.clone()))
    }

    /// The array, if it is one.
    pub fn as_array(&self) -> Option<ArrayRef> {
        let is_one = matches!(self.0.referent, Referent::Array(_));
        is_one.then(|| ArrayRef(self.clone()))
    }
}

/// A reference to an exception.
#[derive(Clone, Debug)]
pub struct ExnRef(pub(crate) Handle);

/// What a module has thrown, and nobody has caught.
#[derive(Clone, Debug)]
pub struct Exception {
    pub(crate) tag: Tag,
    pub(crate) values: Vec<Val>,
}

impl Exception {
    /// Its tag.
    pub fn tag(&self) -> Tag {
        self.tag
    }

    /// What it carries.
    pub fn values(&self) -> &[Val] {
        &self.values
    }
}

/// A reference to a structure of the heap.
#[derive(Clone, Debug)]
pub struct StructRef(pub(crate) AnyRef);

/// A reference to an array of the heap.
#[derive(Clone, Debug)]
pub struct ArrayRef(pub(crate) AnyRef);

impl StructRef {
    /// Makes a structure. Its type is one of the store: that of a parameter of
    /// a [`Func`], for example.
    ///
    /// # Errors
    ///
    /// It isn't the type of a structure, the values are not those of its
    /// fields, or the heap is full.
    pub fn new(
        store: impl AsContextMut,
        ty: HeapType,
        fields: &[Val],
    ) -> Result<StructRef, Error> {
        let any = make(store, ty, make_object, fields)?;
        any.as_struct().ok_or_else(|| Error::msg("it is no structure"))
    }

    /// Its type.
    pub fn ty(&self, store: impl AsContextMut) -> HeapType {
        heap_type(store, &self.0)
    }

    /// A field.
    ///
    /// # Errors
    ///
    /// There is no such field.
    pub fn field(
        &self,
        store: impl AsContextMut,
        index: u32,
    ) -> Result<Val, Error> {
        get(store, &self.0, index)
    }

    /// All fields.
    ///
    /// # Errors
    ///
    /// The store has none of them, which can't be.
    pub fn fields(&self, store: impl AsContextMut) -> Result<Vec<Val>, Error> {
        all(store, &self.0)
    }

    /// Writes a field.
    ///
    /// # Errors
    ///
    /// There is no such field, it can't be written, or it can't have this
    /// value.
    pub fn set_field(
        &self,
        store: impl AsContextMut,
        index: u32,
        value: Val,
    ) -> Result<(), Error> {
        set(store, &self.0, index, &value)
    }
}

impl ArrayRef {
    /// Makes an array with the same value in each element. Its type is one of
    /// the store.
    ///
    /// # Errors
    ///
    /// It isn't the type of an array, the value is not one of its elements, or
    /// the heap is full.
    pub fn new(
        store: impl AsContextMut,
        ty: HeapType,
        element: &Val,
        length: u32,
    ) -> Result<ArrayRef, Error> {
        let any = make(
            store,
            ty,
            |seam, ty, values| match values {
                [element] => seam.make_array(ty, *element, length),
                _ => unreachable!("one value is given"),
            },
            std::slice::from_ref(element),
        )?;
        any.as_array().ok_or_else(|| Error::msg("it is no array"))
    }

    /// Makes an array with these elements.
    ///
    /// # Errors
    ///
    /// See [`ArrayRef::new`].
    pub fn new_fixed(
        store: impl AsContextMut,
        ty: HeapType,
        elements: &[Val],
    ) -> Result<ArrayRef, Error> {
        let any = make(store, ty, make_object, elements)?;
        any.as_array().ok_or_else(|| Error::msg("it is no array"))
    }

    /// Its type.
    pub fn ty(&self, store: impl AsContextMut) -> HeapType {
        heap_type(store, &self.0)
    }

    /// How many elements it has.
    ///
    /// # Errors
    ///
    /// The store has no such array, which can't be.
    pub fn len(&self, mut store: impl AsContextMut) -> Result<u32, Error> {
        let mut store = store.as_context_mut();
        let (seam, host) = store.parts();
        Ok(seam.object_len(value(&self.0, host))?)
    }

    /// An element.
    ///
    /// # Errors
    ///
    /// There is no such element.
    pub fn get(
        &self,
        store: impl AsContextMut,
        index: u32,
    ) -> Result<Val, Error> {
        get(store, &self.0, index)
    }

    /// All elements.
    ///
    /// # Errors
    ///
    /// The store has none of them, which can't be.
    pub fn elements(
        &self,
        store: impl AsContextMut,
    ) -> Result<Vec<Val>, Error> {
        all(store, &self.0)
    }

    /// Writes an element.
    ///
    /// # Errors
    ///
    /// There is no such element, it can't be written, or it can't have this
    /// value.
    pub fn set(
        &self,
        store: impl AsContextMut,
        index: u32,
        value: Val,
    ) -> Result<(), Error> {
        set(store, &self.0, index, &value)
    }
}

fn value<T>(object: &AnyRef, host: &Host<T>) -> Value {
    host.check(object.0.store);
    Value::AnyRef(Some(object.0.referent))
}

fn make_object(
    seam: &mut dyn seam::Engine,
    ty: TypeIdx,
    values: &[Value],
) -> Result<Value, seam::Error> {
    seam.make_object(ty, values)
}

fn make(
    mut store: impl AsContextMut,
    ty: HeapType,
    how: impl FnOnce(
        &mut dyn seam::Engine,
        TypeIdx,
        &[Value],
    ) -> Result<Value, seam::Error>,
    values: &[Val],
) -> Result<AnyRef, Error> {
    let HeapType::Concrete(ty) = ty else {
        return Err(Error::msg("objects have a type that a module defines"));
    };
    let mut store = store.as_context_mut();
    let values: Vec<Value> =
        values.iter().map(|value| value.to_value(store.host())).collect();
    let made = store.enter(|seam| how(seam, ty, &values))?;
    match Val::of(made, store.host()) {
        Val::AnyRef(Some(made)) => Ok(made),
        _ => Err(Error::msg("no object was made")),
    }
}

fn heap_type(mut store: impl AsContextMut, object: &AnyRef) -> HeapType {
    let mut store = store.as_context_mut();
    let (seam, host) = store.parts();
    let ty = seam.type_of(value(object, host));
    ty.map_or(HeapType::Any, HeapType::Concrete)
}

fn get(
    mut store: impl AsContextMut,
    object: &AnyRef,
    index: u32,
) -> Result<Val, Error> {
    let mut store = store.as_context_mut();
    let (seam, host) = store.parts();
    let item = seam.object_get(value(object, host), index)?;
    Ok(Val::of(item, host))
}

fn all(
    mut store: impl AsContextMut,
    object: &AnyRef,
) -> Result<Vec<Val>, Error> {
    let mut store = store.as_context_mut();
    let (seam, host) = store.parts();
    let length = seam.object_len(value(object, host))?;
    (0..length).map(|index| get(&mut store, object, index)).collect()
}

fn set(
    mut store: impl AsContextMut,
    object: &AnyRef,
    index: u32,
    item: &Val,
) -> Result<(), Error> {
    let mut store = store.as_context_mut();
    let (seam, host) = store.parts();
    let item = item.to_value(host);
    Ok(seam.object_set(value(object, host), index, item)?)
}
