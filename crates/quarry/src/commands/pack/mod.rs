//! `quarry pack`: checks packs, starts new ones, prints the schemas of their files.

mod check;
mod imported;
mod new;
mod read;
mod schema;

use clap::{Args, Subcommand};

use crate::{Streams, failure::Outcome};

#[derive(Debug, Args)]
pub struct PackArguments {
    #[command(subcommand)]
    command: PackCommand,
}

#[derive(Debug, Subcommand)]
enum PackCommand {
    /// Check that packs, or rules in other products' formats, are complete and consistent; exit with 1 if not
    Check(check::CheckArguments),
    /// Show what is read of rules, tests and recorded events in other products' formats
    Read(read::ReadArguments),
    /// Write a new pack whose tests pass, to be made right
    New(new::NewArguments),
    /// Write the JSON Schemas of pack.yml, cases.yml, tuning.yml and of test results
    Schema(schema::SchemaArguments),
}

/// Runs the command.
pub fn run(arguments: &PackArguments, streams: &Streams<'_>) -> Outcome {
    match &arguments.command {
        PackCommand::Check(check) => check::run(check, streams),
        PackCommand::Read(read) => read::run(read, streams),
        PackCommand::New(new) => new::run(new, streams),
        PackCommand::Schema(schema) => schema::run(schema, streams),
    }
}
