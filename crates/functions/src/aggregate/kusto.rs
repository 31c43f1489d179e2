//! Kusto's aggregates. Nulls do not count unless said otherwise; values keep their types.

use std::cmp::Ordering;

use quarry_plan::{ComparisonRule, Returns, Type, Value, order as compared};

use super::{
    fold::{Fold, Outcome},
    function::{AggregateExample, AggregateFunction},
    state::{Reader, Writer},
};
use crate::{
    base::{
        Literal::{Int, Null, Num, Text, Written},
        Row,
    },
    kql::json_of_cell,
};

const SOURCE: &str = "learn.microsoft.com/kusto/query, the aggregation function's page";

pub(crate) const FUNCTIONS: &[AggregateFunction] = &[
    row(
        "kql_sum",
        "sum(<value>)",
        "The sum; null of nothing.",
        (1, Returns::Same),
        || Box::new(Sum::default()),
        &[
            (&[&[Int(1)], &[Null], &[Int(2)]], Int(3)),
            (&[&[Num(0.5)], &[Num(0.25)]], Num(0.75)),
            (&[&[Null]], Null),
        ],
    ),
    row(
        "kql_avg",
        "avg(<value>)",
        "The mean; of datetimes and timespans the moment or span between; null of nothing.",
        (1, Returns::Same),
        || Box::new(Sum { mean: true, ..Sum::default() }),
        &[(&[&[Num(1.0)], &[Null], &[Num(2.0)]], Num(1.5)), (&[&[Null]], Null)],
    ),
    row(
        "kql_make_list",
        "make_list(<value>, <most>)",
        "The values as a JSON array, in the order of the rows, so many at most.",
        (2, Returns::Fixed(Type::Dynamic)),
        || Box::new(List::default()),
        &[
            (
                &[&[Int(2), Null], &[Null, Null], &[Int(1), Null], &[Int(2), Null]],
                Written(Type::Dynamic, "[2,1,2]"),
            ),
            (&[&[Text("b"), Int(1)], &[Text("a"), Int(1)]], Written(Type::Dynamic, "[\"b\"]")),
            (&[&[Null, Null]], Written(Type::Dynamic, "[]")),
        ],
    ),
    row(
        "kql_make_list_with_nulls",
        "make_list_with_nulls(<value>, <most>)",
        "The same, nulls too.",
        (2, Returns::Fixed(Type::Dynamic)),
        || Box::new(List { nulls: true, ..List::default() }),
        &[(&[&[Int(2), Null], &[Null, Null]], Written(Type::Dynamic, "[2,null]"))],
    ),
    row(
        "kql_make_set",
        "make_set(<value>, <most>)",
        "The different values as a JSON array, the first first, so many at most; of arrays their elements.",
        (2, Returns::Fixed(Type::Dynamic)),
        || Box::new(List { once: true, ..List::default() }),
        &[
            (&[&[Int(2), Null], &[Int(1), Null], &[Int(2), Null]], Written(Type::Dynamic, "[2,1]")),
            (
                &[&[Written(Type::Dynamic, "[1,2]"), Null], &[Written(Type::Dynamic, "[2,3]"), Null]],
                Written(Type::Dynamic, "[1,2,3]"),
            ),
        ],
    ),
    row(
        "kql_make_bag",
        "make_bag(<object>, <most>)",
        "The members of all objects in one; of a name the first value stays.",
        (2, Returns::Fixed(Type::Dynamic)),
        || Box::new(Bag::default()),
        &[(
            &[
                &[Written(Type::Dynamic, "{\"a\":1}"), Null],
                &[Written(Type::Dynamic, "{\"b\":2,\"a\":3}"), Null],
            ],
            Written(Type::Dynamic, "{\"a\":1,\"b\":2}"),
        )],
    ),
    row(
        "kql_arg_max",
        "arg_max(<by>, <value>)",
        "The value of the row whose other value is greatest, of equal ones the first; rows without that value count only \
         where none has one.",
        (2, Returns::Second),
        || Box::new(Extreme { greatest: true, ..Extreme::default() }),
        &[
            (&[&[Int(1), Text("a")], &[Int(3), Text("b")], &[Null, Text("c")]], Text("b")),
            (&[&[Null, Text("c")]], Text("c")),
        ],
    ),
    row(
        "kql_arg_min",
        "arg_min(<by>, <value>)",
        "The same of the least value.",
        (2, Returns::Second),
        || Box::new(Extreme::default()),
        &[(&[&[Int(2), Text("a")], &[Int(1), Text("b")]], Text("b"))],
    ),
    row(
        "kql_take_any",
        "take_any(<value>)",
        "The value of the first row, be it null.",
        (1, Returns::Same),
        || Box::new(Any::default()),
        &[(&[&[Text("a")], &[Text("b")]], Text("a")), (&[&[Null], &[Text("b")]], Null)],
    ),
    row(
        "kql_percentile",
        "percentile(<value>, <percent>)",
        "The value that so many per cent of the values do not exceed, by nearest rank.",
        (2, Returns::Same),
        || Box::new(Rank::default()),
        &[
            (&[&[Int(1), Num(50.0)], &[Int(3), Num(50.0)], &[Int(2), Num(50.0)], &[Null, Num(50.0)]], Int(2)),
            (&[&[Int(1), Num(95.0)], &[Int(3), Num(95.0)]], Int(3)),
            (&[&[Null, Num(5.0)]], Null),
        ],
    ),
    row(
        "kql_percentilew",
        "percentilew(<value>, <weight>, <percent>)",
        "The same where each value counts as often as its weight says.",
        (3, Returns::Same),
        || Box::new(Rank { weighted: true, ..Rank::default() }),
        &[(&[&[Int(1), Int(10), Num(50.0)], &[Int(3), Int(1), Num(50.0)]], Int(1))],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    (arity, result): (usize, Returns),
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
        arity,
        result,
        start,
    }
}

fn put(out: &mut Writer, value: &Value) {
    out.blob(&serde_json::to_vec(value).unwrap_or_default());
}

fn get(saved: &mut Reader<'_>) -> Option<Value> {
    serde_json::from_slice(saved.blob()?).ok()
}

/// A sum, or a mean.
#[derive(Debug, Default)]
struct Sum {
    mean: bool,
    count: u64,
    whole: i128,
    real: f64,
    /// What kind of values there are, by one of them.
    like: Option<Value>,
}

impl Sum {
    fn take(&mut self, value: Value) {
        match &value {
            Value::Integer(number) | Value::Datetime(number) | Value::Timespan(number) => {
                self.whole += i128::from(*number);
            }
            Value::Double(number) => self.real += number,
            _ => return,
        }
        self.count += 1;
        self.like = Some(value);
    }
}

impl Fold for Sum {
    fn add(&mut self, row: Row<'_>, _: &[u8]) {
        self.take(row.cell(0).value());
    }

    fn save(&self, out: &mut Writer) {
        out.integer(self.count);
        out.blob(&self.whole.to_le_bytes());
        out.number(self.real);
        put(out, self.like.as_ref().unwrap_or(&Value::Null));
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        self.count += saved.integer()?;
        self.whole += i128::from_le_bytes(saved.blob()?.try_into().ok()?);
        self.real += saved.number()?;
        let like = get(saved)?;
        if like != Value::Null {
            self.like = Some(like);
        }
        Some(())
    }

    fn result(&self) -> Outcome {
        let Some(like) = &self.like else { return Outcome::Null };
        let count = self.count.max(1);
        let whole = if self.mean { self.whole / i128::from(count) } else { self.whole };
        #[expect(clippy::cast_possible_truncation, reason = "long arithmetic of Kusto wraps")]
        let whole = whole as i64;
        #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
        let parts = count as f64;
        Outcome::Value(match like {
            Value::Integer(_) => Value::Integer(whole),
            Value::Datetime(_) => Value::Datetime(whole),
            Value::Timespan(_) => Value::Timespan(whole),
            _ => Value::Double(if self.mean { self.real / parts } else { self.real }),
        })
    }
}

/// Values in the order of their rows, as JSON.
#[derive(Debug, Default)]
struct List {
    once: bool,
    nulls: bool,
    most: Option<u64>,
    items: Vec<(Vec<u8>, String)>,
}

/// Most elements where nobody says how many.
const MOST: u64 = 1_048_576;

impl List {
    fn kept(&self) -> Vec<&(Vec<u8>, String)> {
        let mut items: Vec<_> = self.items.iter().collect();
        items.sort_by(|left, right| left.0.cmp(&right.0));
        if self.once {
            let mut seen = std::collections::HashSet::new();
            items.retain(|(_, item)| seen.insert(item.as_str()));
        }
        items.truncate(usize::try_from(self.most.unwrap_or(MOST)).unwrap_or(usize::MAX));
        items
    }
}

impl Fold for List {
    fn add(&mut self, row: Row<'_>, order: &[u8]) {
        if let Some(most) = row.cell(1).integer() {
            let most = u64::try_from(most).unwrap_or(MOST);
            self.most = Some(self.most.map_or(most, |known| known.max(most)));
        }
        let cell = row.cell(0);
        let json = if cell.is_null() { "null".to_owned() } else { json_of_cell(cell) };
        if json == "null" && !self.nulls {
            return;
        }
        if self.once && json.trim_start().starts_with('[') {
            let elements = crate::json::items(&json).map(|(_, item)| item.to_owned());
            self.items.extend(elements.map(|item| (order.to_vec(), item)));
        } else {
            self.items.push((order.to_vec(), json));
        }
        if self.once && self.items.len().is_multiple_of(1024) {
            self.items = self.kept().into_iter().cloned().collect();
        }
    }

    fn save(&self, out: &mut Writer) {
        out.integer(self.most.unwrap_or(u64::MAX));
        out.integer(self.items.len() as u64);
        for (order, item) in &self.items {
            out.blob(order);
            out.blob(item.as_bytes());
        }
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        let most = saved.integer()?;
        if most != u64::MAX {
            self.most = Some(self.most.map_or(most, |known| known.max(most)));
        }
        for _ in 0..saved.integer()? {
            let order = saved.blob()?.to_vec();
            self.items.push((order, saved.text()?));
        }
        Some(())
    }

    fn result(&self) -> Outcome {
        let items: Vec<&str> = self.kept().into_iter().map(|(_, item)| item.as_str()).collect();
        Outcome::Value(Value::Dynamic(format!("[{}]", items.join(","))))
    }

    fn held(&self) -> usize {
        self.items.iter().map(|(order, item)| order.len() + item.len() + 48).sum()
    }
}

/// Objects in one.
#[derive(Debug, Default)]
struct Bag {
    list: List,
}

impl Fold for Bag {
    fn add(&mut self, row: Row<'_>, order: &[u8]) {
        let json = json_of_cell(row.cell(0));
        if json.trim_start().starts_with('{') {
            self.list.items.push((order.to_vec(), json));
        }
    }

    fn save(&self, out: &mut Writer) {
        self.list.save(out);
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        self.list.merge(saved)
    }

    fn result(&self) -> Outcome {
        let mut all = serde_json::Map::new();
        for (_, item) in self.list.kept() {
            if let Ok(serde_json::Value::Object(members)) = serde_json::from_str(item) {
                for (name, value) in members {
                    all.entry(name).or_insert(value);
                }
            }
        }
        Outcome::Value(Value::Dynamic(serde_json::Value::Object(all).to_string()))
    }

    fn held(&self) -> usize {
        self.list.held()
    }
}

/// The value beside the greatest or least of another.
#[derive(Debug, Default)]
struct Extreme {
    greatest: bool,
    best: Option<(Value, Vec<u8>, Value)>,
}

impl Extreme {
    fn offer(&mut self, by: Value, order: Vec<u8>, value: Value) {
        let better = match &self.best {
            None => true,
            Some((best, at, _)) => match compare(&by, best) {
                Ordering::Equal => order < *at,
                found => (found == Ordering::Greater) == self.greatest,
            },
        };
        let is_first = self.best.as_ref().is_none_or(|(best, ..)| *best == Value::Null && by != Value::Null);
        if is_first
            || (better
                && (by != Value::Null || self.best.as_ref().is_some_and(|(best, ..)| *best == Value::Null)))
        {
            self.best = Some((by, order, value));
        }
    }
}

/// The order of two values of one type; null before all.
fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Boolean(left), Value::Boolean(right)) => left.cmp(right),
        _ => {
            let found = left.operand().zip(right.operand());
            found
                .and_then(|(left, right)| compared(ComparisonRule::Exact, left, right))
                .unwrap_or_else(|| left.text().cmp(&right.text()))
        }
    }
}

impl Fold for Extreme {
    fn add(&mut self, row: Row<'_>, order: &[u8]) {
        self.offer(row.cell(0).value(), order.to_vec(), row.cell(1).value());
    }

    fn save(&self, out: &mut Writer) {
        out.integer(u64::from(self.best.is_some()));
        if let Some((by, order, value)) = &self.best {
            put(out, by);
            out.blob(order);
            put(out, value);
        }
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        if saved.integer()? == 1 {
            let (by, order, value) = (get(saved)?, saved.blob()?.to_vec(), get(saved)?);
            self.offer(by, order, value);
        }
        Some(())
    }

    fn result(&self) -> Outcome {
        self.best.as_ref().map_or(Outcome::Null, |(_, _, value)| Outcome::Value(value.clone()))
    }

    fn held(&self) -> usize {
        64
    }
}

/// The value of the first row.
#[derive(Debug, Default)]
struct Any(Option<(Vec<u8>, Value)>);

impl Fold for Any {
    fn add(&mut self, row: Row<'_>, order: &[u8]) {
        if self.0.as_ref().is_none_or(|(at, _)| order < at.as_slice()) {
            self.0 = Some((order.to_vec(), row.cell(0).value()));
        }
    }

    fn save(&self, out: &mut Writer) {
        out.integer(u64::from(self.0.is_some()));
        if let Some((order, value)) = &self.0 {
            out.blob(order);
            put(out, value);
        }
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        if saved.integer()? == 1 {
            let (order, value) = (saved.blob()?.to_vec(), get(saved)?);
            if self.0.as_ref().is_none_or(|(at, _)| order < *at) {
                self.0 = Some((order, value));
            }
        }
        Some(())
    }

    fn result(&self) -> Outcome {
        self.0.as_ref().map_or(Outcome::Null, |(_, value)| Outcome::Value(value.clone()))
    }
}

/// A value by its rank.
#[derive(Debug, Default)]
struct Rank {
    weighted: bool,
    percent: f64,
    values: Vec<(Value, u64)>,
}

impl Fold for Rank {
    fn add(&mut self, row: Row<'_>, _: &[u8]) {
        let percent = row.cell(if self.weighted { 2 } else { 1 }).number();
        self.percent = percent.unwrap_or(self.percent).max(self.percent);
        let weight = if self.weighted {
            row.cell(1).integer().and_then(|weight| u64::try_from(weight).ok())
        } else {
            Some(1)
        };
        match row.cell(0).value() {
            Value::Null => {}
            value => self.values.push((value, weight.unwrap_or(0))),
        }
    }

    fn save(&self, out: &mut Writer) {
        out.number(self.percent);
        out.integer(self.values.len() as u64);
        for (value, weight) in &self.values {
            put(out, value);
            out.integer(*weight);
        }
    }

    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()> {
        self.percent = saved.number()?.max(self.percent);
        for _ in 0..saved.integer()? {
            let value = get(saved)?;
            self.values.push((value, saved.integer()?));
        }
        Some(())
    }

    fn result(&self) -> Outcome {
        let mut values = self.values.clone();
        values.sort_by(|left, right| compare(&left.0, &right.0));
        let all: u64 = values.iter().map(|(_, weight)| weight).sum();
        #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
        let wanted = (self.percent / 100.0 * all as f64).ceil().max(1.0);
        let mut passed = 0.0;
        for (value, weight) in values {
            #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
            let weight = weight as f64;
            passed += weight;
            if passed >= wanted {
                return Outcome::Value(value);
            }
        }
        Outcome::Null
    }

    fn held(&self) -> usize {
        self.values.len() * size_of::<(Value, u64)>()
    }
}
