//! `mode`.

use quarry_plan::Returns;
use std::collections::BTreeMap;

use super::SOURCE;
use super::fold::{Fold, Outcome};
use super::function::AggregateFunction;
use super::state::{Reader, Writer};
use crate::base::Literal::{List, Null, Text};
use crate::base::Row;

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[AggregateFunction {
    name: "spl_mode",
    signature: "mode(<field>)",
    meaning: "The most frequent value; of several the first in lexicographic order.",
    source: SOURCE,
    examples: &[
        (&[&[Text("b")], &[Text("a")], &[Text("b")]], Text("b")),
        (&[&[Text("b")], &[List(&["a", "c"])]], Text("a")),
        (&[&[Null]], Null),
    ],
    ordered: false,
    arity: 1,
    result: Returns::TEXT,
    start: || Box::new(Mode { counts: BTreeMap::new(), bytes: 0 }),
}];

#[derive(Debug)]
struct Mode {
    counts: BTreeMap<String, u64>,
    bytes: usize,
}

impl Mode {
    fn count(&mut self, value: &str, times: u64) {
        match self.counts.get_mut(value) {
            Some(count) => *count += times,
            None => {
                self.bytes += value.len() + 40;
                self.counts.insert(value.to_owned(), times);
            }
        }
    }
}

impl Fold for Mode {
    fn add(&mut self, row: Row<'_>, _: &[u8]) {
        for value in row.cell(0).values() {
            self.count(&value, 1);
        }
    }

    fn save(&self, out: &mut Writer) {
        out.integer(self.counts.len() as u64);
        for (value, count) in &self.counts {
            out.blob(value.as_bytes());
            out.integer(*count);
        }
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        for _ in 0..saved.integer()? {
            let value = saved.text()?;
            self.count(&value, saved.integer()?);
        }
        Some(())
    }

    fn result(&self) -> Outcome {
        let best = self.counts.iter().rev().max_by_key(|(_, count)| **count);
        best.map(|(value, _)| value.clone()).into_iter().collect::<Vec<_>>().into()
    }

    fn held(&self) -> usize {
        self.bytes
    }
}
