//! The vocabulary as editors show it.

use quarry_language_definition::{Entry, EntryKind};

use crate::registry::{
    AGGREGATION_USAGE, AGGREGATIONS, COMMAND_USAGE, COMMANDS, FUNCTION_USAGE, FUNCTIONS, Status, Usage,
};

/// Commands, eval functions, statistical functions.
pub(super) fn all() -> Vec<Entry> {
    let commands = COMMANDS.iter().map(|row| command(row.name, row.status));
    let functions =
        FUNCTIONS.iter().map(|row| function(row.name, row.status, "eval function", FUNCTION_USAGE));
    let aggregations = AGGREGATIONS
        .iter()
        .map(|row| function(row.name, row.status, "statistical function", AGGREGATION_USAGE));
    let mut all: Vec<Entry> = commands.chain(functions).collect();
    for entry in aggregations {
        // Some names serve both; the page of the eval function stands.
        if !all.iter().any(|have| have.name == entry.name && have.kind == entry.kind) {
            all.push(entry);
        }
    }
    all
}

fn command(name: &str, status: Status) -> Entry {
    let usage = usage(COMMAND_USAGE, name);
    let syntax = format!("| {}", usage.map_or(name, |usage| usage.syntax));
    let page = Some(page(name));
    Entry { page, ..Entry::new(name, EntryKind::Command, syntax, meaning(usage, "command", status)) }
}

fn function(name: &str, status: Status, what: &str, table: &'static [Usage]) -> Entry {
    let usage = usage(table, name);
    let (syntax, meaning) = match (usage, status) {
        // The plan's function says it.
        (None, Status::Supported) => (String::new(), String::new()),
        _ => {
            let syntax = usage.map_or_else(|| format!("{name}(...)"), |usage| usage.syntax.to_owned());
            (syntax, meaning(usage, what, status))
        }
    };
    let function = Some(format!("spl_{name}"));
    Entry { function, ..Entry::new(name, EntryKind::Function, syntax, meaning) }
}

/// Splunk's page of a command, whose name begins with a capital there.
fn page(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase()).unwrap_or_default();
    format!("https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/{first}{}", letters.as_str())
}

/// What the registry says of a word.
fn usage(table: &'static [Usage], name: &str) -> Option<&'static Usage> {
    table.iter().find(|usage| usage.name == name)
}

/// What a word does, and whether it does so here.
fn meaning(usage: Option<&Usage>, what: &str, status: Status) -> String {
    match (usage, status) {
        (None, _) => status_text(what, status),
        (Some(usage), Status::Supported) => usage.meaning.to_owned(),
        (Some(usage), _) => format!("{}\n\n{}", usage.meaning, status_text(what, status)),
    }
}

fn status_text(what: &str, status: Status) -> String {
    match status {
        Status::Supported => format!("A {what} that runs here."),
        Status::Planned => format!("A {what} of Splunk that does not run here yet."),
        Status::Never(reason) => format!("A {what} of Splunk that does not run here: {reason}."),
    }
}
