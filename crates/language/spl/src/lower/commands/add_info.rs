//! `addinfo`: the search's own times as fields.

use quarry_plan::{Expression, TimeBound, TimeRange, TimeStep, TimeUnit, Type};

use super::super::build;
use super::super::context::Context;
use super::general::General;
use crate::registry::CommandRow;
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] =
    &[CommandRow::new("addinfo", "addinfo", "Adds the search's own time range as fields.", "", lower)];

/// The earliest time where the search has none, and the latest (Splunk search reference, addinfo).
const UNBOUNDED: (&str, &str) = ("0.000", "+Infinity");
/// There is one search at a time.
const IDENTIFIER: &str = "quarry";

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    General::new(context, command).finish(context);
    let span = command.span;
    let now = build::call("now", Vec::new(), Type::Double, span);
    let time = range(context);
    let bound = |bound: Option<&TimeBound>, otherwise: &str| match bound {
        Some(bound) => instant(bound, &now),
        None => Expression::text(otherwise, span),
    };
    context.assign(vec![
        ("info_min_time".to_owned(), bound(time.earliest.as_ref(), UNBOUNDED.0)),
        ("info_max_time".to_owned(), bound(time.latest.as_ref(), UNBOUNDED.1)),
        ("info_search_time".to_owned(), now.clone()),
        ("info_sid".to_owned(), Expression::text(IDENTIFIER, span)),
    ]);
}

/// The time range of the search: that of the user's choice where it replaces the search's own.
fn range(context: &Context<'_>) -> TimeRange {
    context.environment.time.unwrap_or(&context.scan.time).clone()
}

/// The end of the search in seconds, if it has one.
pub(super) fn end_of_search(context: &Context<'_>) -> Option<Expression> {
    let now = build::call("now", Vec::new(), Type::Double, context.span);
    range(context).latest.as_ref().map(|bound| instant(bound, &now))
}

/// A bound in seconds, computed when the search runs.
fn instant(bound: &TimeBound, now: &Expression) -> Expression {
    let span = now.span;
    #[allow(clippy::cast_precision_loss)] // microseconds of dates
    let start = bound.base.map_or_else(|| now.clone(), |base| build::number(base as f64 / 1e6, span));
    if bound.steps.is_empty() {
        return start;
    }
    let modifier = Expression::text(bound.steps.iter().map(written).collect::<String>(), span);
    build::call("relative_time", vec![start, modifier], Type::Double, span)
}

/// A step as the language writes it.
fn written(step: &TimeStep) -> String {
    match step {
        TimeStep::Shift { amount, unit } => format!("{amount:+}{}", unit_name(*unit)),
        TimeStep::Floor(unit) => format!("@{}", unit_name(*unit)),
        TimeStep::FloorWeekday(day) => format!("@w{day}"),
    }
}

fn unit_name(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "s",
        TimeUnit::Minute => "m",
        TimeUnit::Hour => "h",
        TimeUnit::Day => "d",
        TimeUnit::Week => "w",
        TimeUnit::Month => "mon",
        TimeUnit::Quarter => "q",
        TimeUnit::Year => "y",
    }
}
