//! From a value of one type to a value of another; null where that cannot be exact.

use std::borrow::Cow;

use quarry_plan::{
    Decimal, Element, Type, Value,
    text::{datetime, json_of_text, json_text, parse_datetime, parse_guid, parse_timespan, ticks_of_micros},
};

use crate::base::number_text;
use crate::json;

/// The value as another type, of those that SPL and AQL do not have; null if it has no counterpart there.
pub(crate) fn convert(value: Value, to: Type) -> Value {
    if value.type_of() == to || value == Value::Null {
        return value;
    }
    match to {
        Type::Dynamic => Value::Dynamic(match value {
            Value::Text(text) => parsed(text),
            other => json_of(&other),
        }),
        Type::List(element) => list(value, element),
        _ => scalar(out_of_json(value), to).unwrap_or(Value::Null),
    }
}

fn scalar(value: Value, to: Type) -> Option<Value> {
    if value.type_of() == to {
        return Some(value);
    }
    Some(match (to, value) {
        (Type::Boolean, Value::Text(text)) if text.eq_ignore_ascii_case("true") => Value::Boolean(true),
        (Type::Boolean, Value::Text(text)) if text.eq_ignore_ascii_case("false") => Value::Boolean(false),
        (Type::Integer, Value::Text(text)) => Value::Integer(text.parse().ok()?),
        (Type::Integer, Value::Double(number)) if number.fract() == 0.0 && number.abs() < 9e15 =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "whole and small enough")]
            Value::Integer(number as i64)
        }
        (Type::Double, Value::Text(text)) => Value::Double(crate::parse_number(&text)?),
        #[expect(clippy::cast_precision_loss, reason = "a double holds what it can")]
        (Type::Double, Value::Integer(number)) => Value::Double(number as f64),
        (Type::Decimal, Value::Text(text)) => Value::Decimal(text.trim().parse().ok()?),
        (Type::Decimal, Value::Double(number)) => Value::Decimal(Decimal::of_f64(number)?),
        (Type::Decimal, Value::Boolean(value)) => Value::Decimal(i64::from(value).into()),
        (Type::Decimal, Value::Integer(number) | Value::Datetime(number) | Value::Timespan(number)) => {
            Value::Decimal(number.into())
        }
        (Type::Datetime, Value::Text(text)) => Value::Datetime(parse_datetime(&text)?),
        (Type::Datetime, Value::Timestamp(micros)) => Value::Datetime(ticks_of_micros(micros)?),
        (Type::Datetime, Value::Integer(ticks)) => Value::Datetime(datetime(ticks)?),
        (Type::Timespan, Value::Text(text)) => Value::Timespan(parse_timespan(&text)?),
        (Type::Timespan, Value::Integer(ticks)) => Value::Timespan(ticks),
        (Type::Guid, Value::Text(text)) => Value::Guid(parse_guid(&text)?),
        (Type::Text, value) => Value::Text(value.text()?),
        _ => return None,
    })
}

/// What a JSON value holds, where the value is one.
fn out_of_json(value: Value) -> Value {
    match &value {
        Value::Dynamic(text) => json::plain(text),
        _ => value,
    }
}

/// A text as JSON: itself if it is JSON, else a JSON text that holds it.
fn parsed(text: String) -> String {
    let trimmed = text.trim_ascii();
    match json::is_valid(trimmed) {
        true if trimmed.len() == text.len() => text,
        true => trimmed.to_owned(),
        false => json_of_text(&text),
    }
}

/// A value as JSON, a text as a JSON text.
pub(crate) fn json_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Double(value) if value.is_finite() => number_text(*value),
        Value::Decimal(value) => value.to_string(),
        Value::Text(text) => json_of_text(text),
        Value::Dynamic(json) => json.clone(),
        Value::TextList(texts) => array(texts.iter().map(|text| json_of_text(text))),
        Value::List(_, items) => array(items.iter().map(json_of)),
        Value::Double(_) | Value::Timestamp(_) | Value::Datetime(_) | Value::Timespan(_) | Value::Guid(_) => {
            value.text().map_or_else(|| "null".to_owned(), |text| json_of_text(&text))
        }
    }
}

fn array(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// The values of a list or JSON array, or the one value, each as the type wanted.
fn list(value: Value, element: Element) -> Value {
    let to = element.type_of();
    let all: Vec<Value> = match value {
        Value::List(_, items) => items.into_iter().map(|item| convert(item, to)).collect(),
        Value::TextList(texts) => texts.into_iter().map(|text| convert(Value::Text(text), to)).collect(),
        Value::Dynamic(json) if json.trim_ascii_start().starts_with('[') => {
            json::items(&json).map(|(_, item)| convert(Value::Dynamic(item.to_owned()), to)).collect()
        }
        one => match convert(one, to) {
            Value::Null => return Value::Null,
            one => vec![one],
        },
    };
    Value::List(element, all)
}

/// The texts of a list or JSON array, or of the one value; nulls are left out.
pub(super) fn texts(value: Value) -> Vec<Cow<'static, str>> {
    match value {
        Value::List(_, items) => items.iter().filter_map(Value::text).map(Cow::Owned).collect(),
        Value::Dynamic(json) if json.trim_ascii_start().starts_with('[') => {
            let items = json::items(&json).filter_map(|(_, item)| json_text(item));
            items.map(|text| Cow::Owned(text.into_owned())).collect()
        }
        other => other.text().map(Cow::Owned).into_iter().collect(),
    }
}
