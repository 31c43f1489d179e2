//! The commands: a file holds the rows of one or of a few that are alike, and their rules.

mod add_info;
mod add_totals;
mod address;
mod append;
mod bin;
mod chart;
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
mod generate_times;
mod head;
mod input_lookup;
mod join;
mod knowledge_fields;
mod lookup;
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
mod reshape;
mod return_rows;
mod reverse;
mod rex;
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
use crate::registry::{self, COMMANDS, CommandRow, Status};
use crate::tree::{Arguments, Command, Item, Pipeline, Word};

/// Adds a command to the plan.
pub(crate) type CommandRule = fn(&mut Context<'_>, &Command);

/// Every command that can be planned, a table a file.
pub(crate) const COMMAND_TABLES: &[&[CommandRow]] = &[
    add_info::ROWS,
    add_totals::ROWS,
    address::ROWS,
    append::ROWS,
    bin::ROWS,
    chart::ROWS,
    concurrency::ROWS,
    contingency::ROWS,
    convert::ROWS,
    data_models::ROWS,
    dedup::ROWS,
    eval::ROWS,
    event_count::ROWS,
    event_stats::ROWS,
    extract::ROWS,
    field_summary::ROWS,
    fields::ROWS,
    fill_null::ROWS,
    foreach::ROWS,
    from_json::ROWS,
    generate_times::ROWS,
    head::ROWS,
    input_lookup::ROWS,
    join::ROWS,
    knowledge_fields::ROWS,
    lookup::ROWS,
    make_continuous::ROWS,
    make_multivalue::ROWS,
    make_results::ROWS,
    map::ROWS,
    metadata::ROWS,
    multivalue_expand::ROWS,
    nothing::ROWS,
    outliers::ROWS,
    range_map::ROWS,
    regex::ROWS,
    relative_time::ROWS,
    rename::ROWS,
    replace::ROWS,
    reshape::ROWS,
    return_rows::ROWS,
    reverse::ROWS,
    rex::ROWS,
    running::ROWS,
    saved_search::ROWS,
    search::ROWS,
    search_format::ROWS,
    self_join::ROWS,
    set_fields::ROWS,
    set_operations::ROWS,
    sort::ROWS,
    spath::ROWS,
    stats::ROWS,
    stream_stats::ROWS,
    string_concatenate::ROWS,
    summary_index::ROWS,
    table::ROWS,
    time_wrap::ROWS,
    to_json::ROWS,
    top::ROWS,
    transaction::ROWS,
    trend_line::ROWS,
    tstats::ROWS,
    union::ROWS,
    uniq::ROWS,
    r#where::ROWS,
    written::ROWS,
    xml_fields::ROWS,
    xml_path::ROWS,
];

/// Lowers every command of a pipeline, in order.
pub(crate) fn lower_pipeline(context: &mut Context<'_>, pipeline: &Pipeline) {
    let reads = pipeline
        .commands
        .first()
        .is_some_and(|command| registry::command(&command.name).is_some_and(|row| row.reads_events));
    if reads && !context.has_steps_or_reads() {
        super::prepare::prepare(context);
    }
    for command in &pipeline.commands {
        context.span = command.span;
        lower_one(context, command);
        context.started = true;
    }
}

fn lower_one(context: &mut Context<'_>, command: &Command) {
    match registry::command(&command.name).and_then(|row| row.lower) {
        Some(lower) => lower(context, command),
        None => report_unsupported(context, command),
    }
}

fn report_unsupported(context: &mut Context<'_>, command: &Command) {
    if let Some(Status::Never(reason)) = registry::command(&command.name).map(|row| row.status) {
        if let (true, Some(model)) = (reason.contains(TRAINED_MODEL), first_word(command)) {
            return report_model(context, command, model);
        }
        let message = format!("the command `{}` cannot run here: {reason}", command.name);
        let found = Diagnostic::error(codes::UNSUPPORTED_COMMAND, message, command.name_span)
            .with_help("take it out: docs/reference/spl/README.md lists the commands that run");
        return context.report(found);
    }
    let message = format!("the command `{}` is not supported yet", command.name);
    let diagnostic = Diagnostic::error(codes::UNSUPPORTED_COMMAND, message, command.name_span);
    let instead = registry::command(&command.name).map(|row| row.instead).filter(|text| !text.is_empty());
    let known = COMMANDS.iter().filter(|row| row.lower.is_some()).map(|row| row.name);
    let diagnostic = diagnostic.with_help(match (instead, did_you_mean(&command.name, known)) {
        (Some(instead), _) => instead.to_owned(),
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => "nothing runs in its place: what stands before it does".to_owned(),
    });
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
