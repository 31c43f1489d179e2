//! Window functions: one value a row, computed over a whole partition in its order.

mod concurrency;
mod function;
mod transaction;
mod trend;

pub use function::WindowFunction;
pub(crate) use function::window_udf;

/// The rows of all window functions, a table a family.
pub(crate) const TABLES: &[&[WindowFunction]] =
    &[concurrency::FUNCTIONS, transaction::FUNCTIONS, trend::FUNCTIONS];
