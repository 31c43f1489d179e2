//! `list`: what the order of rows decides.

use quarry_plan::Returns;

use super::SOURCE;
use super::fold::{Fold, Outcome};
use super::function::{AggregateExample, AggregateFunction};
use super::state::{Reader, Writer};
use crate::base::Literal::{List, Null, Text};
use crate::base::Row;

/// `list` keeps so many values.
const LIST_LIMIT: usize = 100;

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[row(
    "spl_list",
    "list(<field>)",
    "The first 100 values in the order of the rows.",
    Returns::LIST,
    || Box::new(Listed { items: Vec::new() }),
    &[
        (&[&[Text("b")], &[Text("a")], &[Null], &[Text("b")]], List(&["b", "a", "b"])),
        (&[&[List(&["x", "y"])], &[List(&["z"])]], List(&["x", "y", "z"])),
        (&[&[Null]], Null),
    ],
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
        ordered: true,
        arity: 1,
        result,
        start,
    }
}

#[derive(Debug)]
struct Listed {
    /// Order key and value; sorted by key when cut or asked for.
    items: Vec<(Vec<u8>, String)>,
}

impl Listed {
    fn push(&mut self, order: &[u8], value: String) {
        self.items.push((order.to_vec(), value));
        if self.items.len() >= LIST_LIMIT * 4 {
            self.items = self.kept();
        }
    }

    fn kept(&self) -> Vec<(Vec<u8>, String)> {
        let mut items = self.items.clone();
        // Stable, so that rows with equal keys stay in order of arrival.
        items.sort_by(|left, right| left.0.cmp(&right.0));
        items.truncate(LIST_LIMIT);
        items
    }
}

impl Fold for Listed {
    fn add(&mut self, row: Row<'_>, order: &[u8]) {
        for value in row.cell(0).values() {
            self.push(order, value.into_owned());
        }
    }

    fn save(&self, out: &mut Writer) {
        let items = self.kept();
        out.integer(items.len() as u64);
        for (order, value) in items {
            out.blob(&order);
            out.blob(value.as_bytes());
        }
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        for _ in 0..saved.integer()? {
            let order = saved.blob()?;
            self.push(order, saved.text()?);
        }
        Some(())
    }

    fn result(&self) -> Outcome {
        self.kept().into_iter().map(|(_, value)| value).collect::<Vec<_>>().into()
    }

    fn held(&self) -> usize {
        self.items.iter().map(|(order, value)| order.len() + value.len() + 48).sum()
    }
}
