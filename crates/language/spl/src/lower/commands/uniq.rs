//! `uniq`: a row that is the same as the one before it goes.

use super::super::arguments::General;
use super::super::context::{Context, RAW, TIME};
use super::super::rows::running;
use crate::registry::CommandRow;
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] =
    &[CommandRow::new("uniq", "uniq", "Drops a row that is the same as the one before it.", "", lower)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    General::new(context, command).finish(context);
    let fields: Vec<String> = if context.is_open() {
        // Two events with the same text at the same time have the same fields.
        [TIME, RAW].map(str::to_owned).to_vec()
    } else {
        context.visible().into_iter().filter_map(|column| Some(column.name.user()?.to_owned())).collect()
    };
    let changes = running::changes(context, &fields);
    context.deduplicate(changes.into_iter().collect(), 1);
}
