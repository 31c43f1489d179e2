//! Which packs a command is about.

use std::path::PathBuf;

use clap::Args;
use quarry_pack::{Pack, Packs};

use crate::failure::Outcome;

#[derive(Debug, Args)]
pub struct PackSource {
    /// A folder of packs of your own, searched before the built-in ones
    #[arg(long, value_name = "DIR")]
    pub packs: Option<PathBuf>,
}

/// The packs that `targets` name, or all known ones.
pub fn find_packs(source: &PackSource, targets: &[String]) -> Outcome<Vec<Pack>> {
    let mut known = Packs::embedded()?;
    if let Some(folder) = &source.packs {
        known.extend(Packs::load_dir(folder)?);
    }
    if targets.is_empty() {
        return Ok(known.packs);
    }
    let packs = known.find_all(targets)?;
    for error in packs.iter().flat_map(|pack| &pack.left_out) {
        anstream::eprintln!("warning: {error}");
    }
    Ok(packs)
}

/// The packs without the detections that quarry does not run yet, each of which it says.
pub fn runnable(packs: Vec<Pack>, quiet: bool) -> Vec<Pack> {
    let pack = |pack: Pack| {
        let (pack, waits) = pack.runnable();
        for detection in waits.iter().filter(|_| !quiet) {
            let technique = pack.technique.as_deref().unwrap_or("-");
            anstream::eprintln!("{technique}  {}: skipped: {}", detection.id, detection.language.not_yet());
        }
        pack
    };
    packs.into_iter().map(pack).collect()
}
