//! Which packs a command is about.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::Args;
use quarry_hunt::{QueryText, saved_searches};
use quarry_pack::{Detection, Pack, PackError, Packs, Severity};

use crate::failure::{Failure, Outcome};

#[derive(Debug, Args)]
pub struct PackSource {
    /// A folder of packs of your own, searched before the built-in ones
    #[arg(long, value_name = "DIR")]
    pub packs: Option<PathBuf>,
}

/// The packs that `targets` name, or all known ones.
pub fn find_packs(source: &PackSource, targets: &[String]) -> Outcome<Vec<Pack>> {
    let failed = |error: PackError| Failure::Other(error.to_string());
    let mut known = Packs::embedded().map_err(failed)?;
    if let Some(folder) = &source.packs {
        known.extend(Packs::load_dir(folder).map_err(failed)?);
    }
    if targets.is_empty() {
        return Ok(known.packs);
    }
    let mut packs = Vec::new();
    let mut others = Vec::new();
    for target in targets {
        match saved_searches(Path::new(target)) {
            Some(queries) => packs.push(pack_of(target, queries)),
            None => others.push(target.clone()),
        }
    }
    if !others.is_empty() {
        packs.extend(known.find_all(&others).map_err(failed)?);
    }
    Ok(packs)
}

/// The searches of a file as a pack, each a detection of medium severity.
fn pack_of(file: &str, queries: Vec<QueryText>) -> Pack {
    let detection = |query: QueryText| Detection {
        id: query.name.clone(),
        title: query.name,
        file: file.to_owned(),
        language: query.language,
        severity: Severity::Medium,
        severity_by_risk_score: BTreeMap::new(),
        text: query.text,
    };
    Pack::of_detections(file, queries.into_iter().map(detection).collect())
}
