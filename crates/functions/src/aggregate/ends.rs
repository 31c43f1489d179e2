//! What is computed from the earliest and the latest value. The second argument is the time of the row.

use quarry_plan::Returns;

use super::SOURCE;
use super::fold::{Fold, Outcome, owned_values};
use super::function::{AggregateExample, AggregateFunction};
use super::state::{Reader, Writer};
use crate::base::Literal::{Null, Num};
use crate::base::{Row, parse_number};

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[row(
    "spl_rate",
    "rate(<field>)",
    "How fast a number grows per second, from the oldest event to the newest.",
    Returns::DOUBLE,
    || start(|ends| ends.rate().into()),
    &[(&[&[Num(10.0), Num(100.0)], &[Num(30.0), Num(110.0)]], Num(2.0)), (&[&[Num(10.0), Num(100.0)]], Null)],
)];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    result: Returns,
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
