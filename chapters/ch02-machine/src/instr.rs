//! The instructions.

trace::rows! {
    /// One instruction. Beside each stands what it takes off the stack, and
    /// what it puts there.
    pub enum Instr {
        /// `[] -> [the number]`
        Const(value: f64) => "const {}", trace::number(*value);
        /// `[x y] -> [x + y]`
        Add => "add";
        /// `[x y] -> [x * y]`
        Mul => "mul";
    }
}
