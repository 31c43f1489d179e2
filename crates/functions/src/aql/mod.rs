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
    pub(crate) const BITS: &str =
        "https://www.ibm.com/docs/SS42VS_latest/com.ibm.qradar.doc/r_aql_operators.html";
    pub(crate) const FORMATTING: &str = "https://www.ibm.com/docs/en/qradar-on-cloud?topic=language-aql-data-calculation-formatting-functions";
    pub(crate) const OPERATORS: &str = BITS;
    pub(crate) const RETRIEVAL: &str =
        "https://www.ibm.com/docs/SS42VS_latest/com.ibm.qradar.doc/r_aql_data_functions.html";
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
