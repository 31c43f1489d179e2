//! `makemv` and `nomv`: a text to a list of texts and back.

use quarry_plan::{Comparison, Expression, ExpressionKind, Type};

use super::super::build;
use super::super::context::{Context, convert};
use super::general::{General, missing};
use crate::tree::Command;

/// Name of the group that is a value.
const TOKEN: &str = "token";

pub(super) fn lower_make(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let tokenizer = arguments.option("tokenizer");
    let delimiter = arguments.option("delim").map_or(" ", |word| word.text.as_str());
    let allows_empty = arguments.flag(context, "allowempty", false);
    arguments.only(context, "setsv", &["f", "false", "0"]);
    let words = arguments.words(context);
    arguments.finish(context);
    let [field] = words.as_slice() else { return missing(context, command, "one field") };
    let value = context.field(&field.text, field.span);
    if context.type_of(&value) == Type::Null {
        return;
    }
    let split = match tokenizer {
        Some(pattern) => {
            let name = Expression::text(TOKEN, pattern.span);
            let named = Expression::text(name_first_group(&pattern.text), pattern.span);
            build::call(
                "rex",
                vec![value, named, name, build::number(0.0, pattern.span)],
                Type::TextList,
                command.span,
            )
        }
        None => {
            let arguments = vec![value, Expression::text(delimiter, command.span)];
            let parts = build::call("split", arguments, Type::TextList, command.span);
            if allows_empty { parts } else { without_empty(context, parts) }
        }
    };
    context.assign(vec![(field.text.clone(), split)]);
}

/// The values that are not empty texts.
fn without_empty(context: &mut Context<'_>, list: Expression) -> Expression {
    let span = list.span;
    let element = context.fresh_name("element");
    let value = Expression::column(&element, span);
    let filled = build::compare(Comparison::NotEqual, value.clone(), Expression::text("", span), span);
    let body = Box::new(build::case(vec![(filled, value)], None, span));
    Expression::new(ExpressionKind::ForEach { list: Box::new(list), element, body }, span)
}

/// The expression with its first plain group named; the whole of it where there is none.
fn name_first_group(pattern: &str) -> String {
    let bytes = pattern.as_bytes();
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'(' && !escaped && bytes.get(at + 1) != Some(&b'?') {
            return format!("{}(?<{TOKEN}>{}", &pattern[..at], &pattern[at + 1..]);
        }
        escaped = *byte == b'\\' && !escaped;
    }
    format!("(?<{TOKEN}>{pattern})")
}

pub(super) fn lower_join(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let words = arguments.words(context);
    arguments.finish(context);
    let [field] = words.as_slice() else { return missing(context, command, "one field") };
    let value = context.field(&field.text, field.span);
    if context.type_of(&value) == Type::TextList {
        context.assign(vec![(field.text.clone(), convert(value, Type::TextList, Type::Text))]);
    }
}
