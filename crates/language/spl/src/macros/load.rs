//! Reading macro definitions: macros.conf and folders of security_content YAML.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{Macro, Macros};

/// Folders deeper than this are not looked into.
const DEEPEST_FOLDER: usize = 16;

/// A macro file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacroError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for MacroError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for MacroError {}

/// A macro as security_content keeps it; other files of that repository have no definition.
#[derive(Deserialize)]
struct MacroFile {
    name: Option<String>,
    definition: Option<String>,
    #[serde(default)]
    arguments: Vec<String>,
}

impl Macros {
    /// The built-in macros and those of the given files and folders: `*.conf` files are read as
    /// macros.conf, `*.yml` and `*.yaml` as security_content macros; later ones win.
    ///
    /// # Errors
    /// If a path does not exist or a file cannot be understood.
    pub fn load(paths: &[PathBuf]) -> Result<Self, MacroError> {
        let mut macros = Self::default();
        for path in paths {
            if path.is_dir() {
                macros.load_folder(path, 0)?;
            } else {
                macros.load_file(path)?;
            }
        }
        Ok(macros)
    }

    fn load_folder(&mut self, folder: &Path, depth: usize) -> Result<(), MacroError> {
        let failed =
            |error: std::io::Error| MacroError { path: folder.to_owned(), message: error.to_string() };
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            files.push(entry.map_err(failed)?.path());
        }
        files.sort();
        for file in files {
            if file.is_dir() {
                // A link may lead back to a folder above.
                if depth < DEEPEST_FOLDER {
                    self.load_folder(&file, depth + 1)?;
                }
            } else if has_ending(&file, &["yml", "yaml"])
                || file.file_name().is_some_and(|name| name == "macros.conf")
            {
                self.load_file(&file)?;
            }
        }
        Ok(())
    }

    fn load_file(&mut self, path: &Path) -> Result<(), MacroError> {
        let failed = |message: String| MacroError { path: path.to_owned(), message };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        if has_ending(path, &["yml", "yaml"]) {
            let file: MacroFile = yaml_serde::from_str(&text).map_err(|error| failed(error.to_string()))?;
            if let (Some(name), Some(definition)) = (file.name, file.definition) {
                self.insert(&name, Macro { definition, arguments: file.arguments, computed: false });
            }
            return Ok(());
        }
        for (name, definition) in read_conf(&text).map_err(failed)? {
            self.insert(&name, definition);
        }
        Ok(())
    }
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().and_then(|found| found.to_str()).is_some_and(|found| endings.contains(&found))
}

/// The stanzas of a macros.conf: `[name(2)]`, `args = a, b`, `definition = …` (a line that ends in a
/// backslash goes on).
fn read_conf(text: &str) -> Result<Vec<(String, Macro)>, String> {
    let mut found: Vec<(String, Macro)> = Vec::new();
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let name = name.split('(').next().unwrap_or(name).trim().to_owned();
            found.push((name, Macro { definition: String::new(), arguments: Vec::new(), computed: false }));
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            return Err(format!("line {}: expected `key = value` or `[name]`", number + 1));
        };
        let mut value = value.trim().to_owned();
        while let Some(kept) = value.strip_suffix('\\') {
            let kept = kept.to_owned();
            let next = lines.next().map_or("", |(_, next)| next);
            value = format!("{kept}\n{next}");
        }
        let Some((_, current)) = found.last_mut() else {
            return Err(format!("line {}: a setting before the first `[name]`", number + 1));
        };
        match key.trim() {
            "definition" => current.definition = value,
            "iseval" => {
                current.computed = matches!(value.to_lowercase().as_str(), "1" | "true" | "t" | "yes")
            }
            "args" => {
                current.arguments = value
                    .split(',')
                    .map(|name| name.trim().to_owned())
                    .filter(|name| !name.is_empty())
                    .collect();
            }
            _ => {}
        }
    }
    Ok(found)
}
