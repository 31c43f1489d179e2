//! `first`, `last` and `list`: what the order of rows decides.

use quarry_plan::Type;

use super::SOURCE;
use super::fold::{Fold, Outcome, owned_values};
use super::function::{AggregateExample, AggregateFunction};
use super::state::{Reader, Writer};
use crate::base::Literal::{List, Null, Num, Text};
use crate::base::{ArgumentTypes, Row, results};

/// `list` keeps so many values.
const LIST_LIMIT: usize = 100;

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[
    row(
        "spl_first",
        "first(<value>)",
        "The value of the first row that has one.",
        results::text_or_list,
        || Box::new(Edge { kept: None, last: false }),
        &[
            (&[&[Null], &[Text("b")], &[Text("a")]], Text("b")),
            (&[&[List(&["a", "b"])], &[List(&["c"])]], List(&["a", "b"])),
            (&[&[Null]], Null),
        ],
    ),
    row(
        "spl_last",
        "last(<value>)",
        "The value of the last row that has one.",
        results::text_or_list,
        || Box::new(Edge { kept: None, last: true }),
        &[(&[&[Text("b")], &[Num(1.5)], &[Null]], Text("1.5"))],
    ),
    row(
        "spl_list",
        "list(<value>)",
        "The first 100 values in order.",
        results::list,
        || Box::new(Listed { items: Vec::new() }),
        &[
            (&[&[Text("b")], &[Text("a")], &[Null], &[Text("b")]], List(&["b", "a", "b"])),
            (&[&[List(&["x", "y"])], &[List(&["z"])]], List(&["x", "y", "z"])),
            (&[&[Null]], Null),
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
        ordered: true,
        arity: 1,
        result,
        start,
    }
}

/// The values of the row at one end of the order.
#[derive(Debug)]
struct Edge {
    kept: Option<(Vec<u8>, Vec<String>)>,
    last: bool,
}

impl Edge {
    /// Of rows with equal keys the earlier arrival is the first, the later the last.
    fn replaces(&self, order: &[u8]) -> bool {
        match &self.kept {
            None => true,
            Some((kept, _)) if self.last => order >= kept.as_slice(),
            Some((kept, _)) => order < kept.as_slice(),
        }
    }
}

impl Fold for Edge {
    fn add(&mut self, row: Row<'_>, order: &[u8]) {
        let cell = row.cell(0);
        if !cell.is_null() && self.replaces(order) {
            self.kept = Some((order.to_vec(), owned_values(cell)));
        }
    }

    fn save(&self, out: &mut Writer) {
        out.integer(u64::from(self.kept.is_some()));
        if let Some((order, values)) = &self.kept {
            out.blob(order);
            out.texts(values.iter());
        }
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        if saved.integer()? == 0 {
            return Some(());
        }
        let order = saved.blob()?;
        let values = saved.texts()?;
        if self.replaces(order) {
            self.kept = Some((order.to_vec(), values));
        }
        Some(())
    }

    fn result(&self) -> Outcome {
        self.kept.as_ref().map(|(_, values)| values.clone()).unwrap_or_default().into()
    }

    fn held(&self) -> usize {
        let texts = |values: &Vec<String>| values.iter().map(|value| value.len() + 24).sum::<usize>();
        self.kept.as_ref().map_or(0, |(order, values)| order.len() + texts(values))
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
