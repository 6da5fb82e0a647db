//! What the bench has measured: the report that it saves, and the table and the chart that are made of it.

mod chart;
mod publish;
mod report;

pub use chart::chart;
pub use publish::{MEASURED, published};
pub use report::{Measured, Ratios, Report};
