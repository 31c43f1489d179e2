//! Statistical functions of the Search Reference.

use super::{AggregationRow, Status};

/// For functions of metric indexes.
const METRICS: Status = Status::Never("it aggregates a metrics index, which logs are not");

/// All statistical functions, sorted.
pub const AGGREGATIONS: &[AggregationRow] = &[
    AggregationRow { name: "avg", status: Status::Supported },
    AggregationRow { name: "c", status: Status::Supported },
    AggregationRow { name: "count", status: Status::Supported },
    AggregationRow { name: "dc", status: Status::Supported },
    AggregationRow { name: "distinct_count", status: Status::Supported },
    AggregationRow { name: "earliest", status: Status::Supported },
    AggregationRow { name: "earliest_time", status: Status::Supported },
    AggregationRow { name: "estdc", status: Status::Supported },
    AggregationRow { name: "estdc_error", status: Status::Supported },
    AggregationRow { name: "exactperc", status: Status::Supported },
    AggregationRow { name: "first", status: Status::Supported },
    AggregationRow { name: "last", status: Status::Supported },
    AggregationRow { name: "latest", status: Status::Supported },
    AggregationRow { name: "latest_time", status: Status::Supported },
    AggregationRow { name: "list", status: Status::Supported },
    AggregationRow { name: "max", status: Status::Supported },
    AggregationRow { name: "mean", status: Status::Supported },
    AggregationRow { name: "median", status: Status::Supported },
    AggregationRow { name: "min", status: Status::Supported },
    AggregationRow { name: "mode", status: Status::Supported },
    AggregationRow { name: "p", status: Status::Supported },
    AggregationRow { name: "per_day", status: Status::Supported },
    AggregationRow { name: "per_hour", status: Status::Supported },
    AggregationRow { name: "per_minute", status: Status::Supported },
    AggregationRow { name: "per_second", status: Status::Supported },
    AggregationRow { name: "perc", status: Status::Supported },
    AggregationRow { name: "range", status: Status::Supported },
    AggregationRow { name: "rate", status: Status::Supported },
    AggregationRow { name: "rate_avg", status: METRICS },
    AggregationRow { name: "rate_sum", status: METRICS },
    AggregationRow { name: "sparkline", status: Status::Supported },
    AggregationRow { name: "stdev", status: Status::Supported },
    AggregationRow { name: "stdevp", status: Status::Supported },
    AggregationRow { name: "sum", status: Status::Supported },
    AggregationRow { name: "sumsq", status: Status::Supported },
    AggregationRow { name: "upperperc", status: Status::Supported },
    AggregationRow { name: "values", status: Status::Supported },
    AggregationRow { name: "var", status: Status::Supported },
    AggregationRow { name: "varp", status: Status::Supported },
];
