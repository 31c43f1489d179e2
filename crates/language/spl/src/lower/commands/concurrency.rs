//! `concurrency`: how many events were under way when each began (Splunk search reference, concurrency).

use quarry_plan::{AggregateCall, Expression, Frame, Type, WindowCall};

use super::super::arguments::{General, missing};
use super::super::build;
use super::super::context::{Context, TIME};
use crate::registry::{CommandRow, Needs, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "concurrency",
    "concurrency <options>",
    "How many events were under way when each began; a span holds both its ends.",
    "duration=n",
    lower,
)
.needs(Needs::Arguments)
.with_options(&[DURATION, START, OUTPUT])];

const DURATION: OptionRow =
    OptionRow::text("duration", "field", "", "The field with the seconds that an event lasts.").required();
const START: OptionRow =
    OptionRow::text("start", "field", TIME, "The field with the time at which it begins.");
const OUTPUT: OptionRow = OptionRow::text("output", "field", "concurrency", "The new field.");

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    let duration = arguments.options.word(&DURATION);
    let start = arguments.options.text(&START);
    let output = arguments.options.text(&OUTPUT);
    arguments.finish(context);
    let Some(duration) = duration else { return missing(context, command, "`duration=` and a field") };
    let span = command.span;
    let mut values = Vec::new();
    for (name, span) in [(start, span), (duration.text.as_str(), duration.span)] {
        let value = context.field(name, span);
        values.push(match context.type_of(&value) {
            Type::Null => return,
            Type::Double | Type::Integer | Type::Timestamp => value.cast(Type::Double),
            _ => build::call("sort_number", vec![value], Type::Double, span),
        });
    }
    let name = context.fresh_name("concurrency");
    let call = AggregateCall {
        function: "spl_concurrency".to_owned(),
        arguments: values,
        filter: None,
        order: context.order_keys(),
        result: Type::Double,
    };
    context.window(vec![(name.clone(), WindowCall { call, partition: Vec::new(), frame: Frame::Whole })]);
    context.assign(vec![(output.to_owned(), Expression::column(&name, span))]);
    context.hide(&[name]);
}
