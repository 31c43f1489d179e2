//! Microsoft's Kusto Query Language: text to tree to plan.
//!
//! [`parse`] never fails: it returns the tree it understood and diagnostics. The codes of all
//! diagnostics are in [`codes`].

pub mod codes;
pub mod moment;
pub mod syntax;
pub mod types;

pub use syntax::{Parsed, parse};
