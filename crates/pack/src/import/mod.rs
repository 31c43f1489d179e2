//! Rules, tests and recorded events in the formats of other products, read where they lie (docs/importers.md).
//!
//! A [`Format`] is a file of this folder and a row of [`FORMATS`]. A file's content says which one it is in; nothing
//! is converted or written. What a file holds and quarry does not use is a finding, so nothing is lost unseen.
//!
//! ```
//! use quarry_pack::import;
//! let read = import::read("rule.yml", "title: A\nlogsource: {service: cloudtrail}\ndetection: {s: {a: b}, condition: s}\n");
//! assert_eq!(read.format.unwrap().name, "sigma");
//! assert_eq!(read.detections().next().unwrap().title, "A");
//! ```

mod atomic;
pub mod codes;
mod fields;
mod folder;
mod node;
mod panther;
mod recorded;
mod saved_searches;
mod schedule;
mod security_content;
mod sentinel;
mod sentinel_arm;
mod sentinel_entities;
mod sigma;

use std::{fs, path::Path};

use quarry_diagnostic::{Diagnostic, JsonDiagnostic, Span, line_column};
use serde::Serialize;

pub use atomic::Procedure;
pub use folder::{Folder, knowledge_of, read_folder};
pub use recorded::{Claim, Recorded, RecordedRecord, RecordedTest};

use self::{
    fields::Findings,
    node::{Document, Node},
    saved_searches::Layers,
};
use crate::{Detection, PackError};

/// A format of another product.
pub struct Format {
    /// One word, such as `sigma`.
    pub name: &'static str,
    /// What people call one such file.
    pub title: &'static str,
    /// Keys that are read.
    pub reads: &'static [&'static str],
    /// Keys that are known and not used, each with the reason.
    pub ignores: &'static [(&'static str, &'static str)],
    /// Whether a file is in this format.
    recognise: fn(&Source<'_>) -> bool,
    /// Reads a file.
    read: fn(&Source<'_>, &mut Reading),
}

/// All formats, in the order in which a file is tried.
pub static FORMATS: [&Format; 8] = [
    &atomic::FORMAT,
    &panther::FORMAT,
    &sigma::FORMAT,
    &sentinel::FORMAT,
    &sentinel_arm::FORMAT,
    &saved_searches::FORMAT,
    &security_content::FORMAT,
    &recorded::FORMAT,
];

/// A file that is being read.
struct Source<'a> {
    /// Its path, for messages and for names that only the path has.
    file: &'a str,
    text: &'a str,
    /// YAML documents, or a JSON object; none of stanzas of settings.
    documents: Vec<Document>,
    /// JSON values one after the other; none of YAML.
    json: Vec<serde_json::Value>,
    /// The same file of the other layer of a Splunk app.
    layers: Layers,
}

impl Source<'_> {
    fn roots(&self) -> impl Iterator<Item = &Node> {
        self.documents.iter().map(|document| &document.root)
    }
}

/// What is read of a file as it is being read.
#[derive(Default)]
struct Reading {
    items: Vec<Item>,
    findings: Findings,
}

/// One thing in a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "item", rename_all = "kebab-case")]
pub enum Item {
    /// A detection.
    Detection(Box<Detection>),
    /// Recorded events, with the verdict of a rule where there is one.
    Test(RecordedTest),
    /// Commands that do something for real.
    Procedure(Procedure),
    /// Something that is no detection of its own, such as a macro or a filter.
    Other {
        /// What it is.
        kind: &'static str,
        /// Its name.
        name: String,
    },
}

/// What was read of a file.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The file.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Its format; none if it is in none of them.
    pub format: Option<&'static Format>,
    /// What is in it.
    pub items: Vec<Item>,
    /// What is wrong with it, or not used, by place.
    pub findings: Vec<Diagnostic>,
}

impl std::fmt::Debug for Format {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Format").field(&self.name).finish()
    }
}

impl Imported {
    /// The detections.
    pub fn detections(&self) -> impl Iterator<Item = &Detection> {
        self.items
            .iter()
            .filter_map(|item| if let Item::Detection(found) = item { Some(&**found) } else { None })
    }

    /// The recorded events.
    pub fn tests(&self) -> impl Iterator<Item = &RecordedTest> {
        self.items.iter().filter_map(|item| if let Item::Test(found) = item { Some(found) } else { None })
    }

    /// The commands.
    pub fn procedures(&self) -> impl Iterator<Item = &Procedure> {
        self.items
            .iter()
            .filter_map(|item| if let Item::Procedure(found) = item { Some(found) } else { None })
    }

    /// The findings with their places, for machines.
    #[must_use]
    pub fn json_findings(&self) -> Vec<JsonDiagnostic> {
        self.findings.iter().map(|finding| JsonDiagnostic::new(finding, &self.text)).collect()
    }

    /// The errors, as those about a pack.
    pub fn errors(&self) -> impl Iterator<Item = PackError> {
        self.findings.iter().filter(|finding| finding.is_error()).map(|error| {
            let (line, column) = line_column(&self.text, error.span.start);
            let found = PackError::new(&self.file, error.message.as_str()).at(line, column);
            match error.help.first() {
                Some(help) => found.with_help(help),
                None => found,
            }
        })
    }

    /// The first error.
    #[must_use]
    pub fn first_error(&self) -> Option<PackError> {
        self.errors().next()
    }
}

/// Reads a text; `file` names it in findings, and may give names that the text does not.
#[must_use]
pub fn read(file: &str, text: &str) -> Imported {
    read_over(file, text, Layers::default())
}

/// The same with the other layer of its app.
fn read_over(file: &str, text: &str, layers: Layers) -> Imported {
    let imported = |format, items, findings| Imported {
        file: file.to_owned(),
        text: text.to_owned(),
        format,
        items,
        findings,
    };
    let plain = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (documents, json) = match content(plain) {
        Ok(content) => content,
        Err(finding) => return imported(None, Vec::new(), vec![*finding]),
    };
    let source = Source { file, text: plain, documents, json, layers };
    let Some(format) = FORMATS.into_iter().find(|format| (format.recognise)(&source)) else {
        return imported(None, Vec::new(), vec![unknown_format()]);
    };
    let mut reading = Reading::default();
    (format.read)(&source, &mut reading);
    imported(Some(format), reading.items, reading.findings.into_inner())
}

/// Reads a file.
///
/// # Errors
/// If it cannot be read as text, or holds nothing that can be used and says why.
pub fn read_file(path: &Path) -> Result<Imported, PackError> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| PackError::new(&name, error.to_string()))?;
    let imported = read_over(&name, &text, folder::layers_of(path, false));
    match imported.first_error() {
        Some(error) if imported.items.is_empty() => Err(error),
        _ => Ok(imported),
    }
}

fn unknown_format() -> Diagnostic {
    let titles: Vec<&str> = FORMATS.iter().map(|format| format.title).collect();
    Diagnostic::error(codes::UNKNOWN_FORMAT, "this is in no format that quarry reads", Span::new(0, 0))
        .with_help(format!("it reads: {}", titles.join(", ")))
}

/// The documents and the JSON values of a text.
type Parsed = (Vec<Document>, Vec<serde_json::Value>);

fn content(text: &str) -> Result<Parsed, Box<Diagnostic>> {
    if saved_searches::looks_like(text) {
        return Ok((Vec::new(), Vec::new()));
    }
    if !text.trim_start().starts_with(['{', '[']) {
        return node::parse(text).map(|documents| (documents, Vec::new()));
    }
    match recorded::values(text) {
        // What one object is the rules of, YAML can read, with places.
        Ok(values) if values.len() == 1 && values[0].is_object() && !recorded::any(&values) => {
            let documents = node::parse(text).unwrap_or_else(|_| vec![node::of_json(text, &values[0])]);
            Ok((documents, values))
        }
        Ok(values) => Ok((Vec::new(), values)),
        // A flow of YAML may begin alike.
        Err(finding) => node::parse(text).map(|documents| (documents, Vec::new())).map_err(|_| finding),
    }
}
