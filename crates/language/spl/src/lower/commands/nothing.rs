//! Commands that find nothing in logs, and those that change nothing.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{ColumnName, Rows, Type};

use super::super::arguments::{General, not_understood};
use super::super::context::{Context, TIME};
use super::super::{aggregation, codes};
use crate::registry::{AnyOf, CommandRow, Grammar, Needs};
use crate::tree::{AggregationArgument, Arguments, Command, OptionItem};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "fieldformat",
        "fieldformat <field>=<expression>",
        "Changes how a field is shown.",
        "a=1",
        lower_format,
    )
    .grammar(Grammar::Eval)
    .taking_any(AnyOf::Names),
    CommandRow::new(
        "mcatalog",
        "mcatalog values(<field>) [BY <fields>]",
        "Lists metrics; logs hold events, so there are no rows.",
        "values(a)",
        lower_metrics,
    )
    .grammar(Grammar::IndexedStats)
    .generating(),
    CommandRow::new(
        "mpreview",
        "mpreview index=<index>",
        "Shows metrics; logs hold events, so there are no rows.",
        "index=a",
        lower_metrics,
    )
    .also(&["msearch"])
    .needs(Needs::Arguments)
    .generating(),
    CommandRow::new(
        "mstats",
        "mstats <aggregations> [WHERE <conditions>] [BY <fields>]",
        "Aggregates metrics; logs hold events, so there are no rows.",
        "avg(a) by b",
        lower_metrics,
    )
    .grammar(Grammar::IndexedStats)
    .generating(),
    CommandRow::new(
        "highlight",
        "highlight <texts>",
        "Marks words in Splunk's user interface; changes nothing here.",
        "a",
        lower_hint,
    )
    .needs(Needs::Arguments)
    .taking_any(AnyOf::Texts),
    CommandRow::new(
        "iconify",
        "iconify <fields>",
        "Shows icons in Splunk's user interface; changes nothing here.",
        "a",
        lower_hint,
    )
    .needs(Needs::Arguments)
    .taking_any(AnyOf::Texts),
    CommandRow::new(
        "localop",
        "localop",
        "Says which server computes what follows; changes nothing here.",
        "",
        lower_hint,
    ),
    CommandRow::new("noop", "noop", "Does nothing.", "", lower_hint).taking_any(AnyOf::Texts),
    CommandRow::new(
        "redistribute",
        "redistribute",
        "Spreads work over Splunk's servers; changes nothing here.",
        "",
        lower_hint,
    )
    .taking_any(AnyOf::Words),
    CommandRow::new("require", "require", "Fails if there are no rows.", "", lower_hint),
    CommandRow::new("rtorder", "rtorder", "Orders real-time events; changes nothing here.", "", lower_hint),
];

/// Options of the commands about metrics, none of which changes that there are none.
const METRIC_OPTIONS: &[&str] = &[
    "allnum",
    "append",
    "backfill",
    "chart",
    "chunk_size",
    "earliest",
    "every",
    "fillnull_value",
    "filter",
    "index",
    "latest",
    "prestats",
    "span",
    "splunk_server",
    "splunk_server_group",
    "target_per_timeseries",
    "update_period",
];
/// The commands that change nothing here, and their options.
const HINTS: &[(&str, &[&str])] =
    &[("redistribute", &["num_of_reducers"]), ("rtorder", &["buffer_span", "discard", "max_buffer_size"])];
/// The commands whose words are texts, field names or switches for people and servers.
const TAKE_WORDS: &[&str] = &["highlight", "iconify", "noop"];

/// `mstats` and its kin: logs hold events, no metrics, so there are no rows.
pub(super) fn lower_metrics(context: &mut Context<'_>, command: &Command) {
    let mut columns: Vec<(ColumnName, Type)> = Vec::new();
    let mut given: Vec<&OptionItem> = Vec::new();
    if let Arguments::General(_) = &command.arguments {
        let mut arguments = General::new(context, command);
        given = arguments.all_options();
        arguments.finish(context);
    }
    if let Arguments::Stats(stats) = &command.arguments {
        given.extend(stats.options.iter().chain(stats.by.iter().flat_map(|by| &by.options)));
        aggregation::check_names(context, &stats.aggregations);
        for by in &stats.by {
            columns.push((by.field.text.clone().into(), Type::Text));
        }
        for one in &stats.aggregations {
            let wild = matches!(&one.argument, AggregationArgument::Field(field) if field.text.contains('*'));
            let name =
                one.alias.as_ref().map_or_else(|| aggregation::own_name(one), |alias| alias.text.clone());
            if !wild && !columns.iter().any(|(known, _)| *known == name) {
                columns.push((name.into(), Type::Double));
            }
        }
    }
    for option in given {
        if !METRIC_OPTIONS.contains(&option.name.text.to_lowercase().as_str()) {
            let message = format!("`{}` has no option `{}`", command.name, option.name.text);
            context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, option.span));
        }
    }
    if !columns.iter().any(|(name, _)| name == TIME) {
        columns.push((TIME.into(), Type::Timestamp));
    }
    let message = format!("`{}` finds nothing: logs hold events, not metrics", command.name);
    context.report(Diagnostic::warning(codes::EMPTY_DATA_MODEL, message, command.name_span));
    context.restart(Rows { columns, rows: Vec::new() });
}

/// Commands that only say how the platform should compute or show rows.
pub(super) fn lower_hint(context: &mut Context<'_>, command: &Command) {
    if !TAKE_WORDS.contains(&command.name.as_str()) {
        let mut arguments = General::new(context, command);
        let options =
            HINTS.iter().find(|(name, _)| *name == command.name).map_or(&[][..], |(_, options)| options);
        for option in options {
            arguments.option(option);
        }
        if command.name == "redistribute" {
            arguments.words(context);
        }
        arguments.finish(context);
    }
    let message = format!("`{}` changes nothing here", command.name);
    context.report(Diagnostic::note(codes::OPTION_IGNORED, message, command.name_span));
}

/// `fieldformat`: how a field is shown at the end; what other commands see stays.
pub(super) fn lower_format(context: &mut Context<'_>, command: &Command) {
    let Arguments::Eval(assignments) = &command.arguments else { return not_understood(context, command) };
    context.formats.extend(assignments.iter().cloned());
}
