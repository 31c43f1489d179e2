//! Hunting queries.

use quarry_languages::Language;
use quarry_pack::Pack;
use serde::Serialize;

use super::{file_name, query::Query};
use crate::view::query::{Most, of_text};

/// A hunt in one language or several.
#[derive(Debug, Serialize)]
pub struct Hunt {
    /// File name without ending.
    pub id: String,
    /// What it looks for.
    pub title: String,
    /// What else the heading of its first query says: label and text.
    pub heading: Vec<(String, String)>,
    /// One for each language.
    pub queries: Vec<Query>,
}

/// The hunts of a pack, or those of one language. The first language by the order of the table speaks for a hunt.
pub fn hunts(pack: &Pack, only: Option<Language>, most: Most) -> Vec<Hunt> {
    let mut found: Vec<_> =
        pack.hunting().filter(|(language, ..)| only.is_none_or(|only| only == *language)).collect();
    found.sort_by_key(|(language, path, _)| (stem(path), *language));
    let mut hunts: Vec<Hunt> = Vec::new();
    for (language, path, text) in found {
        let id = stem(path).to_owned();
        let name = file_name(path).to_owned();
        let query = Query { file: path.to_owned(), id: name.clone(), name, ..of_text(language, text, most) };
        match hunts.last_mut().filter(|hunt| hunt.id == id) {
            Some(hunt) => hunt.queries.push(query),
            None => {
                let (title, heading) = heading(language, text);
                let title = title.unwrap_or_else(|| id.clone());
                hunts.push(Hunt { title, id, heading, queries: vec![query] });
            }
        }
    }
    hunts
}

/// A file's name without its ending.
fn stem(path: &str) -> &str {
    let name = file_name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The title and the other labelled lines of the comment that a query begins with.
pub fn heading(language: Language, text: &str) -> (Option<String>, Vec<(String, String)>) {
    let mut entries = entries(&language.lexis.heading(text));
    let titled =
        entries.first().is_some_and(|(label, _)| label.is_empty() || label.eq_ignore_ascii_case("title"));
    let title = titled.then(|| entries.remove(0).1);
    (title, entries)
}

/// Labelled entries; a line without a label goes on with the entry before, an empty line ends it.
fn entries(lines: &[&str]) -> Vec<(String, String)> {
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
            (None, _) => entries.push((String::new(), (*line).to_owned())),
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
