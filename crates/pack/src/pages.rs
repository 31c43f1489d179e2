//! The texts beside the detections: documents, hunting queries, tuning, telemetry.

use std::{collections::BTreeMap, fs, path::Path};

use include_dir::Dir;
use quarry_languages::Language;

use crate::Pack;

/// Folders of a pack whose texts are kept.
const FOLDERS: [&str; 4] = ["docs", "hunting", "tuning", "telemetry"];

/// Texts of a pack by their path below its folder.
pub type Pages = BTreeMap<String, String>;

/// The texts of a pack on disk; what cannot be read is left out.
pub fn of_folder(pack: &Path) -> Pages {
    let mut pages = Pages::new();
    for folder in FOLDERS {
        let Ok(entries) = fs::read_dir(pack.join(folder)) else { continue };
        for entry in entries.filter_map(Result::ok).filter(|entry| is_inside(pack, &entry.path())) {
            if let (Ok(text), Some(name)) = (fs::read_to_string(entry.path()), entry.file_name().to_str()) {
                pages.insert(format!("{folder}/{name}"), text);
            }
        }
    }
    pages
}

/// Whether a path that exists lies in the folder, links followed.
pub fn is_inside(folder: &Path, path: &Path) -> bool {
    match (folder.canonicalize(), path.canonicalize()) {
        (Ok(folder), Ok(path)) => path.starts_with(folder),
        // What does not exist is for the reader to report.
        _ => true,
    }
}

/// The texts of an embedded pack.
pub fn of_embedded(pack: &Dir<'_>) -> Pages {
    let mut pages = Pages::new();
    for folder in FOLDERS {
        let Some(folder) = pack.get_dir(pack.path().join(folder)) else { continue };
        for file in folder.files() {
            let path = file.path().strip_prefix(pack.path()).ok().and_then(Path::to_str);
            if let (Some(text), Some(path)) = (file.contents_utf8(), path) {
                pages.insert(path.replace('\\', "/"), text.to_owned());
            }
        }
    }
    pages
}

impl Pack {
    /// The text at a path below the pack's folder, such as `docs/playbook.md`.
    #[must_use]
    pub fn page(&self, path: &str) -> Option<&str> {
        self.pages.get(path).map(String::as_str)
    }

    /// The hunting queries: language, path and text.
    pub fn hunting(&self) -> impl Iterator<Item = (Language, &str, &str)> {
        self.pages.iter().filter(|(path, _)| path.starts_with("hunting/")).filter_map(|(path, text)| {
            Some((Language::of_file(Path::new(path))?, path.as_str(), text.as_str()))
        })
    }
}
