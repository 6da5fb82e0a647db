//! What only JavaScript has: these functions say so.

use ch22_embed::{Error, FuncType, Linker, ValType};

use crate::host::Host;

/// Their names, and how many parameters each has.
const MISSING: [(&str, usize); 16] = [
    ("proxy_convert_mp_to_js_then_js_to_mp_obj_jsside", 1),
    ("proxy_convert_mp_to_js_then_js_to_js_then_js_to_mp_obj_jsside", 1),
    ("js_get_proxy_js_ref_info", 1),
    ("call0_kwarg", 6),
    ("calln_kwarg", 8),
    ("store_attr", 3),
    ("js_subscr_load", 3),
    ("js_subscr_store", 3),
    ("js_get_iter", 2),
    ("js_reflect_construct", 4),
    ("js_iter_next", 2),
    ("js_get_error_info", 3),
    ("js_then_resolve", 2),
    ("create_promise", 2),
    ("js_then_continue", 5),
    ("js_then_reject", 2),
];

/// Defines them.
pub(crate) fn add(linker: &mut Linker<Host>) -> Result<(), Error> {
    for (name, params) in MISSING {
        let results = if name == "js_iter_next" { 1 } else { 0 };
        let [params, results] =
            [params, results].map(|count| vec![ValType::I32; count]);
        let said = format!("this host isn't JavaScript: it has no `{name}`");
        let ty = FuncType::new(params, results);
        linker
            .func_new("env", name, ty, move |_, _, _| Err(Error::msg(&said)))?;
    }
    Ok(())
}
