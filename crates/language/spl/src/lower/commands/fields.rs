//! `fields`: keeps the named fields and the internal ones, or takes the named fields away.

use quarry_plan::ColumnName;

use super::super::arguments::{General, missing, names};
use super::super::context::{Column, Context, Gone, Without, is_internal};
use super::super::wildcard;
use crate::registry::{AnyOf, CommandRow, Needs};
use crate::tree::{Command, Quote, Word};

pub(super) const ROWS: &[CommandRow] =
    &[CommandRow::new("fields", "fields [+|-] <fields>", "Keeps fields, or takes them away.", "a", lower)
        .needs(Needs::Arguments)
        .taking_any(AnyOf::Words)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let words = arguments.words(context);
    arguments.finish(context);
    let (removes, words) = direction(words);
    if words.is_empty() {
        return missing(context, command, "a field");
    }
    if removes { remove(context, &words) } else { keep(context, &words) }
}

/// Splits the leading `+` or `-` off, alone or joined to the first name.
fn direction(words: Vec<&Word>) -> (bool, Vec<Word>) {
    let mut words: Vec<Word> = words.into_iter().cloned().collect();
    let Some(first) = words.first_mut().filter(|first| first.quote == Quote::None) else {
        return (false, words);
    };
    let sign = first.text.chars().next().filter(|sign| matches!(sign, '+' | '-'));
    if sign.is_some() {
        first.text.remove(0);
        if first.text.is_empty() {
            words.remove(0);
        }
    }
    (sign == Some('-'), words)
}

fn remove(context: &mut Context<'_>, words: &[Word]) {
    for word in words {
        if wildcard::is_wildcard(&word.text) {
            let names: Vec<ColumnName> = context.columns().iter().map(|column| column.name.clone()).collect();
            if context.has_unknown_fields() {
                context.add_rule(Without { pattern: word.text.clone() });
            }
            let internal = word.text.starts_with('_');
            for name in names {
                if name.user().is_some_and(|name| wildcard::matches(&word.text, name))
                    && (internal || !is_internal(&name))
                {
                    context.forget(&name, Gone::Removed);
                }
            }
        } else {
            context.forget(&word.text, Gone::Removed);
        }
    }
}

fn keep(context: &mut Context<'_>, words: &[Word]) {
    let mut kept: Vec<Column> = Vec::new();
    for (name, span) in names(context, words) {
        let found = context.find(&name);
        if found.is_none() {
            context.field(&name, span);
        }
        kept.extend(found);
    }
    context.close(kept, true);
}
