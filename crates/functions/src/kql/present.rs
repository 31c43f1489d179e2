//! The present moment.

use quarry_plan::{Returns, Type, Value, text::ticks_of_micros};

use super::row;
use crate::base::{Function, Literal::Written};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    uses_now: true,
    ..row(
        "kql_now",
        "now()",
        "The time the query started.",
        (0, 0),
        Returns::Fixed(Type::Datetime),
        |call| {
            let now = ticks_of_micros(call.now).map_or(Value::Null, Value::Datetime);
            call.values(|_| now.clone())
        },
        &[(&[], Written(Type::Datetime, "2024-10-24T12:34:56.789Z"))],
    )
}];
