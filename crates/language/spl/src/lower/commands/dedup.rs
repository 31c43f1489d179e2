//! `dedup`: the first rows of each combination of values; rows without one of the fields go.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Comparison, Expression, Type};

use super::super::arguments::{General, missing, names};
use super::super::context::Context;
use super::super::rows::{running, sort_keys};
use super::super::{build, codes};
use crate::registry::{AnyOf, CommandRow, Needs, OptionRow};
use crate::tree::{Command, Quote, SortField, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "dedup",
    "dedup [<n>] <fields> <options> [sortby <keys>]",
    "Keeps the first rows of each combination of values.",
    "a",
    lower,
)
.needs(Needs::Arguments)
.with_options(&[KEEP_EVENTS, KEEP_EMPTY, CONSECUTIVE])
.taking_any(AnyOf::Words)];

const KEEP_EVENTS: OptionRow =
    OptionRow::flag("keepevents", false, "Whether other rows stay, without the fields.");
const KEEP_EMPTY: OptionRow =
    OptionRow::flag("keepempty", false, "Whether rows that lack one of the fields stay.");
const CONSECUTIVE: OptionRow =
    OptionRow::flag("consecutive", false, "Whether only rows that follow each other are compared.");

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let keep = arguments.leading_count().unwrap_or(1);
    let keep_events = arguments.options.flag(&KEEP_EVENTS);
    let keep_empty = arguments.options.flag(&KEEP_EMPTY);
    let consecutive = arguments.options.flag(&CONSECUTIVE);
    let (fields, sort) = arguments.words_around(context, "sortby");
    arguments.finish(context);
    if fields.is_empty() {
        return missing(context, command, "a field");
    }
    if keep == 0 {
        context.report(
            Diagnostic::error(codes::BAD_ARGUMENT, "`dedup` keeps at least one row", command.span)
                .with_help("write `dedup 1 <field>`, or leave the number out"),
        );
        return;
    }
    if let Some(sort) = sort {
        sort_by(context, &sort);
    }
    let fields: Vec<String> = names(context, fields).into_iter().map(|(name, _)| name).collect();
    let mut keys = Vec::new();
    for name in &fields {
        let value = context.field(name, command.span);
        let typed = if context.type_of(&value) == Type::Null { value.cast(Type::Text) } else { value };
        keys.push(typed);
    }
    let present = keys.iter().cloned().map(build::is_present).collect();
    let present = build::all(present, command.span);
    if !keep_empty {
        context.filter(present.clone());
    }
    if consecutive {
        keys.extend(running::changes(context, &fields));
    }
    if keep_empty {
        // A row without one of the fields is like no other.
        let number = Expression::column(running::row_number(context), command.span);
        keys.push(build::case(vec![(present.negate(), number)], None, command.span));
    }
    if keep_events {
        return blank(context, &fields, keys, keep);
    }
    context.deduplicate(keys, keep);
}

/// Takes the values of the fields out of all but the first rows of each combination.
fn blank(context: &mut Context<'_>, fields: &[String], partition: Vec<Expression>, keep: usize) {
    let span = context.span;
    let rank = running::row_number_in(context, partition);
    #[allow(clippy::cast_precision_loss)] // a number of rows to keep
    let keep = build::number(keep as f64, span);
    let first = build::compare(Comparison::LessOrEqual, Expression::column(&rank, span), keep, span);
    let mut values = Vec::new();
    for name in fields {
        let value = context.field(name, span);
        if context.type_of(&value) != Type::Null {
            values.push((name.clone(), build::case(vec![(first.clone(), value)], None, span)));
        }
    }
    context.assign(values);
    context.hide(&[rank]);
}

/// Orders the rows by `-field` and `+field`, whose signs may stand apart.
fn sort_by(context: &mut Context<'_>, words: &[&Word]) {
    let mut keys = Vec::new();
    let mut descending = false;
    for word in words {
        let mut field = (*word).clone();
        if field.quote == Quote::None && field.text.starts_with(['+', '-']) {
            descending = field.text.remove(0) == '-';
        }
        if field.text.is_empty() {
            continue;
        }
        let kind = ["num", "str", "ip", "auto"].into_iter().find_map(|kind| {
            let named = field.text.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind));
            let inside = field.text.get(kind.len()..).filter(|_| named)?;
            Some((kind, inside.strip_prefix('(')?.strip_suffix(')')?.to_owned()))
        });
        let kind = kind.map(|(kind, inside)| {
            field.text = inside;
            Word { text: kind.to_owned(), ..field.clone() }
        });
        keys.extend(sort_keys::sort_keys(context, &SortField { descending, kind, field }, false));
        descending = false;
    }
    if !keys.is_empty() {
        context.sort(keys);
    }
}
