//! The log scan as DataFusion sees it: a table over log objects.

mod source;
mod table;

pub use table::LogTable;
