//! `rename`: new names, from left to right. A missing field renamed onto an existing one removes it.

use quarry_diagnostic::Diagnostic;

use super::super::arguments::not_understood;
use super::super::context::{Context, Gone};
use super::super::rows::rename;
use super::super::{codes, wildcard};
use crate::registry::{CommandRow, Grammar};
use crate::tree::{Arguments, Command, RenamePair};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "rename",
    "rename <field> AS <new> [, ...]",
    "Gives fields other names; stars carry over.",
    "a AS b",
    lower,
)
.grammar(Grammar::Rename)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Rename(pairs) = &command.arguments else { return not_understood(context, command) };
    for pair in pairs {
        if wildcard::is_wildcard(&pair.from.text) || wildcard::is_wildcard(&pair.to.text) {
            rename_all(context, pair);
        } else {
            rename_one(context, &pair.from.text, &pair.to.text);
        }
    }
}

fn rename_one(context: &mut Context<'_>, from: &str, to: &str) {
    if from == to {
        return;
    }
    match context.find(from) {
        Some(_) => context.rename(from, to),
        None => context.forget(to, Gone::Removed),
    }
}

/// Renames what is known to match, and leaves a rule for fields that come up later.
fn rename_all(context: &mut Context<'_>, pair: &RenamePair) {
    let (from, to) = (&pair.from.text, &pair.to.text);
    if from.matches('*').count() != to.matches('*').count() {
        let message = "both names need the same number of `*`";
        context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, pair.span).with_help("write `rename <before>* AS <after>*`: what the first `*` stands for is put in the place of the second"));
        return;
    }
    if from != to {
        rename::rename_matching(context, from, to);
    }
}
