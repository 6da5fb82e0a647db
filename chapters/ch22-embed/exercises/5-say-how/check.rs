//! The log makes the same store again.

use annex_embedding::{Engine, Extern, InstanceAddr, Value};
use ch09_module::FuncType;
use ch19_flat::{FlatLayer, Store};
use ch22_embed::freeze::{Terms, Thawed, thaw};

use super::{frozen, made, price};

/// Buys number 3, which costs 30, and returns the total.
fn buy(store: &mut Store, shop: InstanceAddr) -> Value {
    let buy = store.export(shop, "buy").and_then(Extern::func).unwrap();
    store.invoke(buy, &[3.into()]).unwrap().remove(0)
}

#[test]
fn the_shop_goes_on_counting() {
    let (mut store, files, instances) = made().unwrap();
    let [_, shop] = instances;
    assert_eq!(buy(&mut store, shop), 30.into());
    let bytes = frozen(&mut store, &files, instances).unwrap();
    let mut asked = Vec::new();
    let mut host = |module: &str, name: &str, _: &FuncType| {
        asked.push(format!("{module}.{name}"));
        Some(price())
    };
    let thawed: Thawed<(), FlatLayer> =
        thaw(&bytes, Terms::default(), (), &mut host).unwrap();
    let mut again = thawed.store;
    assert_eq!(asked, ["host.price"]);
    assert_eq!(buy(&mut again, shop), 60.into());
}
