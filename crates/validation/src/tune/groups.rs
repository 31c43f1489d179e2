//! What alerts have in common.

use std::{collections::BTreeMap, net::IpAddr};

use quarry_pack::Alert;
use serde::Serialize;

/// The fields that alerts are grouped by.
pub const FIELDS: [&str; 4] = ["actor", "network", "account", "user_agent"];

/// At most so many values of a field are kept.
const VALUES: usize = 10;

/// Alerts that share a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The field: one of [`FIELDS`].
    pub field: &'static str,
    /// The value.
    pub value: String,
    /// How many alerts have it.
    pub alerts: usize,
}

/// The commonest values of each field, most frequent first.
#[must_use]
pub fn groups(alerts: &[Alert]) -> Vec<Group> {
    let mut all = Vec::new();
    for field in FIELDS {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for alert in alerts {
            if let Some(value) = value(alert, field) {
                *counts.entry(value).or_default() += 1;
            }
        }
        let mut found: Vec<Group> =
            counts.into_iter().map(|(value, alerts)| Group { field, value, alerts }).collect();
        found.sort_by(|left, right| right.alerts.cmp(&left.alerts).then(left.value.cmp(&right.value)));
        found.truncate(VALUES);
        all.append(&mut found);
    }
    all
}

/// Alerts by hour of the day, UTC.
#[must_use]
pub fn hours(alerts: &[Alert]) -> [usize; 24] {
    let mut hours = [0; 24];
    for alert in alerts {
        let hour = alert.time.as_ref().and_then(|time| time.get(11..13)).and_then(|hour| hour.parse().ok());
        if let Some(count) = hour.and_then(|hour: usize| hours.get_mut(hour)) {
            *count += 1;
        }
    }
    hours
}

/// The value that an alert is grouped under.
pub fn value(alert: &Alert, field: &str) -> Option<String> {
    match field {
        "network" => alert.source_ip.as_deref().and_then(network),
        field => alert.value(field).map(str::to_owned),
    }
}

/// The network of an address that people give a site: /24 of IPv4, /48 of IPv6.
pub fn network(address: &str) -> Option<String> {
    let (address, length) = match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => (IpAddr::V4(address), 24),
        IpAddr::V6(address) => (IpAddr::V6(address), 48),
    };
    ipnet::IpNet::new(address, length).ok().map(|network| network.trunc().to_string())
}
