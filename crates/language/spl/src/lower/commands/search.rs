//! `search`: keeps what an expression of the search language finds.

use super::super::context::Context;
use super::super::search as search_language;
use super::not_understood;
use crate::tree::{Arguments, Command};

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Search(expression) = &command.arguments else { return not_understood(context, command) };
    if let Some(expression) = expression {
        search_language::apply(context, expression);
    }
}
