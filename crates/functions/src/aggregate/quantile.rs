//! `median` and percentiles, exact, by nearest rank.

use super::SOURCE;
use super::fold::{Fold, Outcome, each_number};
use super::function::{AggregateExample, AggregateFunction};
use super::state::{Reader, Writer};
use crate::base::Literal::{List, Null, Num, Text};
use crate::base::{Row, results};

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[
    row(
        "spl_median",
        "median(<value>)",
        "The middle value; of an even number the higher of the two.",
        1,
        &[
            (&[&[Num(3.0)], &[Num(1.0)], &[Num(2.0)]], Num(2.0)),
            (&[&[List(&["1", "2", "3", "4"])]], Num(3.0)),
            (&[&[Text("x")]], Null),
        ],
    ),
    row(
        "spl_percentile",
        "perc<percent>(<value>)",
        "The value at the nearest rank of a percentage (second argument).",
        2,
        &[
            (&[&[Num(1.0), Num(95.0)], &[Num(2.0), Num(95.0)], &[Num(3.0), Num(95.0)]], Num(3.0)),
            (&[&[List(&["1", "2", "3", "4"]), Num(50.0)]], Num(2.0)),
            (&[&[Num(5.0), Num(0.0)], &[Num(7.0), Num(0.0)]], Num(5.0)),
            (&[&[Null, Num(50.0)]], Null),
        ],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    arity: usize,
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
        result: results::double,
        start: || Box::new(Quantile { numbers: Vec::new(), percent: None }),
    }
}

#[derive(Debug)]
struct Quantile {
    numbers: Vec<f64>,
    /// None for the median.
    percent: Option<f64>,
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
        let count = self.numbers.len();
        let rank = match self.percent {
            None => count / 2,
            Some(percent) => {
                ((percent / 100.0 * count as f64).ceil().max(1.0) as usize).min(count).saturating_sub(1)
            }
        };
        if rank >= count {
            return Outcome::Null;
        }
        let mut numbers = self.numbers.clone();
        let (_, found, _) = numbers.select_nth_unstable_by(rank, f64::total_cmp);
        Some(*found).into()
    }

    fn held(&self) -> usize {
        self.numbers.capacity() * 8
    }
}
