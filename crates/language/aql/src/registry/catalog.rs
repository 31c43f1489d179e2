//! Catalogs: the built-in fields of events, flows and simarc. The lists are data files.

use std::sync::LazyLock;

use quarry_plan::{Type, Value};

/// A source of rows with fixed fields.
#[derive(Debug)]
pub struct Catalog {
    /// Name such as `events`.
    pub name: &'static str,
    /// Its fields.
    pub fields: Vec<CatalogField>,
}

/// A built-in field.
#[derive(Debug, Clone, Copy)]
pub struct CatalogField {
    /// Name in lower case.
    pub name: &'static str,
    /// Kind of value.
    pub kind: FieldKind,
    /// Place in `SELECT *`.
    pub star: Option<usize>,
    /// Whether it is the time that orders events.
    pub orders: bool,
}

/// Kinds of values; each has its own sign for "missing".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Whole number.
    Integer,
    /// Number.
    Double,
    /// Text.
    Text,
    /// Condition.
    Boolean,
    /// Milliseconds since 1970.
    Time,
    /// Raw bytes, of no use without UTF8() or BASE64().
    Bytes,
    /// Address; `0.0.0.0` when missing.
    Host,
    /// Hardware address; zeros when missing.
    Mac,
    /// Address of version 6; zeros when missing.
    HostV6,
    /// Port; 0 when missing.
    Port,
}

/// The words a data file uses.
const KINDS: [(&str, FieldKind); 10] = [
    ("integer", FieldKind::Integer),
    ("double", FieldKind::Double),
    ("text", FieldKind::Text),
    ("boolean", FieldKind::Boolean),
    ("time", FieldKind::Time),
    ("bytes", FieldKind::Bytes),
    ("host", FieldKind::Host),
    ("mac", FieldKind::Mac),
    ("v6", FieldKind::HostV6),
    ("port", FieldKind::Port),
];

impl FieldKind {
    /// The type of its values.
    #[must_use]
    pub fn data_type(self) -> Type {
        match self {
            Self::Integer | Self::Time | Self::Port => Type::Integer,
            Self::Double => Type::Double,
            Self::Boolean => Type::Boolean,
            Self::Text | Self::Bytes | Self::Host | Self::Mac | Self::HostV6 => Type::Text,
        }
    }

    /// What QRadar stores where there is no value.
    #[must_use]
    pub fn missing(self) -> Value {
        match self {
            Self::Host => Value::Text("0.0.0.0".to_owned()),
            Self::HostV6 => Value::Text("0:0:0:0:0:0:0:0".to_owned()),
            Self::Mac => Value::Text("00:00:00:00:00:00".to_owned()),
            Self::Port => Value::Integer(0),
            Self::Boolean => Value::Boolean(false),
            Self::Integer | Self::Double | Self::Text | Self::Time | Self::Bytes => Value::Null,
        }
    }
}

impl Catalog {
    /// The catalog of a name, in any case.
    ///
    /// ```
    /// use quarry_aql::registry::Catalog;
    /// assert!(Catalog::find("EVENTS").is_some_and(|events| events.field("sourceIP").is_some()));
    /// ```
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        CATALOGS.iter().find(|catalog| catalog.name.eq_ignore_ascii_case(name))
    }

    /// Names of all catalogs.
    pub fn names() -> impl Iterator<Item = &'static str> {
        CATALOGS.iter().map(|catalog| catalog.name)
    }

    /// A field by name, in any case.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&CatalogField> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The time that orders events.
    #[must_use]
    pub fn order_field(&self) -> Option<&CatalogField> {
        self.fields.iter().find(|field| field.orders)
    }

    /// The raw record.
    #[must_use]
    pub fn raw_field(&self) -> Option<&CatalogField> {
        self.fields.iter().find(|field| field.kind == FieldKind::Bytes)
    }

    /// The fields of `SELECT *` in order.
    #[must_use]
    pub fn star(&self) -> Vec<&CatalogField> {
        let mut fields: Vec<&CatalogField> =
            self.fields.iter().filter(|field| field.star.is_some()).collect();
        fields.sort_by_key(|field| field.star);
        fields
    }
}

/// Whether a bare name is a custom property of stock content.
#[must_use]
pub fn is_known_property(name: &str) -> bool {
    rows(include_str!("../../data/properties.txt")).flatten().any(|known| known.eq_ignore_ascii_case(name))
}

static CATALOGS: LazyLock<Vec<Catalog>> = LazyLock::new(|| {
    vec![
        Catalog { name: "events", fields: fields(include_str!("../../data/events.txt")) },
        Catalog { name: "flows", fields: fields(include_str!("../../data/flows.txt")) },
        Catalog { name: "simarc", fields: fields(include_str!("../../data/simarc.txt")) },
    ]
});

fn fields(text: &'static str) -> Vec<CatalogField> {
    rows(text)
        .filter_map(|mut row| {
            let name = row.next()?;
            let written = row.next()?;
            let (_, kind) = KINDS.iter().find(|(word, _)| *word == written)?;
            let marks: Vec<&str> = row.collect();
            let star =
                marks.iter().find_map(|mark| mark.strip_prefix('*')).and_then(|place| place.parse().ok());
            Some(CatalogField { name, kind: *kind, star, orders: marks.contains(&"order") })
        })
        .collect()
}

/// The words of each line of a data file; `#` begins a comment line.
pub(super) fn rows(text: &'static str) -> impl Iterator<Item = std::str::SplitWhitespace<'static>> {
    text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).map(str::split_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_catalog_is_a_field() {
        for (catalog, text) in [
            ("events", include_str!("../../data/events.txt")),
            ("flows", include_str!("../../data/flows.txt")),
        ] {
            let found = Catalog::find(catalog).map_or(0, |catalog| catalog.fields.len());
            assert_eq!(found, rows(text).count(), "{catalog} has a line that is not understood");
        }
    }

    #[test]
    fn every_lookup_takes_a_field_of_a_catalog() {
        for lookup in crate::registry::lookups() {
            let names = lookup.argument.split(|letter: char| !letter.is_alphanumeric());
            let mut fields = names.filter(|name| name.starts_with(char::is_alphabetic));
            let known = fields.all(|name| {
                Catalog::names().filter_map(Catalog::find).any(|catalog| catalog.field(name).is_some())
            });
            assert!(known, "{} takes an unknown field", lookup.function);
            assert!(crate::registry::find(lookup.function).is_some(), "{} has no row", lookup.function);
        }
    }
}
