//! Functions of a group. All numeric results are doubles.

use quarry_plan::Type;

use super::{AggregateRule, Function, Parameter::Any, Role};

const fn aggregate(name: &'static str, rule: AggregateRule) -> Function {
    Function {
        name,
        role: Role::Aggregate(rule),
        parameters: &[Any],
        required: 1,
        repeats: false,
        result: Type::Double,
    }
}

const fn numeric(function: &'static str) -> AggregateRule {
    AggregateRule { function, numeric: true, counts: false, ordered: false }
}

const fn counting(function: &'static str) -> AggregateRule {
    AggregateRule { function, numeric: false, counts: true, ordered: false }
}

const fn any(function: &'static str, ordered: bool) -> AggregateRule {
    AggregateRule { function, numeric: false, counts: false, ordered }
}

pub(super) static TABLE: &[Function] = &[
    aggregate("AVG", numeric("avg")),
    aggregate("COUNT", counting("count")),
    aggregate("DISTINCTCOUNT", counting("count_distinct")),
    aggregate("FIRST", any("first", true)),
    aggregate("LAST", any("last", true)),
    aggregate("MAX", any("max", false)),
    aggregate("MIN", any("min", false)),
    aggregate("STDEV", numeric("stddev")),
    aggregate("STDEVP", numeric("stddev_pop")),
    aggregate("SUM", numeric("sum")),
    aggregate("UNIQUECOUNT", counting("count_distinct")),
];
