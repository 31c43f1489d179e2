//! From text to tree. Never fails: what cannot be read becomes a diagnostic, and the rest is read.

mod arguments;
mod cursor;
mod eval;
mod pipeline;
mod search;
mod stats;
pub mod tree;

pub(crate) use cursor::Cursor;
