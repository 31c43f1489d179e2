//! `concurrency`: how many events were under way when each began (Splunk search reference, concurrency).

use quarry_plan::{AggregateCall, Expression, Frame, Type, WindowCall};

use super::super::arguments::{General, missing};
use super::super::build;
use super::super::context::{Context, TIME};
use crate::registry::{CommandRow, Needs};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "concurrency",
    "concurrency duration=<field> [start=_time] [output=concurrency]",
    "How many events were under way when each began; a span holds both its ends.",
    "duration=n",
    lower,
)
.needs(Needs::Arguments)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let duration = arguments.option("duration");
    let start = arguments.option("start").map_or(TIME, |word| word.text.as_str()).to_owned();
    let output = arguments.option("output").map_or("concurrency", |word| word.text.as_str()).to_owned();
    arguments.finish(context);
    let Some(duration) = duration else { return missing(context, command, "`duration=` and a field") };
    let span = command.span;
    let mut values = Vec::new();
    for (name, span) in [(start.as_str(), span), (duration.text.as_str(), duration.span)] {
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
    context.assign(vec![(output, Expression::column(&name, span))]);
    context.hide(&[name]);
}
