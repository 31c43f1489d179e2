//! Which transaction each event belongs to.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use quarry_plan::Type;

use super::WindowFunction;
use crate::base::Literal::{Bool, Null, Num, Text};
use crate::base::{Argument, Row};

/// Arguments before the fields that events share.
const SETTINGS: usize = 8;

pub(crate) const FUNCTIONS: &[WindowFunction] = &[WindowFunction {
    name: "spl_transaction",
    signature: "transaction(time, starts, ends, maxspan, maxpause, maxevents, connected, conditions, field...)",
    meaning: "The number of the transaction an event belongs to, rows coming newest first: positive if it is closed, negative if it never was, null for an event in none. `conditions` is 1 with a start condition, 2 with an end condition, 3 with both.",
    source: "Splunk search reference, transaction",
    examples: &[
        (
            &[
                &[Num(9.0), Bool(false), Bool(false), Null, Null, Null, Bool(true), Num(0.0), Text("a")],
                &[Num(8.0), Bool(false), Bool(false), Null, Null, Null, Bool(true), Num(0.0), Text("b")],
                &[Num(1.0), Bool(false), Bool(false), Null, Null, Null, Bool(true), Num(0.0), Text("a")],
                &[Num(0.0), Bool(false), Bool(false), Null, Null, Null, Bool(true), Num(0.0), Null],
            ],
            &[Num(1.0), Num(2.0), Num(1.0), Null],
        ),
        (
            &[
                &[Num(9.0), Bool(false), Bool(true), Num(5.0), Null, Null, Bool(true), Num(3.0), Text("a")],
                &[Num(7.0), Bool(true), Bool(false), Num(5.0), Null, Null, Bool(true), Num(3.0), Text("a")],
                &[Num(6.0), Bool(false), Bool(true), Num(5.0), Null, Null, Bool(true), Num(3.0), Text("a")],
                &[Num(0.0), Bool(true), Bool(false), Num(5.0), Null, Null, Bool(true), Num(3.0), Text("a")],
            ],
            &[Num(1.0), Num(1.0), Num(-2.0), Num(-3.0)],
        ),
    ],
    result: Type::Double,
    evaluate: transactions,
}];

/// What the command was told.
struct Settings {
    most_span: f64,
    most_pause: f64,
    most_events: f64,
    connected: bool,
    has_start: bool,
    has_end: bool,
}

impl Settings {
    fn new(row: Row<'_>) -> Self {
        let conditions = row.number(7).unwrap_or(0.0);
        Self {
            most_span: row.number(3).unwrap_or(f64::INFINITY),
            most_pause: row.number(4).unwrap_or(f64::INFINITY),
            most_events: row.number(5).unwrap_or(f64::INFINITY),
            connected: row.cell(6).boolean().unwrap_or(true),
            has_start: conditions == 1.0 || conditions == 3.0,
            has_end: conditions >= 2.0,
        }
    }
}

/// A transaction being gathered.
struct Transaction {
    newest: f64,
    oldest: f64,
    events: f64,
    /// Whether an event that ends it was seen.
    ended: bool,
    open: bool,
    closed: bool,
    /// The values of each shared field so far.
    values: Vec<Vec<String>>,
}

#[derive(Default)]
struct Gathering {
    transactions: Vec<Transaction>,
    /// The newest transaction that has a value in a field.
    by_value: HashMap<(usize, String), usize>,
}

fn transactions(arguments: &[Argument], rows: usize) -> ArrayRef {
    let mut gathering = Gathering::default();
    let mut of_row: Vec<Option<usize>> = Vec::with_capacity(rows);
    for index in 0..rows {
        let row = Row::new(arguments, index);
        of_row.push(gathering.place(row, &Settings::new(row)));
    }
    let settings = (rows > 0).then(|| Settings::new(Row::new(arguments, 0)));
    let number = |transaction: usize| {
        let found = &gathering.transactions[transaction];
        // Without a condition that could be left open, the end of the events closes everything.
        let needs_start = settings.as_ref().is_some_and(|settings| settings.has_start);
        let needs_end = settings.as_ref().is_some_and(|settings| settings.has_end);
        let complete = (found.closed || !needs_start) && (found.ended || !needs_end);
        #[allow(clippy::cast_precision_loss)] // far fewer transactions than 2^52
        let number = (transaction + 1) as f64;
        if complete { number } else { -number }
    };
    Arc::new(of_row.into_iter().map(|found| found.map(number)).collect::<Float64Array>())
}

impl Gathering {
    /// The transaction an event goes into; none if it has none of the shared fields.
    fn place(&mut self, row: Row<'_>, settings: &Settings) -> Option<usize> {
        let values: Vec<Vec<String>> =
            row.cells(SETTINGS).map(|cell| cell.values().map(|text| text.into_owned()).collect()).collect();
        if !values.is_empty() && values.iter().all(Vec::is_empty) {
            return None;
        }
        let time = row.number(0)?;
        let starts = settings.has_start && row.cell(1).boolean() == Some(true);
        let ends = settings.has_end && row.cell(2).boolean() == Some(true);
        let found = self.find(&values, settings).filter(|&found| {
            let transaction = &mut self.transactions[found];
            let fits = transaction.newest - time <= settings.most_span
                && transaction.oldest - time <= settings.most_pause
                && !ends;
            if !fits {
                // What no longer fits is complete as far as it goes.
                transaction.open = false;
            }
            fits
        });
        let index = found.unwrap_or_else(|| self.begin(time, values.len()));
        let transaction = &mut self.transactions[index];
        transaction.oldest = time;
        transaction.events += 1.0;
        transaction.ended |= ends;
        if starts {
            transaction.open = false;
            transaction.closed = true;
        } else if transaction.events >= settings.most_events {
            transaction.open = false;
        }
        for (field, texts) in values.into_iter().enumerate() {
            for text in texts {
                self.by_value.insert((field, text.clone()), index);
                let known = &mut self.transactions[index].values[field];
                if !known.contains(&text) {
                    known.push(text);
                }
            }
        }
        Some(index)
    }

    fn begin(&mut self, time: f64, fields: usize) -> usize {
        self.transactions.push(Transaction {
            newest: time,
            oldest: time,
            events: 0.0,
            ended: false,
            open: true,
            closed: false,
            values: vec![Vec::new(); fields],
        });
        self.transactions.len() - 1
    }

    /// The newest open transaction that an event can join.
    fn find(&self, values: &[Vec<String>], settings: &Settings) -> Option<usize> {
        let open = |index: &usize| self.transactions[*index].open;
        if values.is_empty() {
            return self.transactions.len().checked_sub(1).filter(open);
        }
        let mut candidates: Vec<usize> = Vec::new();
        for (field, texts) in values.iter().enumerate() {
            let sharing = texts.iter().filter_map(|text| self.by_value.get(&(field, text.clone())));
            candidates.extend(sharing.copied().filter(open));
        }
        candidates.retain(|&index| self.consistent(index, values));
        let sharing = candidates.into_iter().max();
        if sharing.is_some() || settings.connected {
            return sharing;
        }
        (0..self.transactions.len()).rev().filter(open).find(|&index| self.consistent(index, values))
    }

    /// Whether no field of the event contradicts the transaction.
    fn consistent(&self, index: usize, values: &[Vec<String>]) -> bool {
        let known = &self.transactions[index].values;
        known.iter().zip(values).all(|(known, texts)| {
            known.is_empty() || texts.is_empty() || texts.iter().any(|text| known.contains(text))
        })
    }
}
