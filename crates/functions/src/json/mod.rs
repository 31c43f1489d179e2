//! Paths into JSON, as SPL writes them: `a.b{}.c{0}`.

mod slice;

use serde_json::Value;

pub(crate) use slice::{element, is_valid, items, member, plain};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// The member of an object.
    Member(String),
    /// Every element of an array.
    Every,
    /// One element of an array, from 0.
    Element(usize),
}

/// Reads a path; none if a brace stays open or holds no number.
pub(crate) fn parse_path(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (name, mut rest) = part.split_at(part.find('{').unwrap_or(part.len()));
        if !name.is_empty() {
            steps.push(Step::Member(name.trim_matches('\'').to_owned()));
        }
        while let Some(open) = rest.strip_prefix('{') {
            let (index, left) = open.split_once('}')?;
            steps.push(if index.is_empty() { Step::Every } else { Step::Element(index.parse().ok()?) });
            rest = left;
        }
        if !rest.is_empty() {
            return None;
        }
    }
    Some(steps)
}

/// Everything a path leads to, in document order. A member whose name holds dots is found too.
pub(crate) fn follow<'v>(value: &'v Value, path: &[Step]) -> Vec<&'v Value> {
    let Some((first, rest)) = path.split_first() else {
        return vec![value];
    };
    match (first, value) {
        (Step::Member(name), Value::Object(members)) => {
            if let Some(found) = members.get(name) {
                return follow(found, rest);
            }
            dotted(members, name, rest)
        }
        (Step::Every, Value::Array(elements)) => {
            elements.iter().flat_map(|element| follow(element, rest)).collect()
        }
        (Step::Element(index), Value::Array(elements)) => {
            elements.get(*index).map(|element| follow(element, rest)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn dotted<'v>(members: &'v serde_json::Map<String, Value>, name: &str, rest: &[Step]) -> Vec<&'v Value> {
    let mut joined = name.to_owned();
    for (count, step) in rest.iter().enumerate() {
        let Step::Member(next) = step else {
            break;
        };
        joined.push('.');
        joined.push_str(next);
        if let Some(found) = members.get(&joined) {
            return follow(found, &rest[count + 1..]);
        }
    }
    Vec::new()
}

/// What becomes of members on the way of a path that are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// They are made.
    IsMade,
    /// The path leads nowhere.
    IsLeft,
}

/// Calls `put` at the place a path leads to. Elements that are missing are not made.
pub(crate) fn change(value: &mut Value, path: &[Step], missing: Missing, put: &mut dyn FnMut(&mut Value)) {
    let Some((first, rest)) = path.split_first() else {
        return put(value);
    };
    match (first, value) {
        (Step::Member(name), Value::Object(members)) => {
            // A member made on the way is an object if the path goes on.
            let made = || if rest.is_empty() { Value::Null } else { Value::Object(serde_json::Map::new()) };
            if missing == Missing::IsMade || members.contains_key(name) {
                change(members.entry(name.as_str()).or_insert_with(made), rest, missing, put);
            }
        }
        (Step::Every, Value::Array(elements)) => {
            elements.iter_mut().for_each(|element| change(element, rest, missing, put));
        }
        (Step::Element(index), Value::Array(elements)) => {
            if let Some(element) = elements.get_mut(*index) {
                change(element, rest, missing, put);
            }
        }
        _ => {}
    }
}

/// Takes away what a path leads to.
pub(crate) fn remove(value: &mut Value, path: &[Step]) {
    let Some((first, rest)) = path.split_first() else { return };
    match (first, value) {
        (Step::Member(name), Value::Object(members)) if rest.is_empty() => {
            members.shift_remove(name);
        }
        (Step::Member(name), Value::Object(members)) => {
            if let Some(member) = members.get_mut(name) {
                remove(member, rest);
            }
        }
        (Step::Every, Value::Array(elements)) if rest.is_empty() => elements.clear(),
        (Step::Every, Value::Array(elements)) => {
            elements.iter_mut().for_each(|element| remove(element, rest));
        }
        (Step::Element(index), Value::Array(elements)) if *index < elements.len() => {
            if rest.is_empty() {
                elements.remove(*index);
            } else if let Some(element) = elements.get_mut(*index) {
                remove(element, rest);
            }
        }
        _ => {}
    }
}

/// A leaf as text (null as the word), an object or array as JSON.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
