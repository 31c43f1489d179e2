//! Lookups of public apps that are programs, not tables, where what they compute is known.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{ColumnName, Expression, Type};

use super::super::context::{Context, convert};
use super::super::{build, codes};
use super::lookup_table::Pair;

/// One such lookup.
struct Row {
    name: &'static str,
    input: &'static str,
    output: &'static str,
    /// The function of the input that gives the output; none where only a network could tell.
    function: Option<&'static str>,
}

/// The lookups. `ut_shannon_lookup` is of the app URL Toolbox (Splunkbase 2734): the entropy of a word.
/// `dnslookup` comes with Splunk, and asks name servers for either of its fields by the other.
const TABLE: &[Row] = &[
    Row { name: "ut_shannon_lookup", input: "word", output: "ut_shannon", function: Some("shannon") },
    Row { name: "dnslookup", input: "clientip", output: "clienthost", function: None },
    Row { name: "dnslookup", input: "clienthost", output: "clientip", function: None },
];

/// Adds the output of a computed lookup; false if there is none of that name.
pub(crate) fn apply(
    context: &mut Context<'_>,
    name: &str,
    keys: &[Pair],
    outputs: &[Pair],
    keeps: bool,
) -> bool {
    let named = || TABLE.iter().filter(|row| row.name == name);
    let fits = |row: &&Row| keys.iter().all(|(column, _)| column.text == row.input);
    let Some(row) = named().find(fits).or_else(|| named().next()) else { return false };
    let unknown = keys.iter().find(|(column, _)| column.text != row.input);
    if let Some((column, _)) = unknown.or(outputs.iter().find(|(column, _)| column.text != row.output)) {
        let message = format!("the lookup `{name}` has no field `{}` here", column.text);
        let found = Diagnostic::error(codes::UNKNOWN_LOOKUP_FIELD, message, column.span)
            .with_help(format!("it gives `{}` for `{}`", row.output, row.input));
        context.report(found);
        return true;
    }
    let Some((_, (field, place))) = keys.first() else { return true };
    let target = outputs.first().map_or_else(|| ColumnName::from(row.output), |(_, (name, _))| name.clone());
    let span = context.span;
    let value = context.field(field, *place);
    let have = context.type_of(&value);
    if have == Type::Null {
        return true;
    }
    let value = match row.function {
        Some(function) => build::call(function, vec![convert(value, have, Type::Text)], Type::Text, span),
        None => {
            let message =
                format!("`{name}` asks a network, which is not done here: `{}` has no value", target.text());
            context.report(Diagnostic::warning(codes::UNKNOWN_LOOKUP, message, *place));
            build::null(span).cast(Type::Text)
        }
    };
    let old = context.find(&target).filter(|column| keeps && !column.empty);
    let value = match old {
        Some(old) => {
            let old = convert(Expression::column(&target, span), old.data_type, Type::Text);
            build::coalesce(vec![old, value], span)
        }
        None => value,
    };
    context.assign(vec![(target, value)]);
    true
}
