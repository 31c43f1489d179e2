//! Window functions: one value a row, computed over a whole partition in its order.

mod function;
mod transaction;

pub use function::WindowFunction;
pub(crate) use function::window_udf;

/// The rows of all window functions, a table a family.
pub(crate) const TABLES: &[&[WindowFunction]] = &[transaction::FUNCTIONS];
