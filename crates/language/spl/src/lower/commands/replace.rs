//! `replace`: another text for values that match, whole, with `*` as wildcard.

use quarry_plan::{Expression, TextPattern, Type};

use super::super::arguments::{General, missing, names};
use super::super::context::{Context, convert};
use super::super::{build, wildcard};
use crate::registry::{AnyOf, CommandRow, Needs};
use crate::tree::{Command, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "replace",
    "replace <value> WITH <new> [, ...] [IN <fields>]",
    "Replaces whole values; stars carry over.",
    "a WITH b IN c",
    lower,
)
.needs(Needs::Arguments)
.taking_any(AnyOf::Words)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let (pairs, fields) = arguments.words_around(context, "in");
    arguments.finish(context);
    let changes: Option<Vec<(&Word, &Word)>> = pairs
        .chunks(3)
        .map(|words| match words {
            [from, with, to] if with.is_keyword("with") => Some((*from, *to)),
            _ => None,
        })
        .collect();
    let Some(changes) = changes.filter(|changes| !changes.is_empty()) else {
        return missing(context, command, "`\"old\" WITH \"new\" IN field`");
    };
    let fields = match fields {
        Some(fields) => names(context, fields),
        // All but the internal ones.
        None => context.field_names().into_iter().map(|name| (name, command.span)).collect(),
    };
    for (name, span) in fields {
        let value = context.field(&name, span);
        let have = context.type_of(&value);
        if !matches!(have, Type::Text | Type::Double | Type::Integer) {
            continue;
        }
        let text = convert(value, have, Type::Text);
        let arms = changes.iter().map(|(from, to)| arm(&text, from, to)).collect();
        let changed = build::case(arms, Some(text), span);
        context.assign(vec![(name, changed)]);
    }
}

fn arm(text: &Expression, from: &Word, to: &Word) -> (Expression, Expression) {
    let span = from.span;
    if !wildcard::is_wildcard(&from.text) {
        let same = build::matches(TextPattern::Equals(from.text.clone()), true, text.clone(), span);
        return (same, Expression::text(&to.text, to.span));
    }
    let found = build::matches(TextPattern::Wildcard(from.text.clone()), true, text.clone(), span);
    let parts: Vec<String> = from.text.split('*').map(regex::escape).collect();
    let pattern = Expression::text(format!("(?is)^{}$", parts.join("(.*)")), span);
    let mut replacement = String::new();
    for (index, part) in to.text.split('*').enumerate() {
        if index > 0 {
            replacement.push_str(&format!("\\{index}"));
        }
        replacement.push_str(&part.replace('\\', "\\\\"));
    }
    let arguments = vec![text.clone(), pattern, Expression::text(replacement, to.span)];
    (found, build::call("replace", arguments, Type::Text, span))
}
