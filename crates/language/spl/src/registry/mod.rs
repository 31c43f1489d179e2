//! Splunk's whole vocabulary, each word with a status, so that "not supported yet" is precise and
//! coverage is a number.
//!
//! The parser follows the row of a command: its grammar and what it needs.

mod aggregations;
mod commands;
mod functions;
mod options;

pub use aggregations::{AGGREGATIONS, AggregationName, AggregationRow, aggregation, aggregation_names};
pub(crate) use aggregations::{Method, ranked_aggregation};
pub use commands::{AnyOf, COMMANDS, CommandRow};
pub(crate) use functions::Lowering;
pub use functions::{Description, FUNCTIONS, FunctionRow};
pub use options::{OptionRow, Takes, truth};

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

/// How a command is written, as help of errors about it.
pub(crate) fn usage(name: &str) -> String {
    let Some(row) = command(name) else {
        return "docs/reference/spl/README.md lists the commands".to_owned();
    };
    let written = row.written();
    let is_long = written.chars().count() > LONG_USAGE && !row.example.is_empty();
    if is_long {
        return format!(
            "write it as in `{} {}`; docs/reference/spl/README.md has all of it",
            row.name, row.example
        );
    }
    format!("it is written `{written}`")
}

/// What is longer is no help at a glance.
const LONG_USAGE: usize = 120;

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
    /// As [`Grammar::General`], where a name before parentheses is a call rather than a word.
    Calls,
    /// As [`Grammar::General`], where what is no option is a regular expression, quoted or not.
    Pattern,
    /// `field=` or `field!=`, if that, and a regular expression, quoted or not.
    Match,
    /// As [`Grammar::General`], where a search in brackets is read once its `$field$` have values.
    Template,
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

/// The row of a command, or none if Splunk has no such command.
///
/// ```
/// assert!(quarry_spl::registry::command("stats").is_some());
/// assert!(quarry_spl::registry::command("stast").is_none());
/// ```
#[must_use]
pub fn command(name: &str) -> Option<&'static CommandRow> {
    let place = COMMANDS.binary_search_by(|row| row.name.cmp(name)).ok()?;
    COMMANDS.get(place)
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{AGGREGATIONS, COMMANDS, FUNCTIONS, Status};

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
    fn functions_that_run_are_described() {
        for row in FUNCTIONS {
            let described = row.description();
            assert_eq!(described.is_some(), row.status == Status::Supported, "{}", row.name);
            assert!(described.is_none_or(|row| row.least <= row.most), "{}", row.name);
        }
    }
}
