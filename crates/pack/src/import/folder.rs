//! Folders of files in several formats.

use quarry_languages::Language;
use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    FORMATS, Imported, codes, read_over,
    saved_searches::{self, Layers},
};
use crate::{Detection, Pack, PackError};

/// Endings of files that are looked at.
const ENDINGS: [&str; 6] = ["yml", "yaml", "json", "jsonl", "ndjson", "conf"];
/// Folders with more below them are no folders of rules.
const DEPTH: usize = 16;
/// Larger files are no rules.
const MOST_BYTES: u64 = 64 << 20;

/// What was read of a folder.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// The files in a known format, by path.
    pub files: Vec<Imported>,
    /// Files that might have been and are in no format, or cannot be read, each with the reason.
    pub others: Vec<(PathBuf, String)>,
    /// Those of them that are of a known form and cannot be read.
    pub unreadable: Vec<PackError>,
    /// Query files.
    pub queries: Vec<PathBuf>,
}

/// Reads all files below a folder whose ending is one of a known format.
///
/// # Errors
/// If the folder cannot be listed.
pub fn read_folder(folder: &Path) -> Result<Folder, PackError> {
    let mut found = Folder::default();
    let mut pending = vec![(folder.to_path_buf(), 0)];
    while let Some((path, depth)) = pending.pop() {
        let failed = |error: std::io::Error| PackError::new(path.display().to_string(), error.to_string());
        let mut entries: Vec<PathBuf> =
            fs::read_dir(&path).map_err(failed)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries {
            let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if entry.is_dir() && !hidden && depth < DEPTH {
                pending.push((entry, depth + 1));
            } else if entry.is_file() && !hidden {
                found.take(entry);
            }
        }
    }
    found.files.sort_by(|left, right| left.file.cmp(&right.file));
    found.others.sort();
    found.queries.sort();
    Ok(found)
}

/// Files of a Splunk app that it is known by.
const APP_FILES: [&str; 7] = [
    "app.conf",
    "eventtypes.conf",
    "macros.conf",
    "props.conf",
    "savedsearches.conf",
    "tags.conf",
    "transforms.conf",
];

/// Whether a folder is a Splunk app.
fn is_app(folder: &Path) -> bool {
    let has = |layer: &str| APP_FILES.iter().any(|name| folder.join(layer).join(name).is_file());
    has("default") || has("local")
}

/// The same file in the other layer of an app.
pub(super) fn layers_of(path: &Path, whole_folder: bool) -> Layers {
    let other = |layer: &str| {
        let app = path.parent()?.parent()?;
        fs::read_to_string(app.join(layer).join(path.file_name()?)).ok()
    };
    let of = |layer: &str| path.parent().is_some_and(|folder| folder.ends_with(layer));
    let is_searches = path.file_name().is_some_and(|name| name == "savedsearches.conf");
    match () {
        () if is_searches && of("default") => Layers { above: other("local"), ..Layers::default() },
        () if is_searches && of("local") => {
            Layers { below: other("default"), skips_known: whole_folder, ..Layers::default() }
        }
        () => Layers::default(),
    }
}

/// The folders of Splunk knowledge that belong to a path: the macros and lookups below a folder, those of the
/// security_content that a file or folder lies in, and the apps, whole, below it or that it lies in.
#[must_use]
pub fn knowledge_of(path: &Path) -> Vec<PathBuf> {
    let names = ["macros", "lookups"];
    let mut found = Vec::new();
    let mut pending = if path.is_dir() { vec![(path.to_path_buf(), 0)] } else { Vec::new() };
    while let Some((folder, depth)) = pending.pop() {
        if is_app(&folder) {
            found.push(folder);
            continue;
        }
        let entries = fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        for entry in entries.map(|entry| entry.path()).filter(|entry| entry.is_dir() && depth < DEPTH) {
            if names.iter().any(|name| entry.ends_with(name)) {
                found.push(entry);
            } else {
                pending.push((entry, depth + 1));
            }
        }
    }
    let is_content = |folder: &&Path| folder.join("detections").is_dir() && folder.join("macros").is_dir();
    if let Some(content) = path.ancestors().skip(1).find(is_content) {
        found.extend(names.map(|name| content.join(name)).into_iter().filter(|folder| folder.is_dir()));
    }
    if let Some(app) = path.ancestors().skip(1).find(|folder| is_app(folder)) {
        found.push(app.to_path_buf());
    }
    found.sort();
    found
}

impl Folder {
    fn take(&mut self, path: PathBuf) {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        if Language::of_file(&path).is_some() {
            self.queries.push(path);
            return;
        }
        if !ENDINGS.contains(&ending.as_str()) {
            return;
        }
        if fs::metadata(&path).is_ok_and(|data| data.len() > MOST_BYTES) {
            self.others.push((path, "larger than 64 MiB".to_owned()));
            return;
        }
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                self.others.push((path, error.to_string()));
                return;
            }
        };
        // An app's other files of settings are read as what it knows.
        if ending == "conf" && !saved_searches::looks_like(&text) {
            return;
        }
        let imported = read_over(&path.display().to_string(), &text, layers_of(&path, true));
        match (&imported.format, imported.first_error()) {
            (Some(_), _) => self.files.push(imported),
            (None, Some(error)) => {
                let unknown = imported.findings.iter().any(|finding| finding.code == codes::UNKNOWN_FORMAT);
                if unknown {
                    self.others.push((path, "in no known format".to_owned()));
                } else {
                    let place = error.place.map_or_else(String::new, |(line, column)| {
                        format!(" (line {line}, column {column})")
                    });
                    self.others.push((path, format!("{}{place}", error.message)));
                    self.unreadable.push(error);
                }
            }
            (None, None) => {}
        }
    }

    /// The detections and query files as a pack.
    ///
    /// # Errors
    /// If a query file cannot be read, or there is no detection at all.
    pub fn pack(&self, name: &str) -> Result<Pack, PackError> {
        let mut detections: Vec<Detection> = Pack::ad_hoc(&self.queries)?.detections;
        detections.extend(self.files.iter().flat_map(Imported::detections).cloned());
        if detections.is_empty() {
            let titles: Vec<&str> = FORMATS.iter().map(|format| format.title).collect();
            let help =
                format!("a pack is a folder with a `pack.yml`; else quarry reads: {}", titles.join(", "));
            return Err(PackError::new(name, "holds no pack and no detection").with_help(help));
        }
        let mut pack = Pack::of_detections(name, detections);
        pack.left_out = self.files.iter().flat_map(Imported::errors).collect();
        pack.left_out.extend(self.unreadable.iter().cloned());
        Ok(pack)
    }
}
