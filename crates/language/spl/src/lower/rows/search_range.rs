//! The time range of the search, as values of the rows.

use quarry_plan::{Arithmetic, Expression, ExpressionKind, TimeBound, TimeRange, TimeStep, TimeUnit, Type};

use super::super::build;
use super::super::context::Context;

/// The time range of the search: that of the user's choice where it replaces the search's own.
pub(crate) fn range(context: &Context<'_>) -> TimeRange {
    context.shared.environment.time.unwrap_or(&context.rows.scan.time).clone()
}

/// The end of the search in seconds, if it has one.
pub(crate) fn end_of_search(context: &Context<'_>) -> Option<Expression> {
    let now = build::call("now", Vec::new(), Type::Double, context.span);
    range(context).latest.as_ref().map(|bound| instant(bound, &now))
}

/// The first and the last instant of the search in seconds. A search that has a beginning ends now where it
/// names no end.
pub(crate) fn ends(context: &Context<'_>) -> [Option<Expression>; 2] {
    let span = context.span;
    let now = build::call("now", Vec::new(), Type::Double, span);
    let TimeRange { earliest, latest } = range(context);
    let first = earliest.as_ref().map(|bound| instant(bound, &now));
    let after = match latest.as_ref() {
        Some(bound) => Some(instant(bound, &now)),
        None => first.is_some().then_some(now),
    };
    let last = after.map(|after| {
        let kind = ExpressionKind::Arithmetic {
            operator: Arithmetic::Subtract,
            left: Box::new(after),
            right: Box::new(build::number(1e-6, span)),
        };
        Expression::new(kind, span)
    });
    [first, last]
}

/// A bound in seconds, computed when the search runs.
pub(crate) fn instant(bound: &TimeBound, now: &Expression) -> Expression {
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
