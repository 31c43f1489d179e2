//! Values of a group.

use quarry_diagnostic::Span;
use quarry_plan::{AggregateCall, Expression as Planned, Type};

use super::{super::select::Select, Rule, Typed, function};
use crate::syntax::Call;

pub(super) const TABLE: &[(&str, Rule)] = &[
    ("ARRAY", joined),
    ("ARRAY_AGG", joined),
    ("COUNT_DISTINCT", |select, call, span| select.renamed(call, "UNIQUECOUNT", span)),
    ("GROUP_CONCAT", joined),
    ("LIST", joined),
    ("STDDEV", |select, call, span| select.renamed(call, "STDEV", span)),
    ("STRING_AGG", joined),
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
