//! What operators of Kusto are made of: elements of arrays, parts of a text, JSON of a value.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Returns, Type, Value, text::json_of_text};

use super::{row, value::text_of};
use crate::{
    base::{
        Call, Cell, Function,
        Literal::{Bool, Int, List, Null, Num, Text, Written},
        Memo, Row,
    },
    json,
    pattern::Pattern,
    waist::json_of,
};

const BAG: crate::Literal = Written(Type::Dynamic, r#"{"a":1,"b":"x"}"#);
const ARRAY: crate::Literal = Written(Type::Dynamic, "[1,null]");

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "kql_expand",
        "expand(<pairs>, <most>, <array>, ...)",
        "The elements of arrays beside each other, each as a JSON array of its place and a value of each array; of an \
         object its members, as objects of one or as pairs; null is one null; arrays without elements give nothing.",
        (3, usize::MAX),
        Returns::LIST,
        expand,
        &[
            (&[Bool(false), Null, ARRAY], List(&["[0,1]", "[1,null]"])),
            (&[Bool(false), Null, ARRAY, BAG], List(&["[0,1,{\"a\":1}]", "[1,null,{\"b\":\"x\"}]"])),
            (&[Bool(true), Int(1), BAG], List(&["[0,[\"a\",1]]"])),
            (&[Bool(false), Null, Null], List(&["[0,null]"])),
            (&[Bool(false), Null, Written(Type::Dynamic, "5")], List(&["[0,5]"])),
            (&[Bool(false), Null, Written(Type::Dynamic, "[]")], Null),
        ],
    ),
    row(
        "kql_index",
        "index(<dynamic>, <place or name>)",
        "The element of an array at a place, from its end if negative, or the member of an object by its name.",
        (2, 2),
        Returns::Fixed(Type::Dynamic),
        |call| call.values(|row| index(row).map_or(Value::Null, |json| Value::Dynamic(json.to_owned()))),
        &[
            (&[ARRAY, Int(0)], Written(Type::Dynamic, "1")),
            (&[ARRAY, Int(5)], Null),
            (&[BAG, Text("b")], Written(Type::Dynamic, "\"x\"")),
            (&[BAG, Written(Type::Dynamic, "\"a\"")], Written(Type::Dynamic, "1")),
            (&[ARRAY, Num(-2.0)], Written(Type::Dynamic, "1")),
            (&[Null, Int(0)], Null),
        ],
    ),
    row(
        "kql_dynamic",
        "dynamic(<value>)",
        "The value as JSON, a text as a JSON text.",
        (1, 1),
        Returns::Fixed(Type::Dynamic),
        |call| {
            call.values(|row| match row.cell(0) {
                Cell::Null => Value::Null,
                cell => Value::Dynamic(as_json(cell)),
            })
        },
        &[
            (&[Text("5")], Written(Type::Dynamic, "\"5\"")),
            (&[Int(5)], Written(Type::Dynamic, "5")),
            (&[Bool(true)], Written(Type::Dynamic, "true")),
            (&[BAG], BAG),
            (&[Null], Null),
        ],
    ),
    row(
        "kql_parse_groups",
        "parse_groups(<text>, <regular expression>)",
        "The parts of a text that the groups `c0`, `c1` and so on of an expression find, as a JSON array of texts; null where \
         it is not found.",
        (2, 2),
        Returns::Fixed(Type::Dynamic),
        groups,
        &[
            (
                &[Text("a=1, b=2"), Text("^a=(?P<c0>.*?), b=(?P<c1>.*)$")],
                Written(Type::Dynamic, "[\"1\",\"2\"]"),
            ),
            (&[Text("a=1"), Text("^b=(?P<c0>.*)$")], Null),
            (&[Null, Text("^(?P<c0>.*)$")], Written(Type::Dynamic, "[\"\"]")),
        ],
    ),
];

/// A value as JSON.
pub(crate) fn as_json(cell: Cell<'_>) -> String {
    match cell {
        Cell::Typed(typed) if typed.json().is_some() => typed.json().unwrap_or_default().to_owned(),
        other => json_of_value(&other.value()),
    }
}

/// A value as JSON, datetimes with seven digits behind the second.
pub(super) fn json_of_value(value: &Value) -> String {
    match value {
        Value::Datetime(ticks) => json_of_text(&super::value::datetime_text(*ticks)),
        Value::Double(number) if number.is_finite() => super::value::real_text(*number),
        other => json_of(other),
    }
}

fn index(row: Row<'_>) -> Option<&str> {
    let Cell::Typed(typed) = row.cell(0) else { return None };
    let json = typed.json()?;
    match super::value::plain(row.cell(1)) {
        Value::Integer(place) => json::element(json, place),
        Value::Double(place) if place.fract() == 0.0 && place.abs() < 9e15 =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "whole and small enough")]
            json::element(json, place as i64)
        }
        Value::Text(name) => json::member(json, &name),
        _ => None,
    }
}

fn expand(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| {
        let pairs = row.cell(0).boolean().unwrap_or(false);
        let most = row.cell(1).integer().and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
        let columns: Vec<Vec<Cow<'_, str>>> = row.cells(2).map(|cell| elements(cell, pairs)).collect();
        let longest = columns.iter().map(Vec::len).max().unwrap_or(0).min(most);
        let element = |place: usize| {
            let mut text = format!("[{place}");
            for column in &columns {
                text.push(',');
                text.push_str(column.get(place).map_or("null", |value| value));
            }
            text.push(']');
            Cow::Owned(text)
        };
        Some((0..longest).map(element).collect())
    })
}

/// The elements of an array as JSON, the members of an object, or the one value.
fn elements(cell: Cell<'_>, pairs: bool) -> Vec<Cow<'_, str>> {
    let Cell::Typed(typed) = cell else {
        return vec![if cell.is_null() { Cow::Borrowed("null") } else { Cow::Owned(as_json(cell)) }];
    };
    let Some(json) = typed.json() else { return vec![Cow::Owned(as_json(cell))] };
    match json.trim_ascii_start().as_bytes().first() {
        Some(b'[') => json::items(json).map(|(_, item)| Cow::Borrowed(item)).collect(),
        Some(b'{') => {
            let member = |(name, value): (Option<&str>, &str)| {
                let name = name.unwrap_or_default();
                Cow::Owned(if pairs {
                    format!("[\"{name}\",{value}]")
                } else {
                    format!("{{\"{name}\":{value}}}")
                })
            };
            json::items(json).map(member).collect()
        }
        _ => vec![Cow::Borrowed(json)],
    }
}

fn groups(call: &Call<'_>) -> ArrayRef {
    let mut memo: Memo<Option<Pattern>> = Memo::new();
    call.values(|row| {
        let text = text_of(row.cell(0));
        let expression = text_of(row.cell(1));
        let pattern =
            memo.get(&expression, |expression| crate::pattern::compile_pattern(expression, false).ok());
        let Some(pattern) = pattern else { return Value::Null };
        let Some(found) = pattern.groups_at(&text, 0) else { return Value::Null };
        let part = |group| json_of_text(found.get(&text, group).unwrap_or_default());
        let groups = (0_usize..).map_while(|place| pattern.group_index(&format!("c{place}")));
        let parts: Vec<String> = groups.map(part).collect();
        Value::Dynamic(format!("[{}]", parts.join(",")))
    })
}
