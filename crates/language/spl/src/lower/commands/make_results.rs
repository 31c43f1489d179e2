//! `makeresults`: rows out of nothing, with the present time.

use quarry_diagnostic::Diagnostic;
use quarry_language_definition::csv;
use quarry_plan::{Rows, Type, Value};

use super::super::arguments::{General, bad_value, missing};
use super::super::context::{Context, TIME};
use super::super::{build, codes};
use crate::registry::{CommandRow, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] =
    &[CommandRow::new("makeresults", "makeresults <options>", "Makes rows out of nothing.", "", lower)
        .with_options(OPTIONS)
        .generating()];

const COUNT: OptionRow = OptionRow::count("count", "1", "How many rows are made.");
const ANNOTATE: OptionRow =
    OptionRow::flag("annotate", false, "Whether rows have the usual fields of events, without values.");
const FORMAT: OptionRow = OptionRow::choice("format", &["csv", "json"], "", "How `data` is written.");
const DATA: OptionRow =
    OptionRow::text("data", "text", "", "The rows, as CSV or as an array of JSON objects.");
const ONE_MACHINE: &str = "there is one machine only";
const OPTIONS: &[OptionRow] = &[
    COUNT,
    ANNOTATE,
    FORMAT,
    DATA,
    OptionRow::ignored("splunk_server", ONE_MACHINE),
    OptionRow::ignored("splunk_server_group", ONE_MACHINE),
];

/// More rows than this are refused.
const MOST_ROWS: usize = 1_000_000;

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    let count = arguments.options.count(&COUNT).unwrap_or_default();
    let annotate = arguments.options.flag(&ANNOTATE);
    let format = arguments.options.choice(&FORMAT);
    let data = arguments.options.word(&DATA);
    arguments.finish(context);
    if count > MOST_ROWS {
        let message = format!("`makeresults` makes at most {MOST_ROWS} rows here");
        context.report(
            Diagnostic::error(codes::BAD_ARGUMENT, message, command.span)
                .with_help("write a smaller `count`; `mvrange` and `mvexpand` make rows of a list"),
        );
        return;
    }
    let span = command.span;
    if let Some(data) = data {
        match format {
            Some("csv") => {
                let (header, rows) = csv::read(&data.text);
                let value = |text: String| if text.is_empty() { Value::Null } else { Value::Text(text) };
                let rows = Rows {
                    columns: header.into_iter().map(|name| (name.into(), Type::Text)).collect(),
                    rows: rows.into_iter().map(|row| row.into_iter().map(value).collect()).collect(),
                };
                context.restart(rows);
            }
            Some("json") => match json_rows(&data.text) {
                Some(rows) => context.restart(rows),
                None => bad_value(context, "data", data, "an array of JSON objects"),
            },
            _ => return missing(context, command, "`format=csv` or `format=json` with `data`"),
        }
        return;
    }
    let rows = (0..count).map(|_| Vec::new()).collect();
    context.restart(Rows { columns: Vec::new(), rows });
    let now = build::call("now", Vec::new(), Type::Double, span).cast(Type::Timestamp);
    context.assign(vec![(TIME.to_owned(), now)]);
    if annotate {
        for name in ["_raw", "host", "source", "sourcetype", "splunk_server", "splunk_server_group"] {
            context.assign(vec![(name.to_owned(), build::null(span).cast(Type::Text))]);
        }
    }
}

/// One row an object; a column a name, in the order in which names come up.
fn json_rows(text: &str) -> Option<Rows> {
    let items: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(text).ok()?;
    let mut names: Vec<String> = Vec::new();
    for name in items.iter().flat_map(serde_json::Map::keys) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let value = |value: Option<&serde_json::Value>| match value {
        None | Some(serde_json::Value::Null) => Value::Null,
        Some(serde_json::Value::String(text)) => Value::Text(text.clone()),
        Some(other) => Value::Text(other.to_string()),
    };
    let rows = items.iter().map(|item| names.iter().map(|name| value(item.get(name))).collect()).collect();
    Some(Rows { columns: names.into_iter().map(|name| (name.into(), Type::Text)).collect(), rows })
}
