//! What the bench has measured: the report that it saves, and the table and the chart that are made of it.

mod chart;
mod imports;
mod micropython;
mod publish;
mod report;

pub use chart::chart;
pub use imports::link;
pub use micropython::MicroPython;
pub use publish::{MEASURED, published};
pub use report::{Measured, Ratios, Report};
