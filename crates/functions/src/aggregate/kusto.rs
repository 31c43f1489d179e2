//! Kusto's aggregates that make JSON of a group's values, or take the value of one row.

use std::cmp::Ordering;
use std::collections::HashSet;

use quarry_plan::{Returns, Type, Value, text};

use super::fold::{Fold, Outcome};
use super::function::{AggregateExample, AggregateFunction};
use super::state::{Reader, Writer};
use crate::base::Literal::{Bool, Int, Null, Num, Text, Written};
use crate::base::{Cell, Row};

/// Where the rules come from.
const SOURCE: &str = "learn.microsoft.com/kusto/query, the aggregate's page";

/// Most elements unless a call says how many.
const MOST: usize = 1_048_576;

const DYNAMIC: Returns = Returns::Fixed(Type::Dynamic);

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[
    row(
        "kql_make_list",
        "make_list(<value>, [<most>])",
        "The values in the order of the rows as a JSON array, without nulls.",
        || start(Shape::List),
        &[
            (&[&[Int(2), Null], &[Null, Null], &[Int(2), Null]], Written(Type::Dynamic, "[2,2]")),
            (&[&[Num(2.0), Int(1)], &[Num(3.0), Int(1)]], Written(Type::Dynamic, "[2.0]")),
            (
                &[&[Written(Type::Datetime, "2024-01-01T00:00:00Z"), Null]],
                Written(Type::Dynamic, r#"["2024-01-01T00:00:00.0000000Z"]"#),
            ),
            (&[&[Bool(true), Null], &[Bool(false), Null]], Written(Type::Dynamic, "[true,false]")),
        ],
    ),
    row(
        "kql_make_set",
        "make_set(<value>, [<most>])",
        "The different values as a JSON array, without nulls; of an array each element counts.",
        || start(Shape::Set),
        &[
            (
                &[&[Text("b"), Null], &[Text("a"), Null], &[Text("b"), Null]],
                Written(Type::Dynamic, r#"["b","a"]"#),
            ),
            (
                &[
                    &[Written(Type::Dynamic, "[1, 2]"), Null],
                    &[Written(Type::Dynamic, "[2, \"2\", null]"), Null],
                ],
                Written(Type::Dynamic, r#"[1,2,"2"]"#),
            ),
        ],
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
        ordered: true,
        arity: (1, 2),
        result: DYNAMIC,
        start,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    List,
    Set,
}

fn start(shape: Shape) -> Box<dyn Fold> {
    Box::new(Made { shape, items: Vec::new(), most: MOST, bytes: 0, full: 1_024 })
}

/// Values as JSON with the keys of their rows.
#[derive(Debug)]
struct Made {
    shape: Shape,
    items: Vec<(Vec<u8>, String)>,
    most: usize,
    bytes: usize,
    /// So many items are brought down to those that count.
    full: usize,
}

impl Made {
    fn push(&mut self, order: &[u8], json: String) {
        self.bytes += order.len() + json.len() + 48;
        self.items.push((order.to_vec(), json));
        if self.items.len() >= self.full {
            self.items = self.kept().into_iter().cloned().collect();
            self.bytes = self.items.iter().map(|(order, json)| order.len() + json.len() + 48).sum();
            self.full = (self.items.len() * 2).max(1_024);
        }
    }

    fn kept(&self) -> Vec<&(Vec<u8>, String)> {
        let mut items: Vec<_> = self.items.iter().collect();
        // Stable, so that rows with equal keys stay in order of arrival.
        items.sort_by(|left, right| -> Ordering { left.0.cmp(&right.0) });
        if self.shape == Shape::Set {
            let mut seen = HashSet::new();
            items.retain(|(_, json)| seen.insert(json));
        }
        items.truncate(self.most);
        items
    }
}

impl Fold for Made {
    fn add(&mut self, row: Row<'_>, order: &[u8]) {
        if row.len() > 1
            && let Some(most) = row.cell(1).integer()
        {
            self.most = usize::try_from(most).unwrap_or(0).min(MOST);
        }
        let Some(json) = json_of(row.cell(0)) else { return };
        if self.shape == Shape::Set
            && let Ok(serde_json::Value::Array(elements)) = serde_json::from_str(&json)
        {
            for element in elements.into_iter().filter(|element| !element.is_null()) {
                self.push(order, element.to_string());
            }
        } else {
            self.push(order, json);
        }
    }

    fn save(&self, out: &mut Writer) {
        let items = self.kept();
        out.integer(self.most as u64);
        out.integer(items.len() as u64);
        for (order, json) in items {
            out.blob(order);
            out.blob(json.as_bytes());
        }
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        let most = usize::try_from(saved.integer()?).ok()?;
        self.most = self.most.min(most);
        for _ in 0..saved.integer()? {
            let order = saved.blob()?;
            self.push(order, saved.text()?);
        }
        Some(())
    }

    fn result(&self) -> Outcome {
        let items: Vec<&str> = self.kept().into_iter().map(|(_, json)| json.as_str()).collect();
        Outcome::Json(format!("[{}]", items.join(",")))
    }

    fn held(&self) -> usize {
        self.bytes
    }
}

/// A value as an element of an array; none for null.
fn json_of(cell: Cell<'_>) -> Option<String> {
    Some(match cell.value() {
        Value::Null => return None,
        Value::Boolean(is_true) => is_true.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Double(number) if number.is_finite() => serde_json::Value::from(number).to_string(),
        Value::Datetime(ticks) => text::json_of_text(&seven_digits(&text::datetime_text(ticks)?)),
        Value::Dynamic(json) if json.trim() == "null" => return None,
        Value::Dynamic(json) => match serde_json::from_str::<serde_json::Value>(&json) {
            Ok(value) => value.to_string(),
            Err(_) => json,
        },
        other => text::json_of_text(&other.text().unwrap_or_default()),
    })
}

/// A datetime's text with seven digits behind the second.
fn seven_digits(written: &str) -> String {
    let written = written.trim_end_matches('Z');
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    format!("{whole}.{fraction:0<7}Z")
}
