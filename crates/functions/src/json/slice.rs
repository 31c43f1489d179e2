//! Parts of a JSON text as they are written, found without reading the rest into values.

use std::borrow::Cow;

use quarry_plan::{
    Value,
    text::{json_text, unescaped},
};
use serde::de::IgnoredAny;

/// Whether a text is one JSON value.
pub(crate) fn is_valid(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// The scalar that a JSON text holds; objects and arrays as text, null as null.
pub(crate) fn plain(json: &str) -> Value {
    let json = json.trim_ascii();
    match json.bytes().next() {
        Some(b't') => Value::Boolean(true),
        Some(b'f') => Value::Boolean(false),
        Some(b'-' | b'0'..=b'9') => match json.parse::<i64>() {
            Ok(number) => Value::Integer(number),
            Err(_) => json.parse().map_or(Value::Null, Value::Double),
        },
        _ => json_text(json).map_or(Value::Null, |text| Value::Text(text.into_owned())),
    }
}

/// The member of an object; of several of one name the last.
pub(crate) fn member<'j>(json: &'j str, name: &str) -> Option<&'j str> {
    let found = items(json).filter(|(key, _)| key.is_some_and(|key| key_is(key, name)));
    found.last().map(|(_, value)| value).filter(|value| *value != "null")
}

/// The element of an array, counted from its end if negative.
pub(crate) fn element(json: &str, index: i64) -> Option<&str> {
    if !json.trim_ascii_start().starts_with('[') {
        return None;
    }
    let from_start = match usize::try_from(index) {
        Ok(index) => index,
        Err(_) => items(json).count().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
    };
    items(json).nth(from_start).map(|(_, value)| value).filter(|value| *value != "null")
}

fn key_is(key: &str, name: &str) -> bool {
    let key = if key.contains('\\') { Cow::Owned(unescaped(key)) } else { Cow::Borrowed(key) };
    key == name
}

/// The members of an object with their names as written, or the elements of an array; none of anything else.
pub(crate) fn items(json: &str) -> Items<'_> {
    let json = json.trim_ascii_start();
    let is_object = json.starts_with('{');
    let rest = if is_object || json.starts_with('[') { json.get(1..).unwrap_or_default() } else { "" };
    Items { rest, is_object }
}

/// See [`items`].
pub(crate) struct Items<'j> {
    rest: &'j str,
    is_object: bool,
}

impl<'j> Iterator for Items<'j> {
    type Item = (Option<&'j str>, &'j str);

    fn next(&mut self) -> Option<Self::Item> {
        let mut rest =
            self.rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == ',');
        let mut key = None;
        if self.is_object {
            let end = value_end(rest);
            key = Some(rest.get(..end)?.strip_prefix('"')?.strip_suffix('"')?);
            rest = rest.get(end..)?.trim_ascii_start().strip_prefix(':')?.trim_ascii_start();
        }
        let (value, after) = rest.split_at_checked(value_end(rest))?;
        self.rest = after;
        (!value.is_empty()).then_some((key, value))
    }
}

/// Where the value at the start of a text ends.
fn value_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut inside, mut escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        if inside {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    inside = false;
                    if depth == 0 {
                        return at + 1;
                    }
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => inside = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return at,
            _ => {}
        }
    }
    bytes.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value as Json;

    use super::{element, items, member};

    fn json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i32>().prop_map(Json::from),
            "[a-b\"\\\\{}\\[\\],: \u{e4}\n]{0,6}".prop_map(Json::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                prop::collection::vec(("[a-b\".]{0,2}", inner), 0..4)
                    .prop_map(|members| Json::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn parts_are_those_of_the_parsed_value(value in json(), name in "[a-b\".]{0,2}", index in -3_i64..3) {
            let parsed = |part: Option<&str>| part.map(|part| serde_json::from_str::<Json>(part).unwrap());
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                let wanted = value.get(&name).filter(|found| !found.is_null()).cloned();
                prop_assert_eq!(parsed(member(&text, &name)), wanted);
                let elements = value.as_array().cloned().unwrap_or_default();
                let place = if index < 0 { index + elements.len() as i64 } else { index };
                let wanted = usize::try_from(place).ok().and_then(|place| elements.get(place).cloned());
                prop_assert_eq!(parsed(element(&text, index)), wanted.filter(|found| !found.is_null()));
                let count = value.as_array().map(Vec::len).or(value.as_object().map(serde_json::Map::len));
                prop_assert_eq!(items(&text).count(), count.unwrap_or(0));
            }
        }
    }

    #[test]
    fn the_last_member_of_a_name_counts_and_broken_texts_give_nothing() {
        assert_eq!(member(r#"{"a":1,"\u0061":2}"#, "a"), Some("2"));
        for text in ["", "{", "{\"a\"", "{\"a\":", "[", "x", "{a:1}", "\"a\""] {
            assert_eq!(member(text, "a"), None, "{text}");
        }
    }
}
