//! `quarry site`: the packs as pages in a folder.

use std::path::PathBuf;

use clap::Args;
use quarry_server::{Site, SiteError};

use crate::{
    Streams,
    failure::{Exit, Failure, Outcome},
    progress::grouped,
    tested::TestedPacks,
};

#[derive(Debug, Args)]
pub struct SiteArguments {
    /// Folder to write; what it holds is kept, but for files of the same names
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,

    #[command(flatten)]
    pub packs: TestedPacks,
}

/// Runs the command.
pub fn run(arguments: &SiteArguments, streams: &Streams<'_>) -> Outcome {
    let packs = arguments.packs.load()?;
    let results = arguments.packs.results(&packs, streams)?;
    let written = Site::new(packs, results).and_then(|site| site.write(&arguments.out)).map_err(failed)?;
    streams.tell(format_args!(
        "{} pages, {} files, {} KiB: {}",
        written.pages,
        written.files,
        grouped((written.bytes / 1024) as u64),
        arguments.out.join("index.html").display()
    ));
    Ok(Exit::Fine)
}

fn failed(error: SiteError) -> Failure {
    Failure::inner("make the pages", error)
}
