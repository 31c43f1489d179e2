//! Averages that depend on the average of the row before.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use quarry_plan::Type;

use super::WindowFunction;
use crate::base::Literal::{Null, Num};
use crate::base::{Argument, Row};

pub(crate) const FUNCTIONS: &[WindowFunction] = &[WindowFunction {
    name: "spl_exponential_average",
    signature: "exponential_average(value, period)",
    meaning: "The exponential moving average: with a = 2 / (period + 1), a times the average of the row before and \
              1 - a times the value. The first value begins it; a row without a value has that of the row before.",
    source: "Splunk search reference, trendline",
    examples: &[(
        &[&[Num(6.0), Num(3.0)], &[Num(3.0), Num(3.0)], &[Null, Num(3.0)], &[Num(8.0), Num(3.0)]],
        &[Num(6.0), Num(4.5), Num(4.5), Num(6.25)],
    )],
    result: Type::Double,
    evaluate: averages,
}];

fn averages(arguments: &[Argument], rows: usize) -> ArrayRef {
    let mut average: Option<f64> = None;
    let values = (0..rows).map(|index| {
        let row = Row::new(arguments, index);
        let weight = 2.0 / (row.number(1).unwrap_or(1.0) + 1.0);
        if let Some(value) = row.number(0) {
            average = Some(average.map_or(value, |before| weight * before + (1.0 - weight) * value));
        }
        average
    });
    Arc::new(values.collect::<Float64Array>())
}
