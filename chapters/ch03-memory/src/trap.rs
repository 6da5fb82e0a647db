//! What can go wrong.

/// A trap, and the instruction that caused it.
pub type Error = trace::Located<Trap>;

trace::rows! {
    /// A trap: the reason why a machine cannot go on.
    #[derive(Debug)]
    pub enum Trap {
        /// An operand was needed, and the stack held none.
        StackEmpty => "operand stack is empty";
        /// The address is not a whole number from 0 on, or the memory of this
        /// size does not have eight bytes from there on.
        BadAddress(address: f64, size: usize) =>
            "no number at address {} in a memory of {size} bytes",
            trace::number(*address);
    }
}

impl std::error::Error for Trap {}
