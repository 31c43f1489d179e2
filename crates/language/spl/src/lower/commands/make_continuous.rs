//! `makecontinuous`: rows for the steps of a field that no row has.

use quarry_plan::{Arithmetic, Comparison, Expression, ExpressionKind, Type};

use super::super::arguments::{General, bad_value};
use super::super::build;
use super::super::context::{Context, TIME};
use super::super::rows::buckets::{self, Cover};
use crate::registry::{AnyOf, CommandRow, OptionRow};
use crate::tree::{Command, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "makecontinuous",
    "makecontinuous <options> <field>",
    "Adds rows for the steps that are missing.",
    "_time span=1h",
    lower,
)
.with_options(&[SPAN, BINS, START, END, OptionRow::ignored("aligntime", "steps begin where the clock's do")])
.taking_any(AnyOf::Words)];

const SPAN: OptionRow = OptionRow::text("span", "span", "", "The size of a step.");
const BINS: OptionRow =
    OptionRow::count("bins", "100", "How many steps there are at most where no size is given.");
const START: OptionRow =
    OptionRow::text("start", "number", "", "The least value; rows below it are dropped.");
const END: OptionRow = OptionRow::text("end", "number", "", "The greatest value; rows above it are dropped.");

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let length = arguments.options.word(&SPAN).cloned();
    let bins = arguments.options.count(&BINS).unwrap_or_default();
    let bounds = [START, END]
        .map(|option| arguments.options.word(&option).and_then(|word| number(context, option.name, word)));
    let words = arguments.words(context);
    arguments.finish(context);
    let name = words.first().map_or(TIME, |word| word.text.as_str());
    if name == TIME {
        context.read_time();
    }
    let value = context.field(name, command.span);
    let have = context.type_of(&value);
    if have == Type::Null || context.is_vague() {
        return;
    }
    #[allow(clippy::cast_precision_loss)] // a number of steps
    let bins = bins as f64;
    let chosen = length.or_else(|| match have {
        Type::Timestamp => buckets::time_span(context, Cover::Rows, bins, None),
        _ => buckets::number_span(context, name, bins, [None, None], None),
    });
    let Some(length) = chosen else { return };
    keep_within(context, name, bounds);
    if have == Type::Timestamp {
        buckets::bucket(context, name, name, &length);
    } else if !floor(context, name, value, &length) {
        return bad_value(context, SPAN.name, &length, "a number greater than 0");
    }
    let bounds = bounds.map(|bound| bound.map(|bound| build::number(bound, command.span)));
    buckets::add_missing(context, name, &length, bounds);
}

fn number(context: &mut Context<'_>, option: &str, word: &Word) -> Option<f64> {
    let found = word.text.parse::<f64>().ok().filter(|number| number.is_finite());
    if found.is_none() {
        bad_value(context, option, word, "a number");
    }
    found
}

/// Drops the rows outside of the bounds that were given (Splunk search reference, makecontinuous).
fn keep_within(context: &mut Context<'_>, name: &str, [start, end]: [Option<f64>; 2]) {
    let span = context.span;
    let value = context.field(name, span);
    let number = build::call("sort_number", vec![value], Type::Double, span);
    let bounds = [(Comparison::GreaterOrEqual, start), (Comparison::LessOrEqual, end)];
    for (operator, bound) in bounds {
        if let Some(bound) = bound {
            context.filter(build::compare(operator, number.clone(), build::number(bound, span), span));
        }
    }
}

/// Sets a number field to the start of the step it falls into.
fn floor(context: &mut Context<'_>, name: &str, value: Expression, length: &Word) -> bool {
    let span = context.span;
    let Some(length) = length.text.parse::<f64>().ok().filter(|length| *length > 0.0) else { return false };
    let number = build::call("sort_number", vec![value], Type::Double, span);
    let by = |operator, left, right| {
        let kind = ExpressionKind::Arithmetic { operator, left: Box::new(left), right: Box::new(right) };
        Expression::new(kind, span)
    };
    let steps = by(Arithmetic::Divide, number, build::number(length, span));
    let whole = build::call("floor", vec![steps], Type::Double, span);
    let start = by(Arithmetic::Multiply, whole, build::number(length, span));
    context.assign(vec![(name.to_owned(), start)]);
    true
}
