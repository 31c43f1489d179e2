//! The page of a technique.

use quarry_languages::Language;
use quarry_pack::{Manifest, Pack, attack::technique_url, tuning::Exclusion};
use serde::Serialize;

use super::{
    Frame, Placement, Share,
    hunt::{Hunt, hunts},
    matrix::{Detail, Matrix, details, matrix},
    placements,
    query::{Group, groups},
    sources::{Advice, Requirements, advice, requirements},
};
use crate::{
    Site,
    markdown::{Setting, headings, render},
    site::languages,
};

/// Lines of a query that is not shown in full, by how far the page must shrink.
const EXCERPTS: [Option<usize>; 4] = [None, Some(60), Some(24), Some(0)];

/// The last step of shrinking.
pub const MOST_SHRUNK: usize = EXCERPTS.len() - 1;

/// The documents of a pack: path, identifier on the page, heading.
const DOCUMENTS: [(&str, &str, &str); 3] = [
    ("docs/detection.md", "strategy", "Detection strategy"),
    ("docs/investigation.md", "investigation", "Investigation guide"),
    ("docs/playbook.md", "playbook", "Response playbook"),
];

/// Where files of a pack are on its page.
pub const LINKS: &[(&str, &str)] = &[
    ("docs/detection.md", "#strategy"),
    ("docs/investigation.md", "#investigation"),
    ("docs/playbook.md", "#playbook"),
    ("tuning/README.md", "#tuning"),
    ("tuning/tuning.yml", "#tuning"),
    ("tests/cases.yml", "#tests"),
];

/// A document of the pack.
#[derive(Debug, Serialize)]
pub struct Document {
    /// Identifier on the page.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
    /// The text; none where the pack has none.
    pub html: Option<String>,
    /// Headings in it: title and identifier.
    pub headings: Vec<(String, String)>,
}

/// Another technique.
#[derive(Debug, Serialize)]
pub struct Related {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is explained.
    pub url: String,
    /// Whether that is a page of this site.
    pub here: bool,
}

/// A language of the pack.
#[derive(Debug, Serialize)]
pub struct Dialect {
    /// Ending.
    pub language: &'static str,
    /// Name.
    pub label: String,
    /// What the tests show of it.
    pub share: Option<Share>,
}

/// An exclusion in force.
#[derive(Debug, Serialize)]
pub struct Excluded {
    /// Detections or groups; all where empty.
    pub detections: String,
    /// The conditions.
    pub conditions: Vec<String>,
    /// Why, and until when.
    pub reason: String,
    /// Last day.
    pub expires: String,
}

/// The page.
#[derive(Debug, Serialize)]
pub struct TechniquePage {
    /// What every page needs.
    pub frame: Frame,
    /// Technique.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The technique it is below: id and name.
    pub parent: Option<(String, String)>,
    /// Its page at MITRE.
    pub url: String,
    /// Its tactics by release.
    pub placements: Vec<Placement>,
    /// Severity of the pack.
    pub severity: String,
    /// How sure an alert is.
    pub confidence: String,
    /// What it is, by paragraph.
    pub description: String,
    /// Clouds of the tests.
    pub clouds: Vec<String>,
    /// What the tests show in all languages.
    pub share: Option<Share>,
    /// Languages.
    pub dialects: Vec<Dialect>,
    /// What the detections require.
    pub requirements: Requirements,
    /// What ATT&CK says.
    pub advice: Option<Advice>,
    /// The detections.
    pub groups: Vec<Group>,
    /// Tests by detections.
    pub matrix: Matrix,
    /// The tests.
    pub details: Vec<Detail>,
    /// What a reader must know.
    pub notes: Vec<String>,
    /// Benign causes.
    pub false_positives: Vec<String>,
    /// Exclusions in force.
    pub exclusions: Vec<Excluded>,
    /// Least scores in force: detections, score, why.
    pub thresholds: Vec<(String, String, String)>,
    /// How to tune.
    pub tuning: Option<String>,
    /// Documents.
    pub documents: Vec<Document>,
    /// Hunting queries.
    pub hunts: Vec<Hunt>,
    /// Pages to read.
    pub references: Vec<String>,
    /// Related techniques.
    pub related: Vec<Related>,
}

/// The page of a pack's technique. `shrink` says how far to cut queries, which have pages of their own; it
/// ends at [`MOST_SHRUNK`].
pub fn technique(site: &Site, pack: &Pack, shrink: usize) -> TechniquePage {
    let excerpt = EXCERPTS.get(shrink).copied().unwrap_or(Some(0));
    let id = pack.technique.clone().unwrap_or_default();
    let results = site.results.as_ref().and_then(|results| results.of(&id));
    let manifest = pack.manifest.as_ref();
    let summary = manifest.map(|manifest| first_sentence(&manifest.description)).unwrap_or_default();
    let title = format!("{id} {}", pack.name);
    TechniquePage {
        frame: Frame::new("../", "technique", title, summary),
        name: pack.name.clone(),
        parent: parent(site, &id),
        url: technique_url(&id),
        placements: placements(&site.knowledge, &id),
        severity: manifest.map(|manifest| manifest.severity.to_string()).unwrap_or_default(),
        confidence: manifest.map(|manifest| manifest.confidence.to_string()).unwrap_or_default(),
        description: manifest.map(|manifest| manifest.description.trim().to_owned()).unwrap_or_default(),
        clouds: clouds(pack),
        share: results.and_then(|results| Share::of(results.tally())),
        dialects: dialects(site, pack, &id),
        requirements: manifest.map_or_else(none, |manifest| requirements(manifest, None)),
        advice: advice(site, &id),
        groups: groups(pack, excerpt),
        matrix: matrix(site, pack, None),
        details: details(pack),
        notes: manifest.map(|manifest| manifest.notes.clone()).unwrap_or_default(),
        false_positives: manifest.map(|manifest| manifest.false_positives.clone()).unwrap_or_default(),
        exclusions: pack.tuning.exclusions.iter().map(excluded).collect(),
        thresholds: thresholds(pack),
        tuning: pack.page("tuning/README.md").map(|text| markdown("tuning", text)),
        documents: DOCUMENTS.iter().map(|document| read(pack, *document)).collect(),
        hunts: hunts(pack, None, excerpt),
        references: manifest.map(|manifest| manifest.references.clone()).unwrap_or_default(),
        related: manifest.map(|manifest| related(site, &manifest.related)).unwrap_or_default(),
        id,
    }
}

fn none() -> Requirements {
    let platforms = Language::running().map(|language| language.product.title.to_owned());
    Requirements { platforms: platforms.collect(), sources: Vec::new(), schedule: None, delays: false }
}

/// The first sentence of a text.
pub fn first_sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.find(['.', ':', ';']).unwrap_or(text.len());
    text.chars().take(text[..end].chars().count()).collect()
}

fn parent(site: &Site, id: &str) -> Option<(String, String)> {
    let (parent, _) = id.split_once('.')?;
    let found = site.knowledge.releases.iter().rev().find_map(|release| release.technique(parent))?;
    Some((found.id.clone(), found.name.clone()))
}

fn clouds(pack: &Pack) -> Vec<String> {
    let logs = pack.manifest.iter().flat_map(|manifest| &manifest.data_sources);
    let mut clouds: Vec<String> = Vec::new();
    for source in logs {
        let word = source.log.split('.').next().unwrap_or_default();
        let label = super::provider_label(word).to_owned();
        if !clouds.contains(&label) {
            clouds.push(label);
        }
    }
    clouds
}

/// The languages of a pack, with what the tests show of each.
pub fn dialects(site: &Site, pack: &Pack, id: &str) -> Vec<Dialect> {
    let results = site.results.as_ref().and_then(|results| results.of(id));
    let of = |language: Language| Dialect {
        language: language.definition().id,
        label: language.full_title.to_owned(),
        share: results.and_then(|results| Share::of(results.tally_of(language))),
    };
    languages(pack).into_iter().map(of).collect()
}

/// A Markdown text of the pack.
pub fn markdown(prefix: &str, text: &str) -> String {
    render(text, Setting { prefix, links: LINKS })
}

fn read(pack: &Pack, (path, id, title): (&str, &'static str, &'static str)) -> Document {
    let text = pack.page(path);
    Document {
        id,
        title,
        html: text.map(|text| markdown(id, text)),
        headings: text.map(|text| headings(text, id)).unwrap_or_default(),
    }
}

fn excluded(exclusion: &Exclusion) -> Excluded {
    let condition = |one: quarry_pack::tuning::Condition| {
        let value = serde_json::to_value(&one).unwrap_or_default();
        let members = value.as_object().into_iter().flatten().filter(|(key, _)| *key != "field");
        let stated = members
            .map(|(key, value)| format!("{} {}", key.replace('_', " "), value.as_str().unwrap_or_default()));
        format!("{} {}", one.field, stated.collect::<Vec<_>>().join(" "))
    };
    Excluded {
        detections: exclusion.detections.join(", "),
        conditions: exclusion.conditions().map(condition).collect(),
        reason: exclusion.reason.clone(),
        expires: exclusion.expires.clone().unwrap_or_default(),
    }
}

fn thresholds(pack: &Pack) -> Vec<(String, String, String)> {
    let of = |one: &quarry_pack::tuning::Threshold| {
        (one.detections.join(", "), one.min_risk_score.to_string(), one.reason.clone())
    };
    pack.tuning.thresholds.iter().map(of).collect()
}

fn related(site: &Site, ids: &[String]) -> Vec<Related> {
    let of = |id: &String| {
        let here = site.packs.iter().find(|pack| pack.technique.as_ref() == Some(id));
        let known = site.knowledge.releases.iter().rev().find_map(|release| release.technique(id));
        Related {
            id: id.clone(),
            name: here
                .map(|pack| pack.name.clone())
                .or_else(|| known.map(|one| one.name.clone()))
                .unwrap_or_default(),
            url: here.map_or_else(|| technique_url(id), |_| format!("../{id}/index.html")),
            here: here.is_some(),
        }
    };
    ids.iter().map(of).collect()
}

/// What a manifest says a reader must know.
pub fn notes(manifest: Option<&Manifest>) -> Vec<String> {
    manifest.map(|manifest| manifest.notes.clone()).unwrap_or_default()
}
