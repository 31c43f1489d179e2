//! Functions of JSON objects, and of JSON of any kind.

use arrow::array::ArrayRef;
use quarry_plan::{Returns, Type, Value};
use serde_json::{Map, Value as Json};

use super::{
    array::{array, item, of_array, text},
    dynamic, json, row,
    value::text_of,
};
use crate::base::{
    Call, Cell, Function,
    Literal::{Bool, Int, Null, Text},
    Row,
};

pub(crate) const FUNCTIONS: &[Function] = &[
    dynamic(
        "kql_parse_json",
        "parse_json(<text>)",
        "The JSON that a text is; a text that is none as a JSON text.",
        (1, 1),
        parsed,
        &[
            (&[Text("{\"a\": 1}")], json("{\"a\": 1}")),
            (&[Text("abc")], json("\"abc\"")),
            (&[Text("")], Null),
            (&[json("[1]")], json("[1]")),
        ],
    ),
    dynamic(
        "kql_bag_pack",
        "bag_pack(<name>, <value>, ...)",
        "An object of names and values.",
        (0, usize::MAX),
        |call| {
            of_bag(call, |row| {
                let mut all = Map::new();
                for place in (0..row.len()).step_by(2) {
                    all.insert(text_of(row.cell(place)).into_owned(), item(row.cell(place + 1)));
                }
                Some(all)
            })
        },
        &[(&[Text("a"), Int(1), Text("b.c"), Text("x")], json("{\"a\":1,\"b.c\":\"x\"}"))],
    ),
    dynamic(
        "kql_bag_keys",
        "bag_keys(<object>)",
        "The names of the members.",
        (1, 1),
        |call| of_array(call, |row| Some(bag(row.cell(0))?.keys().cloned().map(Json::String).collect())),
        &[(&[json("{\"a\":1,\"b\":2}")], json("[\"a\",\"b\"]")), (&[json("[1]")], Null)],
    ),
    dynamic(
        "kql_bag_merge",
        "bag_merge(<object>, ...)",
        "The members of all objects in one; of a name the first value stays.",
        (1, 64),
        |call| {
            of_bag(call, |row| {
                let mut all = Map::new();
                for (name, value) in row.cells(0).filter_map(bag).flatten() {
                    all.entry(name).or_insert(value);
                }
                Some(all)
            })
        },
        &[(&[json("{\"a\":1}"), json("{\"a\":2,\"b\":3}")], json("{\"a\":1,\"b\":3}"))],
    ),
    dynamic(
        "kql_bag_remove_keys",
        "bag_remove_keys(<object>, <names>)",
        "The object without members: by names, `$.a.b` goes deeper.",
        (2, 2),
        |call| of_bag(call, removed),
        &[
            (&[json("{\"a\":1,\"b\":2}"), json("[\"a\"]")], json("{\"b\":2}")),
            (&[json("{\"a\":{\"b\":2,\"c\":3}}"), json("[\"$.a.b\"]")], json("{\"a\":{\"c\":3}}")),
        ],
    ),
    row(
        "kql_bag_has_key",
        "bag_has_key(<object>, <name>)",
        "Whether an object has a member.",
        (2, 2),
        Returns::BOOLEAN,
        |call| call.booleans(|row| Some(has_key(row))),
        &[
            (&[json("{\"a\":1}"), Text("a")], Bool(true)),
            (&[json("{\"a\":{\"b\":1}}"), Text("$.a.b")], Bool(true)),
            (&[json("{}"), Text("a")], Bool(false)),
        ],
    ),
    dynamic(
        "kql_bag_set_key",
        "bag_set_key(<object>, <name>, <value>)",
        "The object with a member, `$.a.b` goes deeper.",
        (3, 3),
        |call| {
            of_bag(call, |row| {
                let mut all = bag(row.cell(0))?;
                set(&mut all, &path(&text_of(row.cell(1))), item(row.cell(2)));
                Some(all)
            })
        },
        &[
            (&[json("{\"a\":1}"), Text("b"), Int(2)], json("{\"a\":1,\"b\":2}")),
            (&[json("{\"a\":{}}"), Text("$.a.b"), Int(2)], json("{\"a\":{\"b\":2}}")),
        ],
    ),
    dynamic(
        "kql_bag_zip",
        "bag_zip(<names>, <values>)",
        "An object of an array of names and one of values.",
        (2, 2),
        |call| {
            of_bag(call, |row| {
                let names = array(row.cell(0))?;
                let values = array(row.cell(1)).unwrap_or_default();
                let mut all = Map::new();
                for (place, name) in names.iter().enumerate() {
                    let Json::String(name) = name else { continue };
                    all.insert(name.clone(), values.get(place).cloned().unwrap_or(Json::Null));
                }
                Some(all)
            })
        },
        &[(&[json("[\"a\",\"b\"]"), json("[1]")], json("{\"a\":1,\"b\":null}"))],
    ),
    dynamic(
        "kql_treepath",
        "treepath(<value>)",
        "The paths of all members.",
        (1, 1),
        |call| {
            of_array(call, |row| {
                let mut all = Vec::new();
                paths(&item(row.cell(0)), "", &mut all);
                Some(all)
            })
        },
        &[
            (&[json("{\"a\":\"b\",\"c\":123}")], json("[\"['a']\",\"['c']\"]")),
            (&[json("{\"p\":[{\"q\":1}]}")], json("[\"['p']\",\"['p'][0]\",\"['p'][0]['q']\"]")),
        ],
    ),
    row(
        "kql_gettype",
        "gettype(<value>)",
        "The type of a value.",
        (1, 1),
        Returns::TEXT,
        |call| call.texts(|row| Some(type_name(row.cell(0)).into())),
        &[
            (&[json("[1]")], Text("array")),
            (&[json("\"a\"")], Text("string")),
            (&[Int(1)], Text("long")),
            (&[Null], Text("null")),
        ],
    ),
    row(
        "kql_dynamic_to_json",
        "dynamic_to_json(<value>)",
        "The JSON text of a value, its members in order of their names.",
        (1, 1),
        Returns::TEXT,
        |call| {
            call.texts(|row| {
                let json =
                    if row.cell(0).is_null() { String::new() } else { sorted(item(row.cell(0))).to_string() };
                Some(json.into())
            })
        },
        &[(&[json("{\"b\": 1, \"a\": \"x\"}")], Text("{\"a\":\"x\",\"b\":1}"))],
    ),
    row(
        "kql_extract_json",
        "extract_json(<path>, <json>)",
        "What a path such as `$.a[0].b` leads to, as text.",
        (2, 2),
        Returns::TEXT,
        |call| {
            call.texts(|row| {
                let whole = match row.cell(1) {
                    Cell::Text(text) => serde_json::from_str(text).unwrap_or(Json::Null),
                    cell => item(cell),
                };
                let steps = path(&text_of(row.cell(0)));
                let found = steps.iter().try_fold(&whole, |value, step| into(value, step));
                Some(found.map(text).unwrap_or_default().into())
            })
        },
        &[
            (&[Text("$.hosts[1].AvailableMB"), Text("{\"hosts\":[{},{\"AvailableMB\":64}]}")], Text("64")),
            (&[Text("$.x"), Text("{}")], Text("")),
        ],
    ),
];

/// An object for each row, null where there is none.
fn of_bag<'c>(call: &'c Call<'c>, make: fn(Row<'c>) -> Option<Map<String, Json>>) -> ArrayRef {
    call.values(|row| make(row).map_or(Value::Null, |all| Value::Dynamic(Json::Object(all).to_string())))
}

fn bag(cell: Cell<'_>) -> Option<Map<String, Json>> {
    match item(cell) {
        Json::Object(members) => Some(members),
        _ => None,
    }
}

fn parsed(call: &Call<'_>) -> ArrayRef {
    call.values(|row| match row.cell(0) {
        Cell::Text("") | Cell::Null => Value::Null,
        Cell::Text(text) => crate::waist::convert(Value::Text(text.to_owned()), Type::Dynamic),
        cell => Value::Dynamic(super::array::of_cell(cell)),
    })
}

/// The steps of a path: a name alone, or from `$` on with dots and brackets.
fn path(text: &str) -> Vec<String> {
    let Some(rest) = text.strip_prefix('$') else { return vec![text.to_owned()] };
    let mut steps = Vec::new();
    let mut rest = rest;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let end = inner.find(']').unwrap_or(inner.len());
            steps.push(inner[..end].trim_matches(['\'', '"']).to_owned());
            rest = inner.get(end + 1..).unwrap_or_default();
        } else {
            let inner = rest.trim_start_matches('.');
            let end = inner.find(['.', '[']).unwrap_or(inner.len());
            if end == 0 {
                break;
            }
            steps.push(inner[..end].to_owned());
            rest = &inner[end..];
        }
    }
    steps
}

fn into<'j>(value: &'j Json, step: &str) -> Option<&'j Json> {
    match value {
        Json::Object(members) => members.get(step),
        Json::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    }
}

fn removed(row: Row<'_>) -> Option<Map<String, Json>> {
    let mut all = bag(row.cell(0))?;
    for name in array(row.cell(1))? {
        let Json::String(name) = name else { continue };
        let steps = path(&name);
        let Some((last, before)) = steps.split_last() else { continue };
        let mut inner = Some(&mut all);
        for step in before {
            inner = inner.and_then(|members| members.get_mut(step)).and_then(Json::as_object_mut);
        }
        if let Some(members) = inner {
            members.shift_remove(last);
        }
    }
    Some(all)
}

fn has_key(row: Row<'_>) -> bool {
    let whole = item(row.cell(0));
    let steps = path(&text_of(row.cell(1)));
    whole.is_object() && steps.iter().try_fold(&whole, |value, step| into(value, step)).is_some()
}

fn set(members: &mut Map<String, Json>, steps: &[String], value: Json) {
    match steps {
        [] => {}
        [last] => {
            members.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            let inner = members.entry(first.clone()).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

fn paths(value: &Json, before: &str, all: &mut Vec<Json>) {
    let mut add = |path: String, value: &Json| {
        all.push(Json::String(path.clone()));
        paths(value, &path, all);
    };
    match value {
        Json::Object(members) => {
            members.iter().for_each(|(name, value)| add(format!("{before}['{name}']"), value))
        }
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| add(format!("{before}[{at}]"), value))
        }
        _ => {}
    }
}

fn type_name(cell: Cell<'_>) -> &'static str {
    let Cell::Typed(typed) = cell else {
        return match cell {
            Cell::Null => "null",
            Cell::Boolean(_) => "bool",
            Cell::Integer(_) => "long",
            Cell::Number(_) => "double",
            _ => "string",
        };
    };
    match typed.value() {
        Value::Datetime(_) => "datetime",
        Value::Timespan(_) => "timespan",
        Value::Guid(_) => "guid",
        Value::Decimal(_) => "decimal",
        _ => match item(cell) {
            Json::Null => "null",
            Json::Bool(_) => "bool",
            Json::Number(number) if number.is_f64() => "double",
            Json::Number(_) => "long",
            Json::String(_) => "string",
            Json::Array(_) => "array",
            Json::Object(_) => "dictionary",
        },
    }
}

fn sorted(value: Json) -> Json {
    match value {
        Json::Object(members) => {
            let mut all: Vec<(String, Json)> =
                members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            all.sort_by(|left, right| left.0.cmp(&right.0));
            Json::Object(all.into_iter().collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
