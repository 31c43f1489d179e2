//! The log scan as DataFusion sees it: a table over log objects.

mod reuse;
mod shared;
mod source;
mod table;
mod written;

pub use reuse::{Inputs, over};
pub use shared::{SharedRows, SharedTable};
pub use table::LogTable;
pub use written::{read_operator, write_operator};
