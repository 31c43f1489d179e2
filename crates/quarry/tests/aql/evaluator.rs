//! Conditions over one record, slow and simple. It shares the reading of the text with the language,
//! but neither its plans nor its functions.

use quarry_aql::syntax::{Comparison, Expression, ExpressionKind, PatternOperator};

use super::record::Record;

/// A value of a column or constant.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Null,
    Number(i64),
    Text(String),
}

impl Value {
    fn text(self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Number(number) => Some(number.to_string()),
            Self::Text(text) => Some(text),
        }
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

/// The records that a query without groups selects.
pub fn selected<'r>(query: &str, records: &'r [Record]) -> Vec<&'r Record> {
    let statement = quarry_aql::parse(query).statement.unwrap_or_else(|| panic!("no statement: {query}"));
    let predicate = statement.predicate.as_ref();
    let holds = |record: &&Record| predicate.is_none_or(|wanted| truth(wanted, record) == Some(true));
    records.iter().filter(holds).collect()
}

/// Three-valued: none is unknown.
fn truth(condition: &Expression, record: &Record) -> Option<bool> {
    match &condition.kind {
        ExpressionKind::And(items) => {
            let all: Vec<Option<bool>> = items.iter().map(|item| truth(item, record)).collect();
            if all.contains(&Some(false)) {
                Some(false)
            } else {
                all.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
            }
        }
        ExpressionKind::Or(items) => {
            let all: Vec<Option<bool>> = items.iter().map(|item| truth(item, record)).collect();
            if all.contains(&Some(true)) {
                Some(true)
            } else {
                all.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
            }
        }
        ExpressionKind::Not(inner) => truth(inner, record).map(|holds| !holds),
        ExpressionKind::Compare { operator: Comparison::Equal, left, right } => {
            equal(value(left, record), value(right, record))
        }
        ExpressionKind::In { negated, value: left, list } => {
            let left = value(left, record);
            let found: Vec<Option<bool>> =
                list.iter().map(|item| equal(left.clone(), value(item, record))).collect();
            let found = if found.contains(&Some(true)) {
                Some(true)
            } else {
                found.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
            };
            found.map(|found| found != *negated)
        }
        ExpressionKind::Pattern { operator: PatternOperator::Like, negated, value: left, patterns } => {
            let text = value(left, record).text()?;
            let pattern = value(patterns.first()?, record).text()?;
            Some(like(&text, &pattern) != *negated)
        }
        other => panic!("not read here: {other:?}"),
    }
}

fn equal(left: Value, right: Value) -> Option<bool> {
    Some(left.text()? == right.text()?)
}

fn value(expression: &Expression, record: &Record) -> Value {
    match &expression.kind {
        ExpressionKind::Text(text) => Value::Text(text.clone()),
        ExpressionKind::Integer(number) => Value::Number(*number),
        ExpressionKind::Name(name) => column(&name.text, record),
        ExpressionKind::Call(call) => {
            let argument = &call.arguments[0];
            match (call.name.text.to_uppercase().as_str(), &argument.kind) {
                ("LOWER", ExpressionKind::Call(inner)) if inner.name.text.eq_ignore_ascii_case("UTF8") => {
                    Value::Text(record.lower.clone())
                }
                ("LOWER", _) => value(argument, record).text().map(|text| text.to_lowercase()).into(),
                ("UTF8", _) => value(argument, record),
                ("QIDNAME", _) => record.name().into(),
                (other, _) => panic!("not read here: {other}"),
            }
        }
        other => panic!("not read here: {other:?}"),
    }
}

fn column(name: &str, record: &Record) -> Value {
    match name {
        "payload" => Value::Text(record.payload.clone()),
        "devicetype" => Value::Number(record.device_type()),
        _ => record.property(name).into(),
    }
}

/// `%` is any run, `_` one character.
fn like(text: &str, pattern: &str) -> bool {
    if pattern.contains('_') {
        like_letters(text.as_bytes(), pattern.as_bytes())
    } else {
        like_runs(text, pattern)
    }
}

/// Without `_`: the runs stand one after another, the first at the start, the last at the end.
fn like_runs(text: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('%') else { return text == pattern };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut runs: Vec<&str> = rest.split('%').collect();
    let last = runs.pop().unwrap_or_default();
    for run in runs {
        let Some(at) = text.find(run) else { return false };
        text = &text[at + run.len()..];
    }
    text.ends_with(last)
}

/// Letter by letter. Bytes will do: what `_` stands for in these queries is never one of several bytes.
fn like_letters(text: &[u8], pattern: &[u8]) -> bool {
    let (mut at, mut next) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(next) {
            Some(b'%') => {
                retry = Some((next + 1, at));
                next += 1;
            }
            Some(letter) if *letter == b'_' || *letter == text[at] => {
                at += 1;
                next += 1;
            }
            _ => match retry {
                Some((pattern_from, text_from)) => {
                    retry = Some((pattern_from, text_from + 1));
                    (next, at) = (pattern_from, text_from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[next..].iter().all(|letter| *letter == b'%')
}
