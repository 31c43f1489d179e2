//! `savedsearch`: a search of the user's savedsearches.conf (Splunk search reference, savedsearch). As there, it
//! runs over the time range saved with it, unless another replaces that of the whole search.

use quarry_diagnostic::Diagnostic;

use super::super::arguments::{General, missing, truth};
use super::super::codes;
use super::super::context::Context;
use super::super::rows::{saved_search, subsearch};
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
    if let Some(found) = saved_search::read(context, name, &texts) {
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
