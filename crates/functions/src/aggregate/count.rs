//! `count`.

use quarry_plan::Returns;

use super::SOURCE;
use super::fold::{Fold, Outcome};
use super::function::AggregateFunction;
use super::state::{Reader, Writer};
use crate::base::Literal::{Int, List, Null, Text};
use crate::base::{Cell, Row};

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[AggregateFunction {
    name: "spl_count_values",
    signature: "count_values(<field>)",
    meaning: "How many values there are; each value of a list counts.",
    source: SOURCE,
    examples: &[
        (&[&[Text("a")], &[Null], &[Text("a")]], Int(2)),
        (&[&[List(&["a", "b"])], &[List(&[])]], Int(2)),
        (&[&[Null]], Int(0)),
    ],
    ordered: false,
    arity: 1,
    result: Returns::INTEGER,
    start: || Box::new(Count(0)),
}];

#[derive(Debug)]
struct Count(u64);

impl Fold for Count {
    fn add(&mut self, row: Row<'_>, _: &[u8]) {
        self.0 += match row.cell(0) {
            Cell::Null => 0,
            Cell::List(list) => list.iter().count() as u64,
            _ => 1,
        };
    }

    fn save(&self, out: &mut Writer) {
        out.integer(self.0);
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        self.0 += saved.integer()?;
        Some(())
    }

    fn result(&self) -> Outcome {
        Outcome::Integer(self.0)
    }
}
