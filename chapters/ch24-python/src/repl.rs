//! repl
/// Prompt
pub enum Prompt { A }
