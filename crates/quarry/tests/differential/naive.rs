//! A second evaluator: slow, obvious, over JSON values, sharing nothing with the engine.

mod rows;

use std::{cmp::Ordering, collections::BTreeMap};

use regex::Regex;

use self::rows::{sort, stats, top};
use super::pipeline::{Aggregation, Command, Condition, List, Search, Value};

/// What a field or expression holds; nothing is none of these.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Number(f64),
    Text(String),
    /// Two values or more.
    Many(Vec<String>),
}

pub type Row = BTreeMap<String, Cell>;

/// An event as a row: members by their paths, `a.b` and `a{}`, and its time.
pub fn row(event: &serde_json::Value) -> Row {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    flatten("", event, &mut found);
    let mut row: Row = found.into_iter().filter_map(|(name, values)| Some((name, cell(values)?))).collect();
    let time = event["eventTime"].as_str().expect("an event has a time");
    let time: jiff::Timestamp = time.parse().expect("a time is a time");
    row.insert("_time".to_owned(), Cell::Number(time.as_second() as f64));
    row
}

fn flatten(name: &str, value: &serde_json::Value, found: &mut BTreeMap<String, Vec<String>>) {
    match value {
        serde_json::Value::Object(members) => {
            for (member, value) in members {
                let name = if name.is_empty() { member.clone() } else { format!("{name}.{member}") };
                flatten(&name, value, found);
            }
        }
        serde_json::Value::Array(elements) => {
            elements.iter().for_each(|element| flatten(&format!("{name}{{}}"), element, found));
        }
        serde_json::Value::String(text) => found.entry(name.to_owned()).or_default().push(text.clone()),
        other => found.entry(name.to_owned()).or_default().push(other.to_string()),
    }
}

fn cell(mut values: Vec<String>) -> Option<Cell> {
    match values.len() {
        0 => None,
        1 => values.pop().map(Cell::Text),
        _ => Some(Cell::Many(values)),
    }
}

impl Cell {
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::Number(number) => vec![shown(*number)],
            Self::Text(text) => vec![text.clone()],
            Self::Many(values) => values.clone(),
        }
    }

    fn text(&self) -> String {
        self.texts().join("\n")
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => number(text),
            Self::Many(_) => None,
        }
    }
}

/// A number as text: nothing after the point where it is whole.
fn shown(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// The number a text stands for.
fn number(text: &str) -> Option<f64> {
    let form = Regex::new(r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$").expect("a pattern");
    if form.is_match(text) { text.parse().ok() } else { None }
}

/// How two values stand to each other: as numbers if both are, else as texts.
fn order(left: &str, right: &str) -> Ordering {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left.partial_cmp(&right).expect("no NaN"),
        _ => left.cmp(right),
    }
}

fn holds(sign: &str, order: Ordering) -> bool {
    match sign {
        "=" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    }
}

/// Whether any values of both sides stand so; unknown if a side is missing.
fn compare(sign: &str, left: Option<Cell>, right: Option<Cell>) -> Option<bool> {
    let (left, right) = (left?.texts(), right?.texts());
    Some(left.iter().any(|one| right.iter().any(|other| holds(sign, order(one, other)))))
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

fn like(text: &str, like: &str) -> bool {
    let parts: String = like
        .chars()
        .map(|letter| match letter {
            '%' => "(?s:.*)".to_owned(),
            '_' => "(?s:.)".to_owned(),
            other => regex::escape(&other.to_string()),
        })
        .collect();
    pattern(&format!("^{parts}$")).is_match(text)
}

fn finite(number: f64) -> Option<Cell> {
    number.is_finite().then_some(Cell::Number(number))
}

impl Value {
    fn of(&self, row: &Row) -> Option<Cell> {
        match self {
            Self::Field(name) => row.get(name).cloned(),
            Self::Number(number) => Some(Cell::Number(f64::from(*number))),
            Self::Half(number) => Some(Cell::Number(f64::from(*number) + 0.5)),
            Self::Text(text) => Some(Cell::Text(text.clone())),
            Self::Arithmetic(sign, left, right) => {
                let (left, right) = (left.of(row)?.number()?, right.of(row)?.number()?);
                finite(match sign {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    '/' => left / right,
                    _ => left % right,
                })
            }
            Self::Joined(items) => {
                let texts: Option<Vec<String>> =
                    items.iter().map(|item| Some(item.of(row)?.text())).collect();
                Some(Cell::Text(texts?.concat()))
            }
            Self::If(condition, then, other) => {
                if condition.of(row) == Some(true) {
                    then.of(row)
                } else {
                    other.of(row)
                }
            }
            Self::Case(pairs) => pairs.iter().find(|(when, _)| when.of(row) == Some(true))?.1.of(row),
            Self::Coalesce(items) => items.iter().find_map(|item| item.of(row)),
            Self::Of(name, value) => function(name, value.of(row)?),
            Self::Round(value, digits) => {
                let scale = 10_f64.powi(*digits);
                let scaled = value.of(row)?.number()? * scale;
                // As the digits read: half goes away from zero. All decimals are kept.
                let rounded = format!("{scaled:.9}").parse::<f64>().expect("a number").round() / scale;
                let digits = usize::try_from(*digits).expect("no tens");
                let rounded = if rounded == 0.0 { 0.0 } else { rounded };
                Some(Cell::Text(format!("{rounded:.digits$}")))
            }
            Self::Substring(value, start, length) => each(value.of(row)?, |text| {
                let letters: Vec<char> = text.chars().collect();
                let count = i32::try_from(letters.len()).expect("short");
                let first = if *start < 0 { count + start } else { start - 1 };
                let places = first..first + length;
                (0..count)
                    .zip(letters)
                    .filter(|(at, _)| places.contains(at))
                    .map(|(_, letter)| letter)
                    .collect()
            }),
            Self::Replace(value, from, to) => {
                each(value.of(row)?, |text| pattern(from).replace_all(text, *to).into_owned())
            }
            Self::Extreme(name, items) => extreme(name, items.iter().filter_map(|item| item.of(row))),
            Self::NullIf(left, right) => {
                let value = left.of(row)?;
                let same = compare("=", Some(value.clone()), right.of(row)) == Some(true);
                (!same).then_some(value)
            }
            Self::OfList("mvjoin", list) => Some(Cell::Text(list.of(row)?.texts().join("+"))),
            Self::OfList(_, list) => finite(list.of(row)?.texts().len() as f64),
            Self::Element(list, at) => {
                list.of(row)?.texts().get(index(*at, &list.of(row)?)?).cloned().map(Cell::Text)
            }
            Self::Find(list, wanted) => {
                let found = list.of(row)?.texts().iter().position(|text| pattern(wanted).is_match(text))?;
                finite(found as f64)
            }
        }
    }
}

/// An index from the start, where negative ones count from the end.
fn index(at: i32, list: &Cell) -> Option<usize> {
    let count = i32::try_from(list.texts().len()).expect("short");
    usize::try_from(if at < 0 { at + count } else { at }).ok()
}

/// The function of each value.
fn each(value: Cell, function: impl Fn(&str) -> String) -> Option<Cell> {
    cell(value.texts().iter().map(|text| function(text)).collect())
}

fn function(name: &str, value: Cell) -> Option<Cell> {
    match name {
        "lower" => each(value, str::to_lowercase),
        "upper" => each(value, str::to_uppercase),
        "trim" => each(value, |text| text.trim_matches([' ', '\t']).to_owned()),
        "tostring" => Some(Cell::Text(value.text())),
        "tonumber" => value.number().map(Cell::Number),
        "len" => finite(value.text().chars().count() as f64),
        "abs" => finite(value.number()?.abs()),
        "floor" => finite(value.number()?.floor()),
        "ceiling" => finite(value.number()?.ceil()),
        other => panic!("{other} is not known"),
    }
}

/// The smallest or greatest; numbers are smaller than texts.
fn extreme(name: &str, cells: impl Iterator<Item = Cell>) -> Option<Cell> {
    let mut texts: Vec<String> = cells.flat_map(|cell| cell.texts()).collect();
    texts.sort_by(|left, right| match (number(left), number(right)) {
        (Some(left), Some(right)) => left.partial_cmp(&right).expect("no NaN"),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    });
    if name == "max" {
        // Of equal ones the first written.
        let greatest = texts.last()?.clone();
        return texts.into_iter().find(|text| same_extreme(text, &greatest)).map(Cell::Text);
    }
    texts.into_iter().next().map(Cell::Text)
}

fn same_extreme(left: &str, right: &str) -> bool {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

impl List {
    fn of(&self, row: &Row) -> Option<Cell> {
        match self {
            Self::Field(name) => row.get(name).cloned(),
            Self::Split(value, by) => {
                let texts = value.of(row)?.texts();
                cell(texts.iter().flat_map(|text| text.split(by)).map(str::to_owned).collect())
            }
            Self::Append(values, list) => {
                let values = values.iter().filter_map(|value| value.of(row));
                cell(values.chain(list.of(row)).flat_map(|value| value.texts()).collect())
            }
            Self::Of(name, list) => {
                let mut texts = list.of(row)?.texts();
                match *name {
                    "mvsort" => texts.sort(),
                    "mvreverse" => texts.reverse(),
                    _ => {
                        let mut seen: Vec<String> = Vec::new();
                        texts.retain(|text| {
                            let new = !seen.contains(text);
                            seen.push(text.clone());
                            new
                        });
                    }
                }
                cell(texts)
            }
            Self::Slice(list, from, to) => {
                let list = list.of(row)?;
                let count = i32::try_from(list.texts().len()).expect("short");
                let place = |at: i32| if at < 0 { at + count } else { at };
                let wanted = place(*from)..=place(*to);
                let texts = list.texts().into_iter().zip(0..);
                cell(texts.filter(|(_, at)| wanted.contains(at)).map(|(text, _)| text).collect())
            }
            Self::Filter(name, condition) => {
                let kept =
                    one_by_one(row, name)?.into_iter().filter(|(_, row)| condition.of(row) == Some(true));
                cell(kept.map(|(text, _)| text).collect())
            }
            Self::Map(name, value) => {
                let made = one_by_one(row, name)?.into_iter().filter_map(|(_, row)| value.of(&row));
                cell(made.flat_map(|value| value.texts()).collect())
            }
            Self::Zip(left, right) => {
                let (left, right) = (left.of(row)?.texts(), right.of(row)?.texts());
                cell(left.iter().zip(right).map(|(left, right)| format!("{left}/{right}")).collect())
            }
        }
    }
}

/// The row with each value of a field in turn.
fn one_by_one(row: &Row, name: &str) -> Option<Vec<(String, Row)>> {
    let with = |text: &String| {
        let mut row = row.clone();
        row.insert(name.to_owned(), Cell::Text(text.clone()));
        (text.clone(), row)
    };
    Some(row.get(name)?.texts().iter().map(with).collect())
}

impl Condition {
    fn of(&self, row: &Row) -> Option<bool> {
        match self {
            Self::Compare(sign, left, right) => compare(sign, left.of(row), right.of(row)),
            Self::And(left, right) => match (left.of(row), right.of(row)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(left, right) => match (left.of(row), right.of(row)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Self::Xor(left, right) => Some(left.of(row)? != right.of(row)?),
            Self::Not(inner) => inner.of(row).map(|value| !value),
            Self::IsNull(value) => Some(value.of(row).is_none()),
            Self::IsNotNull(value) => Some(value.of(row).is_some()),
            Self::IsNumber(value) => Some(value.of(row).is_some_and(|value| value.number().is_some())),
            Self::Like(value, wanted) => Some(value.of(row)?.texts().iter().any(|text| like(text, wanted))),
            Self::Match(value, wanted) => {
                Some(value.of(row)?.texts().iter().any(|text| pattern(wanted).is_match(text)))
            }
            Self::In(value, words) => {
                let value = value.of(row)?;
                let equals = |word: &String| {
                    compare("=", Some(value.clone()), Some(Cell::Text(word.clone()))) == Some(true)
                };
                Some(words.iter().any(equals))
            }
        }
    }
}

impl Search {
    fn of(&self, row: &Row) -> bool {
        match self {
            Self::Compare(field, sign, wanted) => {
                let Some(value) = row.get(field) else { return false };
                let same = |text: &str| match value {
                    Cell::Number(value) if number(wanted).is_some() => number(wanted) == Some(*value),
                    _ => found(text, wanted),
                };
                value.texts().iter().any(|text| match *sign {
                    "=" => same(text),
                    "!=" => !same(text),
                    _ => holds(sign, order(text, wanted)),
                })
            }
            Self::In(field, values) => {
                values.iter().any(|value| Self::Compare(field.clone(), "=", value.clone()).of(row))
            }
            Self::Exists(field) => row.contains_key(field),
            Self::And(items) => items.iter().all(|item| item.of(row)),
            Self::Or(items) => items.iter().any(|item| item.of(row)),
            Self::Not(inner) => !inner.of(row),
        }
    }
}

/// Whether a search finds a text: whatever the case, with stars.
fn found(text: &str, wanted: &str) -> bool {
    let parts: Vec<String> = wanted.split('*').map(regex::escape).collect();
    pattern(&format!("(?is)^{}$", parts.join(".*"))).is_match(text)
}

/// Runs a pipeline over rows that come newest first.
pub fn run(commands: &[Command], events: &[Row], all: &[String]) -> Vec<Row> {
    let rows = commands.iter().fold(events.to_vec(), |rows, command| command.over(rows, events, all));
    rows.into_iter().map(|row| only(row, all)).collect()
}

fn only(mut row: Row, names: &[String]) -> Row {
    row.retain(|name, _| names.contains(name));
    row
}

impl Command {
    #[allow(clippy::too_many_lines)] // one obvious match over the commands, to be read beside their documentation
    fn over(&self, mut rows: Vec<Row>, events: &[Row], all: &[String]) -> Vec<Row> {
        match self {
            Self::Search(search) => rows.retain(|row| search.of(row)),
            Self::Subsearch(negated, search, field) => {
                let found =
                    events.iter().filter(|event| search.of(event)).filter_map(|event| event.get(field));
                let values: Vec<String> = found.flat_map(Cell::texts).collect();
                let listed = Search::In(field.clone(), values);
                rows.retain(|row| listed.of(row) != *negated);
            }
            Self::Where(condition) => rows.retain(|row| condition.of(row) == Some(true)),
            Self::Eval(name, value) => rows.iter_mut().for_each(|row| set(row, name, value.of(row))),
            Self::EvalList(name, list) => rows.iter_mut().for_each(|row| set(row, name, list.of(row))),
            Self::Stats(calls, by) => return stats(&rows, calls, by),
            Self::EventStats(calls, by) => {
                let before = rows.clone();
                for row in rows.iter_mut().filter(|row| by.iter().all(|name| row.contains_key(name))) {
                    let group: Vec<Row> =
                        before.iter().filter(|other| same_group(row, other, by)).cloned().collect();
                    for call in calls {
                        let value = call.of(&group);
                        set(row, &call.name, value);
                    }
                }
                clear_ungrouped(&mut rows, calls, by);
            }
            Self::StreamStats(calls, by) => {
                let before = rows.clone();
                for (at, row) in rows.iter_mut().enumerate() {
                    if !by.iter().all(|name| row.contains_key(name)) {
                        continue;
                    }
                    let seen = before[..=at].iter();
                    let group: Vec<Row> = seen.filter(|other| same_group(row, other, by)).cloned().collect();
                    for call in calls {
                        let value = call.of(&group);
                        set(row, &call.name, value);
                    }
                }
                clear_ungrouped(&mut rows, calls, by);
            }
            Self::Dedup(count, by) => {
                let mut seen: Vec<Vec<String>> = Vec::new();
                rows.retain(|row| {
                    let key: Option<Vec<String>> =
                        by.iter().map(|name| Some(row.get(name)?.text())).collect();
                    let Some(key) = key else { return false };
                    seen.push(key.clone());
                    seen.iter().filter(|known| **known == key).count() <= *count
                });
            }
            Self::Sort(count, keys) => {
                sort(&mut rows, keys);
                if *count > 0 {
                    rows.truncate(*count);
                }
            }
            Self::Head(count) => rows.truncate(*count),
            Self::Reverse => rows.reverse(),
            Self::Table(fields) => return rows.into_iter().map(|row| only(row, fields)).collect(),
            Self::FieldsMinus(fields) => {
                rows.iter_mut().for_each(|row| row.retain(|name, _| !fields.contains(name)));
            }
            Self::Rename(from, to) => {
                for row in &mut rows {
                    let value = row.remove(from);
                    set(row, to, value);
                }
            }
            Self::FillNull(value, fields) => {
                for row in &mut rows {
                    for field in fields {
                        row.entry(field.clone()).or_insert_with(|| Cell::Text(value.clone()));
                    }
                }
            }
            Self::Expand(field) => {
                let split = |row: Row| match one_by_one(&row, field) {
                    Some(split) => split.into_iter().map(|(_, row)| row).collect(),
                    None => vec![row],
                };
                return rows.into_iter().flat_map(split).collect();
            }
            Self::Extract(from, wanted, to) => {
                let wanted = pattern(&wanted.replace("NAME", to));
                for row in &mut rows {
                    let text = row.get(from).map(Cell::text);
                    let captured = text.as_ref().and_then(|text| wanted.captures(text)?.name(to));
                    if let Some(found) = captured {
                        set(row, to, Some(Cell::Text(found.as_str().to_owned())));
                    }
                }
            }
            Self::MakeList(field, by) => {
                for row in &mut rows {
                    let Some(value) = row.get(field) else { continue };
                    let texts = value.text();
                    let parts = texts.split(by).filter(|part| !part.is_empty()).map(str::to_owned).collect();
                    set(row, field, cell(parts));
                }
            }
            Self::Top(most, count, by) => return top(&rows, *most, *count, by),
            Self::Append(search) => {
                let added = events.iter().filter(|row| search.of(row)).cloned();
                rows = rows.into_iter().chain(added).map(|row| only(row, all)).collect();
                let keys: Vec<(bool, &str, String)> =
                    all.iter().map(|name| (false, "", name.clone())).collect();
                sort(&mut rows, &keys);
            }
            Self::Join(left, key, search, brings) => {
                let partners: Vec<&Row> = events.iter().filter(|row| search.of(row)).collect();
                rows = rows.into_iter().map(|row| only(row, all)).collect();
                rows.retain_mut(|row| {
                    let value = row.get(key).map(Cell::text);
                    let partner = value.and_then(|value| {
                        partners
                            .iter()
                            .find(|other| other.get(key).is_some_and(|found| found.text() == value))
                    });
                    set(row, "e1", partner.and_then(|partner| partner.get(brings).cloned()));
                    *left || partner.is_some()
                });
            }
        }
        rows
    }
}

fn set(row: &mut Row, name: &str, value: Option<Cell>) {
    match value {
        Some(value) => row.insert(name.to_owned(), value),
        None => row.remove(name),
    };
}

/// Rows without a field to group by have no aggregate.
fn clear_ungrouped(rows: &mut [Row], calls: &[Aggregation], by: &[String]) {
    for row in rows.iter_mut().filter(|row| !by.iter().all(|name| row.contains_key(name))) {
        calls.iter().for_each(|call| set(row, &call.name, None));
    }
}

fn same_group(left: &Row, right: &Row, by: &[String]) -> bool {
    by.iter().all(|name| {
        left.get(name).map(Cell::text) == right.get(name).map(Cell::text) && right.contains_key(name)
    })
}
