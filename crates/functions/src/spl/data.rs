//! JSON: `spath` and the `json_` functions.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Law, Returns, Type};
use serde_json::{Map, Value};

use super::source::{JSON, TEXT};
use crate::base::Literal::{Bool, List, Null, Num, Text};
use crate::base::{Call, Cell, Example, Function, Memo, Row};
use crate::json::{follow, parse_path, text};
use crate::xml::{Document, follow_location};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function {
        source: TEXT,
        ..row(
            "spl_spath",
            "spath(<value>, <path>)",
            "What a path leads to in JSON or XML text; a list where the path has `{}`. Null leaves of JSON read as the word; elements of XML are counted from 1.",
            (2, 2),
            Returns::ListByPath,
            spath,
            &[
                (&[Text(r#"{"a":{"b":"x"}}"#), Text("a.b")], Text("x")),
                (&[Text(r#"{"a":[{"b":1},{"b":2}]}"#), Text("a{}.b")], List(&["1", "2"])),
                (&[Text(r#"{"a":[{"b":1},{"b":2}]}"#), Text("a{1}.b")], Text("2")),
                (&[Text(r#"{"a":[1,2]}"#), Text("a")], Text("[1,2]")),
                (&[Text(r#"{"a":null}"#), Text("a")], Text("null")),
                (&[Text(r#"{"a.b":true}"#), Text("a.b")], Text("true")),
                (&[Text("{}"), Text("a")], Null),
                (&[Text("no json"), Text("a")], Null),
                (&[Text("<a><b>x</b><b k='v'>y</b></a>"), Text("a.b{2}")], Text("y")),
                (&[Text("<a><b>x</b><b k='v'>y</b></a>"), Text("a.b{@k}")], Text("v")),
                (&[Text("<a><b>x</b><b>y</b></a>"), Text("a.b{}")], List(&["x", "y"])),
                (&[Text("<?xml version='1.0'?><a><b>x</b></a>"), Text("a")], Text("<b>x</b>")),
            ],
        ).with_law(Law::TakesApart)
    },
    row(
        "spl_json_extract",
        "json_extract(<json>, <paths>)",
        "What one path leads to, or an array of what several lead to.",
        (1, usize::MAX),
        Returns::TEXT,
        extract,
        &[
            (&[Text(r#"{"a":{"b":"x"}}"#), Text("a.b")], Text("x")),
            (&[Text(r#"{"a":[{"b":1},{"b":2}]}"#), Text("a{}.b")], Text("[1,2]")),
            (&[Text(r#"{"a":1,"b":"x"}"#), Text("a"), Text("b")], Text(r#"[1,"x"]"#)),
            (&[Text(r#"{"a":1}"#)], Text(r#"{"a":1}"#)),
            (&[Text(r#"{"a":1}"#), Text("c")], Null),
            (&[Text(r#"{"a":null}"#), Text("a")], Null),
        ],
    ).with_law(Law::TakesApart),
    row(
        "spl_json_valid",
        "json_valid(<json>)",
        "Whether a text is JSON.",
        (1, 1),
        Returns::BOOLEAN,
        valid,
        &[(&[Text("[1]")], Bool(true)), (&[Text("[1")], Bool(false)), (&[Null], Null)],
    ),
    row(
        "spl_json_object",
        "json_object(<members>)",
        "An object of names and values in turn.",
        (0, usize::MAX),
        Returns::TEXT,
        object,
        &[
            (&[Text("a"), Num(1.0), Text("b"), Text("x")], Text(r#"{"a":1,"b":"x"}"#)),
            (&[Text("a"), Text(r#"{"b":2}"#)], Text(r#"{"a":{"b":2}}"#)),
            (&[], Text("{}")),
        ],
    ),
    row(
        "spl_json_array",
        "json_array(<values>)",
        "An array of the values.",
        (0, usize::MAX),
        Returns::TEXT,
        array,
        &[
            (&[Text("a"), Num(1.0), Bool(true), Null], Text(r#"["a",1,true,null]"#)),
            (&[List(&["x", "y"])], Text(r#"[["x","y"]]"#)),
        ],
    ),
    row(
        "spl_json_keys",
        "json_keys(<json>)",
        "The names of an object's members as a JSON array.",
        (1, 1),
        Returns::TEXT,
        keys,
        &[(&[Text(r#"{"b":1,"a":2}"#)], Text(r#"["b","a"]"#)), (&[Text("[1]")], Null)],
    ).with_law(Law::TakesApart),
    row(
        "spl_json_array_to_mv",
        "json_array_to_mv(<json_array>, <keep_quotes>)",
        "The elements of a JSON array.",
        (1, 2),
        Returns::LIST,
        to_list,
        &[
            (&[Text(r#"["a",1]"#)], List(&["a", "1"])),
            (&[Text(r#"["a",1]"#), Bool(true)], List(&["\"a\"", "1"])),
            (&[Text("{}")], Null),
        ],
    ).with_law(Law::TakesApart),
];

/// A row of the JSON functions.
pub(super) const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    arity: (usize, usize),
    result: Returns,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: JSON,
        examples,
        arity,
        result,
        evaluate,
        uses_now: false,
        law: None,
    }
}

pub(super) fn parsed(row: Row<'_>) -> Option<Value> {
    serde_json::from_str(&row.text(0)?).ok()
}

fn spath(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    if call.result == Type::TextList {
        return call.lists(|row| {
            let written = row.text(1)?;
            let path = memo.get(&written, parse_path).as_deref();
            let mut found = Vec::new();
            for document in row.cell(0).values() {
                if let Some(values) = markup(&document, &written) {
                    found.extend(values.into_iter().map(Cow::Owned));
                } else if let (Some(path), Ok(value)) = (path, serde_json::from_str::<Value>(&document)) {
                    found.extend(follow(&value, path).into_iter().map(|leaf| Cow::Owned(text(leaf))));
                }
            }
            Some(found)
        });
    }
    call.texts(|row| {
        let written = row.text(1)?;
        if let Some(values) = markup(&row.text(0)?, &written) {
            return (!values.is_empty()).then(|| Cow::Owned(values.join("\n")));
        }
        let path = memo.get(&written, parse_path).as_deref()?;
        let value = parsed(row)?;
        follow(&value, path).first().map(|leaf| Cow::Owned(text(leaf)))
    })
}

/// What a path leads to in XML; none if the text is none.
fn markup(text: &str, path: &str) -> Option<Vec<String>> {
    let document = text.trim_start().starts_with('<').then(|| Document::read(text))?;
    Some(follow_location(&document, path).unwrap_or_default())
}

fn extract(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.texts(|row| {
        let value = parsed(row)?;
        let mut one = |cell: Cell<'_>| -> Option<Value> {
            let path = cell.text()?;
            let found = follow(&value, memo.get(&path, parse_path).as_deref()?);
            if path.contains("{}") {
                return (!found.is_empty()).then(|| found.into_iter().cloned().collect());
            }
            found.first().copied().cloned()
        };
        let result = match row.len() {
            1 => value.clone(),
            2 => one(row.cell(1))?,
            _ => row.cells(1).map(|cell| one(cell).unwrap_or(Value::Null)).collect(),
        };
        native(&result)
    })
}

/// A JSON value as a field's: null is no value.
pub(super) fn native(value: &Value) -> Option<Cow<'static, str>> {
    (!value.is_null()).then(|| Cow::Owned(text(value)))
}

fn valid(call: &Call<'_>) -> ArrayRef {
    call.booleans(|row| Some(serde_json::from_str::<Value>(&row.text(0)?).is_ok()))
}

/// A cell as JSON. Text that is an object or an array itself is taken as such, so that calls nest.
pub(super) fn value(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Boolean(value) => Value::Bool(value),
        Cell::Integer(value) => Value::from(value),
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => Value::from(number as i64),
        Cell::Number(number) => Value::from(number),
        Cell::Timestamp(_) => cell.number().map_or(Value::Null, |seconds| value(Cell::Number(seconds))),
        Cell::Typed(typed) => {
            serde_json::from_str(&crate::waist::json_of(&typed.value())).unwrap_or(Value::Null)
        }
        Cell::List(list) => list.iter().map(Value::from).collect(),
        Cell::Text(text) if text.starts_with(['{', '[']) => {
            serde_json::from_str(text).unwrap_or_else(|_| text.into())
        }
        Cell::Text(text) => text.into(),
    }
}

fn object(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let mut members = Map::new();
        for position in (0..row.len()).step_by(2) {
            members.insert(row.text(position)?.into_owned(), value(row.cell(position + 1)));
        }
        Some(Cow::Owned(Value::Object(members).to_string()))
    })
}

fn array(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| Some(Cow::Owned(row.cells(0).map(value).collect::<Value>().to_string())))
}

fn keys(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| match parsed(row)? {
        Value::Object(members) => {
            Some(Cow::Owned(members.keys().map(String::as_str).collect::<Value>().to_string()))
        }
        _ => None,
    })
}

fn to_list(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| {
        let keep = row.cell(1).boolean().unwrap_or(false);
        let Value::Array(elements) = parsed(row)? else {
            return None;
        };
        let shown = |element: &Value| Cow::Owned(if keep { element.to_string() } else { text(element) });
        Some(elements.iter().map(shown).collect())
    })
}
