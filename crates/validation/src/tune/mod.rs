//! Tuning: what alerts have in common, and which exclusions no attack can hide behind.

mod candidates;
mod disguise;
mod groups;

use quarry_hunt::Outcome;
use quarry_pack::{
    Alert, Pack,
    cases::group_of,
    tuning::{Exclusion, Threshold},
};
use serde::Serialize;

pub use candidates::Principal;
pub use disguise::Disguise;
pub use groups::{FIELDS, Group, groups, hours};

use crate::{Setup, attacks::alerts_of_attacks, bench::Bench};

/// What tuning found.
#[derive(Debug, Clone, Serialize)]
pub struct Tuned {
    /// Alerts before any change.
    pub alerts: usize,
    /// What they have in common, the most frequent values first, by field.
    pub groups: Vec<Group>,
    /// Alerts by hour of the day, UTC.
    pub hours: [usize; 24],
    /// Exclusions that were weighed, those to take first.
    pub exclusions: Vec<Weighed<Exclusion>>,
    /// Thresholds that were weighed.
    pub thresholds: Vec<Weighed<Threshold>>,
}

/// An entry of `tuning.yml`, weighed.
#[derive(Debug, Clone, Serialize)]
pub struct Weighed<T> {
    /// The entry.
    pub entry: T,
    /// Alerts it takes away.
    pub removes: usize,
    /// Whether it is proposed.
    pub proposed: bool,
    /// Why it is not proposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// An attack's alert, for the judgement of exclusions.
#[derive(Debug, Clone)]
pub struct AttackAlert {
    /// The case it is of.
    pub case: String,
    /// What the intruder was disguised as, if at all.
    pub disguise: Option<String>,
    /// The alert.
    pub alert: Alert,
}

/// Weighs exclusions and thresholds for the alerts that a pack gave on someone's own logs; `today` is a day as
/// `2026-11-22`.
///
/// # Errors
/// If the pack's tests cannot be run.
pub fn tune(setup: &Setup, pack: &Pack, alerts: &[Alert], today: &str) -> Outcome<Tuned> {
    let bench = Bench::new(setup)?;
    let subjects = bench.subjects(pack)?;
    let plain = alerts_of_attacks(&bench, (pack, &subjects), None)?;
    let principals = candidates::noisy(alerts);
    let mut exclusions = Vec::new();
    for principal in &principals {
        let mut attacks = plain.clone();
        for disguise in disguise::disguises(principal) {
            attacks.extend(alerts_of_attacks(&bench, (pack, &subjects), Some(&disguise))?);
        }
        let mut taken = false;
        for entry in candidates::exclusions(principal) {
            let removes = alerts.iter().filter(|alert| entry.holds(alert, today)).count();
            let refused = hidden(&entry, &attacks, today);
            let proposed = refused.is_none() && !taken && removes > 0;
            taken |= proposed;
            let refused = refused.or_else(|| {
                (!proposed).then(|| "a narrower entry for this principal is proposed".to_owned())
            });
            exclusions.push(Weighed { entry, removes, proposed, refused });
        }
    }
    Ok(Tuned {
        alerts: alerts.len(),
        groups: groups(alerts),
        hours: hours(alerts),
        exclusions,
        thresholds: thresholds(alerts, &plain),
    })
}

/// Which attack could hide behind an exclusion: a case all of whose alerts of a detection it takes away.
fn hidden(entry: &Exclusion, attacks: &[AttackAlert], today: &str) -> Option<String> {
    let attack = attacks.iter().find(|attack| {
        let same = |other: &&AttackAlert| {
            other.case == attack.case
                && other.disguise == attack.disguise
                && other.alert.detection == attack.alert.detection
        };
        attacks.iter().filter(same).all(|other| entry.holds(&other.alert, today))
    })?;
    let disguise = attack.disguise.as_ref().map_or_else(String::new, |disguise| format!(" done {disguise}"));
    Some(format!("the attack `{}`{disguise} would pass `{}` unseen", attack.case, attack.alert.detection))
}

/// The highest threshold a group of detections that keeps every attack test.
fn thresholds(alerts: &[Alert], attacks: &[AttackAlert]) -> Vec<Weighed<Threshold>> {
    let mut detections: Vec<&str> = alerts.iter().map(|alert| group_of(&alert.detection)).collect();
    detections.sort_unstable();
    detections.dedup();
    let weigh = |detection: &str| {
        let scores = |alert: &Alert| (group_of(&alert.detection) == detection).then_some(alert.risk_score)?;
        let lowest = attacks.iter().filter_map(|attack| scores(&attack.alert)).min_by(f64::total_cmp)?;
        let own: Vec<f64> = alerts.iter().filter_map(scores).collect();
        if own.is_empty() {
            return None;
        }
        let removes = own.iter().filter(|score| **score < lowest).count();
        let reason = format!("no attack test of `{detection}` scores less than {lowest}");
        let entry = Threshold { detections: vec![detection.to_owned()], min_risk_score: lowest, reason };
        let refused = (removes == 0)
            .then(|| format!("no alert scores less than {lowest}, the lowest of the attack tests"));
        Some(Weighed { entry, removes, proposed: removes > 0, refused })
    };
    detections.into_iter().filter_map(weigh).collect()
}
