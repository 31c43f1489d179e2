//! What every function is built from: cells, arguments, calls and table rows.

mod argument;
mod bounds;
mod call;
mod cell;
#[cfg(test)]
pub(crate) mod check;
mod constants;
mod function;
mod places;
mod room;
mod types;

pub(crate) use argument::Argument;
pub use bounds::{Bounds, TOO_LONG};
pub(crate) use call::{Call, Memo, Row, map_slice};
pub(crate) use cell::Cell;
pub use constants::Constants;
pub(crate) use function::scalar_udf;
pub use function::{Example, Function, Literal, TOO_LARGE};
pub use places::Places;
pub use quarry_plan::{number_text, parse_number};
pub(crate) use types::list_scalar;
pub use types::scalar;
