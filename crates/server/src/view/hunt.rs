//! Hunting queries.

use quarry_pack::{Language, Pack};
use serde::Serialize;

use super::{file_name, query::Query};
use crate::{
    Site,
    view::query::{Most, of_text},
};

/// A hunt in one language or several.
#[derive(Debug, Serialize)]
pub struct Hunt {
    /// File name without ending.
    pub id: String,
    /// What it looks for.
    pub title: String,
    /// What else the heading of its first query says: label and text.
    pub heading: Vec<(String, String)>,
    /// One a language.
    pub queries: Vec<Query>,
}

/// The hunts of a pack, or those of one language.
pub fn hunts(site: &Site, pack: &Pack, only: Option<Language>, most: Most) -> Vec<Hunt> {
    let mut hunts: Vec<Hunt> = Vec::new();
    for (language, path, text) in pack.hunting() {
        if only.is_some_and(|only| only != language) {
            continue;
        }
        let name = file_name(path).to_owned();
        let id = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
        let mut query = of_text(site, language, text, most);
        query.file = path.to_owned();
        query.id.clone_from(&name);
        query.name = name;
        let (title, heading) = heading(language, text);
        match hunts.iter_mut().find(|hunt| hunt.id == id) {
            Some(hunt) => {
                if language == Language::Spl {
                    (hunt.title, hunt.heading) = (title.unwrap_or_else(|| id.clone()), heading);
                    hunt.queries.insert(0, query);
                } else {
                    hunt.queries.push(query);
                }
            }
            None => hunts.push(Hunt {
                title: title.unwrap_or_else(|| id.clone()),
                id,
                heading,
                queries: vec![query],
            }),
        }
    }
    hunts
}

/// The title and the other labelled lines of the comment that a query begins with.
pub fn heading(language: Language, text: &str) -> (Option<String>, Vec<(String, String)>) {
    let mut entries = entries(&comment(language, text));
    let titled =
        entries.first().is_some_and(|(label, _)| label.is_empty() || label.eq_ignore_ascii_case("title"));
    let title = titled.then(|| entries.remove(0).1);
    (title, entries)
}

/// The lines of the comment that a query begins with, without its marks.
fn comment(language: Language, text: &str) -> Vec<String> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let tidy = |line: &str| line.trim().to_owned();
    match language {
        Language::Spl => {
            let inside = text.strip_prefix("```").and_then(|rest| rest.split_once("```"));
            inside.map_or_else(Vec::new, |(inside, _)| inside.lines().map(tidy).collect())
        }
        Language::Aql => {
            let lines = text.lines().map_while(|line| line.trim_start().strip_prefix("--"));
            lines.map(tidy).collect()
        }
        Language::Kql => {
            let lines = text.lines().map_while(|line| line.trim_start().strip_prefix("//"));
            lines.map(tidy).collect()
        }
        Language::Sigma => Vec::new(),
    }
}

/// Labelled entries; a line without a label goes on with the entry before, an empty line ends it.
fn entries(lines: &[String]) -> Vec<(String, String)> {
    let mut entries: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in lines {
        if line.is_empty() {
            open = false;
            continue;
        }
        match (label(line), entries.last_mut()) {
            (Some((label, text)), _) => entries.push((label.to_owned(), text.to_owned())),
            (None, Some((_, text))) if open => {
                text.push(' ');
                text.push_str(line);
            }
            (None, _) => entries.push((String::new(), line.clone())),
        }
        open = true;
    }
    entries
}

/// A label of at most three words before a colon.
fn label(line: &str) -> Option<(&str, &str)> {
    let (label, text) = line.split_once(": ")?;
    let wordy = label.chars().all(|one| one.is_alphabetic() || one == ' ');
    (wordy && !label.is_empty() && label.split(' ').count() <= 3).then_some((label, text.trim()))
}
