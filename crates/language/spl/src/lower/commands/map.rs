//! `map`: runs a search once for each row, with the row's values in place of `$field$`.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Rows, Type};

use super::super::arguments::{General, missing};
use super::super::codes;
use super::super::context::Context;
use super::super::rows::{plain, subsearch};
use crate::macros::Macros;
use crate::registry::{CommandRow, Grammar, Needs, OptionRow};
use crate::tree::{Command, Item};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "map",
    "map (search=\"<search with $field$>\" | [ <search> ]) [maxsearches=<n>]",
    "Runs a search for each row.",
    "search=\"search a=$a$ | table b\"",
    lower,
)
.grammar(Grammar::Template)
.needs(Needs::Arguments)
.with_options(&[SEARCH, MOST_SEARCHES])];

const SEARCH: OptionRow =
    OptionRow::text("search", "search", "", "The search, in which `$field$` is a value of the row.");
const MOST_SEARCHES: OptionRow = OptionRow::count("maxsearches", "10", "For how many rows it runs at most.");

/// It runs at most so many searches: they are planned together.
const MOST_RUN: usize = 1_000;

/// What stands for a value that is not known yet.
const UNKNOWN: &str = "0";

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let most = arguments.options.count(&MOST_SEARCHES).unwrap_or_default();
    let written = arguments.options.word(&SEARCH).map(|word| (word.text.as_str(), word.span));
    let at = arguments.items.iter().position(|item| matches!(item, Item::Subsearch(_)));
    let bracketed = match at.filter(|_| written.is_none()).map(|at| arguments.items.remove(at)) {
        Some(Item::Subsearch(pipeline)) => Some((pipeline.text.as_str(), pipeline.span)),
        _ => None,
    };
    let Some((search, place)) = written.or(bracketed) else {
        return missing(context, command, "`search=\"...\"` or a search in brackets");
    };
    arguments.finish(context);
    // One row more than there may be tells that there are too many.
    context.limit(0, Some(most.min(MOST_RUN + 1)));
    let columns = context.visible();
    let rows = context.settle(&columns);
    if rows.as_ref().is_some_and(|rows| rows.rows.len() > MOST_RUN) {
        let message = format!("`map` would run more than {MOST_RUN} searches");
        let found = Diagnostic::error(codes::TOO_COMPLEX, message, command.span);
        return context.report(found.with_help("keep fewer rows first, or use `join` or a subsearch"));
    }
    let texts: Vec<String> = match &rows {
        Some(rows) => (0..rows.rows.len()).map(|index| filled(search, rows, index)).collect(),
        None => vec![template(search)],
    };
    let mut parts = Vec::new();
    for text in texts {
        let known = context.shared.environment.knowledge.map(|knowledge| &knowledge.macros);
        let builtin = Macros::default();
        let parsed = crate::parse(&text, known.unwrap_or(&builtin));
        if let Some(found) = parsed.diagnostics.iter().find(|found| found.is_error()) {
            return subsearch::report_in_text(context, found, place);
        }
        let Some(mut part) = subsearch::lower_text(
            context,
            &parsed.pipeline,
            context.shared.options.default_time.clone(),
            place,
        ) else {
            return;
        };
        let found = std::mem::take(&mut part.diagnostics);
        // What is said about values that are not known yet says nothing.
        for diagnostic in found.into_iter().filter(|_| rows.is_some()) {
            context.report(Diagnostic { span: place, ..diagnostic });
        }
        parts.push(part);
    }
    if parts.is_empty() {
        return context.restart(Rows {
            columns: columns.into_iter().map(|column| (column.name, Type::Text)).collect(),
            rows: Vec::new(),
        });
    }
    let first = parts.remove(0);
    subsearch::replace(context, first);
    for part in parts {
        subsearch::append(context, part);
    }
}

/// The search with a row's values; a field that has none leaves nothing.
fn filled(text: &str, rows: &Rows, index: usize) -> String {
    let mut text = text.to_owned();
    let Some(row) = rows.rows.get(index) else { return text };
    for ((name, _), value) in rows.columns.iter().zip(row) {
        let name = name.text();
        let value = plain::plain(value).unwrap_or_default().replace('\\', "\\\\").replace('"', "\\\"");
        text = text.replace(&format!("${name}$"), &value);
    }
    text
}

/// The search with something in place of every value.
fn template(text: &str) -> String {
    let mut parts = text.split('$');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    let mut pending: Option<&str> = None;
    for part in parts {
        match pending.take() {
            Some(name) if is_name(name) => {
                filled.push_str(UNKNOWN);
                filled.push_str(part);
            }
            Some(name) => {
                filled.push('$');
                filled.push_str(name);
                pending = Some(part);
            }
            None => pending = Some(part),
        }
    }
    if let Some(rest) = pending {
        filled.push('$');
        filled.push_str(rest);
    }
    filled
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_alphanumeric() || "_.{}-:".contains(letter))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::template;

    #[test]
    fn tokens_are_names_between_dollars() {
        assert_eq!(template("a=$x$ b=\"$y.z{}$\" c=5$ d"), "a=0 b=\"0\" c=5$ d");
        assert_eq!(template("$a$$b$"), "00");
        assert_eq!(template("no"), "no");
    }
}
