//! `sort`: numbers by value before texts by bytes, missing values last; at most 10,000 rows unless
//! told otherwise.

use quarry_diagnostic::Diagnostic;

use super::super::arguments::not_understood;
use super::super::codes;
use super::super::context::Context;
use super::super::rows::sort_keys;
use crate::registry::{AnyOf, CommandRow, Grammar, OptionRow};
use crate::tree::{Arguments, Command};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "sort",
    "sort [<n>] <options> [+|-]<field> ... [desc]",
    "Orders the rows and keeps the first of them.",
    "a",
    lower,
)
.with_options(&[LIMIT])
.grammar(Grammar::Sort)
.taking_any(AnyOf::Words)];

const LIMIT: OptionRow = OptionRow::count("limit", "10000", "How many rows are kept; 0 keeps all.");

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Sort(sort) = &command.arguments else { return not_understood(context, command) };
    let mut keys = Vec::new();
    for field in &sort.keys {
        keys.extend(sort_keys::sort_keys(context, field, sort.reversed));
    }
    if sort.keys.is_empty() {
        let message = "`sort` needs a field";
        context.report(
            Diagnostic::error(codes::MISSING_ARGUMENT, message, command.span)
                .with_help("write `sort - <field>`, or `sort 100 <field>` for the first rows"),
        );
        return;
    }
    let limit = match &sort.limit {
        Some(word) => match word.text.parse::<usize>() {
            Ok(limit) => limit,
            Err(_) => {
                let message = format!("`sort` takes a whole number of rows, found `{}`", word.text);
                context.report(
                    Diagnostic::error(codes::BAD_ARGUMENT, message, word.span)
                        .with_help("write `sort 100 - <field>`; 0 keeps all rows"),
                );
                return;
            }
        },
        None => LIMIT.default.parse().unwrap_or_default(),
    };
    // Fields that no row has order nothing.
    if !keys.is_empty() {
        context.sort(keys);
    }
    if limit > 0 {
        context.limit(0, Some(limit));
    }
}
