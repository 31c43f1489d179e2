//! Exclusions that a person might write for a noisy principal, narrowest first.

use std::collections::{BTreeMap, BTreeSet};

use quarry_pack::{
    Alert, Severity,
    tuning::{Condition, Exclusion},
};

use super::groups::network;

/// A principal makes noise with at least so many alerts.
const NOISY: usize = 3;
/// Noise is what comes again: alerts of so many days at least.
pub const DAYS: usize = 3;
/// A principal that works from more networks than this is not tied to them.
const NETWORKS: usize = 3;
/// Alerts as grave as this are nobody's noise.
pub const GRAVE: Severity = Severity::High;

/// A principal with many alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Its name, or what the names of its sessions begin with.
    pub name: String,
    /// Whether `name` is only a beginning: whoever opens a session chooses the rest.
    pub sessions: bool,
    /// One actor of it.
    pub actor: String,
    /// The clouds it works in.
    pub providers: BTreeSet<String>,
    /// Its account, where all alerts are of one.
    pub account: Option<String>,
    /// The networks it works from, with an address of each.
    pub networks: BTreeMap<String, String>,
    /// What it calls its client, where that is one.
    pub user_agent: Option<String>,
    /// The days it has alerts of, as `2026-11-22`.
    pub days: BTreeSet<String>,
    /// A detection that takes what it did for grave.
    pub grave: Option<String>,
}

impl Principal {
    /// Why nothing is proposed for it, whatever the entry.
    pub fn suspect(&self) -> Option<String> {
        if let Some(detection) = &self.grave {
            return Some(format!("`{detection}` gave an alert of severity {GRAVE} for it: investigate it"));
        }
        too_short(&self.days)
    }
}

/// Why alerts of so few days are no reason for anything.
pub fn too_short(days: &BTreeSet<String>) -> Option<String> {
    let days = days.len();
    let number = if days == 1 { "day" } else { "days" };
    (days < DAYS).then(|| {
        format!("its alerts are of {days} {number}: what is usual shows in logs of {DAYS} days or more")
    })
}

/// The days that alerts are of, as `2026-11-22`.
pub fn days<'a>(alerts: impl IntoIterator<Item = &'a Alert>) -> BTreeSet<String> {
    let day = |alert: &Alert| alert.time.as_ref()?.get(..10).map(str::to_owned);
    alerts.into_iter().filter_map(day).collect()
}

/// The principals with many alerts, the noisiest first. The sessions of a role are one.
pub fn noisy(alerts: &[Alert]) -> Vec<Principal> {
    let mut by_name: BTreeMap<(&str, bool), Vec<&Alert>> = BTreeMap::new();
    for alert in alerts {
        if let Some(actor) = &alert.actor {
            by_name.entry(name_of(actor)).or_default().push(alert);
        }
    }
    let mut found: Vec<(usize, Principal)> = by_name
        .into_iter()
        .filter(|(_, alerts)| alerts.len() >= NOISY)
        .map(|((name, sessions), alerts)| (alerts.len(), principal(name, sessions, &alerts)))
        .collect();
    found.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.name.cmp(&right.1.name)));
    found.into_iter().map(|(_, principal)| principal).collect()
}

/// What an actor is known by, and whether that is only the beginning of its name: what stands behind a
/// second `/` is the name of a session.
fn name_of(actor: &str) -> (&str, bool) {
    match actor.rfind('/') {
        Some(at) if actor.matches('/').count() > 1 => (&actor[..=at], true),
        _ => (actor, false),
    }
}

fn principal(name: &str, sessions: bool, alerts: &[&Alert]) -> Principal {
    let values = |get: fn(&Alert) -> &Option<String>| -> BTreeSet<String> {
        alerts.iter().filter_map(|alert| get(alert).clone()).collect()
    };
    let one = |get| Some(values(get)).filter(|values| values.len() == 1)?.pop_first();
    let address = |alert: &&Alert| {
        let address = alert.source_ip.as_deref()?;
        Some((network(address)?, address.to_owned()))
    };
    let grave = alerts.iter().find(|alert| alert.severity >= Some(GRAVE));
    Principal {
        actor: alerts.iter().find_map(|alert| alert.actor.clone()).unwrap_or_else(|| name.to_owned()),
        name: name.to_owned(),
        sessions,
        providers: values(|alert| &alert.provider),
        account: one(|alert| &alert.account),
        networks: alerts.iter().filter_map(address).collect(),
        user_agent: one(|alert| &alert.user_agent),
        days: days(alerts.iter().copied()),
        grave: grave.map(|alert| alert.detection.clone()),
    }
}

/// The entries to weigh: tied to a network first, then the principal alone, then what only looks like it. What
/// is grave is never taken away.
pub fn exclusions(principal: &Principal) -> Vec<Exclusion> {
    let who = Condition { field: "actor".to_owned(), ..Condition::default() };
    let who = match principal.sessions {
        true => Condition { starts_with: Some(principal.name.clone()), ..who },
        false => Condition { equals: Some(principal.name.clone()), ..who },
    };
    let from = |network: &String| Condition {
        field: "source_ip".to_owned(),
        cidr: Some(network.clone()),
        ..Condition::default()
    };
    let mut entries = Vec::new();
    let shown = &principal.name;
    let near =
        || principal.networks.keys().take(if principal.networks.len() > NETWORKS { 0 } else { NETWORKS });
    for network in near() {
        let reason = match principal.networks.len() {
            1 => format!("`{shown}` from its own network"),
            _ => format!("`{shown}` from its network {network}"),
        };
        entries.push(Exclusion { all: vec![who.clone(), from(network)], reason, ..Exclusion::default() });
    }
    entries.push(single(who, format!("`{shown}` from anywhere")));
    for network in near() {
        entries.push(single(from(network), format!("whoever works from {network}, as `{shown}` does")));
    }
    if let Some(user_agent) = &principal.user_agent {
        let condition = Condition {
            field: "user_agent".to_owned(),
            equals: Some(user_agent.clone()),
            ..Condition::default()
        };
        entries.push(single(condition, format!("whoever calls the client as `{shown}` does")));
    }
    if let Some(word) = last_word(principal) {
        let condition =
            Condition { field: "actor".to_owned(), ends_with: Some(word.clone()), ..Condition::default() };
        entries.push(single(condition, format!("whoever is called `{word}`")));
    }
    entries.into_iter().map(|entry| Exclusion { severity_below: Some(GRAVE), ..entry }).collect()
}

fn single(condition: Condition, reason: String) -> Exclusion {
    let Condition { field, equals, starts_with, ends_with, cidr } = condition;
    Exclusion { field: Some(field), equals, starts_with, ends_with, cidr, reason, ..Exclusion::default() }
}

/// The part of a principal's name that people know it by.
pub fn last_word(principal: &Principal) -> Option<String> {
    let actor = if principal.sessions { principal.name.trim_end_matches('/') } else { &principal.actor };
    let word = actor.rsplit('/').next()?.split('@').next()?;
    (!word.is_empty() && word != actor).then(|| word.to_owned())
}
