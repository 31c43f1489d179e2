//! `gentimes`: one row a span of time (Splunk search reference, gentimes).

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Arithmetic, Expression, ExpressionKind, Rows, Type, Value};

use super::super::arguments::{General, bad_value, missing};
use super::super::context::Context;
use super::super::{build, codes};
use crate::registry::{CommandRow, Needs, OptionRow, usage};
use crate::tree::{Command, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "gentimes",
    "gentimes <options>",
    "Makes one row a span of time.",
    "start=1/1/2024 end=1/3/2024",
    lower,
)
.needs(Needs::Arguments)
.with_options(&[START, END, INCREMENT])
.generating()];

const START: OptionRow =
    OptionRow::text("start", "date", "", "The first day, `10/1/2024` or `-3` for so many days back.")
        .required();
const END: OptionRow =
    OptionRow::text("end", "date", "", "The day at which the spans end; today if not said.");
const INCREMENT: OptionRow = OptionRow::text("increment", "span", "1d", "The length of a span.");

/// How the times are shown, `Sun Apr  4 00:00:00 2021`.
const SHOWN: &str = "%a %b %e %H:%M:%S %Y";
/// Names and lengths of the units of the increment, in seconds.
const UNITS: &[(char, f64)] = &[('s', 1.0), ('m', 60.0), ('h', 3600.0), ('d', 86_400.0)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    let start = arguments.options.word(&START);
    let end = arguments.options.word(&END);
    let Some(start) = start else { return missing(context, command, "`start=`") };
    let Some(step) = length(arguments.options.text(&INCREMENT)) else {
        let word = arguments.options.word(&INCREMENT).unwrap_or(start);
        return bad_value(context, INCREMENT.name, word, "a length of time such as `1d` or `2h`");
    };
    arguments.finish(context);
    let Some(first) = instant(context, start) else { return };
    let last = match end {
        Some(word) => match instant(context, word) {
            Some(last) => last,
            None => return,
        },
        None => relative(0, command.span),
    };
    rows(context, first, last, step);
}

fn rows(context: &mut Context<'_>, first: Expression, last: Expression, step: f64) {
    let span = context.span;
    let helper = context.fresh_name("row");
    context.restart(Rows {
        columns: vec![(helper.clone(), Type::Double)],
        rows: vec![vec![Value::Double(0.0)]],
    });
    let times = context.fresh_name("times");
    let arguments = vec![first, last, build::number(step, span)];
    context.assign(vec![(times.clone(), build::call("gentimes", arguments, Type::TextList, span))]);
    context.filter(build::is_present(Expression::column(&times, span)));
    context.expand(&times, None);
    let begin = Expression::column(&times, span).cast(Type::Double);
    let until = arithmetic(Arithmetic::Add, begin.clone(), build::number(step - 1.0, span));
    let shown = |time: &Expression| {
        build::call("strftime", vec![time.clone(), Expression::text(SHOWN, span)], Type::Text, span)
    };
    context.assign(vec![
        ("endhuman".to_owned(), shown(&until)),
        ("endtime".to_owned(), until.clone()),
        ("starthuman".to_owned(), shown(&begin)),
        ("starttime".to_owned(), begin),
    ]);
    context.hide(&[helper, times]);
}

fn arithmetic(operator: Arithmetic, left: Expression, right: Expression) -> Expression {
    let span = left.span;
    Expression::new(
        ExpressionKind::Arithmetic { operator, left: Box::new(left), right: Box::new(right) },
        span,
    )
}

fn length(text: &str) -> Option<f64> {
    let unit = text.chars().last()?;
    let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let count: u32 = text.strip_suffix(unit)?.parse().ok().filter(|count| *count > 0)?;
    Some(f64::from(count) * seconds)
}

/// `MM/DD/YYYY[:HH:MM:SS]`, or a whole number of days from today's midnight.
fn instant(context: &mut Context<'_>, word: &Word) -> Option<Expression> {
    if let Ok(days) = word.text.parse::<i32>() {
        return Some(relative(days, word.span));
    }
    let (date, time) = word.text.split_once(':').unwrap_or((&word.text, "00:00:00"));
    let year = date.rsplit('/').next().unwrap_or_default();
    let format = if year.len() == 2 { "%m/%d/%y:%H:%M:%S" } else { "%m/%d/%Y:%H:%M:%S" };
    let numbers = |text: &str, sign: char| {
        let parts: Vec<&str> = text.split(sign).collect();
        parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok())
    };
    if !numbers(date, '/') || !numbers(time, ':') {
        let message = format!(
            "expected a date such as `10/1/2020:12:34:56` or a number of days, found `{}`",
            word.text
        );
        context.report(Diagnostic::error(codes::BAD_TIME, message, word.span).with_help(usage("gentimes")));
        return None;
    }
    let parts: Vec<u32> = date.split('/').filter_map(|part| part.parse().ok()).collect();
    let text = format!("{:02}/{:02}/{:02}:{time}", parts[0], parts[1], parts[2]);
    let arguments = vec![Expression::text(text, word.span), Expression::text(format, word.span)];
    Some(build::call("strptime", arguments, Type::Double, word.span))
}

fn relative(days: i32, span: Span) -> Expression {
    let now = build::call("now", Vec::new(), Type::Double, span);
    let arguments = vec![now, Expression::text(format!("{days:+}d@d"), span)];
    build::call("relative_time", arguments, Type::Double, span)
}
