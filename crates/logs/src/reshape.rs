//! Records under another product's names, back under those of their own log.

use quarry_views::{Reshape, ReshapedMember};
use serde_json::{Map, Value};

use crate::table::insert;

/// Rows in texts are read to this depth.
const DEPTH: usize = 16;

/// The record with its log's own names; what has none there keeps its name.
pub(crate) fn reshaped(record: &str, shape: &Reshape) -> Option<String> {
    let Ok(Value::Object(mut record)) = serde_json::from_str(record) else { return None };
    for value in record.values_mut() {
        unfold(value);
    }
    let mut made = Map::new();
    for ReshapedMember { target, sources, constant } in &shape.members {
        let found = sources.iter().find_map(|source| find(&record, source));
        if let Some(value) = found.or_else(|| constant.clone().map(Value::String)) {
            insert(&mut made, target, value);
        }
    }
    let sources = || shape.members.iter().flat_map(|member| &member.sources);
    if !sources().any(|source| source == ".") {
        let is_named = |name: &str| sources().any(|source| first_name(&record, source) == name);
        let rest: Vec<&String> = record.keys().filter(|name| !is_named(name)).collect();
        for name in rest {
            if let Some(value) = record.get(name).filter(|value| is_there(value)) {
                made.entry(name.as_str()).or_insert_with(|| value.clone());
            }
        }
    }
    serde_json::to_string(&made).ok()
}

/// The member that a path begins with: names may have dots themselves.
fn first_name<'p>(record: &Map<String, Value>, path: &'p str) -> &'p str {
    if record.contains_key(path) { path } else { path.split('.').next().unwrap_or(path) }
}

fn find(record: &Map<String, Value>, path: &str) -> Option<Value> {
    if path == "." {
        return Some(Value::Object(record.clone()));
    }
    let value = match record.get(path) {
        Some(value) => value,
        None => {
            let (first, rest) = path.split_once('.')?;
            return find(record.get(first)?.as_object()?, rest);
        }
    };
    is_there(value).then(|| {
        let mut value = value.clone();
        unfold(&mut value);
        value
    })
}

fn is_there(value: &Value) -> bool {
    !value.is_null() && value.as_str() != Some("")
}

/// Makes a text that holds JSON, or a row as Athena writes it, what it holds.
fn unfold(value: &mut Value) {
    let Value::String(text) = &*value else { return };
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return;
    }
    let read = serde_json::from_str(text).ok().or_else(|| {
        let mut rest = text;
        row(&mut rest, 0).filter(|_| rest.trim().is_empty())
    });
    if let Some(read) = read {
        *value = read;
    }
}

/// `{name=value, other={name=value}, list=[a, b]}`: values have no quotes, so one with a comma in it ends early and
/// its rest belongs to it.
fn row(rest: &mut &str, depth: usize) -> Option<Value> {
    let inner = rest.trim_start();
    if depth > DEPTH {
        return None;
    }
    if let Some(inner) = inner.strip_prefix('[') {
        *rest = inner;
        let mut values = Vec::new();
        loop {
            values.push(row(rest, depth + 1)?);
            match rest.chars().next()? {
                ']' => {
                    *rest = rest.get(1..)?;
                    return Some(Value::Array(values));
                }
                _ => *rest = rest.get(1..)?,
            }
        }
    }
    if let Some(inner) = inner.strip_prefix('{') {
        *rest = inner;
        let mut members = Map::new();
        loop {
            let (name, behind) = rest.split_once('=')?;
            *rest = behind;
            let value = row(rest, depth + 1)?;
            members.insert(name.trim().to_owned(), value);
            match rest.chars().next()? {
                '}' => {
                    *rest = rest.get(1..)?;
                    return Some(Value::Object(members));
                }
                _ => *rest = rest.get(1..)?,
            }
        }
    }
    Some(scalar(rest))
}

/// A value up to the comma before the next name, or to the end of its row.
fn scalar(rest: &mut &str) -> Value {
    let is_next = |behind: &str| {
        let name = behind.split(['=', ',', '}', ']']).next().unwrap_or_default();
        behind.get(name.len()..).is_some_and(|after| after.starts_with('=')) && !name.trim().contains(' ')
    };
    let end = rest.char_indices().find(|(place, character)| match character {
        '}' | ']' => true,
        ',' => rest.get(place + 1..).is_some_and(is_next),
        _ => false,
    });
    let end = end.map_or(rest.len(), |(place, _)| place);
    let (text, behind) = rest.split_at(end);
    *rest = behind;
    match text.trim() {
        "" | "null" => Value::Null,
        text => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_athena_become_objects() {
        let read = |text: &str| {
            let mut value = Value::String(text.to_owned());
            unfold(&mut value);
            value.to_string()
        };
        let row =
            "{type=IAMUser, arn=arn:aws:iam::1:user/a, sessioncontext={attributes={mfa=false}}, x=null}";
        let made = r#"{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","sessioncontext":{"attributes":{"mfa":"false"}},"x":null}"#;
        assert_eq!(read(row), made);
        assert_eq!(read("[{arn=a, type=b}, {arn=c}]"), r#"[{"arn":"a","type":"b"},{"arn":"c"}]"#);
        assert_eq!(read("{a=x, y and z, b=1}"), r#"{"a":"x, y and z","b":"1"}"#);
        assert_eq!(read("{not a row"), r#""{not a row""#);
        assert_eq!(read(r#"{"a":1}"#), r#"{"a":1}"#);
    }
}
