//! `savedsearch`: a search of the user's savedsearches.conf (Splunk search reference, savedsearch). As there, it
//! runs over the time range saved with it, unless another replaces that of the whole search.

use quarry_diagnostic::Diagnostic;

use super::super::arguments::{General, missing};
use super::super::codes;
use super::super::context::Context;
use super::super::rows::{saved_search, subsearch};
use crate::registry::{AnyOf, CommandRow, Needs, OptionRow};
use crate::tree::{Command, Item, OptionItem, OptionValue, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "savedsearch",
    "savedsearch <name> <options> [<placeholder>=<text> ...]",
    "Runs a search of the `savedsearches.conf` of a Splunk app, over the time range saved with it.",
    "Known",
    lower,
)
.needs(Needs::Arguments)
.with_options(&[AS_IT_IS])
.taking_any(AnyOf::Names)
.generating()];

const AS_IT_IS: OptionRow = OptionRow::flag(
    "nosubstitution",
    false,
    "Whether the text of the search stays as it is, `$...$` included.",
);

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let options = arguments.options.others().to_vec();
    let stays = arguments.options.flag(&AS_IT_IS);
    let at = arguments.items.iter().position(|item| matches!(item, Item::Word(_)));
    let Some(Item::Word(name)) = at.map(|at| arguments.items.remove(at)) else {
        return missing(context, command, "the name of a saved search");
    };
    arguments.finish(context);
    let Some(texts) = texts(context, &options) else { return };
    let texts = if stays { Vec::new() } else { texts };
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
                context.report(
                    Diagnostic::error(codes::BAD_ARGUMENT, message, option.span)
                        .with_help(format!("write `{}=\"...\"`", option.name.text)),
                );
                return None;
            }
        }
    }
    Some(found)
}
