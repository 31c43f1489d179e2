//! What the tests of packs gave: what `quarry test --output json` prints and pages show.

use std::collections::BTreeMap;

use quarry_languages::Language;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CaseKind, Provider, cases::Signal};

/// Results of all packs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct TestResults {
    /// By pack.
    pub packs: Vec<PackResults>,
    /// How many results had each verdict.
    pub summary: Summary,
}

/// Results of one pack.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct PackResults {
    /// ATT&CK technique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technique: Option<String>,
    /// Name of the technique.
    pub name: String,
    /// By case, in the order of the case file.
    pub cases: Vec<CaseResults>,
}

/// Results of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseResults {
    /// Identifier of the case.
    pub id: String,
    /// What happens.
    pub title: String,
    /// What it is there to show.
    pub kind: CaseKind,
    /// Cloud.
    pub provider: Provider,
    /// Telemetry to expect in a real account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
    /// By detection, in the order of the manifest.
    pub results: Vec<DetectionResult>,
}

/// What one detection said to one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DetectionResult {
    /// Identifier of the detection.
    pub detection: String,
    /// Its language.
    pub language: Language,
    /// Number of alerts expected.
    pub expected: usize,
    /// Number of alerts there were.
    pub alerts: usize,
    /// How it was judged.
    pub verdict: Verdict,
    /// Why it was not a pass, or what a schedule saw; one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// How a result is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As expected.
    Pass,
    /// Fewer alerts than expected.
    Miss,
    /// More alerts than expected.
    FalseAlarm,
    /// The number of alerts is right; one names the wrong actor, source, target, account or region.
    WrongEntity,
    /// The detection did not run.
    Error,
}

impl Verdict {
    /// The word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Miss => "miss",
            Self::FalseAlarm => "false alarm",
            Self::WrongEntity => "wrong entity",
            Self::Error => "error",
        }
    }
}

/// How many results had each verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
pub struct Summary {
    /// As expected.
    pub pass: usize,
    /// Fewer alerts than expected.
    pub miss: usize,
    /// More alerts than expected.
    pub false_alarm: usize,
    /// The wrong actor, source, target, account or region.
    pub wrong_entity: usize,
    /// Did not run.
    pub error: usize,
}

impl Summary {
    /// Counts verdicts.
    #[must_use]
    pub fn count(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
        for verdict in verdicts {
            *counts.entry(verdict).or_default() += 1;
        }
        let of = |verdict: Verdict| counts.get(&verdict).copied().unwrap_or_default();
        Self {
            pass: of(Verdict::Pass),
            miss: of(Verdict::Miss),
            false_alarm: of(Verdict::FalseAlarm),
            wrong_entity: of(Verdict::WrongEntity),
            error: of(Verdict::Error),
        }
    }

    /// Number of results.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.pass + self.miss + self.false_alarm + self.wrong_entity + self.error
    }
}

impl TestResults {
    /// Puts the packs' results together.
    #[must_use]
    pub fn new(packs: Vec<PackResults>) -> Self {
        let summary = Summary::count(packs.iter().flat_map(PackResults::verdicts));
        Self { packs, summary }
    }

    /// Results of a technique.
    #[must_use]
    pub fn of(&self, technique: &str) -> Option<&PackResults> {
        let named = |pack: &&PackResults| {
            pack.technique.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(technique))
        };
        self.packs.iter().find(named)
    }
}

impl PackResults {
    /// The verdicts of all its cases.
    pub fn verdicts(&self) -> impl Iterator<Item = Verdict> {
        self.cases.iter().flat_map(|case| case.results.iter().map(|result| result.verdict))
    }
}
