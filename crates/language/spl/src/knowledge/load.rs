//! Reading knowledge objects from files and folders.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{Knowledge, conf, conf::Stanza, lookups::LookupFile};
use crate::{Macro, Macros};

/// Folders deeper than this are not looked into.
const DEEPEST_FOLDER: usize = 16;

/// A file of knowledge objects that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for KnowledgeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for KnowledgeError {}

/// A macro or lookup as security_content keeps it; other files of that repository are neither.
#[derive(Deserialize)]
struct ContentFile {
    name: Option<String>,
    definition: Option<String>,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(flatten)]
    lookup: LookupFile,
}

/// Members that say that a YAML file is a macro or a lookup.
const CONTENT_MEMBERS: [&str; 3] = ["definition:", "filename:", "collection:"];

impl Knowledge {
    /// The built-in macros and everything in the given files and folders: `macros.conf`,
    /// `transforms.conf`, `props.conf`, `eventtypes.conf` and `tags.conf` of a Splunk app, CSV
    /// lookups, and YAML macros and lookups of security_content. Later ones win.
    ///
    /// # Errors
    /// If a path does not exist or a file cannot be understood.
    pub fn load(paths: &[PathBuf]) -> Result<Self, KnowledgeError> {
        Self::default().and(paths)
    }

    /// The macros alone.
    pub(crate) fn load_macros(paths: &[PathBuf]) -> Result<Macros, KnowledgeError> {
        let start = Self { macros_only: true, ..Self::default() };
        start.and(paths).map(|knowledge| knowledge.macros)
    }

    fn and(mut self, paths: &[PathBuf]) -> Result<Self, KnowledgeError> {
        let knowledge = &mut self;
        for path in paths {
            if path.is_dir() {
                knowledge.load_folder(path, 0)?;
            } else {
                knowledge.load_file(path, true)?;
            }
        }
        knowledge.settle();
        Ok(self)
    }

    fn load_folder(&mut self, folder: &Path, depth: usize) -> Result<(), KnowledgeError> {
        let failed =
            |error: std::io::Error| KnowledgeError { path: folder.to_owned(), message: error.to_string() };
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            files.push(entry.map_err(failed)?.path());
        }
        // `default` comes before `local`, which wins.
        files.sort();
        for file in files {
            if file.is_dir() {
                // A link may lead back to a folder above.
                if depth < DEEPEST_FOLDER {
                    self.load_folder(&file, depth + 1)?;
                }
            } else {
                self.load_file(&file, false)?;
            }
        }
        Ok(())
    }

    /// Reads a file; one that was `named` must be of a kind that is known.
    fn load_file(&mut self, path: &Path, named: bool) -> Result<(), KnowledgeError> {
        let failed = |message: String| KnowledgeError { path: path.to_owned(), message };
        let text = || std::fs::read_to_string(path).map_err(|error| failed(error.to_string()));
        let ending = path.extension().and_then(|found| found.to_str()).unwrap_or_default();
        match ending {
            "csv" => self.lookups.add_file(path),
            "yml" | "yaml" => self.add_content(&text()?).map_err(failed)?,
            "conf" => {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let known = CONF_FILES.iter().find(|(known, _)| name.ends_with(known));
                match known {
                    Some((known, _)) if self.macros_only && *known != MACROS => {}
                    Some((_, add)) => add(self, conf::read(&text()?).map_err(failed)?),
                    None if named => add_macros(self, conf::read(&text()?).map_err(failed)?),
                    None => {}
                }
            }
            _ if named => add_macros(self, conf::read(&text()?).map_err(failed)?),
            _ => {}
        }
        Ok(())
    }

    fn add_content(&mut self, text: &str) -> Result<(), String> {
        let is_content =
            text.lines().any(|line| CONTENT_MEMBERS.iter().any(|member| line.starts_with(member)));
        if !is_content {
            return Ok(());
        }
        let file: ContentFile = yaml_serde::from_str(text).map_err(|error| error.to_string())?;
        let Some(name) = file.name else { return Ok(()) };
        match file.definition {
            Some(definition) => {
                self.macros
                    .insert(&name, Macro { definition, arguments: file.arguments, ..Macro::default() });
            }
            None => self.lookups.define(&file.lookup.into_stanza(name)),
        }
        Ok(())
    }
}

/// What to do with the stanzas of a file.
type Add = fn(&mut Knowledge, Vec<Stanza>);

/// The file of macros.
const MACROS: &str = "macros.conf";

/// Configuration files that are read.
const CONF_FILES: &[(&str, Add)] = &[
    (MACROS, add_macros),
    ("transforms.conf", |knowledge, stanzas| conf::merge(&mut knowledge.transforms, stanzas)),
    ("props.conf", |knowledge, stanzas| conf::merge(&mut knowledge.props, stanzas)),
    ("eventtypes.conf", |knowledge, stanzas| conf::merge(&mut knowledge.event_types, stanzas)),
    ("tags.conf", |knowledge, stanzas| conf::merge(&mut knowledge.tags, stanzas)),
];

fn add_macros(knowledge: &mut Knowledge, stanzas: Vec<Stanza>) {
    for stanza in stanzas {
        let Some(definition) = stanza.get("definition") else { continue };
        let name = stanza.name.split('(').next().unwrap_or(&stanza.name).trim();
        let arguments = stanza.get("args").unwrap_or_default().split(',').map(|name| name.trim().to_owned());
        let arguments = arguments.filter(|name| !name.is_empty()).collect();
        let computed = stanza.flag("iseval") == Some(true);
        let setting = |key: &str| stanza.get(key).filter(|text| !text.is_empty()).map(str::to_owned);
        let found = Macro {
            definition: definition.to_owned(),
            arguments,
            computed,
            validation: setting("validation"),
            complaint: setting("errormsg"),
        };
        knowledge.macros.insert(name, found);
    }
}
