//! `quarry lsp`: the language server, over standard input and output.

use clap::Args;
use quarry_language_server::{Knowledge, serve, stdio};
use quarry_languages::Language;

use super::lint;
use crate::{
    Streams,
    arguments::LanguageArguments,
    failure::{Exit, Failure, Outcome},
    settings,
};

/// The command line of `quarry lsp`.
#[derive(Debug, Args)]
pub struct LspArguments {
    #[command(flatten)]
    pub language: LanguageArguments,

    /// Speak over standard input and output: the only way there is, accepted since editors say so
    #[arg(long)]
    pub stdio: bool,
}

/// Runs the command until the editor ends it.
pub fn run(arguments: &LspArguments, streams: &Streams<'_>) -> Outcome {
    let catalog = settings::catalog(arguments.language.config.as_deref())?;
    let knowledge = Knowledge {
        catalog: &catalog,
        languages: Language::all().collect(),
        compiler: settings::compiler(&catalog, &arguments.language, streams)?,
        check: Box::new(|query, compiled| lint::diagnostics(&catalog, query, compiled)),
    };
    let failed = |error: &dyn std::fmt::Display| Failure::reading("the editor's messages", error);
    let (connection, threads) = stdio().map_err(|error| failed(&error))?;
    let served = serve(&knowledge, &connection);
    drop(connection);
    if let Some(error) = threads.unread() {
        return Err(failed(error));
    }
    served.map_err(|error| failed(&error))?;
    threads.join().map_err(|error| failed(&error))?;
    Ok(Exit::Fine)
}
