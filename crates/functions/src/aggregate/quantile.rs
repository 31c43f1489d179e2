//! `median` and percentiles, over all values.
//!
//! The manual's examples of `perc` and a published run (90 % of ten response times) lie between two values; in
//! that run `exactperc` is a value, the one that `limits.conf` describes as nearest rank.

use quarry_plan::Returns;

use super::SOURCE;
use super::fold::{Fold, Outcome, each_number};
use super::function::{AggregateExample, AggregateFunction};
use super::state::{Reader, Writer};
use crate::base::Literal::{List, Null, Num, Text};
use crate::base::Row;

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[
    row(
        "spl_median",
        "median(<field>)",
        "The middle value; of an even count the higher one.",
        1,
        || start(Rank::Middle),
        &[
            (&[&[Num(3.0)], &[Num(1.0)], &[Num(2.0)]], Num(2.0)),
            (&[&[List(&["1", "2", "3", "4"])]], Num(3.0)),
            (&[&[Text("x")]], Null),
        ],
    ),
    row(
        "spl_percentile",
        "perc<n>(<field>)",
        "Where so many percent of the values end, between two values if need be; exact here.",
        2,
        || start(Rank::Between),
        &[
            (&[&[Num(1.0), Num(95.0)], &[Num(2.0), Num(95.0)], &[Num(4.0), Num(95.0)]], Num(3.8)),
            (&[&[List(&["1", "2", "3", "4"]), Num(50.0)]], Num(2.5)),
            (&[&[Num(5.0), Num(0.0)], &[Num(7.0), Num(0.0)]], Num(5.0)),
            (&[&[Num(5.0), Num(100.0)], &[Num(7.0), Num(100.0)]], Num(7.0)),
            (&[&[Null, Num(50.0)]], Null),
        ],
    ),
    row(
        "spl_exact_percentile",
        "exactperc<n>(<field>)",
        "The value below which so many percent of the values lie.",
        2,
        || start(Rank::Below),
        &[
            (&[&[List(&["1", "2", "3", "4", "5"]), Num(60.0)]], Num(4.0)),
            (&[&[List(&["1", "2", "3", "4"]), Num(50.0)]], Num(3.0)),
            (&[&[Num(5.0), Num(100.0)], &[Num(7.0), Num(100.0)]], Num(7.0)),
            (&[&[Null, Num(50.0)]], Null),
        ],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    arity: usize,
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
        arity,
        result: Returns::DOUBLE,
        start,
    }
}

fn start(rank: Rank) -> Box<dyn Fold> {
    Box::new(Quantile { numbers: Vec::new(), percent: None, rank })
}

/// Which value is asked for.
#[derive(Debug, Clone, Copy)]
enum Rank {
    /// The middle one, of two the higher.
    Middle,
    /// A point on the way from the first to the last, which may lie between two.
    Between,
    /// The first with that share of the values before it.
    Below,
}

#[derive(Debug)]
struct Quantile {
    numbers: Vec<f64>,
    percent: Option<f64>,
    rank: Rank,
}

impl Fold for Quantile {
    fn add(&mut self, row: Row<'_>, _: &[u8]) {
        self.percent = row.number(1).or(self.percent);
        each_number(row.cell(0), &mut |number| self.numbers.push(number));
    }

    fn save(&self, out: &mut Writer) {
        out.number(self.percent.unwrap_or(f64::NAN));
        out.integer(self.numbers.len() as u64);
        self.numbers.iter().for_each(|number| out.number(*number));
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        let percent = saved.number()?;
        self.percent = self.percent.or((!percent.is_nan()).then_some(percent));
        for _ in 0..saved.integer()? {
            self.numbers.push(saved.number()?);
        }
        Some(())
    }

    fn result(&self) -> Outcome {
        let Some(last) = self.numbers.len().checked_sub(1) else {
            return Outcome::Null;
        };
        let percent = self.percent.unwrap_or(50.0);
        let place = match self.rank {
            Rank::Middle => (self.numbers.len() / 2) as f64,
            Rank::Between => percent * last as f64 / 100.0,
            Rank::Below => (percent * self.numbers.len() as f64 / 100.0).floor(),
        };
        let rank = (place.max(0.0) as usize).min(last);
        let mut numbers = self.numbers.clone();
        let (_, found, above) = numbers.select_nth_unstable_by(rank, f64::total_cmp);
        let (found, way) = (*found, place - rank as f64);
        let next = above.iter().copied().min_by(f64::total_cmp).filter(|_| way > 0.0);
        Some(next.map_or(found, |next| found + (next - found) * way)).into()
    }

    fn held(&self) -> usize {
        self.numbers.capacity() * 8
    }
}
