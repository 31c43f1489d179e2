//! `regex`: keeps the rows in which a field matches a regular expression, or does not.

use quarry_plan::{TextPattern, Type};

use super::super::arguments::{General, missing};
use super::super::context::{Context, RAW, convert};
use super::super::{build, pattern as regular};
use crate::registry::{AnyOf, CommandRow, Grammar, Needs};
use crate::tree::{Command, OptionValue};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "regex",
    "regex [<field>[!]=]<pattern>",
    "Keeps the rows in which a pattern is found, or not found.",
    "a=\"b\"",
    lower,
)
.grammar(Grammar::Match)
.needs(Needs::Arguments)
.taking_any(AnyOf::Names)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let options = arguments.options.others().to_vec();
    let words = arguments.words(context);
    arguments.finish(context);
    let (field, pattern, negated) = match (options.as_slice(), words.as_slice()) {
        ([option], []) => match &option.value {
            OptionValue::Word(pattern) => (option.name.text.as_str(), pattern, option.negated),
            _ => return missing(context, command, "a regular expression in quotes"),
        },
        ([], [pattern]) => (RAW, *pattern, false),
        _ => return missing(context, command, "one regular expression, such as `field=\"^a\"`"),
    };
    if !regular::is_fine(context, &pattern.text, pattern.span) {
        return;
    }
    let span = command.span;
    let value = context.field(field, span);
    let have = context.type_of(&value);
    let value =
        if matches!(have, Type::Text | Type::TextList) { value } else { convert(value, have, Type::Text) };
    let found = build::matches(TextPattern::Regex(pattern.text.clone()), false, value, span);
    let predicate = if negated {
        // A row without the field does not match, and so stays.
        build::coalesce(vec![found, build::boolean(false, span)], span).negate()
    } else {
        found
    };
    context.filter(predicate);
}
