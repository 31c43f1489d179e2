//! `values` and `distinct_count`.

use std::collections::HashSet;

use quarry_plan::Returns;

use super::SOURCE;
use super::fold::{Fold, Outcome};
use super::function::{AggregateExample, AggregateFunction};
use super::state::{Reader, Writer};
use crate::base::Literal::{Int, List, Null, Num, Text};
use crate::base::Row;

const COUNTS: &[AggregateExample] = &[
    (&[&[Text("b")], &[Text("a")], &[Text("b")]], Int(2)),
    (&[&[List(&["a", "b"])], &[List(&["b", "c"])]], Int(3)),
    (&[&[Null]], Int(0)),
];

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[
    row(
        "spl_values",
        "values(<field>)",
        "The different values in text order.",
        Returns::LIST,
        || start(false),
        &[
            (&[&[Text("b")], &[Text("a")], &[Text("b")], &[Text("B")]], List(&["B", "a", "b"])),
            (&[&[List(&["10", "9"])], &[Null]], List(&["10", "9"])),
            (&[&[Num(2.0)], &[Num(10.0)]], List(&["10", "2"])),
            (&[&[Null]], Null),
        ],
    ),
    row(
        "spl_distinct_values",
        "distinct_values(<field>)",
        "How many different values there are.",
        Returns::INTEGER,
        || start(true),
        COUNTS,
    ),
    row(
        "distinct_count",
        "distinct_count(<field>)",
        "How many distinct values there are, in little memory for each of many groups.",
        Returns::INTEGER,
        || start(true),
        COUNTS,
    ),
];

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
        arity: 1,
        result,
        start,
    }
}

#[derive(Debug)]
struct Distinct {
    values: HashSet<String>,
    bytes: usize,
    count_only: bool,
}

fn start(count_only: bool) -> Box<dyn Fold> {
    Box::new(Distinct { values: HashSet::new(), bytes: 0, count_only })
}

impl Distinct {
    fn insert(&mut self, value: &str) {
        if !self.values.contains(value) {
            self.bytes += value.len() + 32;
            self.values.insert(value.to_owned());
        }
    }
}

impl Fold for Distinct {
    fn add(&mut self, row: Row<'_>, _: &[u8]) {
        for value in row.cell(0).values() {
            self.insert(&value);
        }
    }

    fn save(&self, out: &mut Writer) {
        out.texts(self.values.iter());
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        for value in saved.texts()? {
            self.insert(&value);
        }
        Some(())
    }

    fn result(&self) -> Outcome {
        if self.count_only {
            return Outcome::Integer(self.values.len() as u64);
        }
        let mut values: Vec<String> = self.values.iter().cloned().collect();
        values.sort_unstable();
        values.into()
    }

    fn held(&self) -> usize {
        self.bytes
    }
}
