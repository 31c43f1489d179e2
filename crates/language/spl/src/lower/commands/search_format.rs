//! `format`: rows as one search text, in the field `search`.

use quarry_plan::{Rows, Type, Value};

use super::super::arguments::{General, bad_value};
use super::super::context::{Context, is_internal};
use super::super::rows::plain;
use crate::registry::{CommandRow, OptionRow};
use crate::tree::{Command, Word};

pub(super) const ROWS: &[CommandRow] =
    &[CommandRow::new("format", "format <options> [<six texts>]", "Makes a search of the rows.", "", lower)
        .with_options(&[BETWEEN, MOST, OF_NONE])];

const BETWEEN: OptionRow =
    OptionRow::text("mvsep", "text", "OR", "What stands between several values of a field.");
const MOST: OptionRow = OptionRow::count("maxresults", "0", "How many rows are taken; 0 is all.");

const OF_NONE: OptionRow =
    OptionRow::text("emptystr", "text", "NOT ()", "The search where there are no rows.");
/// What stands before a row, before its fields, between them, after them, between rows and after the last
/// (Splunk search reference, format).
const SIGNS: [&str; 6] = ["(", "(", "AND", ")", "OR", ")"];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let between_values = arguments.options.text(&BETWEEN);
    let most = arguments.options.count(&MOST).filter(|most| *most > 0);
    let of_none = arguments.options.text(&OF_NONE);
    let words = arguments.words(context);
    arguments.finish(context);
    let mut signs = SIGNS;
    match <[&Word; 6]>::try_from(words) {
        Ok(given) => signs = given.map(|word| word.text.as_str()),
        Err(words) => {
            if let Some(first) = words.first() {
                return bad_value(context, "format", first, "six texts or none");
            }
        }
    }
    if most.is_some() {
        context.limit(0, most);
    }
    let mut columns = context.visible();
    columns.retain(|column| !column.empty && !is_internal(&column.name));
    let rows = context.settle(&columns);
    // What finds nothing is no row of a subsearch.
    let is_subsearch = context.depth > 0 && of_none == "NOT ()";
    let text = rows.and_then(|rows| match rows.rows.is_empty() {
        true => (!is_subsearch).then(|| of_none.to_owned()),
        false => Some(written(&rows, signs, between_values)),
    });
    let rows = text.map(|text| vec![vec![Value::Text(text)]]).unwrap_or_default();
    context.restart(Rows { columns: vec![("search".into(), Type::Text)], rows });
}

/// The rows as a search.
fn written(rows: &Rows, signs: [&str; 6], between_values: &str) -> String {
    let [before_rows, before, between, after, between_rows, after_rows] = signs;
    let one = |row: &Vec<Value>| {
        let fields = rows
            .columns
            .iter()
            .zip(row)
            .filter_map(|((name, _), value)| field(name.user()?, value, between_values));
        let fields: Vec<String> = fields.collect();
        format!("{before} {} {after}", fields.join(&format!(" {between} ")))
    };
    let all: Vec<String> = rows.rows.iter().map(one).collect();
    format!("{before_rows} {} {after_rows}", all.join(&format!(" {between_rows} ")))
}

/// `name="value"`; of `search` and `query` the value alone, as it is.
fn field(name: &str, value: &Value, between_values: &str) -> Option<String> {
    if ["search", "query"].contains(&name) {
        return plain::plain(value);
    }
    let quoted = |text: &str| {
        let text = text.replace('\\', "\\\\").replace('"', "\\\"");
        let name = if name.contains(char::is_whitespace) { format!("\"{name}\"") } else { name.to_owned() };
        format!("{name}=\"{text}\"")
    };
    match value {
        Value::TextList(items) if items.len() != 1 => {
            let all: Vec<String> = items.iter().map(|item| quoted(item)).collect();
            Some(format!("( {} )", all.join(&format!(" {between_values} "))))
        }
        other => plain::plain(other).map(|text| quoted(&text)),
    }
}
