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
    /// `transforms.conf`, `props.conf`, `eventtypes.conf`, `tags.conf` and `savedsearches.conf` of a Splunk app, CSV
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

    /// What of the files was not read: lines that are no settings, files of a folder that cannot be read.
    #[must_use]
    pub fn complaints(&self) -> &[KnowledgeError] {
        &self.complaints
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
        // Of several apps the last by name wins, as in Splunk's context of an app.
        files.sort();
        if is_app(folder) {
            // What an app knows is in these alone; `local` comes last and wins.
            files.retain(|file| APP_FOLDERS.iter().any(|name| file.ends_with(name)));
        }
        for file in files {
            if file.is_dir() {
                // A link may lead back to a folder above.
                if depth < DEEPEST_FOLDER {
                    self.load_folder(&file, depth + 1)?;
                }
            } else if let Err(complaint) = self.load_file(&file, false) {
                self.complaints.push(complaint);
            }
        }
        Ok(())
    }

    /// Reads a file; one that was `named` must be of a kind that is known.
    fn load_file(&mut self, path: &Path, named: bool) -> Result<(), KnowledgeError> {
        let failed = |message: String| KnowledgeError { path: path.to_owned(), message };
        let text = || match std::fs::read(path) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) => Err(failed(error.to_string())),
        };
        let ending = path.extension().and_then(|found| found.to_str()).unwrap_or_default();
        match ending {
            "csv" => self.lookups.add_file(path),
            "yml" | "yaml" => self.add_content(&text()?).map_err(failed)?,
            "conf" => {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let known = CONF_FILES.iter().find(|(known, _)| name.ends_with(known));
                match known {
                    Some((known, _)) if self.macros_only && *known != MACROS => {}
                    Some((_, stanzas)) => self.add_stanzas(path, &text()?, *stanzas),
                    None if named => self.add_stanzas(path, &text()?, macros),
                    None => {}
                }
            }
            _ if named => self.add_stanzas(path, &text()?, macros),
            _ => {}
        }
        Ok(())
    }

    fn add_stanzas(&mut self, path: &Path, text: &str, stanzas: Stanzas) {
        let conf::Read { stanzas: more, passed_over } = conf::read(text);
        for line in passed_over {
            let message = format!("line {line} is passed over: it is no `key = value` and no `[name]`");
            self.complaints.push(KnowledgeError { path: path.to_owned(), message });
        }
        conf::merge(stanzas(self), more);
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
                conf::replace(&mut self.macro_stanzas, macro_stanza(&name, definition, &file.arguments))
            }
            None => self.lookups.define(&file.lookup.into_stanza(name)),
        }
        Ok(())
    }
}

/// Folders of an app with knowledge objects, in the order in which they are read.
const APP_FOLDERS: [&str; 3] = ["default", "local", "lookups"];

/// Whether a folder is an app: it has configuration of its own in `default` or `local`.
fn is_app(folder: &Path) -> bool {
    let is_conf = |path: PathBuf| path.extension().is_some_and(|ending| ending == "conf");
    let has_conf = |name: &&str| {
        let files = std::fs::read_dir(folder.join(name)).into_iter().flatten();
        files.filter_map(Result::ok).any(|file| is_conf(file.path()))
    };
    APP_FOLDERS[..2].iter().any(has_conf)
}

/// Where the stanzas of a file go.
type Stanzas = fn(&mut Knowledge) -> &mut Vec<Stanza>;

/// The file of macros.
const MACROS: &str = "macros.conf";

/// Configuration files that are read.
const CONF_FILES: &[(&str, Stanzas)] = &[
    (MACROS, macros),
    ("transforms.conf", |knowledge| &mut knowledge.transforms),
    ("props.conf", |knowledge| &mut knowledge.props),
    ("eventtypes.conf", |knowledge| &mut knowledge.event_types),
    ("tags.conf", |knowledge| &mut knowledge.tags),
    ("savedsearches.conf", |knowledge| &mut knowledge.saved_searches),
];

fn macros(knowledge: &mut Knowledge) -> &mut Vec<Stanza> {
    &mut knowledge.macro_stanzas
}

/// A macro of security_content as a stanza of macros.conf.
fn macro_stanza(name: &str, definition: String, arguments: &[String]) -> Stanza {
    let name = if arguments.is_empty() { name.to_owned() } else { format!("{name}({})", arguments.len()) };
    let settings = vec![("definition".to_owned(), definition), ("args".to_owned(), arguments.join(","))];
    Stanza { name, settings }
}

/// The macro of a stanza, and its name.
pub(super) fn macro_of(stanza: &Stanza) -> Option<(&str, Macro)> {
    let definition = stanza.get("definition")?;
    let name = stanza.name.split('(').next().unwrap_or(&stanza.name).trim();
    let arguments = stanza.get("args").unwrap_or_default().split(',');
    let arguments = arguments.map(|name| name.trim().trim_matches('"').to_owned());
    let setting = |key: &str| stanza.get(key).filter(|text| !text.is_empty()).map(str::to_owned);
    let found = Macro {
        definition: definition.to_owned(),
        arguments: arguments.filter(|name| !name.is_empty()).collect(),
        computed: stanza.flag("iseval") == Some(true),
        validation: setting("validation"),
        complaint: setting("errormsg"),
    };
    Some((name, found))
}
