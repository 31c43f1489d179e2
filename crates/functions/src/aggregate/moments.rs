//! Sums, means and spreads.

use quarry_plan::Returns;

use super::SOURCE;
use super::fold::{Fold, Outcome, each_number};
use super::function::{AggregateExample, AggregateFunction};
use super::state::{Reader, Writer};
use crate::base::Literal::{List, Null, Num, Text};
use crate::base::Row;

const MEAN: &[AggregateExample] =
    &[(&[&[Text("1")], &[Text("2")], &[Text("x")], &[Null]], Num(1.5)), (&[&[Text("x")]], Null)];

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[
    row(
        "spl_sum",
        "sum(<field>)",
        "The sum of the numbers.",
        || start(|all| Some(all.sum)),
        &[
            (&[&[Text("1")], &[Text("2.5")], &[Text("x")]], Num(3.5)),
            (&[&[List(&["1", "2"])], &[List(&["3"])]], Num(6.0)),
            (&[&[Null]], Null),
        ],
    ),
    row(
        "spl_avg",
        "avg(<field>)",
        "The mean of the numbers.",
        || start(|all| Some(all.sum / all.count)),
        MEAN,
    ),
    row(
        "spl_sumsq",
        "sumsq(<field>)",
        "The sum of the squares.",
        || start(|all| Some(all.squares)),
        &[(&[&[Num(3.0)], &[Num(4.0)]], Num(25.0))],
    ),
    row(
        "spl_range",
        "range(<field>)",
        "The greatest number less the smallest.",
        || start(|all| Some(all.greatest - all.smallest)),
        &[(&[&[Num(3.0)], &[Num(10.0)], &[Num(4.0)]], Num(7.0))],
    ),
    row(
        "spl_var",
        "var(<field>)",
        "The variance of a sample; 0 for one value.",
        || start(|all| Some(all.sample())),
        &[(&[&[Num(2.0)], &[Num(4.0)], &[Num(6.0)]], Num(4.0)), (&[&[Num(2.0)]], Num(0.0))],
    ),
    row(
        "spl_varp",
        "varp(<field>)",
        "The variance of a whole population.",
        || start(|all| Some(all.population())),
        &[(&[&[Num(1.0)], &[Num(3.0)]], Num(1.0))],
    ),
    row(
        "spl_stdev",
        "stdev(<field>)",
        "The standard deviation of a sample; 0 for one value.",
        || start(|all| Some(all.sample().sqrt())),
        &[
            (&[&[Num(2.0)], &[Num(4.0)], &[Num(6.0)]], Num(2.0)),
            (&[&[Num(2.0)]], Num(0.0)),
            (&[&[Null]], Null),
        ],
    ),
    row(
        "spl_stdevp",
        "stdevp(<field>)",
        "The standard deviation of a whole population.",
        || start(|all| Some(all.population().sqrt())),
        &[(&[&[Num(1.0)], &[Num(3.0)]], Num(1.0))],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
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
        arity: 1,
        result: Returns::DOUBLE,
        start,
    }
}

#[derive(Debug, Clone, Copy)]
struct Moments {
    statistic: fn(&Moments) -> Option<f64>,
    count: f64,
    sum: f64,
    squares: f64,
    mean: f64,
    /// Sum of squared distances from the mean.
    spread: f64,
    smallest: f64,
    greatest: f64,
}

fn start(statistic: fn(&Moments) -> Option<f64>) -> Box<dyn Fold> {
    Box::new(Moments {
        statistic,
        count: 0.0,
        sum: 0.0,
        squares: 0.0,
        mean: 0.0,
        spread: 0.0,
        smallest: f64::INFINITY,
        greatest: f64::NEG_INFINITY,
    })
}

impl Moments {
    fn sample(&self) -> f64 {
        if self.count > 1.0 { self.spread / (self.count - 1.0) } else { 0.0 }
    }

    fn population(&self) -> f64 {
        self.spread / self.count
    }

    /// Combines two sets of numbers (Chan, Golub and LeVeque's update).
    fn combine(&mut self, other: &Self) {
        let count = self.count + other.count;
        if other.count == 0.0 {
            return;
        }
        let distance = other.mean - self.mean;
        self.spread += other.spread + distance * distance * self.count * other.count / count;
        self.mean += distance * other.count / count;
        self.count = count;
        self.sum += other.sum;
        self.squares += other.squares;
        self.smallest = self.smallest.min(other.smallest);
        self.greatest = self.greatest.max(other.greatest);
    }
}

impl Fold for Moments {
    fn add(&mut self, row: Row<'_>, _: &[u8]) {
        each_number(row.cell(0), &mut |number| {
            self.count += 1.0;
            self.sum += number;
            self.squares += number * number;
            let distance = number - self.mean;
            self.mean += distance / self.count;
            self.spread += distance * (number - self.mean);
            self.smallest = self.smallest.min(number);
            self.greatest = self.greatest.max(number);
        });
    }

    fn save(&self, out: &mut Writer) {
        for part in [self.count, self.sum, self.squares, self.mean, self.spread, self.smallest, self.greatest]
        {
            out.number(part);
        }
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        let other = Self {
            statistic: self.statistic,
            count: saved.number()?,
            sum: saved.number()?,
            squares: saved.number()?,
            mean: saved.number()?,
            spread: saved.number()?,
            smallest: saved.number()?,
            greatest: saved.number()?,
        };
        self.combine(&other);
        Some(())
    }

    fn result(&self) -> Outcome {
        if self.count == 0.0 { Outcome::Null } else { (self.statistic)(self).into() }
    }
}
