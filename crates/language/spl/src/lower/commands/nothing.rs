//! Commands that find nothing in logs, and those that change nothing.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{ColumnName, Rows, Type};

use super::super::arguments::{General, not_understood};
use super::super::context::{Context, TIME};
use super::super::options::Options;
use super::super::{aggregation, codes};
use crate::registry::{self, AnyOf, CommandRow, Grammar, Needs, OptionRow};
use crate::tree::{AggregationArgument, Arguments, Command};

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
    .with_options(METRIC_OPTIONS)
    .grammar(Grammar::IndexedStats)
    .generating(),
    CommandRow::new(
        "mpreview",
        "mpreview index=<index>",
        "Shows metrics; logs hold events, so there are no rows.",
        "index=a",
        lower_metrics,
    )
    .with_options(METRIC_OPTIONS)
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
    .with_options(METRIC_OPTIONS)
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
    .with_options(&[OptionRow::ignored("num_of_reducers", ONE_MACHINE)])
    .taking_any(AnyOf::Words),
    CommandRow::new("require", "require", "Fails if there are no rows.", "", lower_hint),
    CommandRow::new("rtorder", "rtorder", "Orders real-time events; changes nothing here.", "", lower_hint)
        .with_options(&[
            OptionRow::ignored("buffer_span", ARCHIVE),
            OptionRow::ignored("discard", ARCHIVE),
            OptionRow::ignored("max_buffer_size", ARCHIVE),
        ]),
];

const METRIC_OPTIONS: &[OptionRow] = &[
    metric("allnum"),
    metric("append"),
    metric("backfill"),
    metric("chart"),
    metric("chunk_size"),
    metric("earliest"),
    metric("every"),
    metric("fillnull_value"),
    metric("filter"),
    metric("index"),
    metric("latest"),
    metric("prestats"),
    metric("span"),
    metric("splunk_server"),
    metric("splunk_server_group"),
    metric("target_per_timeseries"),
    metric("update_period"),
];

const fn metric(name: &'static str) -> OptionRow {
    OptionRow::ignored(name, "there are no metrics").repeatable()
}

const ONE_MACHINE: &str = "there is one machine only";
const ARCHIVE: &str = "events come from an archive, not as they happen";

/// `mstats` and its kin: logs hold events, no metrics, so there are no rows.
pub(super) fn lower_metrics(context: &mut Context<'_>, command: &Command) {
    let mut columns: Vec<(ColumnName, Type)> = Vec::new();
    if let Arguments::General(_) = &command.arguments {
        General::new(context, command).finish(context);
    }
    if let Arguments::Stats(stats) = &command.arguments {
        Options::read(context, command, stats.all_options());
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
    if !columns.iter().any(|(name, _)| name == TIME) {
        columns.push((TIME.into(), Type::Timestamp));
    }
    let message = format!("`{}` finds nothing: logs hold events, not metrics", command.name);
    context.report(Diagnostic::warning(codes::EMPTY_DATA_MODEL, message, command.name_span));
    context.restart(Rows { columns, rows: Vec::new() });
}

/// Commands that only say how the platform should compute or show rows.
pub(super) fn lower_hint(context: &mut Context<'_>, command: &Command) {
    let any = registry::command(&command.name).and_then(|row| row.takes_any);
    if any != Some(AnyOf::Texts) {
        let mut arguments = General::new(context, command);
        if any == Some(AnyOf::Words) {
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
