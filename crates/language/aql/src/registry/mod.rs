//! The vocabulary: functions with their status, and catalogs of fields.
//!
//! A new function is one row in the table of its kind.

mod aggregate;
mod catalog;
mod keyword;
mod lookup;
mod page;
mod scalar;
mod unavailable;

use quarry_plan::{MANY, Type, scalar_signature};

use crate::lower::{EXTRA, Rule};

pub use catalog::{Catalog, CatalogField, FieldKind, is_known_property};
pub use keyword::{KEYWORDS, Keyword};
pub use lookup::{Lookup, lookups};

/// A function of AQL, or one that queries use although AQL lacks it.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Name in upper case, with its namespace.
    pub name: &'static str,
    /// What is done with a call.
    pub role: Role,
    /// Kinds of its parameters in order, the last for all others; none is anything.
    pub(crate) parameters: &'static [Parameter],
    pub(crate) described: Described,
    /// How a function that AQL lacks is run.
    pub(crate) rule: Option<Rule>,
}

/// Where a function is described.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Described {
    /// In the row of `crates/functions` of that name, which a call of it becomes.
    By(&'static str),
    /// As another function of the registry, whose other name it is.
    As(&'static str),
    /// In its own row: no row of `crates/functions` computes it.
    Here(Description),
}

/// What a function is.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// How it is written.
    pub written: &'static str,
    /// What it gives, in a sentence.
    pub meaning: &'static str,
    /// The vendor's page on it; empty where the vendor has none.
    pub page: &'static str,
    /// Fewest arguments.
    pub least: usize,
    /// Most arguments, or [`quarry_plan::MANY`].
    pub most: usize,
    /// Type of the result.
    pub result: Type,
}

impl Function {
    /// A row; its name stands at the start of how it is written.
    pub(crate) const fn new(written: &'static str, role: Role, described: Described) -> Self {
        Self { name: name_of(written), role, parameters: &[], described, rule: None }
    }

    /// The row with the rule by which it is run.
    pub(crate) const fn with_rule(self, rule: Rule) -> Self {
        Self { rule: Some(rule), ..self }
    }

    /// The function of `crates/functions` that computes it, if it is one alone.
    #[must_use]
    pub fn computed_by(&self) -> Option<&'static str> {
        match self.described {
            Described::By(function) => Some(function),
            Described::As(of) => find(of)?.computed_by(),
            Described::Here(_) => None,
        }
    }

    /// What it is. Its name stands once more at the start of [`Function::written`], not necessarily here.
    #[must_use]
    pub fn description(&self) -> Description {
        let nothing = Description {
            written: self.name,
            meaning: "",
            page: "",
            least: 0,
            most: MANY,
            result: Type::Null,
        };
        match self.described {
            Described::Here(description) => description,
            // The vendor has no page on what it lacks.
            Described::As(of) => Description { page: "", ..find(of).map_or(nothing, Self::description) },
            Described::By(function) => scalar_signature(function).map_or(nothing, |row| Description {
                written: row.written,
                meaning: row.meaning,
                page: if row.source.starts_with("https:") { row.source } else { "" },
                least: row.least,
                most: row.most,
                result: row.result.of(&[], &[]),
            }),
        }
    }

    /// How it is written.
    #[must_use]
    pub fn written(&self) -> String {
        let written = self.description().written;
        format!("{}{}", self.name, &written[name_of(written).len()..])
    }

    /// Type of the result.
    #[must_use]
    pub fn result(&self) -> Type {
        self.description().result
    }
}

/// What is done with a call of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A call of the function of `crates/functions` that describes it.
    Scalar,
    /// As [`Role::Scalar`]; one value after a constant network becomes a pattern of the plan.
    Network,
    /// As [`Role::Scalar`], but an argument that has the result's type already is the result.
    Conversion,
    /// An aggregate.
    Aggregate(AggregateRule),
    /// A field of the view that goes with the field given (see [`lookups`]).
    Lookup,
    /// Reference data: what a CSV file of the user says.
    Reference,
    /// No function of AQL, but public queries use it: run where undocumented extras are accepted. What
    /// to write instead is given.
    Extra(&'static str),
    /// Data that no log file holds: always null, or false for a condition. The reason is given.
    Unavailable(&'static str),
    /// Not run; the reason is given.
    Refused(&'static str),
}

/// How an aggregate of AQL becomes one of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AggregateRule {
    /// The plan's name for it.
    pub function: &'static str,
    /// Whether arguments become doubles first.
    pub numeric: bool,
    /// Whether the result counts.
    pub counts: bool,
    /// Whether it depends on the order of the events.
    pub ordered: bool,
}

/// A kind of parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// Anything, as it is; the raw payload included.
    Any,
    /// Text; other values are written out.
    Text,
    /// A whole number.
    Integer,
    /// A constant string.
    Constant,
    /// A constant string that is an address or a network.
    Network,
    /// A constant date pattern.
    DatePattern,
    /// A constant time such as `1 day ago`.
    Time,
    /// Text that is a regular expression; a constant one is tried before anything runs.
    Regex,
}

/// The function of a name, in any case.
///
/// ```
/// assert!(quarry_aql::registry::find("qidname").is_some());
/// assert!(quarry_aql::registry::find("frobnicate").is_none());
/// ```
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    functions().find(|function| function.name.eq_ignore_ascii_case(name))
}

/// All functions.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    scalar::TABLE
        .iter()
        .chain(aggregate::TABLE)
        .chain(lookup::TABLE)
        .chain(unavailable::TABLE)
        .chain(EXTRA.iter().flat_map(|table| table.iter()))
        .chain(unavailable::REFUSED)
}

/// The name at the start of a signature.
const fn name_of(signature: &'static str) -> &'static str {
    let bytes = signature.as_bytes();
    let mut length = 0;
    while length < bytes.len() && bytes[length] != b'(' {
        length += 1;
    }
    signature.split_at(length).0
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_word_stands_once_and_is_described() {
        let mut seen = HashSet::new();
        for function in functions() {
            let name = function.name;
            assert!(seen.insert(name), "{name} stands twice");
            assert!(!function.description().meaning.is_empty(), "{name} is not described");
            let has_rule = function.rule.is_some() || matches!(function.described, Described::As(_));
            assert_eq!(has_rule, matches!(function.role, Role::Extra(_)), "{name}");
        }
    }
}
