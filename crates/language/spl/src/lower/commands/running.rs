//! Values from the rows before: `accum`, `delta`, `autoregress`, `filldown`.

use quarry_plan::{Arithmetic, Expression, ExpressionKind, Frame, Type};

use super::super::arguments::{General, missing, names};
use super::super::build;
use super::super::context::Context;
use super::super::rows::running;
use crate::registry::{AnyOf, CommandRow, Needs, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "accum",
        "accum <field> [AS <new>]",
        "Adds up a number field from row to row.",
        "n",
        lower_accum,
    )
    .needs(Needs::Arguments)
    .taking_any(AnyOf::Words),
    CommandRow::new(
        "autoregress",
        "autoregress <field> [AS <new>] <options>",
        "Copies a field from earlier rows.",
        "n",
        lower_autoregress,
    )
    .with_options(&[ROWS_BACK])
    .needs(Needs::Arguments),
    CommandRow::new(
        "delta",
        "delta <field> [AS <new>] <options>",
        "The difference of a number to that of an earlier row.",
        "n",
        lower_delta,
    )
    .with_options(&[BACK])
    .needs(Needs::Arguments),
    CommandRow::new(
        "filldown",
        "filldown [<fields>]",
        "Fills a missing value with the last one before it.",
        "a",
        lower_filldown,
    )
    .taking_any(AnyOf::Words),
];

const BACK: OptionRow = OptionRow::count("p", "1", "How many rows before the earlier row stands.");
const ROWS_BACK: OptionRow = OptionRow::text(
    "p",
    "n",
    "1",
    "How many rows before the earlier row stands, or from which to which, as `1-3`.",
);

/// A field as a number.
fn number(context: &mut Context<'_>, name: &str) -> Option<Expression> {
    let span = context.span;
    let value = context.field(name, span);
    match context.type_of(&value) {
        Type::Null => None,
        Type::Double | Type::Integer | Type::Timestamp => Some(value.cast(Type::Double)),
        _ => Some(build::call("sort_number", vec![value], Type::Double, span)),
    }
}

/// `accum field AS new`: the sum so far.
pub(super) fn lower_accum(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let (fields, new) = arguments.words_around(context, "as");
    arguments.finish(context);
    let [field] = fields.as_slice() else { return missing(context, command, "one field") };
    let new = new.and_then(|words| words.first().map(|word| word.text.clone()));
    let Some(value) = number(context, &field.text) else { return };
    let sum = running::over(context, "spl_sum", value.clone(), Type::Double, Frame::SO_FAR);
    let sum = build::case(
        vec![(build::is_present(value), Expression::column(&sum, command.span))],
        None,
        command.span,
    );
    context.assign(vec![(new.unwrap_or_else(|| field.text.clone()), sum)]);
}

/// `delta field AS new p=n`: the difference from the row so many before.
pub(super) fn lower_delta(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let back = arguments.options.count(&BACK).unwrap_or_default().max(1);
    let (fields, new) = arguments.words_around(context, "as");
    arguments.finish(context);
    let [field] = fields.as_slice() else { return missing(context, command, "one field") };
    let new = new.and_then(|words| words.first().map(|word| word.text.clone()));
    let Some(value) = number(context, &field.text) else { return };
    let frame = Frame::Rows { from: Some(back), to: back };
    let before = running::over(context, "first", value.clone(), Type::Double, frame);
    let kind = ExpressionKind::Arithmetic {
        operator: Arithmetic::Subtract,
        left: Box::new(value),
        right: Box::new(Expression::column(&before, command.span)),
    };
    let name = new.unwrap_or_else(|| format!("delta({})", field.text));
    context.assign(vec![(name, Expression::new(kind, command.span))]);
}

/// `autoregress field AS new p=n-m`: the values of rows before.
pub(super) fn lower_autoregress(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let range = arguments.options.text(&ROWS_BACK);
    let (fields, new) = arguments.words_around(context, "as");
    arguments.finish(context);
    let [field] = fields.as_slice() else { return missing(context, command, "one field") };
    let (from, to) = range.split_once('-').unwrap_or((range, range));
    let (Ok(from), Ok(to)) = (from.parse::<usize>(), to.parse::<usize>()) else {
        return missing(context, command, "`p=` with a number or a range such as `1-3`");
    };
    let new = new.and_then(|words| words.first().map(|word| word.text.clone()));
    for back in from.max(1)..=to.min(from.max(1) + 100) {
        let value = context.field(&field.text, field.span);
        let have = context.type_of(&value);
        if have == Type::Null {
            return;
        }
        let before = running::over(context, "first", value, have, Frame::Rows { from: Some(back), to: back });
        let name = match &new {
            Some(new) if from == to => new.clone(),
            Some(new) => format!("{new}_p{back}"),
            None => format!("{}_p{back}", field.text),
        };
        context.assign(vec![(name, Expression::column(&before, command.span))]);
    }
}

/// `filldown`: the last value before, where a row has none.
pub(super) fn lower_filldown(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let words = arguments.words(context);
    arguments.finish(context);
    let fields: Vec<String> = if words.is_empty() {
        context.visible().into_iter().filter_map(|column| Some(column.name.user()?.to_owned())).collect()
    } else {
        names(context, words).into_iter().map(|(name, _)| name).collect()
    };
    for name in fields {
        let value = context.field(&name, command.span);
        let have = context.type_of(&value);
        if have != Type::Null {
            let last = running::over(context, "last", value, have, Frame::SO_FAR);
            context.assign(vec![(name, Expression::column(&last, command.span))]);
        }
    }
}
