//! `tstats`: aggregates over a data model, or over all events. There are no summaries here: it
//! always reads the events.

use quarry_diagnostic::Diagnostic;
use quarry_plan::Expression;

use super::super::aggregation::grouping;
use super::super::arguments::not_understood;
use super::super::context::{Context, TIME};
use super::super::options::Options;
use super::super::rows::{buckets, subsearch};
use super::super::{build, codes, data_model, search};
use crate::registry::{CommandRow, Grammar, OptionRow};
use crate::tree::{Arguments, Command, Item, OptionValue, Stats, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "tstats",
    "tstats <options> <aggregations> [FROM datamodel=<model>] [WHERE <search>] [BY <fields>]",
    "Aggregates events, also those of data models.",
    "count where index=* by a",
    lower,
)
.grammar(Grammar::IndexedStats)
.with_options(OPTIONS)
.generating()
.reading_events()];

const SPAN: OptionRow =
    OptionRow::text("span", "span", "", "The size of buckets of time, wherever it stands.");
const APPEND: OptionRow = OptionRow::flag("append", false, "Whether the rows come after those there are.");
const PRESTATS: OptionRow =
    OptionRow::flag("prestats", false, "Whether a later command aggregates: the events themselves go on.");
const FILL: OptionRow = OptionRow::text("fillnull_value", "text", "", "The group of events without a value.");
const NO_SUMMARIES: &str = "there are no summaries, so events are read";
const OPTIONS: &[OptionRow] = &[
    SPAN,
    APPEND,
    PRESTATS,
    FILL,
    OptionRow::only_false("allnum", "Values that are no numbers are left out, not whole fields."),
    OptionRow::ignored("summariesonly", NO_SUMMARIES),
    OptionRow::ignored("allow_old_summaries", NO_SUMMARIES),
    OptionRow::ignored("chunk_size", "how many events are read at once is decided here"),
    OptionRow::ignored("local", "there is one machine only"),
];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    let options = Options::read(context, command, stats.all_options());
    if context.started && options.flag(&APPEND) {
        let mut rows = Context::new(context.shared.clone(), context.shared.options.default_time.clone());
        rows.span = command.span;
        aggregate(&mut rows, command, stats, &options);
        return subsearch::append(context, rows);
    }
    if context.started {
        let message = "`tstats` reads events itself and must come first";
        let found = Diagnostic::error(codes::BAD_ARGUMENT, message, command.name_span)
            .with_help("with `append=t` its rows come after those there are");
        return context.report(found);
    }
    aggregate(context, command, stats, &options);
}

fn aggregate(context: &mut Context<'_>, command: &Command, stats: &Stats, options: &Options<'_>) {
    from(context, stats);
    if let Some(filter) = &stats.filter {
        search::apply(context, filter);
    }
    if let Some(span) = options.word(&SPAN) {
        context.field(TIME, span.span);
        buckets::bucket(context, TIME, TIME, span);
    }
    if let Some(fill) = options.word(&FILL) {
        fill_groups(context, stats, fill);
    }
    if options.flag(&PRESTATS) {
        return present(context, stats);
    }
    // `span` always is that of the time, whatever field it stands after.
    let mut stats = stats.clone();
    stats.by.iter_mut().for_each(|by| by.options.clear());
    grouping::group(context, command, &stats);
}

/// Leaves the events that have all fields of the groups.
fn present(context: &mut Context<'_>, stats: &Stats) {
    let fields = stats.by.iter().map(|by| context.field(&by.field.text, by.field.span));
    let present: Vec<Expression> = fields.map(build::is_present).collect();
    if !present.is_empty() {
        let predicate = build::all(present, context.span);
        context.filter(predicate);
    }
}

/// Restricts the events to the data model and gives its fields their names.
fn from(context: &mut Context<'_>, stats: &Stats) {
    for item in &stats.from {
        let name = match item {
            Item::Option(option) if option.name.text.eq_ignore_ascii_case("datamodel") => match &option.value
            {
                OptionValue::Word(word) => word,
                _ => continue,
            },
            Item::Comma(_) => continue,
            _ => {
                let message = "`tstats` reads from `datamodel=` only";
                context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, context.span).with_help(
                    "write `| tstats count from datamodel=Change by user`, or `where index=*` without FROM",
                ));
                return;
            }
        };
        let Some(dataset) = data_model::read(context, name) else { return };
        if stats.filter.as_ref().is_some_and(|filter| data_model::mentions(filter, "nodename")) {
            let names = data_model::node_names(context, dataset, name.span);
            context.assign(vec![("nodename".to_owned(), names)]);
        }
    }
}

/// Gives groups without a value one of their own.
fn fill_groups(context: &mut Context<'_>, stats: &Stats, fill: &Word) {
    let mut filled = Vec::new();
    for by in &stats.by {
        let name = &by.field.text;
        let value = context.field(name, by.field.span);
        if name != TIME && context.type_of(&value) == quarry_plan::Type::Text {
            let text = Expression::text(&fill.text, fill.span);
            filled.push((name.clone(), build::coalesce(vec![value, text], by.field.span)));
        }
    }
    context.assign(filled);
}
