//! The vendor's vocabulary: functions, aggregates, plugins and tables, from data files.
//!
//! The files hold facts of Microsoft's language service: names, how a result column is called, parameters, results.

mod aliases;
mod function;
mod tables;

pub use aliases::main_name;
pub use function::{Function, Group, Naming, Parameter, Returns, Signature, aggregates, functions, plugins};
pub use tables::{Columns, stored_function, table, table_names};
