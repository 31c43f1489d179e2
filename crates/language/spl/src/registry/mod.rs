//! Splunk's whole vocabulary, each word with a status, so that "not supported yet" is precise and
//! coverage is a number.
//!
//! A new command is one row in [`COMMANDS`]; the parser follows the row's grammar.

mod aggregations;
mod commands;
mod functions;
mod usage;

pub use aggregations::AGGREGATIONS;
pub use commands::COMMANDS;
pub use functions::FUNCTIONS;
pub use usage::{AGGREGATION_USAGE, COMMAND_USAGE, FUNCTION_USAGE, Usage};

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

/// How a command's arguments are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// A search expression.
    Search,
    /// An eval expression.
    Where,
    /// Assignments.
    Eval,
    /// Aggregations and BY.
    Stats,
    /// Aggregations, OVER, BY and a WHERE that picks series.
    Chart,
    /// Aggregations, FROM, WHERE with a search expression, BY.
    IndexedStats,
    /// Pairs of names.
    Rename,
    /// Sort keys.
    Sort,
    /// Options, words, calls and subsearches.
    General,
    /// As [`Grammar::General`], where the word `where` begins a search expression.
    Filtered,
}

/// What must follow a command's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing, or what its grammar asks for.
    Nothing,
    /// At least one argument.
    Arguments,
    /// A pipeline in brackets.
    Subsearch,
}

/// A command.
#[derive(Debug, Clone, Copy)]
pub struct CommandRow {
    /// Name in lower case.
    pub name: &'static str,
    /// How its arguments are read.
    pub grammar: Grammar,
    /// What must follow it.
    pub needs: Needs,
    /// Whether it makes rows of its own, so that it stands first.
    pub generates: bool,
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

/// The row of a command, or none if Splunk has no such command.
///
/// ```
/// assert!(quarry_spl::registry::command("stats").is_some());
/// assert!(quarry_spl::registry::command("stast").is_none());
/// ```
#[must_use]
pub fn command(name: &str) -> Option<&'static CommandRow> {
    COMMANDS.iter().find(|row| row.name == name)
}

/// All command names.
pub fn command_names() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|row| row.name)
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{AGGREGATIONS, COMMANDS, FUNCTIONS};

    #[test]
    fn tables_are_sorted_and_without_doubles() {
        let commands: Vec<&str> = COMMANDS.iter().map(|row| row.name).collect();
        let functions: Vec<&str> = FUNCTIONS.iter().map(|row| row.name).collect();
        let aggregations: Vec<&str> = AGGREGATIONS.iter().map(|row| row.name).collect();
        for names in [commands, functions, aggregations] {
            let doubled = names.windows(2).find(|pair| pair[0] >= pair[1]);
            assert_eq!(doubled, None);
        }
    }

    #[test]
    fn arities_are_possible() {
        for row in FUNCTIONS {
            assert!(row.most.is_none_or(|most| row.least <= most), "{}", row.name);
        }
    }
}
