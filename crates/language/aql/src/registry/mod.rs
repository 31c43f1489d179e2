//! The vocabulary: functions with their status, and catalogs of fields.
//!
//! A new function is one row in the table of its kind.

mod aggregate;
mod catalog;
mod extra;
mod keyword;
mod lookup;
mod page;
mod scalar;
mod unavailable;

use quarry_plan::Type;

pub use catalog::{Catalog, CatalogField, FieldKind, is_known_property};
pub use keyword::{KEYWORDS, Keyword};
pub use lookup::{Lookup, lookups};

/// A function of AQL, or one that queries use although AQL lacks it.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Name in upper case, with its namespace.
    pub name: &'static str,
    /// How it is written.
    pub signature: &'static str,
    /// What it gives, in a sentence.
    pub meaning: &'static str,
    /// The vendor's page on it; empty where the vendor has none.
    pub page: &'static str,
    /// What is done with a call.
    pub role: Role,
    /// Parameters in order.
    pub parameters: &'static [Parameter],
    /// How many of them must be given.
    pub required: usize,
    /// Whether the last parameter may be given more than once.
    pub repeats: bool,
    /// Type of the result.
    pub result: Type,
}

/// What is done with a call of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A call of the function `aql_<name>`.
    Scalar,
    /// As [`Role::Scalar`], but an argument that has the result's type already is the result.
    Conversion,
    /// An aggregate.
    Aggregate(AggregateRule),
    /// A field of the view that goes with the field given (see [`lookups`]).
    Lookup,
    /// Reference data: what a CSV file of the user says.
    Reference,
    /// No function of AQL, but public queries use it: run where undocumented extras are accepted. What
    /// to write instead is given.
    Extra(&'static str),
    /// Data that no log file holds: always null, or false for a condition. The reason is given.
    Unavailable(&'static str),
    /// Not run; the reason is given.
    Refused(&'static str),
}

/// How an aggregate of AQL becomes one of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AggregateRule {
    /// The plan's name for it.
    pub function: &'static str,
    /// Whether arguments become doubles first.
    pub numeric: bool,
    /// Whether the result counts.
    pub counts: bool,
    /// Whether it depends on the order of the events.
    pub ordered: bool,
}

/// A kind of parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// Anything, as it is; the raw payload included.
    Any,
    /// Text; other values are written out.
    Text,
    /// A whole number.
    Integer,
    /// A constant string.
    Constant,
    /// A constant string that is an address or a network.
    Network,
    /// A constant date pattern.
    DatePattern,
    /// A constant time such as `1 day ago`.
    Time,
}

/// The function of a name, in any case.
///
/// ```
/// assert!(quarry_aql::registry::find("qidname").is_some());
/// assert!(quarry_aql::registry::find("frobnicate").is_none());
/// ```
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    functions().find(|function| function.name.eq_ignore_ascii_case(name))
}

/// All functions.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    scalar::TABLE
        .iter()
        .chain(aggregate::TABLE)
        .chain(lookup::TABLE)
        .chain(unavailable::TABLE)
        .chain(extra::TABLE)
        .chain(unavailable::REFUSED)
}

/// The name at the start of a signature.
const fn name_of(signature: &'static str) -> &'static str {
    let bytes = signature.as_bytes();
    let mut length = 0;
    while length < bytes.len() && bytes[length] != b'(' {
        length += 1;
    }
    signature.split_at(length).0
}
