//! `from` and `datamodel`: the events of a data model, or the rows of a lookup.

use quarry_diagnostic::{Diagnostic, did_you_mean};

use super::super::arguments::{General, missing};
use super::super::context::Context;
use super::super::rows::{lookup_table, saved_search, subsearch};
use super::super::{codes, data_model, search};
use crate::registry::{CommandRow, Grammar, Needs, OptionRow, usage};
use crate::tree::{Command, Item, Quote, Word};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "datamodel",
        "datamodel <model> <dataset> search",
        "Reads the events of a data model's dataset.",
        "Change All_Changes search",
        lower_model,
    )
    .with_options(SUMMARIES)
    .generating()
    .reading_events(),
    CommandRow::new(
        "from",
        "from datamodel:<model>.<dataset>",
        "Reads a dataset or lookup.",
        "datamodel:Change.All_Changes",
        lower_from,
    )
    .grammar(Grammar::Filtered)
    .needs(Needs::Arguments)
    .generating()
    .reading_events(),
];

const SUMMARIES: &[OptionRow] = &[
    OptionRow::ignored("summariesonly", NO_SUMMARIES),
    OptionRow::ignored("allow_old_summaries", NO_SUMMARIES),
    OptionRow::ignored("strict_fields", NO_SUMMARIES),
];
const NO_SUMMARIES: &str = "there are no summaries, so events are read";

/// Kinds of datasets `from` reads.
const KINDS: [&str; 4] = ["datamodel", "lookup", "inputlookup", "savedsearch"];

pub(super) fn lower_from(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let at = arguments.items.iter().position(|item| matches!(item, Item::Where(_)));
    let condition = at.map(|at| arguments.items.remove(at));
    let words = arguments.words(context);
    arguments.finish(context);
    // What stands together is one name: `datamodel:"Change"."All_Changes"`.
    let mut joined = String::new();
    let mut end = None;
    for word in &words {
        if end.is_some_and(|end| end != word.span.start) {
            joined.push(' ');
        }
        joined.push_str(word.text.trim_matches('"'));
        end = Some(word.span.end);
    }
    let split = joined.find([':', ' ']);
    let Some((kind, name)) = split.map(|at| (&joined[..at], joined[at + 1..].trim_start_matches([':', ' '])))
    else {
        return missing(context, command, "a dataset such as `datamodel:Change.All_Changes`");
    };
    let span = words
        .first()
        .map_or(command.span, |first| words.last().map_or(first.span, |last| first.span.join(last.span)));
    let name = Word { text: name.trim_matches('"').to_owned(), quote: Quote::None, span };
    match kind.to_lowercase().as_str() {
        "datamodel" => read_model(context, &name),
        "lookup" | "inputlookup" => {
            if let Some((_, table)) = lookup_table::find(context, &name) {
                context.restart(lookup_table::rows_of(&table));
            }
        }
        "savedsearch" => {
            if let Some(found) = saved_search::read(context, &name, &[]) {
                subsearch::replace(context, found);
            }
        }
        other => {
            let message = format!("`from` reads no `{other}`");
            let help = match did_you_mean(other, KINDS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it reads a {}", KINDS.join(", a ")),
            };
            context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, span).with_help(help));
        }
    }
    if let Some(Item::Where(Some(condition))) = condition {
        search::apply(context, condition);
    }
}

/// The events of a dataset, with the names that it gives their fields.
fn read_model(context: &mut Context<'_>, name: &Word) {
    if context.started {
        let message = "a data model is read by the first command of a search";
        context.report(
            Diagnostic::error(codes::BAD_ARGUMENT, message, name.span)
                .with_help("write it in a subsearch: `| append [| from datamodel:...]`"),
        );
        return;
    }
    data_model::read(context, name);
}

pub(super) fn lower_model(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let words = arguments.words(context);
    arguments.finish(context);
    let mode = words.get(2).map(|word| word.text.to_lowercase());
    if let Some(extra) = words.get(3) {
        let message =
            format!("`datamodel` takes a model, a dataset and a mode, found `{}` after them", extra.text);
        context.report(
            Diagnostic::error(codes::BAD_ARGUMENT, message, extra.span).with_help(usage(&command.name)),
        );
        return;
    }
    match (words.as_slice(), mode.as_deref()) {
        ([model, dataset, ..], Some("search" | "flat" | "acceleration_search")) => {
            let name = Word {
                text: format!("{}.{}", model.text, dataset.text),
                quote: Quote::None,
                span: model.span.join(dataset.span),
            };
            read_model(context, &name);
        }
        _ => missing(context, command, "a model, a dataset and `search` or `flat`"),
    }
}
