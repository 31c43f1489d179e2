//! Known records inside an object of no known kind.

use std::borrow::Cow;

use crate::{
    classify::Class,
    record::Reader,
    walk::{Step, Walker, Window},
};

/// The deepest object that is looked into.
const DEPTH: usize = 4;

/// The values of members, as JSON, that are or hold known records.
pub(crate) fn known(reader: &mut Reader<'_>, record: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let Ok(value) = serde_json::from_str::<serde_json::Value>(record) else { return found };
    search(reader, &value, 0, &mut found);
    found
}

fn search(reader: &mut Reader<'_>, value: &serde_json::Value, depth: usize, found: &mut Vec<Vec<u8>>) {
    let Some(members) = value.as_object().filter(|_| depth < DEPTH) else { return };
    for member in members.values() {
        let text: Cow<'_, str> = match member {
            serde_json::Value::String(text) if text.trim_start().starts_with('{') => Cow::Borrowed(text),
            serde_json::Value::Object(_) | serde_json::Value::Array(_) => Cow::Owned(member.to_string()),
            _ => continue,
        };
        if begins_with_known(reader, text.as_bytes()) {
            found.push(text.into_owned().into_bytes());
        } else {
            search(reader, member, depth + 1, found);
        }
    }
}

/// Whether the first record of a JSON text is an event of a known log, or wraps one.
fn begins_with_known(reader: &mut Reader<'_>, text: &[u8]) -> bool {
    let plan = reader.plan();
    let mut walker = Walker::new(&plan.spec.formats.record_arrays, plan.bounds());
    let window = Window { bytes: text, base: 0, last: true };
    let Step::Record(span) = walker.next(window) else { return false };
    let record = text.get(span.start..span.end).and_then(|record| std::str::from_utf8(record).ok());
    record.is_some_and(|record| matches!(reader.classify(record, None), Ok(Class::Log(_) | Class::Shaped(_))))
}
