//! A pack with the text of its detections.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    CaseFile, Manifest, PackError, Severity, Tuning,
    manifest::DetectionEntry,
    pages::{self, Pages},
};

/// The tests of a pack, below its folder.
const CASES: &str = "tests/cases.yml";
/// The tuning of a pack, below its folder.
const TUNING: &str = "tuning/tuning.yml";

/// Language of a detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Splunk's search processing language.
    Spl,
    /// QRadar's Ariel query language.
    Aql,
}

impl Language {
    /// The ending of its files, without the dot.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Spl => "spl",
            Self::Aql => "aql",
        }
    }

    /// The language of a file by its ending.
    #[must_use]
    pub fn of_file(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        [Self::Spl, Self::Aql].into_iter().find(|language| language.ending() == ending)
    }
}

/// A detection with its query.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// Identifier, unique in the pack.
    pub id: String,
    /// What it alerts on.
    pub title: String,
    /// Where the query is from, for messages.
    pub file: String,
    /// Language of the query.
    pub language: Language,
    /// Severity of its alerts.
    pub severity: Severity,
    /// Least risk score of each severity.
    pub severity_by_risk_score: BTreeMap<Severity, f64>,
    /// The query, byte for byte.
    pub text: String,
}

/// A pack.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// ATT&CK technique; none for loose query files.
    pub technique: Option<String>,
    /// Name of the technique, or of the files.
    pub name: String,
    /// The folder, `embedded`, or the files.
    pub origin: String,
    /// What `pack.yml` says; none for loose query files.
    pub manifest: Option<Manifest>,
    /// The detections in the order of the manifest.
    pub detections: Vec<Detection>,
    /// What `tests/cases.yml` says; empty where there is none.
    pub cases: CaseFile,
    /// What `tuning/tuning.yml` says; empty where there is none.
    pub tuning: Tuning,
    /// Documents, hunting queries, tuning and telemetry, by their path below the folder.
    pub pages: Pages,
}

impl Pack {
    /// Reads the pack in a folder.
    ///
    /// # Errors
    /// If `pack.yml` or a detection's file is missing or cannot be understood.
    pub fn load(folder: &Path) -> Result<Self, PackError> {
        let read = |name: &str| read_text(&folder.join(name));
        let mut pack = Self::read(&folder.display().to_string(), &read)?;
        pack.pages = pages::of_folder(folder);
        Ok(pack)
    }

    /// Reads a pack whose files `read` gives; its pages are for the caller to add.
    pub(crate) fn read(
        origin: &str,
        read: &dyn Fn(&str) -> Result<String, PackError>,
    ) -> Result<Self, PackError> {
        let file = format!("{origin}/pack.yml");
        let text = read("pack.yml")?;
        let manifest = Manifest::parse(&file, &text)?;
        let detection = |entry: &DetectionEntry| -> Result<Detection, PackError> {
            let query = read(&entry.file).map_err(|error| {
                PackError::new(&file, format!("cannot read the detection `{}`: {}", entry.id, error.message))
                    .at_word(&text, &entry.file)
            })?;
            Ok(Detection {
                id: entry.id.clone(),
                title: entry.title.clone(),
                file: format!("{origin}/{}", entry.file),
                language: entry.language,
                severity: entry.severity,
                severity_by_risk_score: entry.severity_by_risk_score.clone(),
                text: query,
            })
        };
        let detections = manifest.detections.iter().map(detection).collect::<Result<_, _>>()?;
        Ok(Self {
            technique: Some(manifest.technique.clone()),
            name: manifest.name.clone(),
            origin: origin.to_owned(),
            manifest: Some(manifest),
            detections,
            cases: optional(origin, read, CASES, CaseFile::parse)?,
            tuning: optional(origin, read, TUNING, Tuning::parse)?,
            pages: Pages::new(),
        })
    }

    /// A pack of loose query files, each a detection of medium severity named after its file.
    ///
    /// # Errors
    /// If a file cannot be read or its ending tells no language.
    pub fn ad_hoc(files: &[PathBuf]) -> Result<Self, PackError> {
        let detection = |path: &PathBuf| -> Result<Detection, PackError> {
            let file = path.display().to_string();
            let language = Language::of_file(path).ok_or_else(|| {
                PackError::new(&file, "the language of the query is unknown")
                    .with_help("name the file `*.spl` or `*.aql`")
            })?;
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            Ok(Detection {
                id: name.clone(),
                title: name,
                file,
                language,
                severity: Severity::Medium,
                severity_by_risk_score: BTreeMap::new(),
                text: read_text(path)?,
            })
        };
        let mut detections = files.iter().map(detection).collect::<Result<Vec<_>, _>>()?;
        // Two files of one name in different folders: the paths tell them apart.
        for index in 0..detections.len() {
            let repeated =
                detections.iter().filter(|other| other.title == detections[index].title).count() > 1;
            if repeated {
                detections[index].id = detections[index].file.clone();
            }
        }
        let names: Vec<&str> = detections.iter().map(|detection| detection.title.as_str()).collect();
        let name = names.join(", ");
        Ok(Self::of_detections(&name, detections))
    }

    /// A pack that is nothing but detections.
    #[must_use]
    pub fn of_detections(name: &str, detections: Vec<Detection>) -> Self {
        Self {
            technique: None,
            origin: name.to_owned(),
            name: name.to_owned(),
            manifest: None,
            detections,
            cases: CaseFile::default(),
            tuning: Tuning::default(),
            pages: Pages::new(),
        }
    }
}

/// Reads a file that a pack may do without.
fn optional<T: Default>(
    origin: &str,
    read: &dyn Fn(&str) -> Result<String, PackError>,
    name: &str,
    parse: fn(&str, &str) -> Result<T, PackError>,
) -> Result<T, PackError> {
    match read(name) {
        Ok(text) => parse(&format!("{origin}/{name}"), &text),
        Err(error) if error.absent => Ok(T::default()),
        Err(error) => Err(error),
    }
}

fn read_text(path: &Path) -> Result<String, PackError> {
    fs::read_to_string(path).map_err(|error| {
        let absent = error.kind() == std::io::ErrorKind::NotFound;
        PackError { absent, ..PackError::new(path.display().to_string(), error.to_string()) }
    })
}
