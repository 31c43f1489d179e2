//! How a failure is told, and what the exit status says.

use quarry_diagnostic::{Diagnostic, render};
pub use quarry_hunt::Failure;

use crate::Streams;

/// Exit status for errors.
pub const ERROR: u8 = 2;

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// As it should.
    Fine,
    /// With findings, where finding was the question.
    Findings,
    /// With an error: a bad query, unreadable input.
    Error,
}

impl Exit {
    /// Fine, or with findings.
    pub fn clean(clean: bool) -> Self {
        if clean { Self::Fine } else { Self::Findings }
    }

    /// The exit status.
    pub fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Error => ERROR,
        }
    }
}

/// Tells the user.
pub fn report(failure: Failure, streams: &Streams<'_>) -> Exit {
    match failure {
        Failure::Query { name, text, diagnostics } => print_diagnostics(streams, &name, &text, &diagnostics),
        Failure::ReaderGone => return Exit::Fine,
        other => {
            let code = other.code().map_or_else(String::new, |code| format!("[{code}]"));
            streams.tell(format_args!("error{code}: {other}"));
        }
    }
    Exit::Error
}

/// Tells diagnostics with their places.
pub fn print_diagnostics(streams: &Streams<'_>, name: &str, text: &str, diagnostics: &[Diagnostic]) {
    let colour = streams.terminal.messages && streams.terminal.colour;
    for diagnostic in diagnostics {
        streams.tell(format_args!("{}\n", render(diagnostic, name, text, colour)));
    }
}

/// A result that a [`Failure`] can end.
pub type Outcome<T = Exit> = Result<T, Failure>;
