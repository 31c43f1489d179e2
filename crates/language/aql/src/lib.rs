//! QRadar's Ariel Query Language: text to tree to plan.
//!
//! [`parse`] never fails: it returns the tree it understood and diagnostics. [`lower`] turns a tree
//! into a [`quarry_plan::Node`] over the fields of a view, again with diagnostics. The vocabulary
//! (functions, catalogs of fields) lives in [`registry`], the codes of all diagnostics in [`codes`].

pub mod codes;
mod front_end;
mod lower;
mod reference;
pub mod registry;
pub mod syntax;

pub use front_end::{FRONT_END, LEXIS};
pub use lower::{LowerOptions, Lowered, OutputColumn, lower};
pub use reference::{ReferenceCollection, ReferenceData};
pub use syntax::{Parsed, parse};
