//! quarry: SIEM detections, unchanged, straight on cloud audit logs.
//!
//! A command line as a function: it prints to the streams it is given and gives the exit status, so that tests run
//! many in one process. Only the binary knows the process's own streams, and ends it.

mod arguments;
mod commands;
mod failure;
mod imports;
mod loose;
mod output;
mod packs;
mod progress;
mod settings;
mod shown;
mod streams;
mod tested;
mod threads;

use std::{ffi::OsString, io::Write};

pub use streams::{Output, Streams, Terminal};

use crate::{
    arguments::{Arguments, Command},
    failure::{ERROR, Outcome},
};

/// Runs a command line, whose first word is the program's name; gives the exit status.
pub fn run(words: Vec<OsString>, streams: &Streams<'_>) -> u8 {
    match loose::arguments(words) {
        Ok(arguments) => {
            execute(&arguments, streams).unwrap_or_else(|failure| failure::report(failure, streams)).code()
        }
        Err(told) => usage(&told, streams),
    }
}

fn execute(arguments: &Arguments, streams: &Streams<'_>) -> Outcome {
    match &arguments.command {
        Command::Query(query) => commands::query::run(query, streams),
        Command::Hunt(hunt) => commands::hunt::run(hunt, streams),
        Command::Check(check) => commands::check::run(check, streams),
        Command::Fields(fields) => commands::fields::run(fields, streams),
        Command::Lsp(lsp) => commands::lsp::run(lsp, streams),
        Command::Test(test) => commands::test::run(test, streams),
        Command::Tune(tune) => commands::tune::run(tune, streams),
        Command::Pack(pack) => commands::pack::run(pack, streams),
        Command::Emulate(emulate) => commands::emulate::run(emulate, streams),
        Command::Lint(lint) => commands::lint::run(lint, streams),
        Command::Explain(explain) => commands::explain::run(explain, streams),
        Command::Coverage(coverage) => commands::coverage::run(coverage, streams),
        Command::Site(site) => commands::site::run(site, streams),
        Command::Serve(serve) => commands::serve::run(serve, streams),
    }
}

/// Prints help, the version, or why the words are not understood.
fn usage(told: &clap::Error, streams: &Streams<'_>) -> u8 {
    let Terminal { output, messages, colour, .. } = streams.terminal;
    let is_terminal = if told.use_stderr() { messages } else { output };
    let text = told.render();
    let text = if is_terminal && colour { text.ansi().to_string() } else { text.to_string() };
    if told.use_stderr() {
        streams.tell(text.trim_end());
    } else {
        // A reader of help that has seen enough is no error.
        let _ = write!(streams.output(), "{text}");
    }
    u8::try_from(told.exit_code()).unwrap_or(ERROR)
}
