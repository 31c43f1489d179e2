//! A plain reading of signatures, paths and derivations over `serde_json`, slow and simple.
#![allow(dead_code)]

use quarry_plan::Value as Constant;
use quarry_views::{Derivation, LogFormats, Path, Signature, Step};
use serde_json::Value;

/// Every value a path leads to.
pub fn values<'v>(path: &Path, value: &'v Value) -> Vec<&'v Value> {
    let mut found = Vec::new();
    members(path, &path.text, value, &mut found);
    found
}

fn members<'v>(path: &Path, rest: &str, value: &'v Value, found: &mut Vec<&'v Value>) {
    let Value::Object(object) = value else { return };
    for (name, value) in object {
        if let Some(step) = path.enter(rest, name) {
            follow(path, step, value, found);
        }
    }
}

fn follow<'v>(path: &Path, step: Step<'_>, value: &'v Value, found: &mut Vec<&'v Value>) {
    match step {
        Step::End => found.push(value),
        Step::Member(rest) => members(path, rest, value, found),
        Step::Every(rest) => {
            for item in value.as_array().into_iter().flatten() {
                if let Some(step) = Path::after(rest) {
                    follow(path, step, item, found);
                }
            }
        }
        Step::Index(index, rest) => {
            if let (Some(item), Some(step)) = (value.get(index), Path::after(rest)) {
                follow(path, step, item, found);
            }
        }
    }
}

fn at<'v>(text: &str, value: &'v Value) -> Option<&'v Value> {
    values(&Path::new(text), value).into_iter().next()
}

/// Whether an object has a signature.
pub fn fits(signature: &Signature, value: &Value) -> bool {
    let has = |path: &String| at(path, value).is_some_and(|found| !found.is_null());
    let text = |path: &String| at(path, value).and_then(Value::as_str);
    let is = |path: &String, kind: &String| match at(path, value) {
        Some(Value::Object(_)) => kind == "object",
        Some(Value::Array(_)) => kind == "array",
        Some(Value::String(_)) => kind == "string",
        Some(Value::Number(_)) => kind == "number",
        _ => false,
    };
    signature.all.iter().all(has)
        && (signature.any.is_empty() || signature.any.iter().any(has))
        && !signature.none.iter().any(has)
        && signature.begins.iter().all(|(path, text)| {
            at(path, value).and_then(Value::as_str).is_some_and(|found| found.starts_with(text.as_str()))
        })
        && signature.values.iter().all(|(path, known)| {
            text(path).is_some_and(|found| known.iter().any(|known| known.eq_ignore_ascii_case(found)))
        })
        && signature
            .contains
            .iter()
            .all(|(path, part)| text(path).is_some_and(|found| found.to_ascii_lowercase().contains(part)))
        && signature.kinds.iter().all(|(path, kind)| is(path, kind))
}

/// What an object is: a log type's id, a foreign object's name, or nothing known.
pub fn classify<'f>(formats: &'f LogFormats, value: &Value) -> Option<&'f str> {
    let log_type = formats.log_types.iter().find(|known| known.signatures.iter().any(|one| fits(one, value)));
    let log_type = log_type.map(|known| known.id.as_str());
    log_type.or_else(|| {
        formats.foreign.iter().find(|known| fits(&known.signature, value)).map(|known| known.name.as_str())
    })
}

/// The texts a derivation gives; none is null.
pub fn derive(derivation: &Derivation, value: &Value) -> Vec<String> {
    match derivation {
        Derivation::Constant(constant) => constant_texts(constant),
        Derivation::Path(path) => values(path, value).into_iter().filter_map(text).collect(),
        Derivation::First(items) => {
            items.iter().map(|item| derive(item, value)).find(|found| !found.is_empty()).unwrap_or_default()
        }
        Derivation::Capture { from, pattern } => derive(from, value)
            .iter()
            .find_map(|text| {
                pattern.captures(text).and_then(|found| {
                    found.get(1).or_else(|| found.get(0)).map(|part| part.as_str().to_owned())
                })
            })
            .into_iter()
            .collect(),
        Derivation::Lookup { from, table } => {
            derive(from, value).iter().find_map(|key| table.get(key).map(str::to_owned)).into_iter().collect()
        }
        Derivation::At { names, pattern, from } => {
            let place = derive(names, value).iter().position(|name| pattern.is_match(name));
            place.and_then(|place| derive(from, value).get(place).cloned()).into_iter().collect()
        }
        Derivation::Number(from) => {
            derive(from, value).iter().map(|text| quarry_plan::name_number(text).to_string()).collect()
        }
        Derivation::Weekday(from) | Derivation::Punctuation(from) => {
            derive(from, value).into_iter().map(|_| "measured".to_owned()).collect()
        }
        // The record is in one line here, so that only whether there is a value can be said.
        Derivation::Offset { of, .. } => derive(of, value).into_iter().map(|_| "0".to_owned()).collect(),
        Derivation::Present { when, then } => {
            if derive(when, value).is_empty() {
                Vec::new()
            } else {
                derive(then, value)
            }
        }
        Derivation::If { when, pattern, then, otherwise } => {
            let holds = derive(when, value).iter().any(|text| pattern.is_match(text));
            derive(if holds { then } else { otherwise }, value)
        }
        Derivation::Concat(parts) => {
            let parts: Vec<Vec<String>> = parts.iter().map(|part| derive(part, value)).collect();
            if parts.iter().any(Vec::is_empty) { Vec::new() } else { vec![parts.concat().concat()] }
        }
        // Members of `serde_json` are sorted: only whether there is a value can be said.
        Derivation::Compact(from) => derive(from, value),
        Derivation::Members { from, .. } => {
            let found = derive(from, value);
            if found.is_empty() { vec!["{}".to_owned()] } else { found }
        }
        Derivation::Upper(from) => derive(from, value).iter().map(|text| text.to_uppercase()).collect(),
        Derivation::Lower(from) => derive(from, value).iter().map(|text| text.to_lowercase()).collect(),
        Derivation::EventTime => vec!["time".to_owned()],
        Derivation::Raw => vec![value.to_string()],
        Derivation::Object => vec!["object".to_owned()],
        Derivation::Record => vec!["0+0".to_owned()],
        Derivation::LogType => vec!["log type".to_owned()],
    }
}

fn constant_texts(constant: &Constant) -> Vec<String> {
    match constant {
        Constant::Null => Vec::new(),
        Constant::Text(text) => vec![text.clone()],
        Constant::TextList(texts) => texts.clone(),
        Constant::Integer(number) => vec![number.to_string()],
        Constant::Boolean(boolean) => vec![boolean.to_string()],
        other => vec![format!("{other:?}")],
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
