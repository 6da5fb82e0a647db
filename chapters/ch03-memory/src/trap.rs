//! What can go wrong.

/// A trap, and the instruction that caused it.
pub type Error = trace::Located<Trap>;

trace::rows! {
    /// A trap: the reason why a machine cannot go on.
    #[derive(Debug)]
    pub enum Trap {
        /// An operand was needed, and the stack held none.
        StackEmpty => "operand stack is empty";
        /// A number is eight bytes from an address on, which is a whole number from 0 on. They are not all in the memory of that size.
        BadAddress(address: f64, size: usize) =>
            "no number at address {} in a memory of {size} bytes", trace::number(*address);
    }
}

impl std::error::Error for Trap {}
