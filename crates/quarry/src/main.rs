//! quarry: SIEM detections, unchanged, straight on cloud audit logs.

mod arguments;
mod commands;
mod compile;
mod failure;
mod lookups;
mod moment;
mod output;
mod progress;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.command {
        Command::Query(query) => commands::query::run(query),
        Command::Hunt(hunt) => commands::hunt::run(hunt),
        Command::Check(check) => commands::check::run(check),
        Command::Fields(fields) => commands::fields::run(fields),
    };
    outcome.unwrap_or_else(|failure| failure.report())
}
