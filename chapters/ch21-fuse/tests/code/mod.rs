//! What has become of a function.

use annex_embedding::{Engine, FuncAddr};
use ch09_module::Module;
use ch12_instance::{FunctionBody, Layer};
use ch19_flat::FlatLayer;
use ch21_fuse::{Fast, Store, text};

/// The operations of a function of a module, as text.
pub fn operations(store: &Store, module: &str, function: FuncAddr) -> String {
    let here = store.data();
    let FunctionBody::Code(instance, number) =
        here.functions[function.index()].body
    else {
        panic!("it is one of the module");
    };
    let ty = store.func_type(function).unwrap();
    let module = Module::from_text(module).unwrap();
    let tree = module.functions[number as usize].read().into_owned();
    let flat = FlatLayer::<Fast>::translate(here, instance.0, &ty, tree);
    text(here, instance.0, &ty, &flat).unwrap()
}
