//! One step of an execution.
