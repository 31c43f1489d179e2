//! Statistical functions of the Search Reference, one row each.

use quarry_plan::{Signature, aggregate_signature};

use super::Status;

/// A statistical function.
#[derive(Debug, Clone, Copy)]
pub struct AggregationRow {
    /// Name in lower case, without its number (`perc` for `perc95`).
    pub name: &'static str,
    /// Other names.
    pub also: &'static [&'static str],
    /// Whether it runs.
    pub status: Status,
    /// How it is computed, if it runs.
    pub(crate) method: Option<Method>,
    /// What a function without a row of its own in `crates/functions` says of itself.
    stated: Option<Stated>,
}

#[derive(Debug, Clone, Copy)]
struct Stated {
    written: &'static str,
    meaning: &'static str,
}

/// How an aggregation is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Method {
    /// Rows, or the values of a field.
    Count,
    /// Different values.
    DistinctCount,
    /// A function of the values whatever their order, by its name.
    Values(&'static str),
    /// The smallest or greatest value, by number where all are numbers.
    Extreme {
        /// The function where all values are of one type.
        plain: &'static str,
        /// The function of texts.
        of_texts: &'static str,
    },
    /// A function of numbers.
    Numbers {
        /// The function where all values are numbers by their type.
        plain: &'static str,
        /// The function of texts.
        of_texts: &'static str,
    },
    /// All values in arrival order.
    List(&'static str),
    /// The first value in arrival order, or the last.
    Arrival {
        /// Whether the last is wanted.
        last: bool,
    },
    /// The value of the oldest event, or of the newest.
    ByTime {
        /// Whether the newest is wanted.
        newest: bool,
    },
    /// The time of the oldest event that has the field, or of the newest.
    TimeOf {
        /// Whether the newest is wanted.
        newest: bool,
    },
    /// A function of the values and their times.
    WithTime(&'static str),
    /// The sum for each so many seconds of a bucket of time.
    Rate {
        /// Seconds.
        seconds: f64,
    },
    /// How far off an estimated count may be.
    EstimateError,
    /// A percentile; its rank stands in the name.
    Percentile(&'static str),
    /// A chart, which rows cannot hold.
    Chart,
}

impl Method {
    /// The function of `crates/functions` that computes it, if it is one alone.
    fn function(self) -> Option<&'static str> {
        match self {
            Self::Values(name) | Self::List(name) | Self::WithTime(name) | Self::Percentile(name) => {
                Some(name)
            }
            Self::Extreme { of_texts, .. } | Self::Numbers { of_texts, .. } => Some(of_texts),
            _ => None,
        }
    }
}

impl AggregationRow {
    /// The function of `crates/functions` that computes it, if it is one alone.
    #[must_use]
    pub fn computed_by(&self) -> Option<&'static Signature> {
        aggregate_signature(self.method?.function()?)
    }

    const fn also(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }
}

/// A name of a statistical function: its own or another one.
#[derive(Debug, Clone, Copy)]
pub struct AggregationName {
    /// The name.
    pub name: &'static str,
    /// What it names.
    pub row: &'static AggregationRow,
}

impl AggregationName {
    /// How it is written, if it runs.
    #[must_use]
    pub fn written(&self) -> Option<String> {
        let stated = self.row.stated.map(|stated| stated.written);
        let written = stated.or_else(|| Some(self.row.computed_by()?.written))?;
        Some(written.replace(self.row.name, self.name))
    }

    /// What it gives, in a sentence, if it runs.
    #[must_use]
    pub fn meaning(&self) -> Option<String> {
        if self.name != self.row.name {
            return Some(format!("Another name of `{}`.", self.row.name));
        }
        let stated = self.row.stated.map(|stated| stated.meaning);
        stated.or_else(|| Some(self.row.computed_by()?.meaning)).map(str::to_owned)
    }
}

/// All names of statistical functions, sorted.
#[must_use]
pub fn aggregation_names() -> Vec<AggregationName> {
    let names = |row: &'static AggregationRow| {
        let all = [row.name].into_iter().chain(row.also.iter().copied());
        all.map(move |name| AggregationName { name, row })
    };
    let mut all: Vec<AggregationName> = AGGREGATIONS.iter().flat_map(names).collect();
    all.sort_by_key(|found| found.name);
    all
}

/// The row of a statistical function by one of its names.
#[must_use]
pub fn aggregation(name: &str) -> Option<&'static AggregationRow> {
    AGGREGATIONS.iter().find(|row| row.name == name || row.also.contains(&name))
}

/// The row of a name as it is written, and the rank of a percentile (`perc95`).
pub(crate) fn ranked_aggregation(name: &str) -> Option<(&'static AggregationRow, Option<f64>)> {
    let name = name.to_lowercase();
    let is_percentile = |row: &AggregationRow| matches!(row.method, Some(Method::Percentile(_)));
    if let Some(row) = aggregation(&name) {
        return (!is_percentile(row)).then_some((row, None));
    }
    let digits = name.find(|letter: char| letter.is_ascii_digit())?;
    let rank: f64 = name.get(digits..)?.parse().ok().filter(|rank| (0.0..=100.0).contains(rank))?;
    aggregation(name.get(..digits)?).filter(|row| is_percentile(row)).map(|row| (row, Some(rank)))
}

/// A function that the plan expresses itself, or that stands for several.
const fn own(
    name: &'static str,
    method: Method,
    written: &'static str,
    meaning: &'static str,
) -> AggregationRow {
    AggregationRow { stated: Some(Stated { written, meaning }), ..by(name, method) }
}

/// A function that a row of `crates/functions` describes.
const fn by(name: &'static str, method: Method) -> AggregationRow {
    AggregationRow { name, also: &[], status: Status::Supported, method: Some(method), stated: None }
}

/// A function that does not run.
const fn other(name: &'static str, status: Status) -> AggregationRow {
    AggregationRow { name, also: &[], status, method: None, stated: None }
}

/// For functions of metric indexes.
const METRICS: Status = Status::Never("it aggregates a metrics index, which logs are not");

/// All statistical functions, sorted.
pub const AGGREGATIONS: &[AggregationRow] = &[
    by("avg", Method::Numbers { plain: "avg", of_texts: "spl_avg" }).also(&["mean"]),
    own(
        "count",
        Method::Count,
        "count | count(<field>) | count(eval(<condition>))",
        "How many rows, values, or rows for which a condition holds.",
    )
    .also(&["c"]),
    own("dc", Method::DistinctCount, "dc(<field>)", "How many different values.").also(&["distinct_count"]),
    own(
        "earliest",
        Method::ByTime { newest: false },
        "earliest(<field>)",
        "The value of the oldest event that has one.",
    ),
    own(
        "earliest_time",
        Method::TimeOf { newest: false },
        "earliest_time(<field>)",
        "The time of the oldest event that has the field.",
    ),
    own("estdc", Method::DistinctCount, "estdc(<field>)", "How many different values; counted exactly here."),
    own("estdc_error", Method::EstimateError, "estdc_error(<field>)", "How far off `estdc` may be: 0 here."),
    by("exactperc", Method::Percentile("spl_exact_percentile")),
    own(
        "first",
        Method::Arrival { last: false },
        "first(<field>)",
        "The first value in the order of the rows.",
    ),
    own("last", Method::Arrival { last: true }, "last(<field>)", "The last value in the order of the rows."),
    own(
        "latest",
        Method::ByTime { newest: true },
        "latest(<field>)",
        "The value of the newest event that has one.",
    ),
    own(
        "latest_time",
        Method::TimeOf { newest: true },
        "latest_time(<field>)",
        "The time of the newest event that has the field.",
    ),
    by("list", Method::List("spl_list")),
    by("max", Method::Extreme { plain: "max", of_texts: "spl_max" }),
    by("median", Method::Values("spl_median")),
    by("min", Method::Extreme { plain: "min", of_texts: "spl_min" }),
    by("mode", Method::Values("spl_mode")),
    own(
        "per_day",
        Method::Rate { seconds: 86_400.0 },
        "per_day(<field>)",
        "The sum for each day; in `timechart` only.",
    ),
    own(
        "per_hour",
        Method::Rate { seconds: 3_600.0 },
        "per_hour(<field>)",
        "The sum for each hour; in `timechart` only.",
    ),
    own(
        "per_minute",
        Method::Rate { seconds: 60.0 },
        "per_minute(<field>)",
        "The sum for each minute; in `timechart` only.",
    ),
    own(
        "per_second",
        Method::Rate { seconds: 1.0 },
        "per_second(<field>)",
        "The sum for each second; in `timechart` only.",
    ),
    by("perc", Method::Percentile("spl_percentile")).also(&["p"]),
    by("range", Method::Values("spl_range")),
    by("rate", Method::WithTime("spl_rate")),
    other("rate_avg", METRICS),
    other("rate_sum", METRICS),
    own(
        "sparkline",
        Method::Chart,
        "sparkline(<aggregation>, <span>)",
        "A small chart, which rows cannot hold: the column is empty.",
    ),
    by("stdev", Method::Values("spl_stdev")),
    by("stdevp", Method::Values("spl_stdevp")),
    by("sum", Method::Numbers { plain: "sum", of_texts: "spl_sum" }),
    by("sumsq", Method::Values("spl_sumsq")),
    own(
        "upperperc",
        Method::Percentile("spl_percentile"),
        "upperperc<n>(<field>)",
        "The percentile; exact here, so the same as `perc`.",
    ),
    by("values", Method::Values("spl_values")),
    by("var", Method::Values("spl_var")),
    by("varp", Method::Values("spl_varp")),
];

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{Method, Status, aggregation_names, ranked_aggregation};

    #[test]
    fn names_are_unique_and_described() {
        let names = aggregation_names();
        let doubled = names.windows(2).find(|pair| pair[0].name == pair[1].name);
        assert!(doubled.is_none(), "{doubled:?}");
        for name in names {
            let runs = name.row.status == Status::Supported;
            assert_eq!((name.written().is_some(), name.meaning().is_some()), (runs, runs), "{}", name.name);
        }
    }

    #[test]
    fn percentiles_carry_their_rank() {
        let (row, rank) = ranked_aggregation("perc99.5").unwrap();
        assert_eq!((row.method, rank), (Some(Method::Percentile("spl_percentile")), Some(99.5)));
        assert_eq!(ranked_aggregation("P50").unwrap().1, Some(50.0));
        assert!(["perc", "perc101", "count2"].iter().all(|name| ranked_aggregation(name).is_none()));
    }
}
