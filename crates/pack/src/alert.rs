//! What a row of a detection becomes.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    Detection, Severity,
    mapped::{self, Columns},
};

/// Text that stands for "no address" in QRadar's address columns.
const NO_ADDRESS: [&str; 2] = ["0.0.0.0", "0:0:0:0:0:0:0:0"];

/// One alert; what is unknown is null.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Alert {
    /// When the event happened.
    pub time: Option<String>,
    /// Identifier of the detection.
    pub detection: String,
    /// ATT&CK technique.
    pub technique: Option<String>,
    /// How grave it is: what the row says, else what its risk score means to the detection, else the detection's.
    pub severity: Option<Severity>,
    /// What the rule calls it, where it has a text for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How the rule describes it, where it has a text for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What the detection computed, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk_score: Option<f64>,
    /// Cloud: `aws`, `azure`, `gcp`.
    pub provider: Option<String>,
    /// Who did it.
    pub actor: Option<String>,
    /// From where.
    pub source_ip: Option<String>,
    /// What they called their client; none where the log does not say.
    pub user_agent: Option<String>,
    /// What they did, in the provider's word.
    pub action: Option<String>,
    /// To what.
    pub target: Option<String>,
    /// In which account, subscription or project.
    pub account: Option<String>,
    /// In which region.
    pub region: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// The provider's own identifier of the record.
    pub event_id: Option<String>,
    /// The object the record lies in.
    pub object: Option<String>,
    /// The record's place in the object.
    pub record: Option<String>,
    /// The row's own columns.
    pub fields: Map<String, Value>,
}

type Slot = fn(&mut Alert) -> &mut Option<String>;
type Read = fn(&Alert) -> &Option<String>;

/// Makes the tables of members that a row may fill, by name: to write and to read.
macro_rules! slots {
    ($($name:ident),* $(,)?) => {
        const SLOTS: &[(&str, Slot)] = &[$((stringify!($name), |alert| &mut alert.$name)),*];
        const READ: &[(&str, Read)] = &[$((stringify!($name), |alert| &alert.$name)),*];
    };
}

slots!(
    time, provider, actor, source_ip, user_agent, action, target, account, region, outcome, event_id, object,
    record
);

impl Alert {
    /// The fields that the engine adds to a detection's rows.
    pub fn added_fields() -> impl Iterator<Item = &'static str> {
        SLOTS.iter().map(|(name, _)| *name)
    }

    /// Builds the alert of one row: the fields that were added are the base, the row's own columns of
    /// an alert's names (lower case) stand above them, and what the rule's file maps above those. A null or empty
    /// value overrides nothing.
    #[must_use]
    pub fn from_row<'a>(
        technique: Option<&str>,
        detection: &Detection,
        added: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
        row: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
    ) -> Self {
        let row: Vec<(&str, Option<&str>)> = row.into_iter().collect();
        let columns = Columns::new(row.iter().copied());
        let mut alert = Self {
            detection: detection.id.clone(),
            technique: technique.map(str::to_owned),
            ..Self::default()
        };
        let mut own = Self::default();
        let mut stated = None;
        let mut time = None;
        for (field, value) in added {
            alert.set(field, value.filter(|value| !value.is_empty()));
        }
        for (name, value) in row {
            let value = value.filter(|value| !value.is_empty());
            alert.fields.insert(name.to_owned(), value.map_or(Value::Null, Value::from));
            match name {
                "_time" => time = value,
                "severity" => stated = value.and_then(|value| value.parse().ok()),
                "risk_score" => alert.risk_score = value.and_then(|value| value.parse().ok()),
                "source_ip" => own.set(name, value.filter(|value| !NO_ADDRESS.contains(value))),
                _ => own.set(name, value),
            }
        }
        alert.overlay(&mut own);
        mapped::map(&mut alert, &detection.metadata, &columns);
        let column = detection.metadata.severity_column.as_deref().and_then(|column| columns.get(column));
        let stated = column.and_then(|word| word.parse().ok()).or(stated);
        if alert.time.is_none() {
            alert.time = time.map(str::to_owned);
        }
        alert.severity = stated.or_else(|| scored(detection, alert.risk_score)).or(Some(detection.severity));
        alert
    }

    /// The text of one of the alert's own members.
    pub(crate) fn slot(&self, name: &str) -> Option<&str> {
        let (_, slot) = READ.iter().find(|(slot, _)| *slot == name)?;
        slot(self).as_deref()
    }

    fn set(&mut self, name: &str, value: Option<&str>) {
        if let Some((_, slot)) = SLOTS.iter().find(|(slot, _)| *slot == name) {
            *slot(self) = value.map(str::to_owned);
        }
    }

    /// Fills a member, by name.
    pub(crate) fn fill(&mut self, name: &str, value: String) {
        self.set(name, Some(&value));
    }

    fn overlay(&mut self, own: &mut Self) {
        for (_, slot) in SLOTS {
            if let Some(value) = slot(own).take() {
                *slot(self) = Some(value);
            }
        }
    }
}

/// The gravest severity whose least risk score is reached.
fn scored(detection: &Detection, risk_score: Option<f64>) -> Option<Severity> {
    let score = risk_score?;
    let reached = detection.severity_by_risk_score.iter().filter(|(_, least)| score >= **least);
    reached.map(|(severity, _)| *severity).max()
}
