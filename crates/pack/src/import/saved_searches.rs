//! `savedsearches.conf` of a Splunk app.
//!
//! <https://docs.splunk.com/Documentation/Splunk/latest/Admin/Savedsearchesconf>

use std::collections::BTreeMap;

use quarry_diagnostic::{Diagnostic, Span};
use quarry_languages::Language;
use serde_json::Value;

use super::{Format, Item, Reading, Source, codes, fields::techniques, schedule};
use crate::{Detection, Metadata, Severity, Trigger};

/// The format. A stanza may have hundreds of settings; those of alerting and of display are named by their beginning.
pub static FORMAT: Format = Format {
    name: "savedsearches",
    title: "savedsearches.conf",
    reads: &[
        "search",
        "description",
        "disabled",
        "cron_schedule",
        "dispatch.earliest_time",
        "alert.severity",
        "action.notable.param.severity",
        "action.notable.param.rule_description",
        "action.risk.param._risk_score",
        "action.correlationsearch.annotations",
        "action.escu.known_false_positives",
        "action.escu.how_to_implement",
        "action.escu.data_models",
        "quantity",
        "relation",
        "counttype",
        "alert_condition",
    ],
    ignores: &[
        ("dispatch.latest_time", "a run ends when it runs"),
        ("enableSched", "hunts run when they are told to"),
        ("alert.suppress.*", "alerts are not suppressed"),
        ("action.*", "nothing is sent"),
        ("display.*", "about pages of Splunk"),
    ],
    recognise: |source| looks_like(source.text),
    read,
};

/// A stanza.
struct Stanza<'a> {
    name: &'a str,
    span: Span,
    settings: Vec<(&'a str, String)>,
}

impl Stanza<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let (_, value) = self.settings.iter().rev().find(|(known, _)| *known == key)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }
}

/// The same file of the other layer of an app: settings of `local` win over those of `default`, one by one
/// (Splunk Admin Manual, configuration file precedence).
#[derive(Default)]
pub struct Layers {
    /// The text of `default`, below a text of `local`.
    pub below: Option<String>,
    /// The text of `local`, above a text of `default`.
    pub above: Option<String>,
    /// Whether stanzas that `below` has too are read with that file.
    pub skips_known: bool,
}

/// Whether a text is stanzas of settings, one of which is a search; settings of all may come first.
pub fn looks_like(text: &str) -> bool {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let is_stanza = |line: &str| line.starts_with('[') && line.ends_with(']') && line.len() > 2;
    let is_setting = |line: &str| {
        let is_key = |letter: char| letter.is_ascii_alphanumeric() || "._".contains(letter);
        line.split_once('=').is_some_and(|(key, _)| !key.is_empty() && key.trim().chars().all(is_key))
    };
    let is_search = |line: &str| line.split_once('=').is_some_and(|(key, _)| key.trim() == "search");
    let begins = lines().next().is_some_and(|line| is_stanza(line) || is_setting(line));
    let has_both = || lines().any(is_stanza) && lines().any(is_search);
    begins && has_both() && serde_json::from_str::<serde::de::IgnoredAny>(text).is_err()
}

fn read(source: &Source<'_>, reading: &mut Reading) {
    let elsewhere = Reading::default();
    let Layers { below, above, skips_known } = &source.layers;
    let below = stanzas(below.as_deref().unwrap_or_default(), &elsewhere);
    let above = stanzas(above.as_deref().unwrap_or_default(), &elsewhere);
    let own = stanzas(source.text, reading);
    let all = || below.iter().chain(&own).chain(&above);
    for stanza in &own {
        let known = below.iter().any(|other| other.name == stanza.name);
        if stanza.name == DEFAULT || own_is_repeated(&own, stanza) || known && *skips_known {
            continue;
        }
        // What is last counts: the defaults, then the layers from below.
        let defaults = all().filter(|other| other.name == DEFAULT);
        let named = all().filter(|other| other.name == stanza.name);
        let settings = defaults.chain(named).flat_map(|other| other.settings.iter().cloned()).collect();
        let merged = Stanza { name: stanza.name, span: stanza.span, settings };
        match merged.get("search") {
            Some(search) => {
                reading.items.push(Item::Detection(Box::new(detection(source, reading, &merged, search))));
            }
            None => {
                let message = format!("`[{}]` has no `search`: it is not read", stanza.name);
                reading.findings.no_effect(stanza.span, message);
            }
        }
    }
}

/// The stanza that all others have the settings of.
const DEFAULT: &str = "default";

/// Whether a stanza of the name stands further up in the same file; they are one.
fn own_is_repeated(own: &[Stanza<'_>], stanza: &Stanza<'_>) -> bool {
    own.iter().find(|other| other.name == stanza.name).is_some_and(|first| first.span != stanza.span)
}

/// A line that ends in a backslash goes on; settings before the first stanza are of all of them.
fn stanzas<'a>(text: &'a str, reading: &Reading) -> Vec<Stanza<'a>> {
    let mut found: Vec<Stanza<'a>> = Vec::new();
    let mut offset = 0;
    let mut lines = text.split_inclusive('\n');
    while let Some(whole) = lines.next() {
        let start = offset;
        offset += whole.len();
        let line = whole.trim();
        let span = Span::new(start, start + whole.trim_end().len());
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            found.push(Stanza { name: name.trim(), span, settings: Vec::new() });
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            let error = Diagnostic::error(codes::MALFORMED, "this is neither a setting nor a stanza", span);
            reading.findings.add(error.with_help("write `key = value` or `[name]`"));
            continue;
        };
        let mut value = value.trim().to_owned();
        while let Some(kept) = value.strip_suffix('\\') {
            let next = lines.next().unwrap_or_default();
            offset += next.len();
            value = format!("{kept}\n{}", next.trim_end_matches(['\n', '\r']));
            if next.is_empty() {
                break;
            }
        }
        if found.is_empty() {
            found.push(Stanza { name: DEFAULT, span, settings: Vec::new() });
        }
        if let Some(stanza) = found.last_mut() {
            stanza.settings.push((key.trim(), value));
        }
    }
    found
}

fn detection(source: &Source<'_>, reading: &Reading, stanza: &Stanza<'_>, search: &str) -> Detection {
    let text = |key: &str| stanza.get(key).map(str::to_owned);
    let annotations: Value = stanza
        .get("action.correlationsearch.annotations")
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let words = annotations["mitre_attack"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let risk_score = stanza.get("action.risk.param._risk_score").and_then(|score| score.parse().ok());
    let severity = stanza
        .get("action.notable.param.severity")
        .and_then(|word| word.parse().ok())
        .or_else(|| stanza.get("alert.severity").and_then(of_number));
    let is_on = |value: &str| matches!(value.to_lowercase().as_str(), "1" | "true" | "t" | "yes");
    let disabled = stanza.get("disabled").is_some_and(is_on);
    let schedule = stanza.get("cron_schedule").zip(stanza.get("dispatch.earliest_time"));
    let metadata = Metadata {
        kind: Some("saved search".to_owned()),
        status: disabled.then(|| "disabled".to_owned()),
        description: text("description").or_else(|| text("action.notable.param.rule_description")),
        severity,
        risk_score,
        techniques: techniques(words),
        how_to: text("action.escu.how_to_implement"),
        false_positives: text("action.escu.known_false_positives").into_iter().collect(),
        trigger: trigger(reading, stanza),
        schedule: schedule.and_then(|(cron, earliest)| schedule::of_cron(cron, earliest)),
        ..Metadata::default()
    };
    Detection {
        id: stanza.name.to_owned(),
        title: stanza.name.to_owned(),
        file: source.file.to_owned(),
        language: Language::SPL,
        severity: severity.unwrap_or(Severity::Medium),
        severity_by_risk_score: BTreeMap::new(),
        text: search.to_owned(),
        metadata,
    }
}

/// How many results make an alert; told where that is not any.
fn trigger(reading: &Reading, stanza: &Stanza<'_>) -> Option<Trigger> {
    const OPERATORS: [(&str, &str); 4] =
        [("greater than", ">"), ("less than", "<"), ("equal to", "="), ("not equal to", "!=")];
    if let Some(condition) = stanza.get("alert_condition") {
        let message = format!("every row is an alert: the condition `{condition}` is not applied");
        reading.findings.no_effect(stanza.span, message);
        return None;
    }
    let relation = stanza.get("relation")?;
    let quantity = stanza.get("quantity").unwrap_or("0");
    let counted = stanza.get("counttype").unwrap_or("number of events");
    let operator = OPERATORS.iter().find(|(known, _)| *known == relation).map(|(_, operator)| *operator);
    let threshold = quantity.parse::<i64>().ok();
    let trigger = operator.zip(threshold).map(|(operator, threshold)| Trigger { operator, threshold });
    match trigger.filter(|_| counted == "number of events") {
        Some(trigger) => {
            if trigger.holds(0) {
                let message = "where the search has no rows there is nothing to show as an alert";
                reading.findings.no_effect(stanza.span, message);
            }
            Some(trigger)
        }
        None => {
            if counted != "always" {
                let message =
                    format!("every row is an alert: `{counted} {relation} {quantity}` is not applied");
                reading.findings.no_effect(stanza.span, message);
            }
            None
        }
    }
}

/// The numbers of `alert.severity`, with the words that Splunk's own pages have for them.
fn of_number(number: &str) -> Option<Severity> {
    let words =
        [Severity::Informational, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    let number: usize = number.parse().ok()?;
    (1..=6).contains(&number).then(|| words[(number - 1).min(4)])
}
