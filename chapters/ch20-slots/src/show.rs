//! A tier that executes nothing: it shows what there would be to execute.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ch09_module::FuncType;
use ch12_instance::StoreData;
use ch19_flat::{Call, FlatCode, FlatLayer, Machine, Stop, Tier};
use trace::Observer;

use crate::{SlotCode, translate};

/// The tier that shows code. The machine executes all of it.
#[derive(Debug, Default)]
pub struct Show {
    /// What has been called and translated, by the address of the function.
    pub shown: Arc<Mutex<BTreeMap<u32, Shown>>>,
}

/// What there is to show of a function.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The flat code, with the entries of the tier.
    pub flat: String,
    /// The operations on slots.
    pub slots: SlotCode,
}

impl Show {
    /// A store with this tier.
    pub fn store() -> ch12_instance::Store<(), FlatLayer<Show>> {
        ch12_instance::Store::default()
    }
}

impl Tier for Show {
    const NAME: &'static str = "show";

    type Code = SlotCode;

    fn translate(
        here: &StoreData,
        instance: u32,
        ty: &FuncType,
        code: &FlatCode<SlotCode>,
    ) -> Option<SlotCode> {
        translate(here, instance, ty, code)
    }

    fn enter<'store, O: Observer>(
        machine: &mut Machine<'store, O, Self>,
        call: Call<'store, SlotCode>,
        _: u32,
    ) -> Result<Call<'store, SlotCode>, Stop> {
        let shown = &machine.here.layer.tier.shown;
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slots) = &call.code.tier {
            shown.entry(call.frame.function).or_insert_with(|| Shown {
                flat: call.code.to_string(),
                slots: slots.clone(),
            });
        }
        Ok(call)
    }
}
