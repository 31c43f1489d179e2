//! `tuning/tuning.yml`: what this organisation knows to be benign.

use std::net::IpAddr;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Alert, PackError, Severity, cases::group_of, manifest::yaml_error};

/// What `tuning.yml` says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tuning {
    /// Alerts that are not shown.
    #[serde(default)]
    pub exclusions: Vec<Exclusion>,
    /// Least scores.
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
}

/// Alerts that are not shown: those that meet every condition.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// Detections or groups it holds for; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detections: Vec<String>,
    /// Field of the one condition, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// As in [`Condition`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<String>,
    /// As in [`Condition`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_with: Option<String>,
    /// As in [`Condition`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_with: Option<String>,
    /// As in [`Condition`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
    /// The conditions, where there are several; all must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<Condition>,
    /// Only alerts that are less grave than this are taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity_below: Option<Severity>,
    /// Why these are benign.
    #[serde(default)]
    pub reason: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Last day it holds, as `2027-06-30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// What a field of an alert must be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Field of the alert, or column of the detection.
    pub field: String,
    /// The text it must be, letter case aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<String>,
    /// How it must begin, letter case aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_with: Option<String>,
    /// How it must end, letter case aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_with: Option<String>,
    /// The network it must lie in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
}

/// The least risk score that alerts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Detections or groups it holds for; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detections: Vec<String>,
    /// Alerts with a lower risk score are not shown.
    pub min_risk_score: f64,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

impl Tuning {
    /// Reads a tuning file; `file` names it in errors.
    ///
    /// # Errors
    /// If the text is not YAML, has an unknown key, or a condition says nothing or is malformed.
    pub fn parse(file: &str, text: &str) -> Result<Self, PackError> {
        let tuning: Self = serde_saphyr::from_str(text).map_err(|error| yaml_error(file, &error))?;
        for exclusion in &tuning.exclusions {
            exclusion
                .check()
                .map_err(|(message, word)| PackError::new(file, message).at_word(text, &word))?;
        }
        Ok(tuning)
    }

    /// Whether an alert is shown on a day such as `2026-11-22`.
    #[must_use]
    pub fn admits(&self, alert: &Alert, today: &str) -> bool {
        let excluded = self.exclusions.iter().any(|exclusion| exclusion.holds(alert, today));
        let low = self.thresholds.iter().any(|threshold| {
            concerns(&threshold.detections, &alert.detection)
                && alert.risk_score.is_some_and(|score| score < threshold.min_risk_score)
        });
        !excluded && !low
    }
}

/// Whether a list of detections and groups names a detection; an empty list names all.
fn concerns(detections: &[String], detection: &str) -> bool {
    detections.is_empty() || detections.iter().any(|name| name == detection || name == group_of(detection))
}

impl Exclusion {
    /// Its conditions.
    pub fn conditions(&self) -> impl Iterator<Item = Condition> {
        let own = self.field.as_ref().map(|field| Condition {
            field: field.clone(),
            equals: self.equals.clone(),
            starts_with: self.starts_with.clone(),
            ends_with: self.ends_with.clone(),
            cidr: self.cidr.clone(),
        });
        own.into_iter().chain(self.all.iter().cloned())
    }

    /// Whether it takes an alert away on a day such as `2026-11-22`.
    #[must_use]
    pub fn holds(&self, alert: &Alert, today: &str) -> bool {
        let in_force = self.expires.as_deref().is_none_or(|last| today <= last);
        let grave =
            self.severity_below.is_some_and(|limit| alert.severity.is_none_or(|found| found >= limit));
        let mut conditions = self.conditions().peekable();
        in_force
            && !grave
            && conditions.peek().is_some()
            && concerns(&self.detections, &alert.detection)
            && conditions.all(|condition| condition.holds(alert))
    }

    fn check(&self) -> Result<(), (String, String)> {
        if self.conditions().next().is_none() {
            return Err(("an exclusion needs a condition".to_owned(), self.reason.clone()));
        }
        self.conditions().try_for_each(|condition| condition.check())
    }
}

impl Condition {
    fn check(&self) -> Result<(), (String, String)> {
        let stated =
            [&self.equals, &self.starts_with, &self.ends_with, &self.cidr].into_iter().flatten().count();
        if stated != 1 {
            let message = format!(
                "the condition on `{}` needs one of `equals`, `starts_with`, `ends_with`, `cidr`",
                self.field
            );
            return Err((message, self.field.clone()));
        }
        match &self.cidr {
            Some(network) if network.parse::<IpNet>().is_err() => {
                Err((format!("`{network}` is no network"), network.clone()))
            }
            _ => Ok(()),
        }
    }

    fn holds(&self, alert: &Alert) -> bool {
        let Some(value) = alert.value(&self.field) else { return false };
        let value = value.to_lowercase();
        let equals = self.equals.as_ref().is_none_or(|text| value == text.to_lowercase());
        let starts = self.starts_with.as_ref().is_none_or(|text| value.starts_with(&text.to_lowercase()));
        let ends = self.ends_with.as_ref().is_none_or(|text| value.ends_with(&text.to_lowercase()));
        let within = self.cidr.as_ref().is_none_or(|network| {
            let network = network.parse::<IpNet>();
            let address = value.parse::<IpAddr>();
            network.is_ok_and(|network| address.is_ok_and(|address| network.contains(&address)))
        });
        equals && starts && ends && within
    }
}

impl Alert {
    /// The text of a field of the alert, or of a column of its detection.
    #[must_use]
    pub fn value(&self, field: &str) -> Option<&str> {
        self.slot(field).or_else(|| self.fields.get(field).and_then(Value::as_str))
    }
}
