//! Splunk's whole vocabulary, each word with a status, so that "not supported yet" is precise and
//! coverage is a number.

mod aggregations;
mod commands;
mod functions;

pub use aggregations::AGGREGATIONS;
pub use commands::COMMANDS;
pub use functions::FUNCTIONS;

/// Whether a word can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Runs.
    Supported,
    /// Known, to come.
    Planned,
    /// Will not come; the reason.
    Never(&'static str),
}

/// A command.
#[derive(Debug, Clone, Copy)]
pub struct CommandRow {
    /// Name in lower case.
    pub name: &'static str,
    /// Whether it runs.
    pub status: Status,
}

/// An eval function.
#[derive(Debug, Clone, Copy)]
pub struct FunctionRow {
    /// Name in lower case.
    pub name: &'static str,
    /// Fewest arguments.
    pub least: usize,
    /// Most arguments; none is any number.
    pub most: Option<usize>,
    /// Whether it runs.
    pub status: Status,
}

/// A statistical function.
#[derive(Debug, Clone, Copy)]
pub struct AggregationRow {
    /// Name in lower case, without its number (`perc` for `perc95`).
    pub name: &'static str,
    /// Whether it runs.
    pub status: Status,
}

/// Commands that take aggregations.
const AGGREGATING: [&str; 13] = [
    "stats",
    "eventstats",
    "streamstats",
    "chart",
    "timechart",
    "tstats",
    "mstats",
    "sistats",
    "sichart",
    "sitimechart",
    "prestats",
    "mpreview",
    "geostats",
];

/// The row of a command, or none if Splunk has no such command.
#[must_use]
pub fn command(name: &str) -> Option<&'static CommandRow> {
    COMMANDS.iter().find(|row| row.name == name)
}

/// All command names.
pub fn command_names() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|row| row.name)
}

/// Whether a command's arguments are aggregations.
#[must_use]
pub fn is_aggregating(name: &str) -> bool {
    AGGREGATING.contains(&name)
}

/// The row of an eval function.
#[must_use]
pub fn function(name: &str) -> Option<&'static FunctionRow> {
    FUNCTIONS.iter().find(|row| row.name == name)
}

/// The row of a statistical function.
#[must_use]
pub fn aggregation(name: &str) -> Option<&'static AggregationRow> {
    AGGREGATIONS.iter().find(|row| row.name == name)
}
