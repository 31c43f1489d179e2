//! What detections must say to a case.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Case;
use crate::{Interval, Severity};

/// What one detection, or a group, must say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Number of alerts; distinct ones over all runs of a schedule.
    pub alerts: usize,
    /// Step whose actor, source, target, account and region the alerts must name; the last where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Why this detection differs from its group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Text the alert's actor must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Text the alert's source address must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_ip: Option<String>,
    /// Text the alert's target must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Text the alert's account must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Text the alert's region must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Severity of the alerts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Longest time from the event to the first scheduled run that alerts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_alert_within: Option<Interval>,
}

/// What a case expects of one detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected<'a> {
    /// Nothing was said: it must stay silent.
    Silence,
    /// This.
    Stated(&'a Expectation),
}

impl Expected<'_> {
    /// Number of alerts.
    #[must_use]
    pub const fn alerts(&self) -> usize {
        match self {
            Self::Silence => 0,
            Self::Stated(expectation) => expectation.alerts,
        }
    }
}

/// The group of a detection: its id without the language's ending.
#[must_use]
pub fn group_of(detection: &str) -> &str {
    detection.rsplit_once('.').map_or(detection, |(group, _)| group)
}

impl Case {
    /// What the case expects of a detection: what is said of it, of its group, of all (`*`), in this order.
    #[must_use]
    pub fn expected(&self, detection: &str) -> Expected<'_> {
        [detection, group_of(detection), "*"]
            .iter()
            .find_map(|key| self.expect.get(*key))
            .map_or(Expected::Silence, Expected::Stated)
    }
}
