//! What each page shows, as plain values for its template.

mod coverage;
mod dialect;
mod home;
mod hunt;
mod matrix;
mod query;
mod search;
mod sources;
mod technique;

use std::path::Path;

pub use coverage::coverage;
pub use dialect::dialect;
pub use home::home;
use quarry_pack::{Tally, attack::Knowledge};
pub use query::queries;
pub use search::search_index;
use serde::Serialize;
pub use technique::{MOST_SHRUNK, technique};

/// The name of a file without its folder.
pub fn file_name(path: &str) -> &str {
    Path::new(path).file_name().and_then(std::ffi::OsStr::to_str).unwrap_or(path)
}

/// What every page needs.
#[derive(Debug, Serialize)]
pub struct Frame {
    /// Path from the page to the site's root: empty or `../`.
    pub root: &'static str,
    /// Title of the page.
    pub title: String,
    /// One sentence for search engines and previews.
    pub summary: String,
    /// The page's place in the navigation.
    pub here: &'static str,
    /// quarry's version.
    pub version: &'static str,
}

impl Frame {
    fn new(
        root: &'static str,
        here: &'static str,
        title: impl Into<String>,
        summary: impl Into<String>,
    ) -> Self {
        Self { root, here, title: title.into(), summary: summary.into(), version: env!("CARGO_PKG_VERSION") }
    }
}

/// Counts of a tally with the width of its bar.
#[derive(Debug, Clone, Serialize)]
pub struct Share {
    /// Cases that went as they should.
    pub good: usize,
    /// All of them.
    pub all: usize,
    /// Percent, whole, never 100 unless all are good.
    pub percent: usize,
    /// The counts behind it.
    pub tally: Tally,
}

impl Share {
    fn of(tally: Tally) -> Option<Self> {
        let (good, all) = (tally.caught + tally.quiet, tally.attacks + tally.benign);
        (all > 0).then(|| Self { good, all, percent: good * 100 / all, tally })
    }
}

/// A tactic that a technique is of in a release.
#[derive(Debug, Clone, Serialize)]
pub struct Placement {
    /// Major version of ATT&CK.
    pub version: String,
    /// Names of the tactics.
    pub tactics: Vec<String>,
}

/// The tactics of a technique, newest release first.
fn placements(knowledge: &Knowledge, technique: &str) -> Vec<Placement> {
    let placed = |release: &quarry_pack::attack::Release| {
        let found = release.technique(technique)?;
        let name = |key: &String| release.tactic(key).map(|tactic| tactic.name.clone());
        Some(Placement {
            version: release.version.clone(),
            tactics: found.tactics.iter().filter_map(name).collect(),
        })
    };
    knowledge.releases.iter().rev().filter_map(placed).collect()
}

/// A cloud as pages name it.
fn provider_label(word: &str) -> &str {
    match word {
        "aws" => "AWS",
        "azure" => "Azure",
        "gcp" => "Google Cloud",
        other => other,
    }
}
