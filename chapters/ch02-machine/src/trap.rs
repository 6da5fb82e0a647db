//! What can go wrong.

/// A trap, and the instruction that caused it.
pub type Error = trace::Located<Trap>;

trace::rows! {
    /// A trap: the reason why a machine cannot go on.
    #[derive(Debug)]
    pub enum Trap {
        /// An operand was needed, and the stack held none.
        StackEmpty => "operand stack is empty";
    }
}

impl std::error::Error for Trap {}
