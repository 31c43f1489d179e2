//! `eventcount`: how many events there are. Logs are one index on one machine.

use quarry_plan::Expression;

use super::super::arguments::General;
use super::super::build;
use super::super::context::Context;
use super::super::rows::subsearch;
use super::super::wildcard;
use crate::registry::{CommandRow, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] =
    &[CommandRow::new("eventcount", "eventcount <options>", "Counts the events of an index.", "", lower)
        .generating()
        .with_options(OPTIONS)];

const SUMMARIZE: OptionRow =
    OptionRow::flag("summarize", true, "Whether there is one count without index and server.");
const INDEXES: OptionRow =
    OptionRow::text("index", "index", "", "The name of the index to show.").repeatable();
const NO_INDEXES: &str = "logs are counted, not indexes";
const OPTIONS: &[OptionRow] = &[
    SUMMARIZE,
    INDEXES,
    OptionRow::ignored("report_size", NO_INDEXES),
    OptionRow::ignored("list_vix", NO_INDEXES),
    OptionRow::ignored("list_federated_remote", NO_INDEXES),
];

/// The index and the machine that stand for the logs (Splunk's own default names).
const INDEX: &str = "main";
const SERVER: &str = "local";

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    let summarize = arguments.options.flag(&SUMMARIZE);
    let mut index = INDEX.to_owned();
    for word in arguments.options.words(&INDEXES) {
        if !wildcard::is_wildcard(&word.text) {
            index.clone_from(&word.text);
        }
    }
    arguments.finish(context);
    let mut rows = Context::new(context.shared.clone(), context.shared.options.default_time.clone());
    rows.span = command.span;
    let call = build::count_of_rows();
    rows.aggregate(Vec::new(), vec![("count".into(), call)]);
    if !summarize {
        rows.assign(vec![
            ("index".to_owned(), Expression::text(index, command.span)),
            ("server".to_owned(), Expression::text(SERVER, command.span)),
        ]);
    }
    subsearch::replace(context, rows);
}
