//! `tests/cases.yml`: attacks, their disguises, and benign twins, as steps that telemetry is made of,
//! with what each detection must say to them.

mod check;
mod events;
mod expectation;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use events::{Agreement, Events};
pub use expectation::{Expectation, Expected, group_of};

use crate::{Interval, PackError, Schedule, import::Recorded, manifest::yaml_error, tuning::Exclusion};

/// What `tests/cases.yml` says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// Principals beside the built-in ones, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cast: BTreeMap<String, Principal>,
    /// The cases.
    #[serde(default)]
    pub cases: Vec<Case>,
    /// Rules of other products whose tests detections claim to agree with; each test is a case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agree: Vec<Agreement>,
}

/// A principal that acts in cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Principal {
    /// Cloud: `aws`, `azure`, `gcp`.
    pub provider: Provider,
    /// Kind of principal in that cloud, such as `iam-user`, `assumed-role`, `service-principal`, `service-account`.
    pub kind: String,
    /// User name, role name, user principal name or e-mail address.
    pub name: String,
    /// Name of the session of an assumed role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Address the calls come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_ip: Option<String>,
    /// User agent of the calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Account, subscription or project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Region or zone it usually works in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// Path of a role or user before its name, such as `aws-service-role/autoscaling.amazonaws.com/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Directory or organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Service that calls for the principal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoked_by: Option<String>,
    /// Whether it works in the provider's web console.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub console: bool,
    /// Whether its sessions were opened with a second factor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mfa: bool,
    /// Whether it uses a short-lived key where its kind usually has a long-lived one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub temporary: bool,
}

/// A cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure.
    Azure,
    /// Google Cloud.
    Gcp,
}

impl Provider {
    /// The word in packs and alerts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Gcp => "gcp",
        }
    }
}

/// What a case is there to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CaseKind {
    /// The technique, done plainly.
    Attack,
    /// The technique in disguise.
    Evasion,
    /// Something that looks alike and is not it.
    Benign,
    /// Records that arrive late, seen by a schedule.
    Late,
    /// Records that arrive more than once, seen by a schedule.
    Duplicate,
}

impl CaseKind {
    /// The word in packs and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Attack => "attack",
            Self::Evasion => "evasion",
            Self::Benign => "benign",
            Self::Late => "late",
            Self::Duplicate => "duplicate",
        }
    }

    /// Whether the detections run on a schedule over records as they arrive.
    #[must_use]
    pub const fn is_scheduled(self) -> bool {
        matches!(self, Self::Late | Self::Duplicate)
    }
}

/// Order of the records in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// By the time they happened.
    #[default]
    AsHappened,
    /// Latest first.
    Reversed,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Identifier, unique in the pack.
    pub id: String,
    /// What happens, one line.
    pub title: String,
    /// What it is there to show.
    pub kind: CaseKind,
    /// Cloud.
    pub provider: Provider,
    /// Why it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What is done, in the order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Recorded events in the place of steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Events>,
    /// The recorded events, once they are read.
    #[serde(skip)]
    pub recorded: Option<Recorded>,
    /// Order of the records in the file.
    #[serde(default)]
    pub order: Order,
    /// Exclusions in force for this case beside those of the pack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tuning: Vec<Exclusion>,
    /// What each detection, or group of detections, must say. Those not named must stay silent.
    #[serde(default)]
    pub expect: BTreeMap<String, Expectation>,
    /// Schedule of late and duplicate cases; the pack's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// How to do it for real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commands: Option<Commands>,
    /// Telemetry to expect in a real account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
}

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Name of the step; the last word of the action in lower case where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Telemetry template, such as `aws.ec2.RunInstances`.
    pub action: String,
    /// Who does it; `intruder` in attacks and evasions, else `engineer`.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// When, from the start of the case; 20 seconds after the step before where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Interval>,
    /// Parameters of the template; `${step.output}` stands for what an earlier step made.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, Value>,
    /// How it ends: `success` or another outcome the template has.
    #[serde(default = "success")]
    pub outcome: String,
    /// Region; the principal's usual one where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Label of the principal's session; steps with the same label share one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// How long the records take to arrive; the pack's typical delay where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrives: Option<Interval>,
    /// How many times the records are delivered.
    #[serde(default = "once")]
    pub copies: u32,
}

fn success() -> String {
    "success".to_owned()
}

const fn once() -> u32 {
    1
}

impl Step {
    /// The step's name.
    #[must_use]
    pub fn name(&self) -> String {
        self.id
            .clone()
            .unwrap_or_else(|| self.action.rsplit('.').next().unwrap_or(&self.action).to_lowercase())
    }
}

/// How to do a case for real. quarry shows this and never runs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Commands {
    /// Command line tool: `aws`, `az`, `gcloud`.
    pub tool: String,
    /// What must be there first.
    #[serde(default)]
    pub prerequisites: Vec<String>,
    /// The commands.
    pub run: String,
    /// The commands that undo it.
    pub clean_up: String,
}

/// A record to expect in a real account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// Log type such as `aws.cloudtrail`.
    pub log: String,
    /// The action in the provider's word.
    pub action: String,
    /// How long it may take to arrive.
    pub within: Interval,
    /// Paths of the raw record that must be there.
    #[serde(default)]
    pub fields: Vec<String>,
}

impl CaseFile {
    /// Reads and checks the cases; `file` names them in errors.
    ///
    /// # Errors
    /// If the text is not YAML, has an unknown or missing key, or contradicts itself.
    pub fn parse(file: &str, text: &str) -> Result<Self, PackError> {
        let cases: Self = serde_saphyr::from_str(text).map_err(|error| yaml_error(file, &error))?;
        cases.check(file, text)?;
        Ok(cases)
    }
}
