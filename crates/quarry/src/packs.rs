//! Which packs a command is about.

use std::path::PathBuf;

use clap::Args;
use quarry_pack::{Pack, Packs};

use crate::{Streams, failure::Outcome};

#[derive(Debug, Args)]
pub struct PackSource {
    /// A folder of packs of your own, searched before the built-in ones
    #[arg(long, value_name = "DIR")]
    pub packs: Option<PathBuf>,
}

/// The built-in packs and the user's.
pub fn all_packs(source: &PackSource) -> Outcome<Packs> {
    let mut known = Packs::embedded()?;
    if let Some(folder) = &source.packs {
        known.extend(Packs::load_dir(folder)?);
    }
    Ok(known)
}

/// The packs that `targets` name, or all known ones.
pub fn find_packs(source: &PackSource, targets: &[String], streams: &Streams<'_>) -> Outcome<Vec<Pack>> {
    let known = all_packs(source)?;
    if targets.is_empty() {
        return Ok(known.packs);
    }
    let packs = known.find_all(targets)?;
    for error in packs.iter().flat_map(|pack| &pack.left_out) {
        streams.tell(format_args!("warning: {error}"));
    }
    Ok(packs)
}

/// The packs without the detections that quarry does not run yet, each of which it says.
pub fn runnable(packs: Vec<Pack>, quiet: bool, streams: &Streams<'_>) -> Vec<Pack> {
    let pack = |pack: Pack| {
        let (pack, waits) = pack.runnable();
        for detection in waits.iter().filter(|_| !quiet) {
            let technique = pack.technique.as_deref().unwrap_or("-");
            let why = detection.language.not_yet();
            streams.tell(format_args!("{technique}  {}: skipped: {why}", detection.id));
        }
        pack
    };
    packs.into_iter().map(pack).collect()
}
