//! What executes parts of flat code in a way of its own.

use std::fmt::Debug;

use ch09_module::{FuncType, LateFunction};
use ch12_instance::StoreData;
use trace::Observer;

use crate::{Call, FlatCode, Machine, Stop};

/// What a later chapter makes of flat code, to execute parts of it faster.
///
/// A tier has the machine's slots in its hands while it runs, and may keep
/// everything else where it likes. Where it can't go on, it gives the calls
/// back as the machine has them: as frames and operands. So what is rare has a
/// meaning only in the machine.
pub trait Tier: Debug + Default + Sized + 'static {
    /// The name of the engine.
    const NAME: &'static str;

    /// Whether there is any translation.
    const TRANSLATES: bool = true;

    /// What the tier makes of a function.
    type Code: Debug;

    /// Translates flat code that has entries. `None` leaves the function to
    /// the machine.
    fn translate(
        here: &StoreData,
        instance: u32,
        ty: &FuncType,
        code: &FlatCode<Self::Code>,
    ) -> Option<Self::Code>;

    /// Reads what the tier has made of a function before. The flat code that is
    /// returned with it is only an entry.
    fn read(
        here: &StoreData,
        instance: u32,
        function: &LateFunction,
    ) -> Option<FlatCode<Self::Code>> {
        let _ = (here, instance, function);
        None
    }

    /// Executes a call from one of its entries on, until something comes that
    /// is the machine's.
    ///
    /// # Errors
    ///
    /// Why the machine doesn't go on with the call that is returned.
    fn enter<'store, O: Observer>(
        machine: &mut Machine<'store, O, Self>,
        call: Call<'store, Self::Code>,
        entry: u32,
    ) -> Result<Call<'store, Self::Code>, Stop>;
}

/// No tier: the machine of this chapter does everything itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Tier for Alone {
    const NAME: &'static str = "flat";
    const TRANSLATES: bool = false;

    type Code = ();

    fn translate(
        _: &StoreData,
        _: u32,
        _: &FuncType,
        _: &FlatCode,
    ) -> Option<()> {
        None
    }

    fn enter<'store, O: Observer>(
        _: &mut Machine<'store, O, Self>,
        call: Call<'store, ()>,
        _: u32,
    ) -> Result<Call<'store, ()>, Stop> {
        Ok(call)
    }
}
