//! `metadata`: the hosts, sources or source types of the events (Splunk search reference, metadata).

use quarry_plan::{AggregateCall, Expression, Type};

use super::super::arguments::{General, bad_value, missing};
use super::super::build;
use super::super::context::{Context, TIME, convert};
use crate::registry::CommandRow;
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "metadata",
    "metadata type=hosts|sources|sourcetypes",
    "Lists the hosts, sources or source types of the events, with their first and last time.",
    "type=hosts",
    lower,
)
.generating()
.reading_events()];

/// What can be listed, and the field of each.
const KINDS: &[(&str, &str)] = &[("hosts", "host"), ("sources", "source"), ("sourcetypes", "sourcetype")];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let kind = arguments.option("type");
    arguments.ignore(context, "index", "every event is in every index");
    for option in ["splunk_server", "splunk_server_group"] {
        arguments.ignore(context, option, "there is one machine only");
    }
    arguments.only(context, "datatype", &["event", "all"]);
    arguments.finish(context);
    let Some(kind) = kind else { return missing(context, command, "`type=hosts|sources|sourcetypes`") };
    let wanted = kind.text.to_lowercase();
    let Some((_, field)) = KINDS.iter().find(|(name, _)| *name == wanted) else {
        return bad_value(context, "type", kind, "`hosts`, `sources` or `sourcetypes`");
    };
    let span = command.span;
    let value = context.field(*field, span);
    let have = context.type_of(&value);
    let value = if have == Type::Null { value.cast(Type::Text) } else { convert(value, have, Type::Text) };
    context.filter(build::is_present(value.clone()));
    let time = context.field(TIME, span);
    let call = |function: &str, arguments: Vec<Expression>, result| AggregateCall {
        function: function.to_owned(),
        arguments,
        filter: None,
        order: Vec::new(),
        result,
    };
    let first = call("min", vec![time.clone()], Type::Timestamp);
    let last = call("max", vec![time], Type::Timestamp);
    let count = call("count", Vec::new(), Type::Integer);
    context.aggregate(
        vec![((*field).into(), value)],
        vec![("firstTime".into(), first), ("lastTime".into(), last), ("totalCount".into(), count)],
    );
    // Logs do not say when an index took an event, so the time of the newest stands for it.
    let seconds = |name: &str| convert(Expression::column(name, span), Type::Timestamp, Type::Text);
    context.assign(vec![
        ("firstTime".to_owned(), seconds("firstTime")),
        ("lastTime".to_owned(), seconds("lastTime")),
        ("recentTime".to_owned(), seconds("lastTime")),
        ("type".to_owned(), Expression::text(wanted, span)),
    ]);
    let mut columns = context.visible();
    columns.sort_by(|left, right| left.name.cmp(&right.name));
    context.close(columns, false);
}
