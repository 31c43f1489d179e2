//! What the packs cover of ATT&CK, scored by what their tests show.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    Pack,
    attack::{Knowledge, Release, Technique},
    results::{PackResults, TestResults},
    tally::Tally,
};

/// What the packs cover in one release of ATT&CK.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// Major version of ATT&CK.
    pub attack: String,
    /// The release that the data is of.
    pub release: String,
    /// The techniques that packs are of.
    pub techniques: Vec<Covered>,
    /// Techniques of the cloud matrix without a pack.
    pub gaps: Vec<Gap>,
    /// What of ATT&CK's data is not verified.
    pub notes: Vec<String>,
}

/// A technique that a pack is of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Covered {
    /// The technique in this release.
    pub technique: String,
    /// Its name in this release.
    pub name: String,
    /// Keys of its tactics in this release.
    pub tactics: Vec<String>,
    /// Ids of the detections.
    pub detections: Vec<String>,
    /// Languages of the detections.
    pub languages: Vec<String>,
    /// Share of attacks and evasions caught and benign twins left alone, in percent; none where not tested.
    pub score: Option<f64>,
    /// The counts behind it; a case counts once for each language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tally: Option<Tally>,
    /// Data components that ATT&CK names for it.
    pub data_components: Vec<Component>,
}

/// A data component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Component {
    /// Such as `DC0080`.
    pub id: String,
    /// Such as `Instance Start`.
    pub name: String,
}

/// A technique without a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The technique.
    pub technique: String,
    /// Its name.
    pub name: String,
    /// Keys of its tactics.
    pub tactics: Vec<String>,
    /// Its platforms in the cloud matrix.
    pub platforms: Vec<String>,
}

impl Coverage {
    /// What `packs` cover in `release`, scored by `results`.
    #[must_use]
    pub fn of(
        knowledge: &Knowledge,
        release: &Release,
        packs: &[Pack],
        results: Option<&TestResults>,
    ) -> Self {
        let techniques: Vec<Covered> =
            packs.iter().filter_map(|pack| covered(knowledge, release, pack, results)).collect();
        let have: BTreeSet<&str> = techniques.iter().map(|covered| covered.technique.as_str()).collect();
        let gaps = release.techniques.iter().filter(|technique| {
            let below = |id: &&str| id.split_once('.').is_some_and(|(parent, _)| parent == technique.id);
            !have.contains(technique.id.as_str()) && !have.iter().any(below)
        });
        Self {
            attack: release.version.clone(),
            release: release.release.clone(),
            gaps: gaps.map(gap).collect(),
            techniques,
            notes: release.notes.clone(),
        }
    }
}

fn covered(
    knowledge: &Knowledge,
    release: &Release,
    pack: &Pack,
    results: Option<&TestResults>,
) -> Option<Covered> {
    let id = pack.technique.as_deref()?;
    let technique = release.technique(id);
    let tally = results.and_then(|results| results.of(id)).map(PackResults::tally);
    let stated = || pack.manifest.iter().map(|manifest| manifest.tactic.clone()).collect();
    let languages: BTreeSet<&str> =
        pack.detections.iter().map(|detection| detection.language.definition().id).collect();
    Some(Covered {
        technique: technique.map_or(id, |technique| &technique.id).to_owned(),
        name: technique.map_or(&pack.name, |technique| &technique.name).clone(),
        tactics: technique.map_or_else(stated, |technique| technique.tactics.clone()),
        detections: pack.detections.iter().map(|detection| detection.id.clone()).collect(),
        languages: languages.into_iter().map(str::to_owned).collect(),
        score: tally.and_then(|tally| tally.score()),
        tally,
        data_components: components(knowledge, id),
    })
}

fn components(knowledge: &Knowledge, technique: &str) -> Vec<Component> {
    let sources = knowledge.strategy(technique).into_iter().flat_map(|strategy| &strategy.sources);
    let ids: BTreeSet<&String> = sources.map(|source| &source.component).collect();
    let name = |id: &String| knowledge.components.get(id).cloned().unwrap_or_default();
    ids.into_iter().map(|id| Component { id: id.clone(), name: name(id) }).collect()
}

fn gap(technique: &Technique) -> Gap {
    Gap {
        technique: technique.id.clone(),
        name: technique.name.clone(),
        tactics: technique.tactics.clone(),
        platforms: technique.platforms.clone(),
    }
}
