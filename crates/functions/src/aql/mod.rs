//! Functions of AQL. Times are milliseconds since 1970-01-01 UTC; a number compared with a text
//! compares as text.

mod address;
mod bits;
mod compare;
mod convert;
mod date;
mod extra;
mod pattern;
mod reference;
mod search;
mod session;
mod text;

pub(crate) use session::session_udf;

use crate::base::{Cell, Function};

/// Pages of the guide that describe the functions.
pub(crate) mod source {
    pub(crate) const BITS: &str = "QRadar AQL guide, bitwise operators";
    pub(crate) const FORMATTING: &str = "QRadar AQL guide, data calculation and formatting functions";
    pub(crate) const OPERATORS: &str = "QRadar AQL guide, logical and comparison operators";
    pub(crate) const RETRIEVAL: &str = "QRadar AQL guide, data retrieval functions";
}

pub(crate) const TABLES: &[&[Function]] = &[
    address::FUNCTIONS,
    bits::FUNCTIONS,
    compare::FUNCTIONS,
    convert::FUNCTIONS,
    date::FUNCTIONS,
    extra::FUNCTIONS,
    reference::FUNCTIONS,
    pattern::FUNCTIONS,
    search::FUNCTIONS,
    text::FUNCTIONS,
];

/// Instants are epoch milliseconds in this language.
fn plain(cell: Cell<'_>) -> Cell<'_> {
    match cell {
        Cell::Timestamp(micros) => Cell::Integer(micros.div_euclid(1_000)),
        other => other,
    }
}
