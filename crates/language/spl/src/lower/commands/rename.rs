//! `rename`: new names, from left to right. A missing field renamed onto an existing one removes it.

use quarry_diagnostic::Diagnostic;
use quarry_plan::Expression;

use super::super::context::{Context, Gone, LateRule};
use super::super::{codes, wildcard};
use super::not_understood;
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
        context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, pair.span));
        return;
    }
    if from != to {
        rename_matching(context, from, to);
    }
}

/// Renames all fields that match, those that nobody has mentioned yet too; both names have as many stars.
pub(super) fn rename_matching(context: &mut Context<'_>, from: &str, to: &str) {
    let known = context.columns().iter().filter_map(|column| column.name.user());
    let known: Vec<String> = known.map(str::to_owned).collect();
    if context.has_unknown_fields() {
        context.add_rule(LateRule::Rename { from: from.to_owned(), to: to.to_owned() });
    }
    for name in known {
        if context.has_unknown_fields() && wildcard::matches(to, &name) && !wildcard::matches(from, &name) {
            // A field of the new name that nobody mentioned yet may take its place.
            context.find_again(&name.into());
        } else if let Some(texts) = wildcard::captures(from, &name).filter(|_| !name.starts_with('_')) {
            let new = wildcard::fill(to, &texts);
            if new != name {
                context.rename(&name, &new);
            }
        }
    }
}

impl Context<'_> {
    /// Gives a field another name, in its place.
    fn rename(&mut self, from: &str, to: &str) {
        let value = Expression::column(from, self.span);
        let Some(empty) = self.columns().iter().find(|column| column.name == from).map(|column| column.empty)
        else {
            return;
        };
        if empty {
            self.forget(to, Gone::Removed);
        } else {
            self.assign(vec![(to.to_owned(), value)]);
        }
        self.move_column(from, to);
    }
}
