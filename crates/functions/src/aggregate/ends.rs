//! `earliest`, `latest` and what is computed from both. The second argument is the time of the row.

use quarry_plan::Type;

use super::SOURCE;
use super::fold::{Fold, Outcome, owned_values};
use super::function::{AggregateExample, AggregateFunction};
use super::state::{Reader, Writer};
use crate::base::Literal::{List, Null, Num, Text, Time};
use crate::base::{ArgumentTypes, Row, parse_number, results};

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[
    row(
        "spl_earliest",
        "earliest(<value>)",
        "The value at the earliest time.",
        results::text_or_list,
        || start(|ends| ends.earliest.as_ref().map(|end| end.values.clone()).unwrap_or_default().into()),
        &[
            (&[&[Text("b"), Num(2.0)], &[Text("a"), Num(1.0)], &[Null, Num(0.0)]], Text("a")),
            (&[&[List(&["x", "y"]), Time(1)], &[List(&["z"]), Time(2)]], List(&["x", "y"])),
            (&[&[Null, Num(1.0)]], Null),
        ],
    ),
    row(
        "spl_latest",
        "latest(<value>)",
        "The value at the latest time.",
        results::text_or_list,
        || start(|ends| ends.latest.as_ref().map(|end| end.values.clone()).unwrap_or_default().into()),
        &[(&[&[Text("b"), Time(2_000_000)], &[Text("a"), Time(1_000_000)]], Text("b"))],
    ),
    row(
        "spl_earliest_time",
        "earliest_time(<value>)",
        "The time of the earliest value, in epoch seconds.",
        results::double,
        || start(|ends| ends.earliest.as_ref().map(|end| end.time).into()),
        &[(&[&[Text("b"), Time(2_000_000)], &[Text("a"), Time(1_500_000)]], Num(1.5))],
    ),
    row(
        "spl_latest_time",
        "latest_time(<value>)",
        "The time of the latest value, in epoch seconds.",
        results::double,
        || start(|ends| ends.latest.as_ref().map(|end| end.time).into()),
        &[(&[&[Text("b"), Time(2_000_000)], &[Null, Time(3_000_000)]], Num(2.0))],
    ),
    row(
        "spl_rate",
        "rate(<value>)",
        "The change of the value per second, from the earliest to the latest.",
        results::double,
        || start(|ends| ends.rate().into()),
        &[
            (&[&[Num(10.0), Num(100.0)], &[Num(30.0), Num(110.0)]], Num(2.0)),
            (&[&[Num(10.0), Num(100.0)]], Null),
        ],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    result: fn(&ArgumentTypes<'_>) -> Type,
    start: fn() -> Box<dyn Fold>,
    examples: &'static [AggregateExample],
) -> AggregateFunction {
    AggregateFunction {
        name,
        signature,
        meaning,
        source: SOURCE,
        examples,
        ordered: false,
        arity: 2,
        result,
        start,
    }
}

#[derive(Debug, Clone)]
struct End {
    time: f64,
    values: Vec<String>,
}

#[derive(Debug)]
struct Ends {
    earliest: Option<End>,
    latest: Option<End>,
    result: fn(&Ends) -> Outcome,
}

fn start(result: fn(&Ends) -> Outcome) -> Box<dyn Fold> {
    Box::new(Ends { earliest: None, latest: None, result })
}

impl Ends {
    fn rate(&self) -> Option<f64> {
        let (earliest, latest) = (self.earliest.as_ref()?, self.latest.as_ref()?);
        let value = |end: &End| parse_number(end.values.first()?);
        Some((value(latest)? - value(earliest)?) / (latest.time - earliest.time))
    }

    /// Of rows at the same time the first to arrive stays.
    fn take(&mut self, time: f64, values: impl Fn() -> Vec<String>) {
        if self.earliest.as_ref().is_none_or(|kept| time < kept.time) {
            self.earliest = Some(End { time, values: values() });
        }
        if self.latest.as_ref().is_none_or(|kept| time > kept.time) {
            self.latest = Some(End { time, values: values() });
        }
    }
}

impl Fold for Ends {
    fn add(&mut self, row: Row<'_>, _: &[u8]) {
        let cell = row.cell(0);
        if let (false, Some(time)) = (cell.is_null(), row.number(1)) {
            self.take(time, || owned_values(cell));
        }
    }

    fn save(&self, out: &mut Writer) {
        let ends = [&self.earliest, &self.latest].into_iter().flatten().collect::<Vec<_>>();
        out.integer(ends.len() as u64);
        for end in ends {
            out.number(end.time);
            out.texts(end.values.iter());
        }
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        for _ in 0..saved.integer()? {
            let time = saved.number()?;
            let values = saved.texts()?;
            self.take(time, || values.clone());
        }
        Some(())
    }

    fn result(&self) -> Outcome {
        (self.result)(self)
    }

    fn held(&self) -> usize {
        let ends = self.earliest.iter().chain(&self.latest);
        ends.flat_map(|end| &end.values).map(|value| value.len() + 24).sum()
    }
}
