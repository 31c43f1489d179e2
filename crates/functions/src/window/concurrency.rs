//! How many spans of time a time lies in.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use quarry_plan::Type;

use super::WindowFunction;
use crate::base::Literal::{Null, Num};
use crate::base::{Argument, Row};

pub(crate) const FUNCTIONS: &[WindowFunction] = &[WindowFunction {
    name: "spl_concurrency",
    signature: "concurrency(start, duration)",
    meaning: "How many rows have a span from their start over their duration, both ends included, that holds the start of this row.",
    source: "Splunk search reference, concurrency",
    examples: &[(
        &[
            &[Num(10.0), Num(0.0)],
            &[Num(5.0), Num(5.0)],
            &[Num(0.0), Num(6.0)],
            &[Num(7.0), Null],
            &[Null, Num(9.0)],
        ],
        &[Num(2.0), Num(2.0), Num(1.0), Null, Null],
    )],
    result: Type::Double,
    evaluate: counts,
}];

fn counts(arguments: &[Argument], rows: usize) -> ArrayRef {
    let spans: Vec<Option<(f64, f64)>> = (0..rows)
        .map(|index| {
            let row = Row::new(arguments, index);
            row.number(0).zip(row.number(1)).map(|(start, duration)| (start, start + duration.max(0.0)))
        })
        .collect();
    let mut starts: Vec<f64> = spans.iter().flatten().map(|(start, _)| *start).collect();
    let mut ends: Vec<f64> = spans.iter().flatten().map(|(_, end)| *end).collect();
    starts.sort_by(f64::total_cmp);
    ends.sort_by(f64::total_cmp);
    let count = |(start, _): (f64, f64)| {
        let begun = starts.partition_point(|other| *other <= start);
        let over = ends.partition_point(|other| *other < start);
        #[allow(clippy::cast_precision_loss)] // counts of rows
        let count = (begun - over) as f64;
        count
    };
    Arc::new(spans.iter().map(|span| span.map(count)).collect::<Float64Array>())
}
