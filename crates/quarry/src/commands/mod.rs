//! One file for each command.

pub mod check;
pub mod coverage;
pub mod emulate;
pub mod explain;
pub mod fields;
pub mod hunt;
pub mod lint;
pub mod lsp;
pub mod pack;
pub mod query;
pub mod serve;
pub mod site;
pub mod test;
pub mod tune;
mod why;
