//! What templates may do with values: times, encodings.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{Timestamp, tz::TimeZone};
use minijinja::{Environment, Error, ErrorKind, Value, value::ValueKind};

use crate::Interval;

/// Stands for a null that is to be written.
pub const NULL: &str = "\u{0}null";

/// Nanoseconds in a second.
pub const SECOND: i64 = 1_000_000_000;

/// Adds the filters. Times are nanoseconds since 1970-01-01 UTC.
pub fn add(environment: &mut Environment<'_>) {
    environment.add_filter("rfc3339", rfc3339);
    environment.add_filter("stamp", stamp);
    environment.add_filter("epoch", |time: i64| time.div_euclid(SECOND));
    environment.add_filter("epoch_ms", |time: i64| time.div_euclid(1_000_000));
    environment.add_filter("plus", plus);
    environment.add_filter("json_text", json_text);
    environment.add_filter("base64", |text: String| STANDARD.encode(text));
    environment
        .set_unknown_method_callback(|_, value, method, arguments| text_method(value, method, arguments));
    environment.add_function("as_list", |value: Value| match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => value,
        ValueKind::None | ValueKind::Undefined => Value::from_iter(Vec::<Value>::new()),
        _ => Value::from_iter([value]),
    });
    environment.add_filter("or_null", |value: Value| {
        if value.is_none() || value.is_undefined() { Value::from(NULL) } else { value }
    });
}

type TextMethod = fn(&str, &str, &str) -> Value;

/// Methods of texts as Python has them, each with up to two texts as arguments.
const TEXT_METHODS: &[(&str, TextMethod)] = &[
    ("split", |text, by, _| text.split(by).collect()),
    ("startswith", |text, start, _| Value::from(text.starts_with(start))),
    ("endswith", |text, end, _| Value::from(text.ends_with(end))),
    ("replace", |text, from, to| Value::from(text.replace(from, to))),
    ("upper", |text, _, _| Value::from(text.to_uppercase())),
    ("lower", |text, _, _| Value::from(text.to_lowercase())),
];

fn text_method(value: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    let known = TEXT_METHODS.iter().find(|(name, _)| *name == method);
    match (value.as_str(), known) {
        (Some(text), Some((_, method))) => {
            let argument = |index: usize| arguments.get(index).and_then(Value::as_str).unwrap_or_default();
            Ok(method(text, argument(0), argument(1)))
        }
        _ => Err(Error::new(
            ErrorKind::UnknownMethod,
            format!("{} has no method named `{method}`", value.kind()),
        )),
    }
}

fn wrong(message: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.to_string())
}

fn timestamp(time: i64) -> Result<Timestamp, Error> {
    Timestamp::from_nanosecond(i128::from(time)).map_err(wrong)
}

/// RFC 3339 in UTC with a number of decimals.
fn rfc3339(time: i64, decimals: usize) -> Result<String, Error> {
    let time = timestamp(time)?;
    Ok(format!("{time:.decimals$}"))
}

fn stamp(time: i64, format: &str) -> Result<String, Error> {
    let zoned = timestamp(time)?.to_zoned(TimeZone::UTC);
    jiff::fmt::strtime::format(format, &zoned).map_err(wrong)
}

/// A time later by an interval such as `5m`, or by a number of milliseconds.
fn plus(time: i64, length: Value) -> Result<i64, Error> {
    let nanoseconds = match length.as_str() {
        Some(text) => text.parse::<Interval>().map_err(wrong)?.seconds().checked_mul(SECOND),
        None => i64::try_from(length)?.checked_mul(1_000_000),
    };
    nanoseconds.and_then(|length| time.checked_add(length)).ok_or_else(|| wrong("the time is too far away"))
}

/// JSON as a text, to stand in a string.
fn json_text(value: Value) -> Result<String, Error> {
    serde_json::to_string(&value).map_err(wrong)
}
