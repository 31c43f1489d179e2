//! Exclusions that a person might write for a noisy principal, narrowest first.

use std::collections::{BTreeMap, BTreeSet};

use quarry_pack::{
    Alert,
    tuning::{Condition, Exclusion},
};

use super::groups::network;

/// A principal makes noise with at least so many alerts.
const NOISY: usize = 3;
/// A principal that works from more networks than this is not tied to them.
const NETWORKS: usize = 3;

/// A principal with many alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Its name, or what the names of its sessions begin with.
    pub name: String,
    /// Whether `name` is only a beginning.
    pub sessions: bool,
    /// One actor of it.
    pub actor: String,
    /// The cloud.
    pub provider: Option<String>,
    /// Its account, where all alerts are of one.
    pub account: Option<String>,
    /// The networks it works from.
    pub networks: BTreeSet<String>,
    /// What it calls its client, where that is one.
    pub user_agent: Option<String>,
}

/// The principals with many alerts, the noisiest first. Actors that differ only after the last `/` are
/// sessions of one.
pub fn noisy(alerts: &[Alert]) -> Vec<Principal> {
    let mut by_stem: BTreeMap<String, Vec<&Alert>> = BTreeMap::new();
    for alert in alerts {
        if let Some(actor) = &alert.actor {
            by_stem.entry(stem(actor).to_owned()).or_default().push(alert);
        }
    }
    let mut found: Vec<(usize, Principal)> = Vec::new();
    for (stem, alerts) in by_stem {
        let actors: BTreeSet<&String> = alerts.iter().filter_map(|alert| alert.actor.as_ref()).collect();
        let fleeting = actors.len() > 1 && alerts.len() < actors.len() * NOISY;
        if fleeting && alerts.len() >= NOISY && stem.matches('/').count() > 1 {
            found.push((alerts.len(), principal(stem, true, &alerts)));
            continue;
        }
        for actor in actors {
            let own: Vec<&Alert> =
                alerts.iter().filter(|alert| alert.actor.as_ref() == Some(actor)).copied().collect();
            if own.len() >= NOISY {
                found.push((own.len(), principal(actor.clone(), false, &own)));
            }
        }
    }
    found.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.name.cmp(&right.1.name)));
    found.into_iter().map(|(_, principal)| principal).collect()
}

/// An actor up to and with the last `/`.
fn stem(actor: &str) -> &str {
    actor.rfind('/').map_or(actor, |at| &actor[..=at])
}

fn principal(name: String, sessions: bool, alerts: &[&Alert]) -> Principal {
    let one = |get: fn(&Alert) -> &Option<String>| {
        let values: BTreeSet<&String> = alerts.iter().filter_map(|alert| get(alert).as_ref()).collect();
        let mut values = values.into_iter();
        values.next().filter(|_| values.next().is_none()).cloned()
    };
    Principal {
        actor: alerts.iter().find_map(|alert| alert.actor.clone()).unwrap_or_else(|| name.clone()),
        name,
        sessions,
        provider: one(|alert| &alert.provider),
        account: one(|alert| &alert.account),
        networks: alerts.iter().filter_map(|alert| network(alert.source_ip.as_deref()?)).collect(),
        user_agent: one(|alert| &alert.user_agent),
    }
}

/// The entries to weigh: tied to the network first, then the principal alone, then what only looks like it.
pub fn exclusions(principal: &Principal) -> Vec<Exclusion> {
    let who = if principal.sessions {
        Condition {
            field: "actor".to_owned(),
            starts_with: Some(principal.name.clone()),
            ..Condition::default()
        }
    } else {
        Condition { field: "actor".to_owned(), equals: Some(principal.name.clone()), ..Condition::default() }
    };
    let from = |network: &String| Condition {
        field: "source_ip".to_owned(),
        cidr: Some(network.clone()),
        ..Condition::default()
    };
    let mut entries = Vec::new();
    let shown = &principal.name;
    if let [network] = principal.networks.iter().collect::<Vec<_>>()[..] {
        let reason = format!("`{shown}` from its own network");
        entries.push(Exclusion { all: vec![who.clone(), from(network)], reason, ..Exclusion::default() });
    }
    entries.push(single(who, format!("`{shown}` from anywhere")));
    if principal.networks.len() <= NETWORKS {
        for network in &principal.networks {
            entries.push(single(from(network), format!("whoever works from {network}, as `{shown}` does")));
        }
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
    entries
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
