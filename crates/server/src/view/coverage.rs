//! The page of what the packs cover.

use quarry_languages::Language;
use quarry_pack::coverage::{Coverage, Gap};
use serde::Serialize;

use super::{
    Frame, Share,
    sources::{Advice, advice},
};
use crate::Site;

/// A technique with a pack.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What the tests show in all languages.
    pub share: Option<Share>,
    /// The same by language: name and share.
    pub languages: Vec<(String, Option<Share>)>,
    /// What ATT&CK says.
    pub advice: Option<Advice>,
}

/// The gaps of a tactic.
#[derive(Debug, Serialize)]
pub struct TacticGaps {
    /// Its name.
    pub name: String,
    /// Techniques: id, name, platforms.
    pub gaps: Vec<(String, String, String)>,
}

/// The gaps of a release.
#[derive(Debug, Serialize)]
pub struct Gaps {
    /// Major version.
    pub version: String,
    /// Number of techniques without a pack.
    pub count: usize,
    /// By tactic.
    pub tactics: Vec<TacticGaps>,
}

/// The page.
#[derive(Debug, Serialize)]
pub struct CoveragePage {
    /// What every page needs.
    pub frame: Frame,
    /// Names of the languages.
    pub languages: Vec<String>,
    /// Techniques with a pack.
    pub rows: Vec<Row>,
    /// Gaps by release, newest first.
    pub gaps: Vec<Gaps>,
    /// Versions for which there is a layer.
    pub versions: Vec<String>,
}

/// The page of what the packs cover.
pub fn coverage(site: &Site) -> CoveragePage {
    let coverages = site.coverages();
    let rows: Vec<Row> = site.packs.iter().map(|pack| row(site, pack)).collect();
    CoveragePage {
        frame: Frame::new(
            "",
            "coverage",
            "Coverage of MITRE ATT&CK",
            "Scores by tests, data components, and the techniques of the cloud matrix that have no pack",
        ),
        languages: rows
            .first()
            .map(|row| row.languages.iter().map(|(label, _)| label.clone()).collect())
            .unwrap_or_default(),
        rows,
        gaps: coverages.iter().map(|coverage| gaps(site, coverage)).collect(),
        versions: coverages.iter().map(|coverage| coverage.attack.clone()).collect(),
    }
}

fn row(site: &Site, pack: &quarry_pack::Pack) -> Row {
    let id = pack.technique.clone().unwrap_or_default();
    let results = site.results.as_ref().and_then(|results| results.of(&id));
    let languages = Language::running().map(|language| {
        let share = results.and_then(|results| Share::of(results.tally_of(language)));
        (language.full_title.to_owned(), share)
    });
    Row {
        name: pack.name.clone(),
        share: results.and_then(|results| Share::of(results.tally())),
        languages: languages.collect(),
        advice: advice(site, &id),
        id,
    }
}

fn gaps(site: &Site, coverage: &Coverage) -> Gaps {
    let release = site.knowledge.release(&coverage.attack);
    let of_tactic = |tactic: &quarry_pack::attack::Tactic| TacticGaps {
        name: tactic.name.clone(),
        gaps: coverage.gaps.iter().filter(|gap| gap.tactics.contains(&tactic.key)).map(entry).collect(),
    };
    Gaps {
        version: coverage.attack.clone(),
        count: coverage.gaps.len(),
        tactics: release.into_iter().flat_map(|release| &release.tactics).map(of_tactic).collect(),
    }
}

fn entry(gap: &Gap) -> (String, String, String) {
    (gap.technique.clone(), gap.name.clone(), gap.platforms.join(", "))
}
