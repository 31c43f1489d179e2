//! Changing JSON: `json_set`, `json_append`, `json_extend`, `json_delete` and the functions that take
//! names literally.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Law, Returns};
use serde_json::{Map, Value, json};

use super::data::{native, parsed, row, value};
use crate::base::Literal::{Bool, Null, Num, Text};
use crate::base::{Call, Function, Row};
use crate::json::{Missing, Step, change, parse_path, remove};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_json",
        "json(<value>)",
        "The text if it is JSON, else null.",
        (1, 1),
        Returns::TEXT,
        |call| call.texts(|row| parsed(row).and(row.text(0))),
        &[(&[Text("{\"a\":1}")], Text("{\"a\":1}")), (&[Text("{a}")], Null)],
    ).with_law(Law::TakesApart),
    row(
        "spl_json_set",
        "json_set(<json>, <path_value_pairs>)",
        "The JSON with a value put at each path, in place of what stands there.",
        (3, usize::MAX),
        Returns::TEXT,
        |call| edit(call, parse_path, Missing::IsMade, |place, new| *place = new),
        &[
            (&[Text(r#"{"a":1}"#), Text("a"), Num(2.0)], Text(r#"{"a":2}"#)),
            (&[Text(r#"{"a":{"b":[1,2]}}"#), Text("a.b{1}"), Text("x")], Text(r#"{"a":{"b":[1,"x"]}}"#)),
            (&[Text("{}"), Text("a.b"), Text("x"), Text("c"), Num(1.0)], Text(r#"{"a":{"b":"x"},"c":1}"#)),
            (&[Text("no json"), Text("a"), Num(2.0)], Null),
        ],
    ).with_law(Law::TakesApart),
    row(
        "spl_json_set_exact",
        "json_set_exact(<json>, <key_value_pairs>)",
        "As json_set, but dots and braces are part of the name.",
        (1, usize::MAX),
        Returns::TEXT,
        |call| edit(call, exact, Missing::IsMade, |place, new| *place = new),
        &[
            (&[Text(r#"{"a":{"b":1}}"#), Text("a.b"), Num(2.0)], Text(r#"{"a":{"b":1},"a.b":2}"#)),
            (&[Text(r#"{"a":1}"#)], Text(r#"{"a":1}"#)),
        ],
    ).with_law(Law::TakesApart),
    row(
        "spl_json_append",
        "json_append(<json>, <path_value_pairs>)",
        "The JSON with each value added, as one element, to what is at its path, made an array if it is none.",
        (3, usize::MAX),
        Returns::TEXT,
        |call| edit(call, parse_path, Missing::IsLeft, append),
        &[
            (&[Text(r#"{"a":[1]}"#), Text("a"), Num(2.0)], Text(r#"{"a":[1,2]}"#)),
            (&[Text(r#"{"a":[1]}"#), Text("a"), Text("[2,3]")], Text(r#"{"a":[1,[2,3]]}"#)),
            (&[Text(r#"{"a":1}"#), Text("a"), Num(2.0)], Text(r#"{"a":[1,2]}"#)),
            (&[Text(r#"{"a":1}"#), Text("b"), Num(2.0)], Text(r#"{"a":1}"#)),
        ],
    ).with_law(Law::TakesApart),
    row(
        "spl_json_extend",
        "json_extend(<json>, <path_value_pairs>)",
        "As json_append, but the elements of an array are added one by one.",
        (3, usize::MAX),
        Returns::TEXT,
        |call| edit(call, parse_path, Missing::IsLeft, extend),
        &[
            (&[Text(r#"{"a":[1]}"#), Text("a"), Text("[2,3]")], Text(r#"{"a":[1,2,3]}"#)),
            (&[Text(r#"{"a":[1]}"#), Text("a"), Num(2.0)], Text(r#"{"a":[1,2]}"#)),
        ],
    ).with_law(Law::TakesApart),
    row(
        "spl_json_delete",
        "json_delete(<json>, <keys>)",
        "The JSON without what each key or path leads to; an array holds several keys.",
        (2, usize::MAX),
        Returns::TEXT,
        delete,
        &[
            (&[Text(r#"{"a":1,"b":2,"c":3}"#), Text("a"), Text("c")], Text(r#"{"b":2}"#)),
            (&[Text(r#"{"a":{"b":1,"c":2}}"#), Text("a.b")], Text(r#"{"a":{"c":2}}"#)),
            (&[Text(r#"{"a.b":1}"#), Text("a.b")], Text(r#"{"a.b":1}"#)),
            (&[Text(r#"{"a":1,"b":2,"c":3}"#), Text(r#"["a","c"]"#)], Text(r#"{"b":2}"#)),
            (&[Text(r#"{"a":1}"#), Text("z")], Text(r#"{"a":1}"#)),
        ],
    ).with_law(Law::TakesApart),
    row(
        "spl_json_entries",
        "json_entries(<json>)",
        "The members of an object as an array of objects with `key` and `value`.",
        (1, 1),
        Returns::TEXT,
        entries,
        &[(&[Text(r#"{"a":1}"#)], Text(r#"[{"key":"a","value":1}]"#)), (&[Text("[1]")], Null)],
    ).with_law(Law::TakesApart),
    row(
        "spl_json_extract_exact",
        "json_extract_exact(<json>, <keys>)",
        "The member of a name, or an array of several; dots and braces are part of the name.",
        (1, usize::MAX),
        Returns::TEXT,
        extract_exact,
        &[
            (&[Text(r#"{"a.b":1,"a":{"b":2}}"#), Text("a.b")], Text("1")),
            (&[Text(r#"{"a":1,"b":"x"}"#), Text("a"), Text("b")], Text(r#"[1,"x"]"#)),
            (&[Text(r#"{"a":1}"#)], Text(r#"{"a":1}"#)),
            (&[Text(r#"{"a":1}"#), Text("z")], Null),
            (&[Text(r#"{"a":null}"#), Text("a")], Null),
        ],
    ).with_law(Law::TakesApart),
    row(
        "spl_json_has_key_exact",
        "json_has_key_exact(<json>, <key>)",
        "Whether an object has a member of exactly that name.",
        (2, 2),
        Returns::BOOLEAN,
        has_key,
        &[
            (&[Text(r#"{"a.b":1}"#), Text("a.b")], Bool(true)),
            (&[Text(r#"{"a":{"b":1}}"#), Text("a.b")], Bool(false)),
            (&[Text("no json"), Text("a")], Null),
        ],
    ).with_law(Law::TakesApart),
];

/// Applies `put` at the place of every path in turn with the value that follows it.
fn edit(
    call: &Call<'_>,
    read: fn(&str) -> Option<Vec<Step>>,
    missing: Missing,
    put: fn(&mut Value, Value),
) -> ArrayRef {
    call.texts(|row| {
        let mut document = parsed(row)?;
        for position in (1..row.len()).step_by(2) {
            let path = read(&row.text(position)?)?;
            let new = value(row.cell(position + 1));
            change(&mut document, &path, missing, &mut |place| put(place, new.clone()));
        }
        Some(Cow::Owned(document.to_string()))
    })
}

/// A name in which dots and braces are letters as others.
fn exact(name: &str) -> Option<Vec<Step>> {
    Some(vec![Step::Member(name.to_owned())])
}

fn append(place: &mut Value, new: Value) {
    match place {
        Value::Array(elements) => elements.push(new),
        single => *single = Value::Array(vec![single.take(), new]),
    }
}

fn extend(place: &mut Value, new: Value) {
    match (place, new) {
        (Value::Array(elements), Value::Array(more)) => elements.extend(more),
        (place, Value::Array(more)) => more.into_iter().for_each(|one| append(place, one)),
        (place, one) => append(place, one),
    }
}

fn delete(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let mut document = parsed(row)?;
        for key in row.cells(1).flat_map(|cell| cell.values()).flat_map(keys) {
            // A dot leads into a nested object, also where a name holds one.
            if let Some(path) = parse_path(&key).or_else(|| exact(&key)) {
                remove(&mut document, &path);
            }
        }
        Some(Cow::Owned(document.to_string()))
    })
}

/// The keys that a text names: those of a JSON array of texts, or itself.
fn keys(text: Cow<'_, str>) -> Vec<String> {
    serde_json::from_str(&text).unwrap_or_else(|_| vec![text.into_owned()])
}

fn object(row: Row<'_>) -> Option<Map<String, Value>> {
    match parsed(row)? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

fn entries(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let pairs = object(row)?.into_iter().map(|(key, value)| json!({ "key": key, "value": value }));
        Some(Cow::Owned(pairs.collect::<Value>().to_string()))
    })
}

fn extract_exact(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        if row.len() == 1 {
            return native(&parsed(row)?);
        }
        let members = object(row)?;
        let mut found = Vec::new();
        for cell in row.cells(1) {
            found.push(cell.text().and_then(|key| members.get(key.as_ref()).cloned()));
        }
        let result = match <[_; 1]>::try_from(found) {
            Ok([one]) => one?,
            Err(several) => several.into_iter().map(Option::unwrap_or_default).collect(),
        };
        native(&result)
    })
}

fn has_key(call: &Call<'_>) -> ArrayRef {
    call.booleans(|row| Some(object(row)?.contains_key(row.text(1)?.as_ref())))
}
