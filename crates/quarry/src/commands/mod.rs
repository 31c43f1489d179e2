//! One file a command.

pub mod check;
pub mod fields;
pub mod hunt;
pub mod query;
mod why;
