//! `addinfo`: the search's own times as fields.

use quarry_plan::{Expression, TimeBound, Type};

use super::super::arguments::General;
use super::super::build;
use super::super::context::Context;
use super::super::rows::search_range;
use crate::registry::CommandRow;
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] =
    &[CommandRow::new("addinfo", "addinfo", "Adds the search's own time range as fields.", "", lower)];

/// The earliest time where the search has none, and the latest (Splunk search reference, addinfo).
const UNBOUNDED: (&str, &str) = ("0.000", "+Infinity");
/// There is one search at a time.
const IDENTIFIER: &str = "quarry";

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    General::new(context, command).finish(context);
    let span = command.span;
    let now = build::call("now", Vec::new(), Type::Double, span);
    let time = search_range::range(context);
    let bound = |bound: Option<&TimeBound>, otherwise: &str| match bound {
        Some(bound) => search_range::instant(bound, &now),
        None => Expression::text(otherwise, span),
    };
    context.assign(vec![
        ("info_min_time".to_owned(), bound(time.earliest.as_ref(), UNBOUNDED.0)),
        ("info_max_time".to_owned(), bound(time.latest.as_ref(), UNBOUNDED.1)),
        ("info_search_time".to_owned(), now.clone()),
        ("info_sid".to_owned(), Expression::text(IDENTIFIER, span)),
    ]);
}
