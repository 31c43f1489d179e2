//! `tstats`: aggregates over a data model, or over all events. There are no summaries here: it
//! always reads the events.

use quarry_diagnostic::Diagnostic;
use quarry_plan::Expression;

use super::super::aggregation::grouping;
use super::super::arguments::not_understood;
use super::super::context::{Context, TIME};
use super::super::rows::{buckets, subsearch};
use super::super::{build, codes, data_model, search};
use crate::registry::{CommandRow, Grammar};
use crate::tree::{Arguments, Command, Item, OptionItem, OptionValue, Stats, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "tstats",
    "tstats <aggregations> [FROM datamodel=<model>] [WHERE <search>] [BY <fields>]",
    "Aggregates events, also those of data models.",
    "count where index=* by a",
    lower,
)
.grammar(Grammar::IndexedStats)
.generating()
.reading_events()];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    let mut stats = stats.clone();
    let appends = take(&mut stats.options, "append").is_some_and(|word| is_true(&word));
    if context.started && appends {
        let mut rows = Context::new(context.shared.clone(), context.shared.options.default_time.clone());
        rows.span = command.span;
        aggregate(&mut rows, command, stats);
        return subsearch::append(context, rows);
    }
    if context.started {
        let message = "`tstats` reads events itself and must come first";
        let found = Diagnostic::error(codes::BAD_ARGUMENT, message, command.name_span)
            .with_help("with `append=t` its rows come after those there are");
        return context.report(found);
    }
    aggregate(context, command, stats);
}

fn aggregate(context: &mut Context<'_>, command: &Command, mut stats: Stats) {
    let span = take_span(&mut stats);
    let fill = take(&mut stats.options, "fillnull_value");
    let unfinished = take(&mut stats.options, "prestats").is_some_and(|word| is_true(&word));
    grouping::check_options(context, &command.name, &stats.options);
    from(context, &stats);
    if let Some(filter) = &stats.filter {
        search::apply(context, filter);
    }
    if let Some(span) = span {
        context.field(TIME, span.span);
        buckets::bucket(context, TIME, TIME, &span);
    }
    if let Some(fill) = fill {
        fill_groups(context, &stats, &fill);
    }
    if unfinished {
        // What a later command aggregates are the events themselves.
        return present(context, &stats);
    }
    grouping::group(context, command, &stats);
}

fn is_true(word: &Word) -> bool {
    matches!(word.text.to_lowercase().as_str(), "t" | "true" | "1")
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
                context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, context.span));
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

/// Takes `span=` wherever it stands: it always is that of the time.
fn take_span(stats: &mut Stats) -> Option<Word> {
    let mut found = take(&mut stats.options, "span");
    for by in &mut stats.by {
        found = take(&mut by.options, "span").or(found);
    }
    found
}

fn take(options: &mut Vec<OptionItem>, name: &str) -> Option<Word> {
    let at = options.iter().position(|option| option.name.text.eq_ignore_ascii_case(name))?;
    match options.remove(at).value {
        OptionValue::Word(word) => Some(word),
        _ => None,
    }
}
