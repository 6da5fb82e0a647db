//! How the host's half of a store is lent while the machine runs.
//!
//! What is lent is in a [`Holder`]. While the machine runs, it is in a
//! [`Locker`], and a function of the host takes it from there. Both give it
//! back when they are dropped, so it comes back even where somebody panics.

use std::cell::Cell;
use std::rc::Rc;

/// What is lent, or nothing while it is away.
pub(crate) type Holder<H> = Option<Box<H>>;

/// Where functions of the host find what is lent.
pub(crate) type Locker<H> = Rc<Cell<Holder<H>>>;

/// Why a holder is never empty when somebody looks.
pub(crate) const LENT: &str =
    "the host's half is away only while the machine runs";

/// The machine runs: what is lent is in the locker.
pub(crate) struct Running<'a, H> {
    holder: &'a mut Holder<H>,
    locker: Locker<H>,
}

impl<'a, H> Running<'a, H> {
    pub(crate) fn new(
        holder: &'a mut Holder<H>,
        locker: Locker<H>,
    ) -> Running<'a, H> {
        locker.set(holder.take());
        Running { holder, locker }
    }
}

impl<H> Drop for Running<'_, H> {
    fn drop(&mut self) {
        *self.holder = self.locker.take();
    }
}

/// A function of the host runs: it has what is lent.
pub(crate) struct Lent<'locker, H> {
    locker: &'locker Cell<Holder<H>>,
    pub(crate) holder: Holder<H>,
}

impl<'locker, H> Lent<'locker, H> {
    pub(crate) fn take(locker: &'locker Cell<Holder<H>>) -> Lent<'locker, H> {
        Lent { locker, holder: locker.take() }
    }

    pub(crate) fn get(&mut self) -> &mut H {
        self.holder.as_mut().expect(LENT)
    }
}

impl<H> Drop for Lent<'_, H> {
    fn drop(&mut self) {
        self.locker.set(self.holder.take());
    }
}
