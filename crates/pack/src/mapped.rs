//! What the author of a rule has its alerts say of a row.

use serde_json::Value;

use crate::{Alert, Metadata};

/// The columns of a row by name; a missing one and one without a value are the same.
pub(crate) struct Columns<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Columns<'a> {
    pub(crate) fn new(row: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Self {
        Self(row.filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?))).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// Fills members of an alert as the rule maps columns to them, adds its details, and writes its texts.
pub(crate) fn map(alert: &mut Alert, metadata: &Metadata, columns: &Columns<'_>) {
    let mut filled: Vec<&str> = Vec::new();
    for mapping in &metadata.mappings {
        let Some(value) = columns.get(&mapping.column).filter(|_| !filled.contains(&mapping.member)) else {
            continue;
        };
        let more = mapping.more.as_ref().and_then(|(between, column)| Some((*between, columns.get(column)?)));
        let value =
            more.map_or_else(|| value.to_owned(), |(between, more)| format!("{value}{between}{more}"));
        alert.fill(mapping.member, value);
        filled.push(mapping.member);
    }
    for (name, column) in &metadata.details {
        let value = columns.get(column).map_or(Value::Null, Value::from);
        alert.fields.entry(name.clone()).or_insert(value);
    }
    if let Some(formats) = &metadata.formats {
        alert.title = formats.title.as_ref().map(|format| written(format, columns));
        alert.description = formats.description.as_ref().map(|format| written(format, columns));
    }
}

/// A text with the values of columns in the place of `{{name}}`.
fn written(format: &str, columns: &Columns<'_>) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, next)) = after.split_once("}}") else { break };
        text.push_str(before);
        text.push_str(columns.get(name.trim()).unwrap_or_default());
        rest = next;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Formats, Mapping};

    #[test]
    fn the_first_mapping_with_a_value_counts() {
        let mapping = |member, column: &str, more: Option<(&'static str, &str)>| Mapping {
            member,
            column: column.to_owned(),
            more: more.map(|(between, column)| (between, column.to_owned())),
        };
        let formats = Formats { title: Some("{{ Name }} from {{Address}}{{".to_owned()), description: None };
        let metadata = Metadata {
            mappings: vec![
                mapping("actor", "FullName", None),
                mapping("actor", "Name", Some(("@", "Domain"))),
                mapping("actor", "Id", None),
                mapping("source_ip", "Address", None),
            ],
            details: vec![("Who".to_owned(), "Name".to_owned()), ("Where".to_owned(), "None".to_owned())],
            formats: Some(formats),
            ..Metadata::default()
        };
        let row = [
            ("FullName", Some("")),
            ("Name", Some("ann")),
            ("Domain", Some("example.org")),
            ("Id", Some("1")),
        ];
        let mut alert = Alert { source_ip: Some("192.0.2.7".to_owned()), ..Alert::default() };
        map(&mut alert, &metadata, &Columns::new(row.into_iter()));
        assert_eq!(alert.actor.as_deref(), Some("ann@example.org"));
        assert_eq!(alert.source_ip.as_deref(), Some("192.0.2.7"));
        assert_eq!(alert.title.as_deref(), Some("ann from {{"));
        assert_eq!(alert.fields.get("Who"), Some(&Value::from("ann")));
        assert_eq!(alert.fields.get("Where"), Some(&Value::Null));
    }
}
