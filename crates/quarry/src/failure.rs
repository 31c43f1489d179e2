//! How a failure is told, and what the exit status says.

use std::{io::IsTerminal, process::ExitCode};

use quarry_diagnostic::{Diagnostic, render};
pub use quarry_hunt::Failure;

/// Exit status for errors (bad query, unreadable input).
pub const ERROR: u8 = 2;
/// Exit status for findings, where finding was the question.
pub const FINDINGS: u8 = 1;

/// Tells the user on standard error.
pub fn report(failure: Failure) -> ExitCode {
    match failure {
        Failure::Query { name, text, diagnostics } => print_diagnostics(&name, &text, &diagnostics),
        Failure::ReaderGone => return ExitCode::SUCCESS,
        other => {
            let code = other.code().map_or_else(String::new, |code| format!("[{code}]"));
            anstream::eprintln!("error{code}: {other}");
        }
    }
    ExitCode::from(ERROR)
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
