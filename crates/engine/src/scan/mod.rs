//! The log scan as DataFusion sees it: a table over log objects.

mod reuse;
mod source;
mod table;

pub use reuse::{Inputs, over};
pub use table::LogTable;
