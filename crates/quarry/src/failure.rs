//! What ends a command early, and how it is told.

use std::{fmt::Display, io::IsTerminal, process::ExitCode};

use quarry_diagnostic::{Diagnostic, render};

/// Exit status for errors (bad query, unreadable input).
pub const ERROR: u8 = 2;
/// Exit status for findings, where finding was the question.
pub const FINDINGS: u8 = 1;

/// Why a command could not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// Something about a query text.
    Query {
        /// Where the text is from.
        name: String,
        /// The text.
        text: String,
        /// What was found; at least one error.
        diagnostics: Vec<Diagnostic>,
    },
    /// Anything else, one sentence.
    Other(String),
}

impl Failure {
    /// A failure told by another error, with what was being done.
    pub fn of(doing: impl Display, error: impl Display) -> Self {
        Self::Other(format!("{doing}: {error}"))
    }

    /// The failure in one line.
    pub fn message(&self) -> String {
        match self {
            Self::Query { name, diagnostics, .. } => {
                let first = diagnostics.iter().find(|found| found.is_error());
                format!("{name}: {}", first.map_or("cannot run", |found| found.message.as_str()))
            }
            Self::Other(message) => message.clone(),
        }
    }

    /// Tells the user on standard error.
    pub fn report(self) -> ExitCode {
        match self {
            Self::Query { name, text, diagnostics } => print_diagnostics(&name, &text, &diagnostics),
            Self::Other(message) => anstream::eprintln!("error: {message}"),
        }
        ExitCode::from(ERROR)
    }
}

/// Prints diagnostics with their places to standard error.
pub fn print_diagnostics(name: &str, text: &str, diagnostics: &[Diagnostic]) {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for diagnostic in diagnostics {
        anstream::eprintln!("{}\n", render(diagnostic, name, text, colour));
    }
}

/// A result that a [`Failure`] can end.
pub type Outcome<T = ExitCode> = Result<T, Failure>;
