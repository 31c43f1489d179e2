//! The aggregations, one row each.

use quarry_plan::Type;

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
    Extreme(&'static str),
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

/// One aggregation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// The names it goes by, in lower case.
    pub(crate) names: &'static [&'static str],
    /// How it is computed.
    pub(crate) method: Method,
    /// Type of the result; where it depends on the argument, the type for text.
    pub(crate) result: Type,
}

const fn row(names: &'static [&'static str], method: Method, result: Type) -> Row {
    Row { names, method, result }
}

/// Every aggregation that can be planned.
pub(crate) const TABLE: &[Row] = &[
    row(&["count", "c"], Method::Count, Type::Integer),
    row(&["dc", "distinct_count"], Method::DistinctCount, Type::Integer),
    row(&["estdc"], Method::DistinctCount, Type::Integer),
    row(&["sparkline"], Method::Chart, Type::Text),
    row(&["estdc_error"], Method::EstimateError, Type::Double),
    row(&["values"], Method::Values("spl_values"), Type::TextList),
    row(&["list"], Method::List("spl_list"), Type::TextList),
    row(&["min"], Method::Extreme("min"), Type::Text),
    row(&["max"], Method::Extreme("max"), Type::Text),
    row(&["sum"], Method::Values("spl_sum"), Type::Double),
    row(&["sumsq"], Method::Values("spl_sumsq"), Type::Double),
    row(&["avg", "mean"], Method::Values("spl_avg"), Type::Double),
    row(&["stdev"], Method::Values("spl_stdev"), Type::Double),
    row(&["stdevp"], Method::Values("spl_stdevp"), Type::Double),
    row(&["var"], Method::Values("spl_var"), Type::Double),
    row(&["varp"], Method::Values("spl_varp"), Type::Double),
    row(&["range"], Method::Values("spl_range"), Type::Double),
    row(&["median"], Method::Values("spl_median"), Type::Double),
    row(&["mode"], Method::Values("spl_mode"), Type::Text),
    row(&["first"], Method::Arrival { last: false }, Type::Text),
    row(&["last"], Method::Arrival { last: true }, Type::Text),
    row(&["earliest"], Method::ByTime { newest: false }, Type::Text),
    row(&["latest"], Method::ByTime { newest: true }, Type::Text),
    row(&["earliest_time"], Method::TimeOf { newest: false }, Type::Double),
    row(&["latest_time"], Method::TimeOf { newest: true }, Type::Double),
    row(&["rate"], Method::WithTime("spl_rate"), Type::Double),
    row(&["per_second"], Method::Rate { seconds: 1.0 }, Type::Double),
    row(&["per_minute"], Method::Rate { seconds: 60.0 }, Type::Double),
    row(&["per_hour"], Method::Rate { seconds: 3_600.0 }, Type::Double),
    row(&["per_day"], Method::Rate { seconds: 86_400.0 }, Type::Double),
    row(&["perc", "p"], Method::Percentile("spl_percentile"), Type::Double),
    row(&["exactperc"], Method::Percentile("spl_exact_percentile"), Type::Double),
    row(&["upperperc"], Method::Percentile("spl_percentile"), Type::Double),
];

/// The aggregation of a name, and the rank of a percentile (`perc95`).
pub(crate) fn find(name: &str) -> Option<(&'static Row, Option<f64>)> {
    let name = name.to_lowercase();
    if let Some(row) = TABLE.iter().find(|row| row.names.contains(&name.as_str())) {
        let complete = !matches!(row.method, Method::Percentile(_));
        return complete.then_some((row, None));
    }
    let digits = name.find(|letter: char| letter.is_ascii_digit())?;
    let rank: f64 = name.get(digits..)?.parse().ok().filter(|rank| (0.0..=100.0).contains(rank))?;
    let row = TABLE.iter().find(|row| {
        matches!(row.method, Method::Percentile(_))
            && row.names.iter().any(|known| name.get(..digits) == Some(known))
    })?;
    Some((row, Some(rank)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{Method, TABLE, find};

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = TABLE.iter().flat_map(|row| row.names).copied().collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn percentiles_carry_their_rank() {
        let (row, rank) = find("perc99.5").unwrap();
        assert_eq!((row.method, rank), (Method::Percentile("spl_percentile"), Some(99.5)));
        assert_eq!(find("P50").unwrap().1, Some(50.0));
        assert!(find("perc").is_none() && find("perc101").is_none() && find("count2").is_none());
    }
}
