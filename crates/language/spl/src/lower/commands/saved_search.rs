//! `savedsearch`: a search of the user's savedsearches.conf (Splunk search reference, savedsearch). As there, it
//! runs over the time range saved with it, unless another replaces that of the whole search.

use quarry_diagnostic::{Diagnostic, did_you_mean};
use quarry_plan::{TimeBound, TimeRange};

use super::super::context::Context;
use super::super::{codes, time};
use super::general::{General, missing, truth};
use super::{map, subsearch};
use crate::knowledge::conf::Stanza;
use crate::macros::Macros;
use crate::registry::{CommandRow, Needs};
use crate::tree::{Command, Item, OptionItem, OptionValue, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "savedsearch",
    "savedsearch <name> [nosubstitution=f] [<placeholder>=<text> ...]",
    "Runs a search of the `savedsearches.conf` of a Splunk app, over the time range saved with it.",
    "Known",
    lower,
)
.needs(Needs::Arguments)
.generating()];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let options = arguments.all_options();
    let at = arguments.items.iter().position(|item| matches!(item, Item::Word(_)));
    let Some(Item::Word(name)) = at.map(|at| arguments.items.remove(at)) else {
        return missing(context, command, "the name of a saved search");
    };
    arguments.finish(context);
    let Some(texts) = texts(context, &options) else { return };
    let substitutes =
        texts.iter().all(|(name, value)| !name.is_keyword("nosubstitution") || truth(value) != Some(true));
    let texts: Vec<(&Word, &Word)> = if substitutes {
        texts.into_iter().filter(|(name, _)| !name.is_keyword("nosubstitution")).collect()
    } else {
        Vec::new()
    };
    if let Some(found) = read(context, name, &texts) {
        subsearch::replace(context, found);
    }
}

/// The options as names and texts.
fn texts<'c>(context: &mut Context<'_>, options: &[&'c OptionItem]) -> Option<Vec<(&'c Word, &'c Word)>> {
    let mut found = Vec::new();
    for option in options {
        match &option.value {
            OptionValue::Word(value) if !option.negated => found.push((&option.name, value)),
            _ => {
                let message = format!("`{}` takes a text", option.name.text);
                context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, option.span));
                return None;
            }
        }
    }
    Some(found)
}

/// The rows of a saved search, with texts in place of `$name$`.
pub(super) fn read<'a>(
    context: &mut Context<'a>,
    name: &Word,
    texts: &[(&Word, &Word)],
) -> Option<Context<'a>> {
    let stanza = find(context, name)?;
    let mut text = stanza.get("search").unwrap_or_default().to_owned();
    for (option, value) in texts {
        let place = format!("${}$", option.text);
        if !text.contains(&place) {
            let message = format!("the saved search `{}` has no `{place}`", name.text);
            context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, option.span));
            return None;
        }
        text = text.replace(&place, &value.text);
    }
    let known = context.environment.knowledge.map(|knowledge| &knowledge.macros);
    let builtin = Macros::default();
    let parsed = crate::parse(&text, known.unwrap_or(&builtin));
    if let Some(found) = parsed.diagnostics.iter().find(|found| found.is_error()) {
        map::wrong(context, found, name.span);
        return None;
    }
    let bound = |key: &str| -> Option<TimeBound> {
        let text = stanza.get(key)?;
        if matches!(text.trim(), "" | "now" | "0") { None } else { time::parse_time(text) }
    };
    let saved =
        TimeRange { earliest: bound("dispatch.earliest_time"), latest: bound("dispatch.latest_time") };
    let mut found = map::lower_text(context, &parsed.pipeline, saved, name.span)?;
    for diagnostic in std::mem::take(&mut found.diagnostics) {
        context.report(Diagnostic { span: name.span, ..diagnostic });
    }
    Some(found)
}

fn find<'a>(context: &mut Context<'a>, name: &Word) -> Option<&'a Stanza> {
    let knowledge = context.environment.knowledge;
    let stanzas = knowledge.map(|knowledge| knowledge.saved_searches.as_slice()).unwrap_or_default();
    let has_search = |stanza: &&Stanza| stanza.get("search").is_some_and(|text| !text.trim().is_empty());
    let found = stanzas.iter().find(|stanza| stanza.name == name.text).filter(has_search);
    if found.is_none() {
        let message = format!("the saved search `{}` is not known", name.text);
        let mut diagnostic = Diagnostic::error(codes::UNKNOWN_SAVED_SEARCH, message, name.span);
        let names = stanzas.iter().filter(has_search).map(|stanza| stanza.name.as_str());
        diagnostic = match did_you_mean(&name.text, names) {
            Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
            None => diagnostic.with_help("give the file or folder of its savedsearches.conf"),
        };
        context.report(diagnostic);
    }
    found
}
