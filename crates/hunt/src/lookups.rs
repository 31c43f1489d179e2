//! Tables that queries write.

use std::{collections::BTreeSet, fs, io::ErrorKind, path::Path};

use quarry_functions::number_text;
use quarry_language_definition::{
    Store,
    csv::{self, write_row},
};
use quarry_plan::{Rows, Value};

use crate::{Failure, Outcome, files};

/// Writes the rows as CSV, beside the old ones if asked; the old file stays until the new one is whole.
pub fn write(folder: &Path, store: &Store, rows: &Rows) -> Outcome<()> {
    if rows.rows.is_empty() && store.keep_if_empty {
        return Ok(());
    }
    let path = folder.join(&store.file);
    let failed = |error: std::io::Error| Failure::writing_file(&path, error);
    let names: Vec<String> = rows.columns.iter().map(|(name, _)| name.text().to_owned()).collect();
    let mut text = String::new();
    let old = if store.append { old_text(&path)? } else { String::new() };
    let (old_names, old_rows) = csv::read(&old);
    let known: BTreeSet<&String> = old_names.iter().collect();
    let mut all = old_names.clone();
    all.extend(names.iter().filter(|name| !known.contains(name)).cloned());
    text.push_str(&write_row(&all));
    for mut row in old_rows {
        row.resize(all.len(), String::new());
        text.push_str(&write_row(&row));
    }
    for row in &rows.rows {
        let value = |name: &String| {
            let at = names.iter().position(|known| known == name);
            at.and_then(|at| row.get(at)).map(text_of).unwrap_or_default()
        };
        text.push_str(&write_row(&all.iter().map(value).collect::<Vec<_>>()));
    }
    fs::create_dir_all(folder).map_err(failed)?;
    files::replace(&path, text.as_bytes()).map_err(failed)
}

/// The rows that are there; none if there is no such file yet.
fn old_text(path: &Path) -> Outcome<String> {
    match fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Failure::Content(format!(
                "`{}` is not UTF-8 (byte {at}): rows are not appended to it, and it is left as it is",
                path.display()
            ))
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Failure::reading_file(path, error)),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Double(value) => number_text(*value),
        Value::Text(value) => value.clone(),
        Value::TextList(items) => items.join("\n"),
        #[allow(clippy::cast_precision_loss)] // microseconds of our times fit
        Value::Timestamp(micros) => number_text(*micros as f64 / 1e6),
        other => other.text().unwrap_or_default(),
    }
}
