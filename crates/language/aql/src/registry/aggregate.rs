//! Functions of a group. All numeric results are doubles.

use quarry_plan::Type;

use super::{AggregateRule, Described, Description, Function, Role, page::AGGREGATION};

const fn aggregate(written: &'static str, meaning: &'static str, rule: AggregateRule) -> Function {
    let description =
        Description { written, meaning, page: AGGREGATION, least: 1, most: 1, result: Type::Double };
    Function::new(written, Role::Aggregate(rule), Described::Here(description))
}

pub(super) const fn numeric(function: &'static str) -> AggregateRule {
    AggregateRule { function, numeric: true, counts: false, ordered: false }
}

pub(super) const fn counting(function: &'static str) -> AggregateRule {
    AggregateRule { function, numeric: false, counts: true, ordered: false }
}

const fn any(function: &'static str, ordered: bool) -> AggregateRule {
    AggregateRule { function, numeric: false, counts: false, ordered }
}

pub(super) static TABLE: &[Function] = &[
    aggregate("AVG(number)", "The mean.", numeric("avg")),
    aggregate(
        "COUNT(*)",
        "How many rows there are; with a field, rows where it is not null; with a condition, rows where it holds.",
        counting("count"),
    ),
    aggregate(
        "DISTINCTCOUNT(value)",
        "How many different values there are; QRadar estimates, here it is exact.",
        counting("count_distinct"),
    ),
    aggregate("FIRST(value)", "The value of the earliest event.", any("first", true)),
    aggregate("LAST(value)", "The value of the latest event.", any("last", true)),
    aggregate("MAX(value)", "The greatest value.", any("max", false)),
    aggregate("MIN(value)", "The smallest value.", any("min", false)),
    aggregate("STDEV(number)", "The standard deviation of a sample.", numeric("stddev")),
    aggregate("STDEVP(number)", "The standard deviation of the whole.", numeric("stddev_pop")),
    aggregate("SUM(number)", "The sum.", numeric("sum")),
    aggregate(
        "UNIQUECOUNT(value)",
        "How many different values there are, exactly.",
        counting("count_distinct"),
    ),
];
