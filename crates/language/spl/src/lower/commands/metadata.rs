//! `metadata`: the hosts, sources or source types of the events (Splunk search reference, metadata).

use quarry_plan::{AggregateCall, Expression, Type};

use super::super::arguments::{General, missing};
use super::super::build;
use super::super::context::{Context, TIME, convert};
use crate::registry::{CommandRow, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "metadata",
    "metadata <options>",
    "Lists the hosts, sources or source types of the events, with their first and last time.",
    "type=hosts",
    lower,
)
.with_options(OPTIONS)
.generating()
.reading_events()];

const KIND: OptionRow =
    OptionRow::choice("type", &["hosts", "sources", "sourcetypes"], "", "What is listed.").required();
const ONE_MACHINE: &str = "there is one machine only";
const OPTIONS: &[OptionRow] = &[
    KIND,
    OptionRow::ignored("index", "every event is in every index"),
    OptionRow::ignored("splunk_server", ONE_MACHINE),
    OptionRow::ignored("splunk_server_group", ONE_MACHINE),
    OptionRow::only("datatype", &["event", "all"], "Logs hold events, not metrics."),
];

/// What can be listed, and the field of each.
const KINDS: &[(&str, &str)] = &[("hosts", "host"), ("sources", "source"), ("sourcetypes", "sourcetype")];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    let kind = arguments.options.choice(&KIND);
    arguments.finish(context);
    let Some((wanted, field)) = kind.and_then(|kind| KINDS.iter().find(|(name, _)| *name == kind)) else {
        return missing(context, command, "`type=hosts|sources|sourcetypes`");
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
        ("type".to_owned(), Expression::text(*wanted, span)),
    ]);
    let mut columns = context.visible();
    columns.sort_by(|left, right| left.name.cmp(&right.name));
    context.close(columns, false);
}
