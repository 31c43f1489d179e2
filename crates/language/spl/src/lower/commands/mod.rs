//! The commands, one file and one row each.

mod add_info;
mod add_totals;
mod address;
mod append;
mod bin;
mod buckets;
mod chart;
mod composed;
mod computed_lookup;
mod concurrency;
mod contingency;
mod convert;
mod data_models;
mod dedup;
mod eval;
mod event_count;
mod event_stats;
mod extract;
mod field_summary;
mod fields;
mod fill_null;
mod foreach;
mod from_json;
mod general;
mod generate_times;
mod head;
mod input_lookup;
mod join;
mod knowledge_fields;
pub(crate) mod lookup;
mod make_continuous;
mod make_multivalue;
mod make_results;
mod map;
mod metadata;
mod multivalue_expand;
mod nothing;
mod outliers;
mod range_map;
mod regex;
mod relative_time;
mod rename;
mod replace;
pub(crate) mod reshape;
mod return_rows;
mod reverse;
pub(crate) mod rex;
mod running;
mod saved_search;
mod search;
mod search_format;
mod self_join;
mod set_fields;
mod set_operations;
mod sort;
mod spath;
mod stats;
mod stream_stats;
mod string_concatenate;
pub(crate) mod subsearch;
mod summary_index;
mod table;
mod time_wrap;
mod to_json;
mod top;
mod transaction;
mod trend_line;
mod tstats;
mod union;
mod uniq;
mod r#where;
mod written;
mod xml_fields;
mod xml_path;

use quarry_diagnostic::{Diagnostic, did_you_mean};

use super::codes;
use super::context::Context;
use crate::registry::{self, Status};
use crate::tree::{Arguments, Command, Item, Pipeline, Word};

/// A command that can be planned.
pub(crate) struct Row {
    /// Its names.
    pub(crate) names: &'static [&'static str],
    /// Adds it to the plan.
    pub(crate) lower: fn(&mut Context<'_>, &Command),
}

/// Every command that can be planned.
pub(crate) const TABLE: &[Row] = &[
    Row { names: &["addtotals"], lower: add_totals::lower },
    Row { names: &["append"], lower: append::lower_append },
    Row { names: &["appendpipe"], lower: append::lower_pipe },
    Row { names: &["bin", "bucket", "discretize"], lower: bin::lower },
    Row { names: &["chart"], lower: chart::lower_chart },
    Row { names: &["convert"], lower: convert::lower },
    Row { names: &["dedup"], lower: dedup::lower },
    Row { names: &["eval"], lower: eval::lower },
    Row { names: &["eventstats"], lower: event_stats::lower },
    Row { names: &["fields"], lower: fields::lower },
    Row { names: &["fillnull"], lower: fill_null::lower },
    Row { names: &["foreach"], lower: foreach::lower },
    Row { names: &["fromjson"], lower: from_json::lower },
    Row { names: &["head"], lower: head::lower_head },
    Row { names: &["inputlookup"], lower: input_lookup::lower_input },
    Row { names: &["join"], lower: join::lower },
    Row { names: &["lookup"], lower: lookup::lower },
    Row { names: &["makemv"], lower: make_multivalue::lower_make },
    Row { names: &["mvexpand"], lower: multivalue_expand::lower },
    Row { names: &["multisearch", "union"], lower: union::lower },
    Row { names: &["nomv"], lower: make_multivalue::lower_join },
    Row { names: &["outputlookup"], lower: input_lookup::lower_output },
    Row { names: &["rare"], lower: top::lower_rare },
    Row { names: &["regex"], lower: regex::lower },
    Row { names: &["rename"], lower: rename::lower },
    Row { names: &["replace"], lower: replace::lower },
    Row { names: &["reverse"], lower: reverse::lower },
    Row { names: &["rex"], lower: rex::lower },
    Row { names: &["metasearch", "search"], lower: search::lower },
    Row { names: &["sort"], lower: sort::lower },
    Row { names: &["spath"], lower: spath::lower },
    Row { names: &["stats"], lower: stats::lower },
    Row { names: &["streamstats"], lower: stream_stats::lower },
    Row { names: &["table"], lower: table::lower },
    Row { names: &["tail"], lower: head::lower_tail },
    Row { names: &["timechart"], lower: chart::lower_timechart },
    Row { names: &["top"], lower: top::lower_top },
    Row { names: &["transaction"], lower: transaction::lower },
    Row { names: &["tstats"], lower: tstats::lower },
    Row { names: &["where"], lower: r#where::lower },
    Row { names: &["xmlkv"], lower: xml_fields::lower },
    Row { names: &["datamodel"], lower: data_models::lower_model },
    Row { names: &["fieldformat"], lower: nothing::lower_format },
    Row { names: &["setfields"], lower: set_fields::lower },
    Row { names: &["format"], lower: search_format::lower },
    Row { names: &["from"], lower: data_models::lower_from },
    Row { names: &["makeresults"], lower: make_results::lower },
    Row { names: &["map"], lower: map::lower },
    Row { names: &["mcatalog", "mpreview", "msearch", "mstats"], lower: nothing::lower_metrics },
    Row {
        names: &["highlight", "iconify", "localop", "noop", "redistribute", "require", "rtorder"],
        lower: nothing::lower_hint,
    },
    Row { names: &["return"], lower: return_rows::lower },
    Row { names: &["transpose"], lower: reshape::lower_transpose },
    Row { names: &["untable"], lower: reshape::lower_untable },
    Row { names: &["xyseries"], lower: reshape::lower_series },
    Row { names: &["accum"], lower: running::lower_accum },
    Row { names: &["addcoltotals"], lower: add_totals::lower_down },
    Row { names: &["anomalydetection"], lower: outliers::lower_anomalies },
    Row { names: &["appendcols"], lower: append::lower_columns },
    Row { names: &["autoregress"], lower: running::lower_autoregress },
    Row { names: &["delta"], lower: running::lower_delta },
    Row { names: &["extract", "kv"], lower: extract::lower_pairs },
    Row { names: &["filldown"], lower: running::lower_filldown },
    Row { names: &["iplocation"], lower: address::lower },
    Row { names: &["multikv"], lower: extract::lower_table },
    Row { names: &["mvcombine"], lower: make_multivalue::lower_combine },
    Row { names: &["outlier"], lower: outliers::lower_outlier },
    Row { names: &["rangemap"], lower: range_map::lower },
    Row { names: &["gentimes"], lower: generate_times::lower },
    Row { names: &["metadata"], lower: metadata::lower },
    Row { names: &["selfjoin"], lower: self_join::lower },
    Row { names: &["set"], lower: set_operations::lower },
    Row { names: &["addinfo"], lower: add_info::lower },
    Row { names: &["eventcount"], lower: event_count::lower },
    Row { names: &["fieldsummary"], lower: field_summary::lower },
    Row { names: &["inputcsv"], lower: input_lookup::lower_csv },
    Row { names: &["makecontinuous"], lower: make_continuous::lower },
    Row { names: &["sichart", "sirare", "sistats", "sitimechart", "sitop"], lower: summary_index::lower },
    Row { names: &["strcat"], lower: string_concatenate::lower },
    Row { names: &["trendline"], lower: trend_line::lower },
    Row { names: &["uniq"], lower: uniq::lower },
    Row { names: &["concurrency"], lower: concurrency::lower },
    Row { names: &["contingency", "counttable", "ctable"], lower: contingency::lower },
    Row { names: &["makejson"], lower: to_json::lower_make },
    Row { names: &["reltime"], lower: relative_time::lower },
    Row { names: &["savedsearch"], lower: saved_search::lower },
    Row { names: &["tags"], lower: knowledge_fields::lower_tags },
    Row { names: &["timewrap"], lower: time_wrap::lower },
    Row { names: &["tojson"], lower: to_json::lower },
    Row { names: &["typer"], lower: knowledge_fields::lower_typer },
    Row { names: &["xpath"], lower: xml_path::lower },
    Row {
        names: &[
            "awssnsalert",
            "collect",
            "dump",
            "mcollect",
            "meventcollect",
            "outputcsv",
            "sendalert",
            "sendemail",
            "snowincident",
            "snowincidentstream",
            "tscollect",
        ],
        lower: written::lower,
    },
];

/// Lowers every command of a pipeline, in order.
pub(crate) fn lower_all(context: &mut Context<'_>, pipeline: &Pipeline) {
    let reads = pipeline.commands.first().is_some_and(|command| {
        matches!(
            command.name.as_str(),
            "search" | "metasearch" | "tstats" | "from" | "datamodel" | "metadata"
        )
    });
    if reads && !context.has_steps_or_reads() {
        super::prepare::prepare(context);
    }
    for command in &pipeline.commands {
        context.span = command.span;
        match TABLE.iter().find(|row| row.names.contains(&command.name.as_str())) {
            Some(row) => (row.lower)(context, command),
            None => report_unsupported(context, command),
        }
        context.started = true;
    }
}

fn report_unsupported(context: &mut Context<'_>, command: &Command) {
    if let Some(Status::Never(reason)) = registry::command(&command.name).map(|row| row.status) {
        if let (true, Some(model)) = (reason.contains(TRAINED_MODEL), first_word(command)) {
            return report_model(context, command, model);
        }
        let message = format!("the command `{}` cannot run here: {reason}", command.name);
        let found = Diagnostic::error(codes::UNSUPPORTED_COMMAND, message, command.name_span);
        return context.report(found);
    }
    let message = format!("the command `{}` is not supported yet", command.name);
    let mut diagnostic = Diagnostic::error(codes::UNSUPPORTED_COMMAND, message, command.name_span);
    let known = TABLE.iter().flat_map(|row| row.names).copied();
    if let Some(near) = did_you_mean(&command.name, known) {
        diagnostic = diagnostic.with_help(format!("did you mean `{near}`?"));
    }
    context.report(diagnostic);
}

/// What the commands that train, use or describe a model say of it.
const TRAINED_MODEL: &str = "a trained model";

fn first_word(command: &Command) -> Option<&Word> {
    let Arguments::General(items) = &command.arguments else { return None };
    items.iter().find_map(|item| match item {
        Item::Word(word) => Some(word),
        _ => None,
    })
}

/// A model that is not here, once however many commands name it.
fn report_model(context: &mut Context<'_>, command: &Command, model: &Word) {
    let message = format!("the trained model `{}` is missing: models cannot be read here", model.text);
    if !context.diagnostics.iter().any(|known| known.message == message) {
        let found = Diagnostic::error(codes::UNSUPPORTED_COMMAND, message, model.span);
        context.report(found.with_help(format!("`{}` needs it", command.name)));
    }
}

/// The parser gives each command the arguments of its own kind; anything else is a part it could
/// not read.
fn not_understood(context: &mut Context<'_>, command: &Command) {
    let message = format!("the arguments of `{}` were not understood", command.name);
    context.report(Diagnostic::error(codes::NOT_UNDERSTOOD, message, command.span));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::TABLE;

    #[test]
    fn command_names_are_unique() {
        let mut names: Vec<&str> = TABLE.iter().flat_map(|row| row.names).copied().collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
