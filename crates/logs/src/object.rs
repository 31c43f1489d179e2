//! JSON objects and arrays rewritten as texts.

use std::{borrow::Cow, fmt};

use quarry_plan::text::json_of_text;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::derive::Derived;

/// JSON without white space between its parts; strings keep their escapes, members their order.
pub(crate) fn compact(json: Cow<'_, str>) -> Cow<'_, str> {
    if !json.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return json;
    }
    let mut written = String::with_capacity(json.len());
    let (mut is_inside, mut is_escaped) = (false, false);
    for character in json.chars() {
        if is_inside || !character.is_ascii_whitespace() {
            written.push(character);
        }
        match character {
            '"' if !is_escaped => is_inside = !is_inside,
            _ => {}
        }
        is_escaped = is_inside && character == '\\' && !is_escaped;
    }
    Cow::Owned(written)
}

/// The object with the members that it lacks; a text that is an object counts as one, nothing as an empty one. Any
/// other value is given as it is.
pub(crate) fn with_members<'a>(
    from: Derived<'a>,
    members: impl Iterator<Item = (&'a str, Cow<'a, str>)>,
) -> Derived<'a> {
    let object = match &from {
        Derived::Null => "{}",
        Derived::Json(json) => json.trim_ascii(),
        Derived::Text(text) => text.trim_ascii(),
        _ => return from,
    };
    let Some((names, head)) = names(object).zip(object.strip_suffix('}')) else { return from };
    let mut written = head.trim_ascii_end().to_owned();
    let mut is_empty = names.is_empty();
    for (name, json) in members.filter(|(name, _)| !names.iter().any(|known| known == name)) {
        if !is_empty {
            written.push(',');
        }
        is_empty = false;
        written.push_str(&json_of_text(name));
        written.push(':');
        written.push_str(&json);
    }
    written.push('}');
    Derived::Json(Cow::Owned(written))
}

/// The names of the members of a JSON object; none of what is no object.
fn names(object: &str) -> Option<Vec<String>> {
    let mut deserializer = serde_json::Deserializer::from_str(object);
    let names = deserializer.deserialize_map(Names).ok()?;
    deserializer.end().is_ok().then_some(names)
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Vec<String>, A::Error> {
        let mut names = Vec::new();
        while let Some((name, IgnoredAny)) = members.next_entry()? {
            names.push(name);
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_inside_strings_stays() {
        let compacted = |json: &'static str| compact(Cow::Borrowed(json)).into_owned();
        assert_eq!(compacted("{ \"a b\" : [ 1,\n2 ] }"), "{\"a b\":[1,2]}");
        assert_eq!(compacted(r#"{"a": "x \" y \\", "b": "\u0026 "}"#), r#"{"a":"x \" y \\","b":"\u0026 "}"#);
        assert_eq!(compacted("{}"), "{}");
    }

    #[test]
    fn members_are_added_where_they_are_missing() {
        let added = |from: Derived<'static>| {
            let members = [("a", "1"), ("b", "\"x\"")].map(|(name, json)| (name, Cow::Borrowed(json)));
            with_members(from, members.into_iter())
        };
        let json = |text: &'static str| Derived::Json(Cow::Borrowed(text));
        assert_eq!(added(Derived::Null), json(r#"{"a":1,"b":"x"}"#));
        assert_eq!(added(json("{ }")), json(r#"{"a":1,"b":"x"}"#));
        assert_eq!(added(json(r#"{"b": null, "c":[{}] }"#)), json(r#"{"b": null, "c":[{}],"a":1}"#));
        assert_eq!(added(Derived::Text(Cow::Borrowed(r#"{"a":2}"#))), json(r#"{"a":2,"b":"x"}"#));
        assert_eq!(added(Derived::Text(Cow::Borrowed("{a}"))), Derived::Text(Cow::Borrowed("{a}")));
        assert_eq!(added(json("[1]")), json("[1]"));
    }
}
