//! `makemv` and `nomv`: a text to a list of texts and back.

use quarry_plan::{AggregateCall, Expression, Type};

use super::super::arguments::{General, missing};
use super::super::context::{Column, Context, convert};
use super::super::{build, pattern as regular};
use crate::registry::{CommandRow, Needs, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "makemv",
        "makemv <options> <field>",
        "Cuts a text into several values.",
        "a",
        lower_make,
    )
    .with_options(&[DELIMITER, TOKENIZER, ALLOW_EMPTY, AS_ONE])
    .needs(Needs::Arguments),
    CommandRow::new("nomv", "nomv <field>", "Makes one text of several values.", "a", lower_join)
        .needs(Needs::Arguments),
    CommandRow::new(
        "mvcombine",
        "mvcombine <options> <field>",
        "Makes one row of those that differ in one field only.",
        "a",
        lower_combine,
    )
    .with_options(&[BETWEEN])
    .needs(Needs::Arguments),
];

const DELIMITER: OptionRow =
    OptionRow::text("delim", "text", " ", "What stands between the values; a space if not said.");
const BETWEEN: OptionRow = OptionRow::text(
    "delim",
    "text",
    " ",
    "What stands between the values where `nomv` makes one text of them.",
);
const TOKENIZER: OptionRow =
    OptionRow::text("tokenizer", "regex", "", "A pattern whose first group is a value, in place of `delim`.");
const ALLOW_EMPTY: OptionRow = OptionRow::flag("allowempty", false, "Whether empty values are kept.");
const AS_ONE: OptionRow =
    OptionRow::flag("setsv", false, "Whether the values become one text again, with `delim` between them.");

/// Name of the group that is a value.
const TOKEN: &str = "token";

pub(super) fn lower_make(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let tokenizer = arguments.options.word(&TOKENIZER);
    let delimiter = arguments.options.text(&DELIMITER);
    let keeps_empty = arguments.options.flag(&ALLOW_EMPTY);
    let joins = arguments.options.flag(&AS_ONE);
    let words = arguments.words(context);
    arguments.finish(context);
    let [field] = words.as_slice() else { return missing(context, command, "one field") };
    let value = context.field(&field.text, field.span);
    if context.type_of(&value) == Type::Null {
        return;
    }
    if tokenizer.is_some_and(|pattern| !regular::is_fine(context, &pattern.text, pattern.span)) {
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
            build::call("split", arguments, Type::TextList, command.span)
        }
    };
    let split = if keeps_empty {
        split
    } else {
        build::call("without_empty", vec![split], Type::TextList, command.span)
    };
    // One value stands for all: those left, with the delimiter between them (search reference, makemv).
    let split = if joins {
        let arguments = vec![split, Expression::text(delimiter, command.span)];
        build::call("mvjoin", arguments, Type::Text, command.span)
    } else {
        split
    };
    context.assign(vec![(field.text.clone(), split)]);
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

/// `mvcombine field`: one row for rows that agree in all other fields, with all values of the field.
pub(super) fn lower_combine(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let delimiter = arguments.options.text(&BETWEEN).to_owned();
    let words = arguments.words(context);
    arguments.finish(context);
    let [field] = words.as_slice() else { return missing(context, command, "one field") };
    let value = context.field(&field.text, field.span);
    if context.type_of(&value) == Type::Null {
        return;
    }
    let visible = context.visible();
    let others = visible.iter().filter(|column| column.name != field.text);
    let groups = others.map(|column| {
        let value = Expression::column(&column.name, command.span);
        let value = if column.empty { build::null(command.span).cast(Type::Text) } else { value };
        (column.name.clone(), value)
    });
    let groups = groups.collect();
    let call = AggregateCall {
        function: "spl_list".to_owned(),
        arguments: vec![value],
        filter: None,
        order: context.order_keys(),
        result: Type::TextList,
    };
    context.aggregate(groups, vec![(field.text.clone().into(), call)]);
    let order = |column: &Column| visible.iter().position(|known| known.name == column.name);
    let mut columns = context.visible();
    columns.sort_by_key(order);
    context.close(columns, false);
    context.set_delimiter(field.text.clone(), &delimiter);
}

pub(super) fn lower_join(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let words = arguments.words(context);
    arguments.finish(context);
    let [field] = words.as_slice() else { return missing(context, command, "one field") };
    let value = context.field(&field.text, field.span);
    if context.type_of(&value) == Type::TextList {
        let joined = match context.delimiter(&field.text) {
            Some(delimiter) => {
                let arguments = vec![value, Expression::text(delimiter, field.span)];
                build::call("mvjoin", arguments, Type::Text, field.span)
            }
            None => convert(value, Type::TextList, Type::Text),
        };
        context.assign(vec![(field.text.clone(), joined)]);
    }
}
