//! `EXTRACT-` of props.conf, and what extractions have in common.

use std::collections::BTreeMap;

use quarry_diagnostic::Diagnostic;
use quarry_plan::{ColumnName, Expression, Type};

use super::super::context::{Context, RAW, convert, wider};
use super::super::{build, codes, pattern as regular};
use super::Preparation;

/// The fields that extractions gave so far.
#[derive(Default)]
pub(super) struct Extractions(BTreeMap<String, Extracted>);

/// Helper columns of a field: what extractions gave, and what the event has by itself.
struct Extracted {
    found: ColumnName,
    original: Option<ColumnName>,
}

/// Names and groups of a pattern over a text: which group is which field.
pub(super) struct Groups<'a> {
    /// The field that is read.
    pub(super) field: &'a str,
    pub(super) pattern: &'a str,
    /// Group and field.
    pub(super) names: &'a [(String, String)],
    /// Whether every match counts, and adds to what is there (`MV_ADD`).
    pub(super) all: bool,
}

/// `regex [in field]`.
pub(super) fn extract(
    context: &mut Context<'_>,
    preparation: &mut Preparation<'_>,
    condition: &Expression,
    _: &str,
    value: &str,
) {
    let (pattern, field) = match value.rsplit_once(" in ") {
        Some((pattern, field)) if is_field(field.trim()) => (pattern.trim(), field.trim()),
        _ => (value, RAW),
    };
    let names: Vec<(String, String)> =
        regular::group_names(pattern).into_iter().map(|name| (name.clone(), name)).collect();
    if names.is_empty() {
        let message = "its regular expression has no named group";
        return context.report(
            Diagnostic::error(codes::BAD_PATTERN, message, context.span)
                .with_help("name what is taken out: `(?<name>...)`"),
        );
    }
    // The platform puts these in front (props.conf.spec, EXTRACT).
    let pattern = format!("(?ms){pattern}");
    keep(context, preparation, condition, &Groups { field, pattern: &pattern, names: &names, all: false });
}

/// Whether what follows the last ` in ` is a field and no part of the pattern.
fn is_field(text: &str) -> bool {
    let first = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    first && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "_.:-{}".contains(letter))
}

/// Fields from the groups of a pattern, where a condition holds.
pub(super) fn keep(
    context: &mut Context<'_>,
    preparation: &mut Preparation<'_>,
    condition: &Expression,
    groups: &Groups<'_>,
) {
    let span = context.span;
    let input = context.field(groups.field, span);
    if context.type_of(&input) == Type::Null || !regular::is_fine(context, groups.pattern, span) {
        return;
    }
    let have = if groups.all { Type::TextList } else { Type::Text };
    for (group, name) in groups.names {
        let mut arguments =
            vec![input.clone(), Expression::text(groups.pattern, span), Expression::text(group, span)];
        if groups.all {
            arguments.push(build::number(0.0, span));
        }
        let value = build::call("rex", arguments, have, span);
        let value = build::case(vec![(condition.clone(), value)], None, span);
        preparation.extractions.add(context, name, value, groups.all);
    }
}

impl Extractions {
    /// Adds what an extraction found. Of several that find a field the first counts, unless it `adds`
    /// (transforms.conf.spec, MV_ADD); the event's own value stands where none finds one.
    pub(super) fn add(&mut self, context: &mut Context<'_>, name: &str, value: Expression, adds: bool) {
        let span = context.span;
        let (found, original) = match self.0.get(name) {
            Some(earlier) => {
                let old = Expression::column(&earlier.found, span);
                let common =
                    if adds { Type::TextList } else { wider(context.type_of(&old), context.type_of(&value)) };
                let items = [old, value].map(|item| {
                    let have = context.type_of(&item);
                    convert(item, have, common)
                });
                let new = if adds {
                    build::call("mvappend", items.into(), common, span)
                } else {
                    build::coalesce(items.into(), span)
                };
                context.assign(vec![(earlier.found.clone(), new)]);
                (earlier.found.clone(), earlier.original.clone())
            }
            None => {
                let found = context.fresh_name("extracted");
                let mut helpers = vec![(found.clone(), value)];
                let own = context.find(name).filter(|column| !column.empty);
                let original = own.map(|_| context.fresh_name("original"));
                if let Some(original) = &original {
                    helpers.push((original.clone(), Expression::column(name, span)));
                }
                context.assign(helpers);
                let helpers = Extracted { found: found.clone(), original: original.clone() };
                self.0.insert(name.to_owned(), helpers);
                (found, original)
            }
        };
        let columns: Vec<Expression> =
            std::iter::once(found).chain(original).map(|name| Expression::column(name, span)).collect();
        let types: Vec<Type> = columns.iter().map(|column| context.type_of(column)).collect();
        let common = types.iter().copied().fold(Type::Null, wider);
        let items = columns.into_iter().zip(types).map(|(column, have)| convert(column, have, common));
        context.assign(vec![(name.to_owned(), build::coalesce(items.collect(), span))]);
    }
}
