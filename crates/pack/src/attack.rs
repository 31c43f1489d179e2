//! What MITRE ATT&CK says of clouds: tactics and techniques by release, and how it says to detect those that
//! packs are of. The facts are data files; each states what was not verified.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use quarry_diagnostic::did_you_mean;

use crate::{
    Manifest, PackError,
    manifest::{is_technique, yaml_error},
};

/// The releases by age, oldest first: name of the data file and its text.
const RELEASES: &[(&str, &str)] = &[
    ("attack/18.yml", include_str!("../data/attack/18.yml")),
    ("attack/19.yml", include_str!("../data/attack/19.yml")),
];
const DETECTION: (&str, &str) = ("attack/detection.yml", include_str!("../data/attack/detection.yml"));

/// The platforms of the cloud matrix.
pub const PLATFORMS: [&str; 4] = ["IaaS", "Identity Provider", "Office Suite", "SaaS"];

/// A tactic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tactic {
    /// Such as `TA0112`.
    pub id: String,
    /// Such as `defense-impairment`; packs and Navigator layers use it.
    pub key: String,
    /// Such as `Defense Impairment`.
    pub name: String,
}

/// A technique or sub-technique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Technique {
    /// Such as `T1578.002`.
    pub id: String,
    /// Its own name, without its parent's.
    pub name: String,
    /// Those of the cloud matrix.
    pub platforms: Vec<String>,
    /// Keys of its tactics.
    pub tactics: Vec<String>,
}

impl Technique {
    /// The technique that a sub-technique belongs to.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        self.id.split_once('.').map(|(parent, _)| parent)
    }

    /// Its page at MITRE.
    #[must_use]
    pub fn url(&self) -> String {
        technique_url(&self.id)
    }
}

/// The page of a technique at MITRE.
#[must_use]
pub fn technique_url(id: &str) -> String {
    format!("https://attack.mitre.org/techniques/{}/", id.replace('.', "/"))
}

/// A release of ATT&CK, as far as it concerns clouds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Release {
    /// Major version such as `19`.
    pub version: String,
    /// The release that the data is of, such as `19.2`.
    pub release: String,
    /// What of the data is not verified.
    pub notes: Vec<String>,
    /// Tactics in the matrix's order.
    pub tactics: Vec<Tactic>,
    /// Techniques and sub-techniques by id.
    pub techniques: Vec<Technique>,
    /// Techniques of earlier releases that are gone, and what replaces them.
    pub replaced: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleaseFile {
    version: String,
    release: String,
    based_on: Option<String>,
    notes: Vec<String>,
    tactics: Vec<Tactic>,
    techniques: Vec<Technique>,
    #[serde(default)]
    replaced: BTreeMap<String, String>,
}

impl Release {
    /// The technique of an id, also of one that this release has replaced.
    #[must_use]
    pub fn technique(&self, id: &str) -> Option<&Technique> {
        let id = self.replaced.get(id).map_or(id, String::as_str);
        self.techniques.iter().find(|technique| technique.id == id)
    }

    /// The tactic of a key.
    #[must_use]
    pub fn tactic(&self, key: &str) -> Option<&Tactic> {
        self.tactics.iter().find(|tactic| tactic.key == key)
    }

    /// What is wrong with a technique's id, and with a tactic of it; one sentence.
    #[must_use]
    pub fn doubt(&self, id: &str, tactic: Option<&str>) -> Option<String> {
        let version = &self.version;
        if !is_technique(id) {
            return Some(format!("`{id}` is no ATT&CK technique; write it like `T1578.002`"));
        }
        if let Some(new) = self.replaced.get(id) {
            return Some(format!("ATT&CK {version} has no `{id}` any more; `{new}` is in its place"));
        }
        let Some(technique) = self.techniques.iter().find(|technique| technique.id == id) else {
            let near = did_you_mean(id, self.techniques.iter().map(|technique| technique.id.as_str()));
            let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Some(format!("ATT&CK {version} has no technique `{id}` for clouds{help}"));
        };
        let tactic = tactic.filter(|tactic| !technique.tactics.iter().any(|known| known == tactic))?;
        let own = technique.tactics.join(", ");
        Some(format!("`{tactic}` is no tactic of `{id}` in ATT&CK {version}, which has it under {own}"))
    }

    /// The techniques of a tactic.
    pub fn of_tactic<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Technique> {
        self.techniques.iter().filter(move |technique| technique.tactics.iter().any(|tactic| tactic == key))
    }
}

/// How ATT&CK says to detect a technique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// The technique.
    pub technique: String,
    /// Detection strategy such as `DET0449`.
    pub strategy: String,
    /// Its analytic for clouds such as `AN1242`.
    pub analytic: String,
    /// The log sources of the analytic.
    pub sources: Vec<LogSource>,
    /// What is odd about them.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A log source of an analytic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSource {
    /// ATT&CK's name of the log.
    pub log: String,
    /// The event in it.
    pub channel: String,
    /// Data component such as `DC0080`.
    pub component: String,
    /// Whether ATT&CK lists the event under the data component.
    #[serde(default = "stated")]
    pub stated: bool,
}

const fn stated() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DetectionFile {
    components: BTreeMap<String, String>,
    strategies: Vec<Strategy>,
}

/// All that the data files say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knowledge {
    /// Releases, oldest first; never empty.
    pub releases: Vec<Release>,
    /// Names of data components.
    pub components: BTreeMap<String, String>,
    /// Detection strategies.
    pub strategies: Vec<Strategy>,
}

impl Knowledge {
    /// Reads the data files in the binary.
    ///
    /// # Errors
    /// If one is malformed, which the tests of this crate exclude.
    pub fn embedded() -> Result<Self, PackError> {
        let mut releases: Vec<Release> = Vec::new();
        for (file, text) in RELEASES {
            let release = read::<ReleaseFile>(file, text)?;
            releases.push(merge(release, &releases));
        }
        let detection = read::<DetectionFile>(DETECTION.0, DETECTION.1)?;
        Ok(Self { releases, components: detection.components, strategies: detection.strategies })
    }

    /// The release of a major version.
    #[must_use]
    pub fn release(&self, version: &str) -> Option<&Release> {
        self.releases.iter().find(|release| release.version == version)
    }

    /// The newest release.
    #[must_use]
    pub fn newest(&self) -> Option<&Release> {
        self.releases.last()
    }

    /// What a manifest says of ATT&CK that its release does not.
    #[must_use]
    pub fn doubts(&self, manifest: &Manifest) -> Vec<String> {
        let mut found = Vec::new();
        let known: Vec<&str> = self.releases.iter().map(|release| release.version.as_str()).collect();
        let of_release = |version: &str, tactic: &str| match self.release(version) {
            None => Some(format!("ATT&CK {version} is not known here, only {}", known.join(", "))),
            Some(release) => release.doubt(&manifest.technique, Some(tactic)),
        };
        found.extend(of_release(&manifest.attack.version, &manifest.tactic));
        for (version, tactic) in &manifest.attack.tactics {
            found.extend(of_release(version, tactic).filter(|doubt| !found.contains(doubt)));
        }
        if let Some(release) = self.release(&manifest.attack.version) {
            found.extend(manifest.related.iter().filter_map(|id| release.doubt(id, None)));
        }
        found
    }

    /// How to detect a technique.
    #[must_use]
    pub fn strategy(&self, technique: &str) -> Option<&Strategy> {
        self.strategies.iter().find(|strategy| strategy.technique == technique)
    }
}

fn read<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<T, PackError> {
    serde_saphyr::from_str(text).map_err(|error| yaml_error(file, &error))
}

/// A release with what it has from the one it builds on.
fn merge(file: ReleaseFile, earlier: &[Release]) -> Release {
    let base = earlier.iter().find(|release| Some(&release.version) == file.based_on.as_ref());
    let mut techniques = file.techniques;
    for technique in base.into_iter().flat_map(|release| &release.techniques) {
        let known = techniques.iter().any(|own| own.id == technique.id);
        if !known && !file.replaced.contains_key(&technique.id) {
            techniques.push(technique.clone());
        }
    }
    techniques.sort_by(|left, right| left.id.cmp(&right.id));
    Release {
        version: file.version,
        release: file.release,
        notes: file.notes,
        tactics: file.tactics,
        techniques,
        replaced: file.replaced,
    }
}
