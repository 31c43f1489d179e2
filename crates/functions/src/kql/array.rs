//! Functions of JSON arrays.

use arrow::array::ArrayRef;
use quarry_plan::{Returns, Value};
use serde_json::Value as Json;

use super::{
    convert::long,
    dynamic,
    expand::as_json,
    json, row,
    value::{plain, printed, text_of},
};
use crate::base::{
    Call, Cell, Function,
    Literal::{Bool, Int, Null, Num, Text},
    Row,
};

pub(crate) const FUNCTIONS: &[Function] = &[
    dynamic(
        "kql_pack_array",
        "pack_array(<value>, ...)",
        "The values as a JSON array.",
        (1, usize::MAX),
        |call| {
            call.values(|row| {
                let items: Vec<String> = row.cells(0).map(of_cell).collect();
                Value::Dynamic(format!("[{}]", items.join(",")))
            })
        },
        &[(&[Int(1), Text("a"), Null], json("[1,\"a\",null]"))],
    ),
    row(
        "kql_array_length",
        "array_length(<array>)",
        "How many elements an array has; null of what is none.",
        (1, 1),
        Returns::INTEGER,
        |call| call.integers(|row| i64::try_from(array(row.cell(0))?.len()).ok()),
        &[(&[json("[1,2]")], Int(2)), (&[json("{}")], Null)],
    ),
    dynamic(
        "kql_array_concat",
        "array_concat(<array>, ...)",
        "The elements of arrays in one.",
        (1, usize::MAX),
        |call| of_array(call, |row| Some(row.cells(0).filter_map(array).flatten().collect())),
        &[(&[json("[1]"), json("[2,3]")], json("[1,2,3]"))],
    ),
    dynamic(
        "kql_array_slice",
        "array_slice(<array>, <start>, <end>)",
        "The elements from one place to another, both included and counted from the end if negative.",
        (3, 3),
        |call| of_array(call, slice),
        &[
            (&[json("[1,2,3,4]"), Int(1), Int(-2)], json("[2,3]")),
            (&[json("[1,2]"), Int(5), Int(6)], json("[]")),
        ],
    ),
    dynamic(
        "kql_array_reverse",
        "array_reverse(<array>)",
        "The elements from the last to the first.",
        (1, 1),
        |call| of_array(call, |row| array(row.cell(0)).map(|items| items.into_iter().rev().collect())),
        &[(&[json("[1,2]")], json("[2,1]"))],
    ),
    dynamic(
        "kql_array_rotate_left",
        "array_rotate_left(<array>, <count>)",
        "The elements moved towards the beginning, those that leave it to the end.",
        (2, 2),
        |call| of_array(call, |row| rotated(row, 1)),
        &[(&[json("[1,2,3]"), Int(1)], json("[2,3,1]")), (&[json("[1,2,3]"), Int(-1)], json("[3,1,2]"))],
    ),
    dynamic(
        "kql_array_rotate_right",
        "array_rotate_right(<array>, <count>)",
        "The same towards the end.",
        (2, 2),
        |call| of_array(call, |row| rotated(row, -1)),
        &[(&[json("[1,2,3]"), Int(1)], json("[3,1,2]"))],
    ),
    dynamic(
        "kql_array_shift_left",
        "array_shift_left(<array>, <count>, <default>)",
        "The elements moved towards the beginning, others in the places they leave.",
        (2, 3),
        |call| of_array(call, |row| shifted(row, 1)),
        &[
            (&[json("[1,2,3]"), Int(1)], json("[2,3,null]")),
            (&[json("[1,2,3]"), Int(-1), Int(9)], json("[9,1,2]")),
        ],
    ),
    dynamic(
        "kql_array_shift_right",
        "array_shift_right(<array>, <count>, <default>)",
        "The same towards the end.",
        (2, 3),
        |call| of_array(call, |row| shifted(row, -1)),
        &[(&[json("[1,2,3]"), Int(1)], json("[null,1,2]"))],
    ),
    dynamic(
        "kql_array_split",
        "array_split(<array>, <places>)",
        "The array cut before each place.",
        (2, 2),
        split,
        &[
            (&[json("[1,2,3,4]"), Int(2)], json("[[1,2],[3,4]]")),
            (&[json("[1,2,3,4]"), json("[1,3]")], json("[[1],[2,3],[4]]")),
        ],
    ),
    row(
        "kql_array_index_of",
        "array_index_of(<array>, <value>, <start>, <length>, <occurrence>)",
        "The place of a value, -1 where it is not.",
        (2, 5),
        Returns::INTEGER,
        |call| call.integers(index_of),
        &[
            (&[json("[\"this\",\"is\"]"), Text("is")], Int(1)),
            (&[json("[1,2,1]"), Int(1), Int(1)], Int(2)),
            (&[json("[1]"), Int(5)], Int(-1)),
        ],
    ),
    row(
        "kql_array_sum",
        "array_sum(<array>)",
        "The sum of the elements; null where one is no number.",
        (1, 1),
        Returns::DOUBLE,
        |call| call.numbers(|row| array(row.cell(0))?.iter().map(Json::as_f64).sum()),
        &[(&[json("[1,2.5]")], Num(3.5)), (&[json("[\"a\"]")], Null)],
    ),
    row(
        "kql_strcat_array",
        "strcat_array(<array>, <delimiter>)",
        "The elements as one text with a text between.",
        (2, 2),
        Returns::TEXT,
        |call| {
            call.texts(|row| {
                let items = array(row.cell(0)).unwrap_or_default();
                let texts: Vec<String> = items.iter().map(text).collect();
                Some(texts.join(&text_of(row.cell(1))).into())
            })
        },
        &[(&[json("[1,\"a\"]"), Text("->")], Text("1->a"))],
    ),
    dynamic(
        "kql_array_iff",
        "array_iff(<conditions>, <array>, <array>)",
        "Element by element that of one array where a condition holds, else that of another.",
        (3, 3),
        |call| of_array(call, iff),
        &[
            (&[json("[true,false,true]"), json("[1,2,3]"), json("[4,5,6]")], json("[1,5,3]")),
            (&[json("[true,false]"), Int(1), Int(2)], json("[1,2]")),
            (&[json("[1,0,null]"), Int(1), Int(2)], json("[1,2,null]")),
        ],
    ),
    dynamic(
        "kql_array_sort_asc",
        "array_sort_asc(<array>, <nulls last>)",
        "The elements from the least to the greatest, nulls last unless said otherwise.",
        (1, 2),
        |call| of_array(call, |row| sorted(row, false)),
        &[(&[json("[\"d\",null,\"a\"]")], json("[\"a\",\"d\",null]")), (&[json("[10,9]")], json("[9,10]"))],
    ),
    dynamic(
        "kql_array_sort_desc",
        "array_sort_desc(<array>, <nulls last>)",
        "The elements from the greatest to the least, nulls last unless said otherwise.",
        (1, 2),
        |call| of_array(call, |row| sorted(row, true)),
        &[(&[json("[1,null,3]")], json("[3,1,null]"))],
    ),
    dynamic(
        "kql_zip",
        "zip(<array>, ...)",
        "The elements at each place together, null where an array has none.",
        (2, 16),
        zip,
        &[(&[json("[1,3,5]"), json("[2,4]")], json("[[1,2],[3,4],[5,null]]"))],
    ),
    dynamic(
        "kql_repeat",
        "repeat(<value>, <count>)",
        "An array of a value so many times.",
        (2, 2),
        |call| {
            of_array(call, |row| {
                let count =
                    usize::try_from(row.cell(1).integer()?).ok().filter(|count| *count <= 1_048_576)?;
                Some(vec![item(row.cell(0)); count])
            })
        },
        &[(&[Int(1), Int(3)], json("[1,1,1]")), (&[Int(1), Int(-1)], Null)],
    ),
    dynamic(
        "kql_range",
        "range(<start>, <end>, <step>)",
        "The values from one to another.",
        (2, 3),
        range,
        &[(&[Int(1), Int(8), Int(3)], json("[1,4,7]")), (&[Int(1), Int(3)], json("[1,2,3]"))],
    ),
    dynamic(
        "kql_set_union",
        "set_union(<array>, ...)",
        "The different elements of all arrays.",
        (1, 64),
        |call| of_array(call, |row| Some(distinct(row.cells(0).filter_map(array).flatten().collect()))),
        &[(&[json("[1,2]"), json("[2,3]")], json("[1,2,3]"))],
    ),
    dynamic(
        "kql_set_intersect",
        "set_intersect(<array>, ...)",
        "The different elements that all arrays have.",
        (1, 64),
        |call| {
            of_array(call, |row| {
                let mut arrays = row.cells(0).filter_map(array);
                let mut found = distinct(arrays.next()?);
                arrays.for_each(|other| found.retain(|item| other.contains(item)));
                Some(found)
            })
        },
        &[(&[json("[1,2,2]"), json("[2,3]")], json("[2]"))],
    ),
    dynamic(
        "kql_set_difference",
        "set_difference(<array>, ...)",
        "The different elements of the first array that no other has.",
        (1, 64),
        |call| {
            of_array(call, |row| {
                let mut arrays = row.cells(0).filter_map(array);
                let mut found = distinct(arrays.next()?);
                arrays.for_each(|other| found.retain(|item| !other.contains(item)));
                Some(found)
            })
        },
        &[(&[json("[1,2,3]"), json("[2]")], json("[1,3]"))],
    ),
    row(
        "kql_set_has_element",
        "set_has_element(<array>, <value>)",
        "Whether an array has a value.",
        (2, 2),
        Returns::BOOLEAN,
        |call| call.booleans(|row| Some(array(row.cell(0))?.contains(&item(row.cell(1))))),
        &[(&[json("[\"a\",1]"), Text("a")], Bool(true)), (&[json("[\"a\"]"), Text("b")], Bool(false))],
    ),
    row(
        "kql_jaccard_index",
        "jaccard_index(<array>, <array>)",
        "How many different elements both arrays have, of those that one has.",
        (2, 2),
        Returns::DOUBLE,
        |call| {
            call.values(|row| {
                let (Some(left), Some(right)) = (array(row.cell(0)), array(row.cell(1))) else {
                    return Value::Null;
                };
                let (left, right) = (distinct(left), distinct(right));
                let both = left.iter().filter(|item| right.contains(item)).count();
                #[expect(clippy::cast_precision_loss, reason = "counts of elements")]
                Value::Double(both as f64 / (left.len() + right.len() - both) as f64)
            })
        },
        &[(&[json("[1,2,3]"), json("[1,2,4,5]")], Num(0.4))],
    ),
];

/// A value as JSON, null too.
pub(super) fn of_cell(cell: Cell<'_>) -> String {
    if cell.is_null() { "null".to_owned() } else { as_json(cell) }
}

/// A value as JSON.
pub(super) fn item(cell: Cell<'_>) -> Json {
    serde_json::from_str(&of_cell(cell)).unwrap_or(Json::Null)
}

/// The elements of a value that is a JSON array.
pub(super) fn array(cell: Cell<'_>) -> Option<Vec<Json>> {
    match item(cell) {
        Json::Array(items) => Some(items),
        Json::String(text) => match serde_json::from_str(&text) {
            Ok(Json::Array(items)) => Some(items),
            _ => None,
        },
        _ => None,
    }
}

/// An array for each row, null where there is none.
pub(super) fn of_array<'c>(call: &'c Call<'c>, make: fn(Row<'c>) -> Option<Vec<Json>>) -> ArrayRef {
    call.values(|row| make(row).map_or(Value::Null, |items| Value::Dynamic(Json::Array(items).to_string())))
}

/// An element as text.
pub(super) fn text(item: &Json) -> String {
    printed(&Value::Dynamic(item.to_string())).into_owned()
}

fn distinct(items: Vec<Json>) -> Vec<Json> {
    let mut seen = std::collections::HashSet::new();
    items.into_iter().filter(|item| seen.insert(item.to_string())).collect()
}

fn slice(row: Row<'_>) -> Option<Vec<Json>> {
    let items = array(row.cell(0))?;
    let length = i64::try_from(items.len()).ok()?;
    let place = |place: i64| if place < 0 { place + length } else { place };
    let start = usize::try_from(place(row.cell(1).integer()?).max(0)).ok()?;
    let end = usize::try_from((place(row.cell(2).integer()?) + 1).clamp(0, length)).ok()?;
    Some(items.get(start..end).unwrap_or_default().to_vec())
}

fn rotated(row: Row<'_>, direction: i64) -> Option<Vec<Json>> {
    let mut items = array(row.cell(0))?;
    let length = i64::try_from(items.len()).ok()?;
    if length > 0 {
        let count = (row.cell(1).integer()? * direction).rem_euclid(length);
        items.rotate_left(usize::try_from(count).ok()?);
    }
    Some(items)
}

fn shifted(row: Row<'_>, direction: i64) -> Option<Vec<Json>> {
    let items = array(row.cell(0))?;
    let count = row.cell(1).integer()? * direction;
    let filler = if row.len() > 2 { item(row.cell(2)) } else { Json::Null };
    let at = |place: usize| {
        let from = i64::try_from(place).ok()?.checked_add(count)?;
        items.get(usize::try_from(from).ok()?).cloned()
    };
    Some((0..items.len()).map(|place| at(place).unwrap_or_else(|| filler.clone())).collect())
}

fn split(call: &Call<'_>) -> ArrayRef {
    of_array(call, |row| {
        let items = array(row.cell(0))?;
        let length = i64::try_from(items.len()).ok()?;
        let places = match item(row.cell(1)) {
            Json::Array(places) => places.iter().filter_map(Json::as_i64).collect(),
            place => vec![place.as_i64()?],
        };
        let (mut parts, mut from) = (Vec::new(), 0);
        for place in places {
            let place = if place < 0 { place + length } else { place };
            let place = usize::try_from(place.clamp(0, length)).ok()?.max(from);
            parts.push(Json::Array(items.get(from..place).unwrap_or_default().to_vec()));
            from = place;
        }
        parts.push(Json::Array(items.get(from..).unwrap_or_default().to_vec()));
        Some(parts)
    })
}

fn index_of(row: Row<'_>) -> Option<i64> {
    let items = array(row.cell(0))?;
    let wanted = item(row.cell(1));
    let length = i64::try_from(items.len()).ok()?;
    let start = row.cell(2).integer().unwrap_or(0);
    let start = if start < 0 { (start + length).max(0) } else { start };
    let most = match row.cell(3).integer() {
        Some(most) if most >= 0 => most,
        _ => length,
    };
    let occurrence = usize::try_from(row.cell(4).integer().unwrap_or(1) - 1).ok()?;
    let within = (start..start.saturating_add(most).min(length)).filter(|place| {
        usize::try_from(*place).ok().and_then(|place| items.get(place)).is_some_and(|item| *item == wanted)
    });
    Some(within.into_iter().nth(occurrence).unwrap_or(-1))
}

fn iff(row: Row<'_>) -> Option<Vec<Json>> {
    let conditions = array(row.cell(0))?;
    let branch = |place: usize| array(row.cell(place)).map_or_else(|| Err(item(row.cell(place))), Ok);
    let (then, otherwise) = (branch(1), branch(2));
    let at = |branch: &Result<Vec<Json>, Json>, place: usize| match branch {
        Ok(items) => items.get(place).cloned().unwrap_or(Json::Null),
        Err(one) => one.clone(),
    };
    let holds = |condition: &Json| match condition {
        Json::Bool(holds) => Some(*holds),
        Json::Number(number) => number.as_f64().map(|number| number != 0.0),
        _ => None,
    };
    let chosen = conditions.iter().enumerate().map(|(place, condition)| match holds(condition) {
        Some(true) => at(&then, place),
        Some(false) => at(&otherwise, place),
        None => Json::Null,
    });
    Some(chosen.collect())
}

fn sorted(row: Row<'_>, descending: bool) -> Option<Vec<Json>> {
    let items = array(row.cell(0))?;
    let (nulls, mut some): (Vec<Json>, Vec<Json>) = items.into_iter().partition(Json::is_null);
    some.sort_by(|left, right| {
        let order = match (left.as_f64(), right.as_f64()) {
            (Some(left), Some(right)) => left.total_cmp(&right),
            _ => text(left).cmp(&text(right)),
        };
        if descending { order.reverse() } else { order }
    });
    if row.cell(1).boolean() == Some(false) {
        return Some(nulls.into_iter().chain(some).collect());
    }
    some.extend(nulls);
    Some(some)
}

fn zip(call: &Call<'_>) -> ArrayRef {
    of_array(call, |row| {
        let arrays: Vec<Vec<Json>> =
            row.cells(0).map(|cell| array(cell).unwrap_or_else(|| vec![item(cell)])).collect();
        let longest = arrays.iter().map(Vec::len).max().unwrap_or(0);
        let at = |place: usize| {
            Json::Array(arrays.iter().map(|items| items.get(place).cloned().unwrap_or(Json::Null)).collect())
        };
        Some((0..longest).map(at).collect())
    })
}

fn range(call: &Call<'_>) -> ArrayRef {
    call.values(|row| {
        let step = if row.len() > 2 { plain(row.cell(2)) } else { default_step(&row.cell(0).value()) };
        let (mut value, end) = (row.cell(0).value(), row.cell(1).value());
        let mut items = Vec::new();
        while items.len() < 1_048_576 && is_within(&value, &end, &step) {
            items.push(super::expand::json_of_value(&value));
            let Some(next) = super::arithmetic::add(value, step.clone()) else { break };
            value = next;
        }
        Value::Dynamic(format!("[{}]", items.join(",")))
    })
}

fn default_step(start: &Value) -> Value {
    match start {
        Value::Double(_) => Value::Double(1.0),
        Value::Datetime(_) | Value::Timespan(_) => Value::Timespan(3600 * super::date::SECOND),
        _ => Value::Integer(1),
    }
}

fn is_within(value: &Value, end: &Value, step: &Value) -> bool {
    let up = match step {
        Value::Double(step) if *step != 0.0 => *step > 0.0,
        step => match long(step.clone()) {
            Some(step) if step != 0 => step > 0,
            _ => return false,
        },
    };
    let order = value
        .operand()
        .zip(end.operand())
        .and_then(|(value, end)| quarry_plan::order(quarry_plan::ComparisonRule::Exact, value, end));
    order.is_some_and(|order| if up { order.is_le() } else { order.is_ge() })
}
