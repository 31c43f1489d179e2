//! The first page: techniques, and the cloud matrix of ATT&CK.

use std::collections::BTreeMap;

use quarry_languages::Language;
use quarry_pack::{
    Pack,
    attack::{Release, Technique},
};
use serde::Serialize;

use super::{Frame, Placement, Share, placements, technique::dialects};
use crate::Site;

/// A technique with a pack.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Tactics, newest release first.
    pub placements: Vec<Placement>,
    /// Severity.
    pub severity: String,
    /// Languages: ending, name, number of detections.
    pub languages: Vec<(String, String, usize)>,
    /// Number of tests.
    pub cases: usize,
    /// What they show.
    pub share: Option<Share>,
}

/// A cell of the matrix.
#[derive(Debug, Serialize)]
pub struct Cell {
    /// Technique.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Class: `full`, `part`, `untested` or none.
    pub state: &'static str,
    /// What the tests show.
    pub share: Option<Share>,
    /// Sub-techniques.
    pub below: Vec<Cell>,
    /// How many of them have a pack.
    pub have: usize,
}

/// A column of the matrix.
#[derive(Debug, Serialize)]
pub struct Tactic {
    /// Such as `TA0112`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its techniques.
    pub cells: Vec<Cell>,
    /// Techniques and sub-techniques with a pack.
    pub have: usize,
    /// All of them.
    pub all: usize,
}

/// The matrix of a release.
#[derive(Debug, Serialize)]
pub struct Matrix {
    /// Major version.
    pub version: String,
    /// Release that the data is of.
    pub release: String,
    /// Columns.
    pub tactics: Vec<Tactic>,
    /// What is not verified.
    pub notes: Vec<String>,
}

/// The page.
#[derive(Debug, Serialize)]
pub struct HomePage {
    /// What every page needs.
    pub frame: Frame,
    /// Techniques with a pack.
    pub entries: Vec<Entry>,
    /// Matrices, newest first.
    pub matrices: Vec<Matrix>,
    /// Numbers of techniques, detections, tests, hunting queries.
    pub counts: [usize; 4],
    /// Results that are passes, and all; none where the tests were not run.
    pub results: Option<(usize, usize)>,
}

/// The first page.
pub fn home(site: &Site) -> HomePage {
    let shares = shares(site);
    let detections = site.packs.iter().map(|pack| pack.detections.len()).sum();
    let cases = site.packs.iter().map(|pack| pack.cases.cases.len()).sum();
    let hunts = site.packs.iter().map(|pack| pack.hunting().count()).sum();
    let languages: Vec<&str> = Language::running().map(|language| language.definition().full_title).collect();
    let summary = site.results.as_ref().map(|results| results.summary);
    HomePage {
        frame: Frame::new(
            "",
            "home",
            "Detections for cloud audit logs, with their tests",
            format!(
                "{} detections of cloud techniques, each with the tests that show what it catches",
                languages.join(" and ")
            ),
        ),
        entries: site.packs.iter().map(|pack| entry(site, pack)).collect(),
        matrices: site.knowledge.releases.iter().rev().map(|release| matrix(release, &shares)).collect(),
        counts: [site.packs.len(), detections, cases, hunts],
        results: summary.map(|summary| (summary.pass, summary.total())),
    }
}

type Shares = BTreeMap<String, Option<Share>>;

fn shares(site: &Site) -> Shares {
    let share = |pack: &Pack| {
        let id = pack.technique.clone()?;
        let share = site.results.as_ref().and_then(|results| results.of(&id));
        Some((id, share.and_then(|results| Share::of(results.tally()))))
    };
    site.packs.iter().filter_map(share).collect()
}

fn entry(site: &Site, pack: &Pack) -> Entry {
    let id = pack.technique.clone().unwrap_or_default();
    let results = site.results.as_ref().and_then(|results| results.of(&id));
    let count =
        |language: &str| pack.detections.iter().filter(|detection| detection.language.id == language).count();
    let languages = dialects(site, pack, &id);
    Entry {
        name: pack.name.clone(),
        placements: placements(&site.knowledge, &id),
        severity: pack.manifest.as_ref().map(|manifest| manifest.severity.to_string()).unwrap_or_default(),
        languages: languages
            .into_iter()
            .map(|dialect| (dialect.language.to_owned(), dialect.label, count(dialect.language)))
            .collect(),
        cases: pack.cases.cases.len(),
        share: results.and_then(|results| Share::of(results.tally())),
        id,
    }
}

fn matrix(release: &Release, shares: &Shares) -> Matrix {
    let tactics = release.tactics.iter().map(|tactic| {
        let techniques: Vec<&Technique> = release.of_tactic(&tactic.key).collect();
        let have = techniques.iter().filter(|technique| shares.contains_key(&technique.id)).count();
        Tactic {
            id: tactic.id.clone(),
            name: tactic.name.clone(),
            cells: cells(release, &techniques, shares),
            have,
            all: techniques.len(),
        }
    });
    Matrix {
        version: release.version.clone(),
        release: release.release.clone(),
        tactics: tactics.collect(),
        notes: release.notes.clone(),
    }
}

/// The techniques of a tactic by name, each with its sub-techniques; a sub-technique without its parent
/// stands by itself.
fn cells(release: &Release, techniques: &[&Technique], shares: &Shares) -> Vec<Cell> {
    let has_parent = |technique: &Technique| {
        technique.parent().is_some_and(|parent| techniques.iter().any(|other| other.id == parent))
    };
    let mut cells: Vec<Cell> = techniques
        .iter()
        .filter(|technique| !has_parent(technique))
        .map(|technique| {
            let below = techniques.iter().filter(|other| other.parent() == Some(technique.id.as_str()));
            let below: Vec<Cell> = below.map(|other| cell(other, other.name.clone(), shares)).collect();
            let mut own = cell(technique, full_name(release, technique), shares);
            own.have = below.iter().filter(|cell| !cell.state.is_empty()).count();
            own.below = below;
            own
        })
        .collect();
    cells.sort_by(|left, right| left.name.cmp(&right.name));
    cells
}

/// The name with the parent's, for a sub-technique that stands by itself.
fn full_name(release: &Release, technique: &Technique) -> String {
    let parent = technique.parent().and_then(|parent| release.technique(parent));
    parent.map_or_else(|| technique.name.clone(), |parent| format!("{}: {}", parent.name, technique.name))
}

fn cell(technique: &Technique, name: String, shares: &Shares) -> Cell {
    let found = shares.get(&technique.id);
    let state = match found {
        None => "",
        Some(None) => "untested",
        Some(Some(share)) if share.good == share.all => "full",
        Some(Some(_)) => "part",
    };
    Cell {
        id: technique.id.clone(),
        name,
        state,
        share: found.cloned().flatten(),
        below: Vec::new(),
        have: 0,
    }
}
