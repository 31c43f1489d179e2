//! `min` and `max`: by size where all values are numbers, else in lexicographic order.

use quarry_plan::Returns;
use std::cmp::Ordering;

use super::SOURCE;
use super::fold::{Fold, Outcome};
use super::function::{AggregateExample, AggregateFunction};
use super::state::{Reader, Writer};
use crate::base::Literal::{List, Null, Num, Text, Time};
use crate::base::{Cell, Row, parse_number};

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[
    row(
        "spl_max",
        "max(<field>)",
        "The greatest, by number if all are numbers, else by text.",
        || start(Ordering::Greater),
        &[
            (&[&[Text("9")], &[Text("10")], &[Null]], Text("10")),
            (&[&[Text("9")], &[Text("10")], &[Text("x")]], Text("x")),
            (&[&[List(&["1", "3"])], &[List(&["2"])]], Text("3")),
            (&[&[Time(1_500_000)], &[Time(1_000_000)]], Text("1.5")),
            (&[&[Text("1.0")]], Text("1.0")),
            (&[&[Null]], Null),
        ],
    ),
    row(
        "spl_min",
        "min(<field>)",
        "The smallest, by number if all are numbers, else by text.",
        || start(Ordering::Less),
        &[
            (&[&[Text("9")], &[Text("10")]], Text("9")),
            (&[&[Text("9")], &[Text("10")], &[Text("x")]], Text("10")),
            (&[&[Num(2.0)], &[Num(-1.0)]], Text("-1")),
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
        ordered: false,
        arity: 1,
        result: Returns::TEXT,
        start,
    }
}

#[derive(Debug)]
struct Extreme {
    wanted: Ordering,
    /// Best of the numbers, with the text it came from.
    number: Option<(f64, String)>,
    /// Best of all values as texts; only kept for texts, as other columns hold numbers only.
    text: Option<String>,
    /// Whether some value is no number.
    mixed: bool,
}

fn start(wanted: Ordering) -> Box<dyn Fold> {
    Box::new(Extreme { wanted, number: None, text: None, mixed: false })
}

impl Extreme {
    fn take(&mut self, value: &str) {
        match parse_number(value) {
            Some(number) => self.take_number(number, || value.to_owned()),
            None => self.mixed = true,
        }
        if self.text.as_deref().is_none_or(|best| value.cmp(best) == self.wanted) {
            self.text = Some(value.to_owned());
        }
    }

    /// Of equal numbers the text first by bytes stays, whatever the order of arrival.
    fn take_number(&mut self, number: f64, text: impl Fn() -> String) {
        let better = match &self.number {
            None => true,
            Some((best, kept)) => match number.partial_cmp(best) {
                Some(Ordering::Equal) => text() < *kept,
                found => found == Some(self.wanted),
            },
        };
        if better {
            self.number = Some((number, text()));
        }
    }
}

impl Fold for Extreme {
    fn add(&mut self, row: Row<'_>, _: &[u8]) {
        match row.cell(0) {
            Cell::Text(text) => self.take(text),
            Cell::List(list) => list.iter().for_each(|text| self.take(text)),
            cell => match cell.number() {
                Some(number) => self.take_number(number, || cell.text().unwrap_or_default().into_owned()),
                None => cell.values().for_each(|text| self.take(&text)),
            },
        }
    }

    fn save(&self, out: &mut Writer) {
        out.integer(u64::from(self.mixed));
        out.texts(self.number.iter().map(|(_, text)| text));
        out.texts(self.text.iter());
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        let mixed = saved.integer()? != 0;
        for text in saved.texts()? {
            self.take_number(parse_number(&text)?, || text.clone());
        }
        for text in saved.texts()? {
            self.take(&text);
        }
        self.mixed |= mixed;
        Some(())
    }

    fn result(&self) -> Outcome {
        let best =
            if self.mixed { self.text.clone() } else { self.number.as_ref().map(|(_, text)| text.clone()) };
        best.into_iter().collect::<Vec<_>>().into()
    }

    fn held(&self) -> usize {
        self.text.as_ref().map_or(0, String::len) + self.number.as_ref().map_or(0, |(_, text)| text.len())
    }
}
