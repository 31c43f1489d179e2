//! `reltime`: how long ago a time is, in words.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use crate::base::Literal::{Null, Num, Text};
use crate::base::{Call, Function};

/// Names and lengths of the units, in seconds; a month has 30 days, a year 365.
const UNITS: &[(&str, i64)] = &[
    ("year", 31_536_000),
    ("month", 2_592_000),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
    ("second", 1),
];

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_reltime",
    signature: "reltime(<time>)",
    meaning: "How long an epoch time is before the start of the search, in whole units of the greatest kind.",
    source: "Splunk search reference, reltime",
    examples: &[
        (&[Num(1_729_773_296.0 - 5.0 * 86_400.0 - 10.0)], Text("5 days ago")),
        (&[Num(1_729_773_296.0 - 61.0)], Text("1 minute ago")),
        (&[Num(1_729_773_296.0 - 2.0 * 31_536_000.0)], Text("2 years ago")),
        (&[Num(1_729_773_296.0)], Text("0 seconds ago")),
        (&[Num(1_729_773_296.0 + 7200.0)], Text("2 hours from now")),
        (&[Null], Null),
    ],
    arity: (1, 1),
    result: Returns::TEXT,
    evaluate: relative,
    uses_now: true,
    law: None,
}];

fn relative(call: &Call<'_>) -> ArrayRef {
    let now = call.now.div_euclid(1_000_000);
    call.texts(|row| {
        #[allow(clippy::cast_possible_truncation)] // times of events
        let time = row.number(0)?.floor() as i64;
        Some(Cow::Owned(in_words(now.saturating_sub(time))))
    })
}

fn in_words(seconds: i64) -> String {
    let length = seconds.saturating_abs();
    let (name, unit) = UNITS.iter().copied().find(|(_, unit)| length >= *unit).unwrap_or(("second", 1));
    let count = length / unit;
    let plural = if count == 1 { "" } else { "s" };
    let side = if seconds < 0 { "from now" } else { "ago" };
    format!("{count} {name}{plural} {side}")
}
