//! The vocabulary as editors show it.

use quarry_language_definition::{Entry, EntryKind};

use crate::registry::{
    AggregationName, COMMANDS, CommandRow, FUNCTIONS, FunctionRow, OptionRow, Status, Takes,
    aggregation_names,
};

/// Commands, eval functions, statistical functions.
pub(super) fn all() -> Vec<Entry> {
    let commands = COMMANDS.iter().map(command);
    let options = COMMANDS.iter().flat_map(|row| row.options().map(|of| option(row, of)));
    let functions = FUNCTIONS.iter().map(function);
    let aggregations = aggregation_names();
    let aggregations = aggregations.iter().map(aggregation);
    let mut all: Vec<Entry> = commands.chain(options).chain(functions).collect();
    for entry in aggregations {
        // Some names serve both; the page of the eval function stands.
        if !all.iter().any(|have| have.name == entry.name && have.kind == entry.kind) {
            all.push(entry);
        }
    }
    all
}

fn command(row: &CommandRow) -> Entry {
    let meaning = meaning(row.meaning(), "command", row.status);
    let page = Some(page(row.name));
    Entry { page, ..Entry::new(row.name, EntryKind::Command, format!("| {}", row.written()), meaning) }
}

fn option(row: &CommandRow, option: &OptionRow) -> Entry {
    let written = format!("{}={}", option.name, option.values());
    let meaning = match (option.takes, option.default.trim()) {
        (Takes::Ignored, _) => format!("Changes nothing here: {}.", option.meaning),
        (_, "") => option.meaning.to_owned(),
        (_, default) => format!("{} `{default}` if not said.", option.meaning),
    };
    Entry { of: Some(row.name), ..Entry::new(option.name, EntryKind::Option, written, meaning) }
}

fn function(row: &FunctionRow) -> Entry {
    let described = row.description();
    let written = described.map_or_else(|| format!("{}(...)", row.name), |row| row.written.to_owned());
    let meaning = meaning(described.map(|row| row.meaning.to_owned()), "eval function", row.status);
    let function = row.computed_by().map(|signature| signature.name.to_owned());
    Entry { function, ..Entry::new(row.name, EntryKind::Function, written, meaning) }
}

fn aggregation(name: &AggregationName) -> Entry {
    let written = name.written().unwrap_or_else(|| format!("{}(...)", name.name));
    let meaning = meaning(name.meaning(), "statistical function", name.row.status);
    Entry::new(name.name, EntryKind::Function, written, meaning)
}

/// Splunk's page of a command, whose name begins with a capital there.
fn page(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase()).unwrap_or_default();
    format!("https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/{first}{}", letters.as_str())
}

/// What a word does, and whether it does so here.
fn meaning(meaning: Option<String>, what: &str, status: Status) -> String {
    match (meaning, status) {
        (None, _) => status_text(what, status),
        (Some(meaning), Status::Supported) => meaning,
        (Some(meaning), _) => format!("{meaning}\n\n{}", status_text(what, status)),
    }
}

fn status_text(what: &str, status: Status) -> String {
    match status {
        Status::Supported => format!("A {what} that runs here."),
        Status::Planned => format!("A {what} of Splunk that does not run here yet."),
        Status::Never(reason) => format!("A {what} of Splunk that does not run here: {reason}."),
    }
}
