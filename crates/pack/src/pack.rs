//! A pack with the text of its detections.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use quarry_languages::Language;
use serde::Serialize;

use crate::{
    CaseFile, Manifest, Metadata, PackError, Severity, Tuning, import,
    manifest::DetectionEntry,
    names::Names,
    pages::{self, Pages},
};

/// The tests of a pack, below its folder.
const CASES: &str = "tests/cases.yml";
/// The tuning of a pack, below its folder.
const TUNING: &str = "tuning/tuning.yml";

/// A detection with its query.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub severity_by_risk_score: BTreeMap<Severity, f64>,
    /// The query, byte for byte.
    pub text: String,
    /// What the rule's file says beside the query; empty for plain queries.
    pub metadata: Metadata,
}

impl Detection {
    /// The technique that its own file names first.
    #[must_use]
    pub fn technique(&self) -> Option<&str> {
        self.metadata.techniques.first().map(String::as_str)
    }
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
    /// What is wrong with files in other products' formats and was left out; empty for packs with a `pack.yml`.
    pub left_out: Vec<PackError>,
    /// Names of detections in the tests and the tuning that no detection has.
    pub misnamed: Vec<PackError>,
}

impl Pack {
    /// Reads the pack in a folder.
    ///
    /// # Errors
    /// If `pack.yml` or a detection's file is missing or cannot be understood.
    pub fn load(folder: &Path) -> Result<Self, PackError> {
        let read = |name: &str| read_inside(folder, name);
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
            let content = read(&entry.file).map_err(|error| {
                PackError::new(&file, format!("cannot read the detection `{}`: {}", entry.id, error.message))
                    .at_word(&text, &entry.file)
            })?;
            let path = format!("{origin}/{}", entry.file);
            let plain = Language::of_file(Path::new(&entry.file)) == Some(entry.language);
            let (query, metadata) = if plain {
                (content, Metadata::default())
            } else {
                let rule = rule_of(entry, &path, &content)?;
                (rule.text, rule.metadata)
            };
            Ok(Detection {
                id: entry.id.clone(),
                title: entry.title.clone(),
                file: path,
                language: entry.language,
                severity: entry.severity,
                severity_by_risk_score: entry.severity_by_risk_score.clone(),
                text: query,
                metadata,
            })
        };
        let detections = manifest.detections.iter().map(detection).collect::<Result<_, _>>()?;
        let cases = cases(origin, read)?;
        let tuning = optional(origin, read, TUNING, Tuning::parse)?;
        let misnamed = misnamed(origin, read, &manifest, (&cases, &tuning));
        Ok(Self {
            technique: Some(manifest.technique.clone()),
            name: manifest.name.clone(),
            origin: origin.to_owned(),
            manifest: Some(manifest),
            detections,
            cases,
            tuning,
            pages: Pages::new(),
            left_out: Vec::new(),
            misnamed,
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
                    .with_help(format!("name the file {}", file_names().join(" or ")))
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
                metadata: Metadata::default(),
            })
        };
        let mut detections = files.iter().map(detection).collect::<Result<Vec<_>, _>>()?;
        tell_apart(&mut detections);
        let names: Vec<&str> = detections.iter().map(|detection| detection.title.as_str()).collect();
        let name = names.join(", ");
        Ok(Self::of_detections(&name, detections))
    }

    /// The pack without the detections that quarry does not run yet, and these.
    #[must_use]
    pub fn runnable(mut self) -> (Self, Vec<Detection>) {
        let (runs, waits) = self.detections.into_iter().partition(|detection| detection.language.runs());
        self.detections = runs;
        (self, waits)
    }

    /// A pack that is nothing but detections.
    #[must_use]
    pub fn of_detections(name: &str, mut detections: Vec<Detection>) -> Self {
        tell_apart(&mut detections);
        Self {
            technique: None,
            origin: name.to_owned(),
            name: name.to_owned(),
            manifest: None,
            detections,
            cases: CaseFile::default(),
            tuning: Tuning::default(),
            pages: Pages::new(),
            left_out: Vec::new(),
            misnamed: Vec::new(),
        }
    }

    /// The pack that a query file belongs to, with the detections of that file alone; none where no `pack.yml`
    /// above it names the file.
    ///
    /// # Errors
    /// If the pack cannot be read.
    pub fn of_file(file: &Path) -> Result<Option<Self>, PackError> {
        let is_pack = |folder: &&Path| folder.join("pack.yml").is_file();
        let Some(folder) = file.ancestors().skip(1).find(is_pack) else { return Ok(None) };
        let Ok(below) = file.strip_prefix(folder) else { return Ok(None) };
        let below = below.to_string_lossy().replace('\\', "/");
        let here = Path::new(".");
        let mut pack = Self::load(if folder == Path::new("") { here } else { folder })?;
        let entries = pack.manifest.iter().flat_map(|manifest| &manifest.detections);
        let own: Vec<String> =
            entries.filter(|entry| entry.file == below).map(|entry| entry.id.clone()).collect();
        pack.detections.retain(|detection| own.contains(&detection.id));
        Ok((!pack.detections.is_empty()).then_some(pack))
    }
}

/// What is wrong with the names in a pack's tests and tuning.
fn misnamed(
    origin: &str,
    read: &dyn Fn(&str) -> Result<String, PackError>,
    manifest: &Manifest,
    (cases, tuning): (&CaseFile, &Tuning),
) -> Vec<PackError> {
    let names = Names::of(manifest);
    let text = |name: &str| read(name).unwrap_or_default();
    let mut found = names.in_cases(&format!("{origin}/{CASES}"), &text(CASES), cases);
    found.extend(names.in_tuning(&format!("{origin}/{TUNING}"), &text(TUNING), tuning));
    found
}

/// How plain query files are named.
fn file_names() -> Vec<String> {
    let endings = Language::running().filter_map(|language| language.ending);
    endings.map(|ending| format!("`*.{ending}`")).collect()
}

/// Two detections of one name in different files: the paths tell them apart.
fn tell_apart(detections: &mut [Detection]) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for detection in detections.iter() {
        *times.entry(detection.id.clone()).or_default() += 1;
    }
    for detection in detections.iter_mut().filter(|detection| times[&detection.id] > 1) {
        detection.id = if detection.id == detection.title && detection.file.ends_with(&detection.title) {
            detection.file.clone()
        } else {
            format!("{} ({})", detection.title, detection.file)
        };
    }
}

/// The rule that an entry means, of a file in a product's own format.
fn rule_of(entry: &DetectionEntry, path: &str, text: &str) -> Result<Detection, PackError> {
    let imported = import::read(path, text);
    if let Some(error) = imported.first_error() {
        return Err(error);
    }
    let named = |found: &&Detection| {
        found.language == entry.language
            && entry.rule.as_ref().is_none_or(|rule| {
                found.title == *rule || found.metadata.rule.as_deref() == Some(rule.as_str())
            })
    };
    let mut rules = imported.detections().filter(named);
    let (first, more) = (rules.next(), rules.next());
    let language = entry.language.title;
    match (first, more) {
        (Some(rule), None) => Ok(rule.clone()),
        (Some(_), Some(_)) => Err(PackError::new(path, format!("there are several {language} rules"))
            .with_help(format!("say which with `rule:` in the entry `{}` of pack.yml", entry.id))),
        (None, _) => {
            let titles: Vec<&str> = imported.detections().map(|found| found.title.as_str()).collect();
            let what = entry.rule.as_ref().map_or_else(String::new, |rule| format!(" named `{rule}`"));
            Err(PackError::new(path, format!("there is no {language} rule{what}")).with_help(format!(
                "it has {}",
                if titles.is_empty() { "none".to_owned() } else { titles.join(", ") }
            )))
        }
    }
}

/// The cases with the recorded events that they name.
fn cases(origin: &str, read: &dyn Fn(&str) -> Result<String, PackError>) -> Result<CaseFile, PackError> {
    let cases = optional(origin, read, CASES, CaseFile::parse)?;
    if !cases.needs_files() {
        return Ok(cases);
    }
    let text = read(CASES)?;
    cases.with_events(&format!("{origin}/{CASES}"), &text, read)
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

/// A file of the pack in a folder. Links may lead about within it, not out of it: what a pack from elsewhere names
/// would be published with its pages.
fn read_inside(folder: &Path, name: &str) -> Result<String, PackError> {
    let path = folder.join(name);
    if !pages::is_inside(folder, &path) {
        return Err(PackError::new(
            path.display().to_string(),
            "lies outside of the pack's folder".to_owned(),
        ));
    }
    read_text(&path)
}

fn read_text(path: &Path) -> Result<String, PackError> {
    fs::read_to_string(path).map_err(|error| {
        let absent = error.kind() == std::io::ErrorKind::NotFound;
        PackError { absent, ..PackError::new(path.display().to_string(), error.to_string()) }
    })
}
