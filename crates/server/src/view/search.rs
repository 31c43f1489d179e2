//! The index that the search box reads, as a script, so that it works from a folder on disk too.

use std::collections::BTreeSet;

use quarry_pack::Pack;
use serde::Serialize;

use super::{
    hunt::hunts,
    query::groups,
    technique::{dialects, first_sentence},
};
use crate::{Site, SiteError};

/// Shortest word that is kept.
const SHORTEST: usize = 3;

/// An entry.
#[derive(Debug, Serialize)]
struct Entry {
    /// Title.
    t: String,
    /// What it is.
    k: &'static str,
    /// Address from the root.
    u: String,
    /// One line about it.
    d: String,
    /// Other words that find it.
    w: String,
}

/// The index.
pub fn search_index(site: &Site) -> Result<String, SiteError> {
    let mut entries = Vec::new();
    for pack in &site.packs {
        add(site, pack, &mut entries);
    }
    let json = serde_json::to_string(&entries)
        .map_err(|error| SiteError::new(format!("cannot write JSON: {error}")))?;
    Ok(format!("window.quarryIndex={json};\n"))
}

fn add(site: &Site, pack: &Pack, entries: &mut Vec<Entry>) {
    let id = pack.technique.as_deref().unwrap_or_default();
    let description =
        pack.manifest.as_ref().map(|manifest| manifest.description.as_str()).unwrap_or_default();
    entries.push(Entry {
        t: format!("{id} {}", pack.name),
        k: "technique",
        u: format!("{id}/index.html"),
        d: first_sentence(description),
        w: words(&texts(pack)),
    });
    for dialect in dialects(site, pack, id) {
        entries.push(Entry {
            t: format!("{id} {} in {}", pack.name, dialect.label),
            k: "dialect",
            u: format!("{id}/{}.html", dialect.language),
            d: format!("{} detections with what they require and their tests", dialect.label),
            w: String::new(),
        });
    }
    for group in groups(pack, Some(0)) {
        entries.push(Entry {
            t: format!("{id} {}", group.title),
            k: "detection",
            u: format!("{id}/index.html#{}", group.id),
            d: group.queries.iter().map(|query| query.name.as_str()).collect::<Vec<_>>().join(", "),
            w: group.id,
        });
    }
    for hunt in hunts(pack, None, Some(0)) {
        entries.push(Entry {
            t: hunt.title,
            k: "hunting query",
            u: format!("{id}/index.html#hunt-{}", hunt.id),
            d: format!("{id} {}", pack.name),
            w: words(&hunt.heading.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>()),
        });
    }
}

/// The texts that find a technique.
fn texts(pack: &Pack) -> Vec<&str> {
    let mut texts: Vec<&str> = pack.pages.values().map(String::as_str).collect();
    if let Some(manifest) = &pack.manifest {
        texts.push(&manifest.description);
        texts.push(&manifest.tactic);
        texts.extend(manifest.false_positives.iter().map(String::as_str));
        texts.extend(manifest.notes.iter().map(String::as_str));
        texts.extend(manifest.attack.tactics.values().map(String::as_str));
    }
    for case in &pack.cases.cases {
        texts.push(&case.title);
        texts.extend(case.steps.iter().map(|step| step.action.as_str()));
    }
    texts
}

/// The distinct words of texts in lower case.
fn words(texts: &[&str]) -> String {
    let mut words = BTreeSet::new();
    for text in texts {
        for word in text.split(|one: char| !one.is_alphanumeric()) {
            let plain = word.chars().count() >= SHORTEST && word.chars().any(char::is_alphabetic);
            if plain {
                words.insert(word.to_lowercase());
            }
        }
    }
    words.into_iter().collect::<Vec<_>>().join(" ")
}
