//! Aggregates. Of SPL's: a value of a list counts as one value each; null does not count; numbers are
//! recognised on use, and what is no number is left out of numeric results.
//!
//! The state between the phases of a distributed aggregation is one binary column.

mod count;
mod distinct;
mod ends;
mod extreme;
mod fold;
mod function;
mod kusto;
mod mode;
mod moments;
mod quantile;
mod sequence;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use function::aggregate_udf;
pub use function::{AggregateExample, AggregateFunction};

/// Page of the search reference that describes the functions.
const SOURCE: &str = "Splunk search reference, statistical and charting functions";

/// The rows of all aggregate functions, a table a family.
pub(crate) const TABLES: &[&[AggregateFunction]] = &[
    count::FUNCTIONS,
    distinct::FUNCTIONS,
    ends::FUNCTIONS,
    extreme::FUNCTIONS,
    kusto::FUNCTIONS,
    mode::FUNCTIONS,
    moments::FUNCTIONS,
    quantile::FUNCTIONS,
    sequence::FUNCTIONS,
];
