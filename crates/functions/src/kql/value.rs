//! Values as Kusto prints and reads them.

use std::borrow::Cow;

use quarry_plan::{Value, text};

use crate::base::Cell;

/// A text that is never null.
pub(super) fn text_of(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::Null => Cow::Borrowed(""),
        other => printed(&other.value()),
    }
}

/// A value as `tostring` prints it.
pub(super) fn printed(value: &Value) -> Cow<'static, str> {
    Cow::Owned(match value {
        Value::Null => String::new(),
        Value::Boolean(is_true) => is_true.to_string(),
        Value::Double(number) => real_text(*number),
        Value::Datetime(ticks) => datetime_text(*ticks),
        Value::Dynamic(json) => json_printed(json),
        other => other.text().unwrap_or_default(),
    })
}

/// JSON as `tostring` prints it: a text without its quotes, objects and arrays without spaces.
fn json_printed(json: &str) -> String {
    match json.trim_ascii_start().as_bytes().first() {
        Some(b'{' | b'[') => match serde_json::from_str::<serde_json::Value>(json) {
            Ok(value) => value.to_string(),
            Err(_) => json.to_owned(),
        },
        Some(b't') => "true".to_owned(),
        Some(b'f') => "false".to_owned(),
        _ => text::json_text(json).map(Cow::into_owned).unwrap_or_default(),
    }
}

/// A datetime with seven digits behind the second.
pub(super) fn datetime_text(ticks: i64) -> String {
    let Some(text) = text::datetime_text(ticks) else { return String::new() };
    let (whole, fraction) = match text.trim_end_matches('Z').split_once('.') {
        Some((whole, fraction)) => (whole.to_owned(), fraction.to_owned()),
        None => (text.trim_end_matches('Z').to_owned(), String::new()),
    };
    format!("{whole}.{fraction:0<7}Z")
}

/// A real as .NET prints it: the fewest digits that tell it apart, with an exponent where it is far from one.
pub(super) fn real_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let size = number.abs();
    if size != 0.0 && !(1e-5..1e15).contains(&size) {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(size) => ('-', size),
            None => ('+', exponent),
        };
        return format!("{digits}E{sign}{exponent:0>2}");
    }
    let text = number.to_string();
    if text.contains('.') { text } else { format!("{text}.0") }
}

/// The plain value that a cell holds, out of JSON where it is a scalar there.
pub(super) fn plain(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Typed(typed) => typed.plain(),
        other => other.value(),
    }
}
