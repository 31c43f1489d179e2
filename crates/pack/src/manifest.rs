//! `pack.yml`.

use std::collections::BTreeMap;

use quarry_languages::Language;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Interval, PackError, Severity};

/// What `pack.yml` says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// ATT&CK technique such as `T1578.002`.
    pub technique: String,
    /// Name of the technique.
    pub name: String,
    /// Tactic in the ATT&CK version named below.
    pub tactic: String,
    /// Where the technique stands in ATT&CK.
    pub attack: Attack,
    /// Severity of the pack as a whole.
    pub severity: Severity,
    /// How sure an alert is.
    pub confidence: Severity,
    /// What the technique is and what the detections do.
    pub description: String,
    /// Logs that are needed.
    #[serde(default)]
    pub data_sources: Vec<DataSource>,
    /// How often to run, and how far back to look.
    pub schedule: Option<Schedule>,
    /// How long records take to arrive, by log type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub delay_model: BTreeMap<String, Delay>,
    /// The detections.
    pub detections: Vec<DetectionEntry>,
    /// Groups of detections that claim to alert on the same.
    #[serde(default)]
    pub equivalent: Vec<Vec<String>>,
    /// What a reader must know of the detections.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Benign causes of alerts.
    #[serde(default)]
    pub false_positives: Vec<String>,
    /// Pages to read.
    #[serde(default)]
    pub references: Vec<String>,
    /// Related techniques.
    #[serde(default)]
    pub related: Vec<String>,
}

/// Where a technique stands in ATT&CK.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// Version that `tactic` is of.
    pub version: String,
    /// Tactic by version, where it moved.
    #[serde(default)]
    pub tactics: BTreeMap<String, String>,
}

/// One log that is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataSource {
    /// Log type such as `aws.cloudtrail`.
    pub log: String,
    /// What people call it.
    pub title: String,
    /// What each platform calls it.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// Paths of the raw record that the detections cannot do without.
    #[serde(default)]
    pub required_fields: Vec<String>,
}

/// When to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Interval such as `5m`.
    pub every: Interval,
    /// Time range of a run such as `1h`.
    pub look_back: Interval,
}

/// How long the records of a log take from the event until they can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delay {
    /// Most of them.
    pub typical: Interval,
    /// Nearly all of them.
    pub worst: Interval,
}

/// One detection as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DetectionEntry {
    /// Identifier, unique in the pack.
    pub id: String,
    /// What it alerts on.
    pub title: String,
    /// File below the pack's folder: a query as it is, or a rule in its product's own format.
    pub file: String,
    /// Which rule of a file with several, by its name or identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Language of the file.
    pub language: Language,
    /// Severity of its alerts.
    pub severity: Severity,
    /// Least risk score of each severity, for detections that score.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub severity_by_risk_score: BTreeMap<Severity, f64>,
}

impl Manifest {
    /// Reads and checks a manifest; `file` names it in errors.
    ///
    /// # Errors
    /// If the text is not YAML, has an unknown or missing key, or contradicts itself.
    pub fn parse(file: &str, text: &str) -> Result<Self, PackError> {
        let manifest: Self = serde_saphyr::from_str(text).map_err(|error| yaml_error(file, &error))?;
        manifest.check(file, text)?;
        Ok(manifest)
    }

    fn check(&self, file: &str, text: &str) -> Result<(), PackError> {
        let wrong = |message: String, word: &str| PackError::new(file, message).at_word(text, word);
        if !is_technique(&self.technique) {
            return Err(wrong(format!("`{}` is no ATT&CK technique", self.technique), &self.technique)
                .with_help("write it like `T1578.002`"));
        }
        if self.detections.is_empty() {
            return Err(wrong("a pack needs at least one detection".to_owned(), "detections"));
        }
        for (index, entry) in self.detections.iter().enumerate() {
            if self.detections[..index].iter().any(|earlier| earlier.id == entry.id) {
                return Err(wrong(format!("the detection id `{}` is used twice", entry.id), &entry.id));
            }
            let ending = entry.file.rsplit_once('.').map_or("", |(_, ending)| ending);
            let mut endings = entry.language.endings();
            if !endings.any(|known| known == ending) {
                let endings = entry.language.endings();
                let endings: Vec<String> = endings.map(|ending| format!("`.{ending}`")).collect();
                let endings = endings.join(", ");
                return Err(wrong(format!("`{}` does not end in {endings}", entry.file), &entry.file));
            }
        }
        for group in &self.equivalent {
            if let Some(unknown) =
                group.iter().find(|id| !self.detections.iter().any(|entry| entry.id == **id))
            {
                return Err(wrong(format!("no detection has the id `{unknown}`"), unknown));
            }
            if group.len() < 2 {
                return Err(wrong("a group of equivalent detections needs two".to_owned(), "equivalent"));
            }
        }
        Ok(())
    }
}

pub(crate) fn yaml_error(file: &str, error: &serde_saphyr::Error) -> PackError {
    let message = error.without_snippet().render();
    let message = message.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let found = PackError::new(file, message);
    let place = error.location().map(|location| {
        let number = |value: u64| usize::try_from(value).unwrap_or(1);
        (number(location.line()), number(location.column()))
    });
    match place {
        Some((line, column)) if line > 0 => found.at(line, column),
        _ => found,
    }
}

pub(crate) fn is_technique(text: &str) -> bool {
    let digits =
        |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(rest) = text.strip_prefix('T') else { return false };
    match rest.split_once('.') {
        Some((main, sub)) => digits(main, 4) && digits(sub, 3),
        None => digits(rest, 4),
    }
}
