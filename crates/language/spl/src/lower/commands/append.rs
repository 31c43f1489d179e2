//! `append`, `appendpipe` and `appendcols`: the rows of another pipeline after those here, or beside.

use quarry_plan::Expression;

use super::super::arguments::General;
use super::super::context::Context;
use super::super::rows::{joining, running, subsearch};
use crate::registry::{CommandRow, Needs, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "append",
        "append [ <search> ]",
        "Puts the rows of a second search after those there are.",
        "[search * | table a]",
        lower_append,
    )
    .with_common(subsearch::BOUNDS)
    .needs(Needs::Subsearch),
    CommandRow::new(
        "appendpipe",
        "appendpipe [ <commands> ]",
        "Puts what commands make of the rows after the rows.",
        "[stats count]",
        lower_pipe,
    )
    .with_options(&[OptionRow::ignored("run_in_preview", "there are no previews")])
    .with_common(subsearch::BOUNDS)
    .needs(Needs::Subsearch),
    CommandRow::new(
        "appendcols",
        "appendcols <options> [ <search> ]",
        "Puts the columns of a second search beside those there are, row by row.",
        "[search * | table a]",
        lower_columns,
    )
    .with_options(&[OVERRIDE])
    .with_common(subsearch::BOUNDS)
    .needs(Needs::Subsearch),
];

const OVERRIDE: OptionRow =
    OptionRow::flag("override", false, "Whether values of the second search replace those that are there.");

pub(super) fn lower_append(context: &mut Context<'_>, command: &Command) {
    lower(context, command, false);
}

pub(super) fn lower_pipe(context: &mut Context<'_>, command: &Command) {
    lower(context, command, true);
}

/// `appendcols`: the n-th row of a subsearch beside the n-th row here.
pub(super) fn lower_columns(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let overwrite = arguments.options.flag(&OVERRIDE);
    let Some(pipeline) = subsearch::take(context, &mut arguments, command) else { return };
    arguments.finish(context);
    let Some(mut inner) = subsearch::lower(context, pipeline) else { return };
    let right = running::row_number(&mut inner);
    let left = running::row_number(context);
    // Both sides name the number alike, so that rows are paired by it.
    let name = context.fresh_name("row");
    let span = command.span;
    inner.assign(vec![(name.clone(), Expression::column(&right, span))]);
    context.assign(vec![(name.clone(), Expression::column(&left, span))]);
    joining::beside(context, inner, &name, overwrite);
    context.hide(&[left, name]);
}

fn lower(context: &mut Context<'_>, command: &Command, copies: bool) {
    let mut arguments = General::new(context, command);
    let Some(pipeline) = subsearch::take(context, &mut arguments, command) else { return };
    arguments.finish(context);
    let inner = if copies {
        subsearch::lower_copy(context, pipeline)
    } else {
        subsearch::lower_open(context, pipeline)
    };
    if let Some(inner) = inner {
        subsearch::append(context, inner);
    }
}
