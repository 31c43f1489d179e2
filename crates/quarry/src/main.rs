//! quarry: SIEM detections, unchanged, straight on cloud audit logs.

mod arguments;
mod commands;
mod failure;
mod imports;
mod loose;
mod output;
mod packs;
mod progress;
mod settings;
mod tested;

use std::process::ExitCode;

use crate::arguments::Command;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = loose::arguments();
    let outcome = match &arguments.command {
        Command::Query(query) => commands::query::run(query),
        Command::Hunt(hunt) => commands::hunt::run(hunt),
        Command::Check(check) => commands::check::run(check),
        Command::Fields(fields) => commands::fields::run(fields),
        Command::Lsp(lsp) => commands::lsp::run(lsp),
        Command::Test(test) => commands::test::run(test),
        Command::Tune(tune) => commands::tune::run(tune),
        Command::Pack(pack) => commands::pack::run(pack),
        Command::Emulate(emulate) => commands::emulate::run(emulate),
        Command::Lint(lint) => commands::lint::run(lint),
        Command::Explain(explain) => commands::explain::run(explain),
        Command::Coverage(coverage) => commands::coverage::run(coverage),
        Command::Site(site) => commands::site::run(site),
        Command::Serve(serve) => commands::serve::run(serve),
    };
    outcome.unwrap_or_else(failure::report)
}
