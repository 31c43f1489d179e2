//! Values of a group.

use quarry_diagnostic::Span;
use quarry_plan::{AggregateCall, Expression as Planned, Type};

use super::{super::select::Select, Typed, alike, also, extra, function};
use crate::{registry::Function, syntax::Call};

const GROUP: &str = "AQL cannot join the values of a group";

pub(super) static TABLE: &[Function] = &[
    alike("ARRAY", "LIST", GROUP, joined),
    alike("ARRAY_AGG", "LIST", GROUP, joined),
    also("COUNT_DISTINCT", "UNIQUECOUNT", "write UNIQUECOUNT(x)"),
    alike("GROUP_CONCAT", "STRING_AGG", GROUP, joined),
    extra("LIST(value)", "The values of a group, joined by a comma.", (1, 1), Type::Text, GROUP, joined),
    also("STDDEV", "STDEV", "write STDEV(x)"),
    extra(
        "STRING_AGG(value, separator)",
        "The values of a group, joined.",
        (1, 2),
        Type::Text,
        GROUP,
        joined,
    ),
];

/// The values in the order of the events, or each once, as one text.
fn joined(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    if !select.takes_aggregate(&call.name.text, span) {
        return Typed::null(Type::Text, span);
    }
    let outer = select.no_aggregates.replace("another aggregate");
    let value = select.value_of(call, 0);
    let separator = match call.arguments.get(1) {
        Some(_) => select.value_of(call, 1).cast(Type::Text),
        None => Planned::text(", ", span),
    };
    select.no_aggregates = outer;
    let name = if call.distinct { "spl_values" } else { "spl_list" };
    let order = select.event_order(span);
    let column = select.place(AggregateCall {
        function: name.to_owned(),
        arguments: vec![value.cast(Type::Text)],
        filter: None,
        order,
        result: Type::TextList,
    });
    function("aql_list_join", vec![Planned::column(column, span), separator], Type::Text, span)
}
