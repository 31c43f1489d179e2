//! Microsoft's Kusto Query Language: text to tree to plan.
//!
//! [`parse`] never fails: it returns the tree it understood and diagnostics. [`bind`] says which columns of which
//! types a tree gives, as Microsoft's binder does. The vocabulary is in [`registry`], the codes of all diagnostics are
//! in [`codes`].

mod bind;
pub mod codes;
mod front_end;
mod lower;
pub mod registry;
pub mod syntax;
pub mod types;

pub use bind::{Bound, Column, Table, bind};
pub use front_end::{FRONT_END, LEXIS};
pub use lower::{Environment, LowerOptions, Lowered, Watchlist, lower};
pub use syntax::{Parsed, parse};
