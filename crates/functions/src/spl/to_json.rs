//! `tojson`: fields and their values as a JSON object.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Returns;
use serde_json::Value;

use crate::base::Literal::{Bool, List, Null, Num, Text};
use crate::base::{Call, Cell, Function, parse_number};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_to_json",
    signature: "tojson(<fill>, <name>, <kind>, <value>, ...)",
    meaning: "A JSON object of names and values; a kind says what a value becomes. Fields without a value are left out; \
              a value that its kind does not fit is too, or is null if `fill`.",
    source: "Splunk search reference, tojson",
    examples: &[
        (
            &[
                Bool(false),
                Text("a"),
                Text("none"),
                Text("1"),
                Text("b"),
                Text("none"),
                Text("true"),
                Text("c"),
                Text("none"),
                Null,
            ],
            Text(r#"{"a":1,"b":"true"}"#),
        ),
        (
            &[
                Bool(false),
                Text("a"),
                Text("auto"),
                Text("true"),
                Text("b"),
                Text("auto"),
                Text(r#"{"x":[1]}"#),
            ],
            Text(r#"{"a":true,"b":{"x":[1]}}"#),
        ),
        (
            &[
                Bool(false),
                Text("a"),
                Text("bool"),
                Text("No"),
                Text("b"),
                Text("bool"),
                Text("2"),
                Text("c"),
                Text("bool"),
                Text("x"),
            ],
            Text(r#"{"a":false,"b":true}"#),
        ),
        (
            &[Bool(true), Text("a"), Text("json"), Text("{"), Text("b"), Text("num"), Text("x")],
            Text(r#"{"a":null,"b":null}"#),
        ),
        (
            &[Bool(false), Text("a"), Text("str"), Num(1.0), Text("b"), Text("num"), List(&["1", "x", "2"])],
            Text(r#"{"a":"1","b":[1,2]}"#),
        ),
        (&[Bool(false), Text("a"), Text("none"), Text("007")], Text(r#"{"a":"007"}"#)),
    ],
    arity: (1, usize::MAX),
    result: Returns::TEXT,
    evaluate: to_json,
    uses_now: false,
    law: None,
}];

fn to_json(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let fill = row.cell(0).boolean().unwrap_or(false);
        let mut members = Vec::new();
        for at in (1..row.len()).step_by(3) {
            let (Some(name), Some(kind)) = (row.text(at), row.text(at + 1)) else { continue };
            if let Some(value) = member(row.cell(at + 2), &kind, fill) {
                members.push(format!("{}:{value}", Value::from(name.as_ref())));
            }
        }
        Some(Cow::Owned(format!("{{{}}}", members.join(","))))
    })
}

/// The value of a member as JSON; several values are an array.
fn member(cell: Cell<'_>, kind: &str, fill: bool) -> Option<String> {
    let written = |text: &str| typed(text, kind).or_else(|| fill.then(|| "null".to_owned()));
    let values: Vec<Cow<'_, str>> = cell.values().collect();
    match values.as_slice() {
        [] => None,
        [one] => written(one),
        several => {
            let items: Vec<String> = several.iter().filter_map(|text| written(text)).collect();
            (!items.is_empty()).then(|| format!("[{}]", items.join(",")))
        }
    }
}

/// A value as JSON; none if the kind does not fit it.
fn typed(text: &str, kind: &str) -> Option<String> {
    let quoted = || Value::from(text).to_string();
    match kind {
        "str" => Some(quoted()),
        "num" => number(text).or_else(|| parse_number(text.trim()).map(crate::number_text)),
        "json" => json(text),
        "bool" => truth(text).map(|truth| truth.to_string()),
        "auto" => Some(json(text).unwrap_or_else(quoted)),
        _ => Some(number(text).unwrap_or_else(quoted)),
    }
}

/// A number as written; what JSON would not read as one, such as `007`, is none.
fn number(text: &str) -> Option<String> {
    serde_json::from_str::<serde_json::Number>(text)
        .ok()
        .filter(|_| text.trim() == text)
        .map(|_| text.to_owned())
}

fn json(text: &str) -> Option<String> {
    number(text).or_else(|| serde_json::from_str::<Value>(text).ok().map(|value| value.to_string()))
}

fn truth(text: &str) -> Option<bool> {
    if let Some(number) = parse_number(text) {
        return Some(number != 0.0);
    }
    match text.to_lowercase().as_str() {
        "true" | "t" | "yes" => Some(true),
        "false" | "f" | "no" => Some(false),
        _ => None,
    }
}
