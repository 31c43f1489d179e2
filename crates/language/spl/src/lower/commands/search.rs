//! `search`: keeps what an expression of the search language finds.

use super::super::arguments::not_understood;
use super::super::context::Context;
use super::super::search as search_language;
use crate::registry::{AnyOf, CommandRow, Grammar};
use crate::tree::{Arguments, Command};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new("metasearch", "metasearch <search>", "Finds events as `search` does.", "a=1", lower)
        .grammar(Grammar::Search)
        .generating()
        .reading_events()
        .taking_any(AnyOf::NamesAndWords),
    CommandRow::new(
        "search",
        "search <conditions>",
        "Keeps the events that fulfil conditions; text is compared whatever its case, `*` is a wildcard.",
        "a=1",
        lower,
    )
    .grammar(Grammar::Search)
    .generating()
    .reading_events()
    .taking_any(AnyOf::NamesAndWords),
];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Search(expression) = &command.arguments else { return not_understood(context, command) };
    if let Some(expression) = expression {
        search_language::apply(context, expression);
    }
}
