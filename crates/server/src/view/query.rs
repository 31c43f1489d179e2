//! A query on a page.

use std::collections::BTreeMap;

use quarry_languages::Language;
use quarry_pack::{Detection, Severity, cases::group_of};
use serde::Serialize;

use super::file_name;
use crate::{SiteError, highlight::highlight};

/// A query with its text in colours.
#[derive(Debug, Clone, Serialize)]
pub struct Query {
    /// Identifier of the detection, or the file's name.
    pub id: String,
    /// What it alerts on.
    pub title: String,
    /// Ending of the language.
    pub language: &'static str,
    /// Name of the language.
    pub label: String,
    /// File to download, from the technique's folder.
    pub file: String,
    /// File name.
    pub name: String,
    /// Number of lines.
    pub lines: usize,
    /// Lines that are shown.
    pub shown: usize,
    /// The text as HTML.
    pub html: String,
    /// Severity of its alerts; none for hunting queries.
    pub severity: Option<String>,
    /// Severity by least risk score, gravest first.
    pub scores: Vec<(String, String)>,
}

/// Detections that say the same in different languages.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// The part of the ids that they share.
    pub id: String,
    /// What they alert on.
    pub title: String,
    /// One for each language.
    pub queries: Vec<Query>,
    /// Whether the manifest claims them to be equivalent.
    pub equivalent: bool,
}

/// How many lines of a query are shown; all where none.
pub type Most = Option<usize>;

/// A detection as a query.
pub fn of_detection(detection: &Detection, most: Most) -> Query {
    let mut query = of_text(detection.language, &detection.text, most);
    query.id.clone_from(&detection.id);
    query.title.clone_from(&detection.title);
    query.name = file_name(&detection.file).to_owned();
    query.file.clone_from(&query.name);
    query.severity = Some(detection.severity.to_string());
    query.scores = scores(&detection.severity_by_risk_score);
    query
}

fn scores(by_score: &BTreeMap<Severity, f64>) -> Vec<(String, String)> {
    by_score.iter().rev().map(|(severity, least)| (severity.to_string(), least.to_string())).collect()
}

/// A text as a query without a name.
pub fn of_text(language: Language, text: &str, most: Most) -> Query {
    let lines = text.lines().count();
    let shown = most.unwrap_or(lines).min(lines);
    let part: String = text.split_inclusive('\n').take(shown).collect();
    Query {
        id: String::new(),
        title: String::new(),
        language: language.definition().id,
        label: language.full_title.to_owned(),
        file: String::new(),
        name: String::new(),
        lines,
        shown,
        html: highlight(Some(language.lexis), &part),
        severity: None,
        scores: Vec::new(),
    }
}

/// The detections of a pack by group, in the order of the manifest.
pub fn groups(pack: &quarry_pack::Pack, most: Most) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for detection in &pack.detections {
        let query = of_detection(detection, most);
        let id = group_of(&detection.id);
        match groups.iter_mut().find(|group| group.id == id) {
            Some(group) => group.queries.push(query),
            None => groups.push(Group {
                id: id.to_owned(),
                title: detection.title.clone(),
                queries: vec![query],
                equivalent: equivalent(pack, &detection.id),
            }),
        }
    }
    groups
}

fn equivalent(pack: &quarry_pack::Pack, detection: &str) -> bool {
    let groups = pack.manifest.iter().flat_map(|manifest| &manifest.equivalent);
    groups.into_iter().any(|group| group.iter().any(|id| id == detection))
}

/// The queries of a pack by the file that pages name, as a script.
pub fn queries(pack: &quarry_pack::Pack) -> Result<String, SiteError> {
    let detections =
        pack.detections.iter().map(|detection| (file_name(&detection.file), detection.text.as_str()));
    let hunts = pack.hunting().map(|(_, path, text)| (path, text));
    let all: BTreeMap<&str, &str> = detections.chain(hunts).collect();
    let json =
        serde_json::to_string(&all).map_err(|error| SiteError::new(format!("cannot write JSON: {error}")))?;
    Ok(format!("window.quarryQueries={json};\n"))
}
