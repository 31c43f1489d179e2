//! Values of rows that are known, as the language writes them.

use quarry_plan::Value;

/// A value as text.
pub(crate) fn text(value: &Value) -> Value {
    match plain(value) {
        Some(text) => Value::Text(text),
        None => Value::Null,
    }
}

/// The text of a value, or none.
pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Boolean(value) => Some(value.to_string()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Double(value) => Some(value.to_string()),
        Value::Text(value) => Some(value.clone()),
        Value::TextList(items) => Some(items.join("\n")),
        Value::Timestamp(micros) => {
            let (seconds, rest) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
            let text = format!("{seconds}.{rest:06}");
            Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
        }
        other => other.text(),
    }
}
