//! Packs with what their tests show: results that were written before, or tests that are run now.

use std::{path::PathBuf, sync::Arc};

use clap::Args;
use quarry_pack::{Pack, TestResults, emulate::Options};
use quarry_validation::Setup;

use crate::{
    Streams,
    commands::test::run_tests,
    failure::{Failure, Outcome},
    packs::{PackSource, all_packs, runnable},
    settings,
};

#[derive(Debug, Args)]
pub struct TestedPacks {
    #[command(flatten)]
    pub packs: PackSource,

    /// What `quarry test --output json` wrote (default: the tests are run now)
    #[arg(long, value_name = "FILE")]
    pub results: Option<PathBuf>,

    /// Neither run tests nor show results
    #[arg(long, conflicts_with = "results")]
    pub no_tests: bool,
}

impl TestedPacks {
    /// The built-in packs and the user's.
    pub fn load(&self) -> Outcome<Vec<Pack>> {
        all_packs(&self.packs).map(|known| known.packs)
    }

    /// What the tests of packs show; none where that was not asked for.
    pub fn results(&self, packs: &[Pack], streams: &Streams<'_>) -> Outcome<Option<TestResults>> {
        if self.no_tests {
            return Ok(None);
        }
        let Some(path) = &self.results else {
            return run(packs, streams).map(Some);
        };
        let name = path.display();
        let text =
            std::fs::read_to_string(path).map_err(|error| Failure::reading(format!("`{name}`"), error))?;
        serde_json::from_str(&text).map(Some).map_err(|error| {
            Failure::Content(format!("{name}: expected what `quarry test --output json` writes: {error}"))
        })
    }
}

/// Runs the tests that packs have.
fn run(packs: &[Pack], streams: &Streams<'_>) -> Outcome<TestResults> {
    let setup = Setup {
        catalog: Arc::clone(&settings::catalog(None)?),
        macros: Vec::new(),
        views: Vec::new(),
        emulation: Options::default(),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let tested = packs.iter().filter(|pack| !pack.cases.cases.is_empty()).cloned().collect();
    let tested = runnable(tested, false, streams);
    run_tests(&setup, &tested, None, false, streams)
}
