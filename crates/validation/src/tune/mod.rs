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

use crate::{Setup, attacks::alerts_of_attacks, bench::Bench, runner::refuse_misnamed};

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
    /// Attacks of the pack that nothing would show any more if they were done with the principal's own credentials
    /// from its own network; an exclusion cannot tell them from the principal's work. None of them is grave.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hides: Vec<String>,
}

/// An attack's alert, for the judgement of exclusions.
#[derive(Debug, Clone)]
pub struct AttackAlert {
    /// The case it is of.
    pub case: String,
    /// What the intruder was disguised as, if at all.
    pub disguise: Option<Disguise>,
    /// The alert.
    pub alert: Alert,
}

impl AttackAlert {
    /// The alerts of the same case in the same disguise, this one among them.
    fn siblings<'a>(&'a self, all: &'a [Self]) -> impl Iterator<Item = &'a Self> {
        let how =
            |attack: &'a Self| attack.disguise.as_ref().map(|disguise| (&disguise.how, disguise.provider));
        all.iter().filter(move |other| other.case == self.case && how(other) == how(self))
    }
}

/// Weighs exclusions and thresholds for the alerts that a pack gave on someone's own logs; `today` is a day as
/// `2026-11-22`.
///
/// # Errors
/// If the pack's tests cannot be run.
pub fn tune(setup: &Setup, pack: &Pack, alerts: &[Alert], today: &str) -> Outcome<Tuned> {
    refuse_misnamed(std::slice::from_ref(pack))?;
    let bench = Bench::new(setup)?;
    let subjects = bench.subjects(pack)?;
    let plain = alerts_of_attacks(&bench, (pack, &subjects), None)?;
    let mut exclusions = Vec::new();
    let mut tried = plain.clone();
    for principal in &candidates::noisy(alerts) {
        let mut attacks = plain.clone();
        let suspect = principal.suspect();
        if suspect.is_none() {
            for disguise in disguise::disguises(principal) {
                attacks.extend(alerts_of_attacks(&bench, (pack, &subjects), Some(&disguise))?);
            }
        }
        tried.extend(attacks.iter().skip(plain.len()).cloned());
        let entries = candidates::exclusions(principal);
        exclusions.extend(weigh(entries, suspect.as_deref(), (alerts, &attacks), today));
    }
    Ok(Tuned {
        alerts: alerts.len(),
        groups: groups(alerts),
        hours: hours(alerts),
        exclusions,
        thresholds: thresholds(alerts, &tried),
    })
}

/// Weighs the entries of one principal. Several are proposed only if none takes away what another does.
fn weigh(
    entries: Vec<Exclusion>,
    suspect: Option<&str>,
    (alerts, attacks): (&[Alert], &[AttackAlert]),
    today: &str,
) -> Vec<Weighed<Exclusion>> {
    let mut taken: Vec<&Alert> = Vec::new();
    let mut weighed = Vec::new();
    for entry in entries {
        let held: Vec<&Alert> = alerts.iter().filter(|alert| entry.holds(alert, today)).collect();
        let seen = held.iter().any(|alert| taken.iter().any(|known| std::ptr::eq(*known, *alert)));
        let refused = match suspect {
            Some(reason) => Some(reason.to_owned()),
            None => hidden(&entry, attacks, today)
                .or_else(|| seen.then(|| "a narrower entry for this principal is proposed".to_owned())),
        };
        let proposed = refused.is_none() && !held.is_empty();
        let removes = held.len();
        if proposed {
            taken.extend(held);
        }
        let hides = if proposed { hidden_within(&entry, attacks, today) } else { Vec::new() };
        weighed.push(Weighed { entry, removes, proposed, refused, hides });
    }
    weighed
}

/// Which attack could hide behind an exclusion: a case all of whose alerts of a detection it takes away,
/// although the intruder is not the principal, or not where the principal works.
fn hidden(entry: &Exclusion, attacks: &[AttackAlert], today: &str) -> Option<String> {
    let outside = |attack: &&AttackAlert| !attack.disguise.as_ref().is_some_and(|disguise| disguise.within);
    let attack = attacks.iter().filter(outside).find(|attack| {
        let detection = |other: &&AttackAlert| other.alert.detection == attack.alert.detection;
        attack.siblings(attacks).filter(detection).all(|other| entry.holds(&other.alert, today))
    })?;
    let disguise =
        attack.disguise.as_ref().map_or_else(String::new, |disguise| format!(" done {}", disguise.how));
    Some(format!("the attack `{}`{disguise} would pass `{}` unseen", attack.case, attack.alert.detection))
}

/// The cases that no detection would show any more if they were done with the principal's credentials from its
/// own network.
fn hidden_within(entry: &Exclusion, attacks: &[AttackAlert], today: &str) -> Vec<String> {
    let within = |attack: &&AttackAlert| attack.disguise.as_ref().is_some_and(|disguise| disguise.within);
    let unseen =
        |attack: &&AttackAlert| attack.siblings(attacks).all(|other| entry.holds(&other.alert, today));
    let mut cases: Vec<String> =
        attacks.iter().filter(within).filter(unseen).map(|attack| attack.case.clone()).collect();
    cases.sort();
    cases.dedup();
    cases
}

/// The highest threshold a group of detections that keeps every attack test, also those done as the principals that
/// the alerts are of. Nothing grave is taken away, nor anything on the evidence of a day or two.
fn thresholds(alerts: &[Alert], attacks: &[AttackAlert]) -> Vec<Weighed<Threshold>> {
    let mut detections: Vec<&str> = alerts.iter().map(|alert| group_of(&alert.detection)).collect();
    detections.sort_unstable();
    detections.dedup();
    let weigh = |detection: &str| {
        let scores = |alert: &Alert| (group_of(&alert.detection) == detection).then_some(alert.risk_score)?;
        let lowest = attacks.iter().filter_map(|attack| scores(&attack.alert)).min_by(f64::total_cmp)?;
        let own: Vec<&Alert> = alerts.iter().filter(|alert| scores(alert).is_some()).collect();
        if own.is_empty() {
            return None;
        }
        let low: Vec<&Alert> =
            own.iter().filter(|alert| scores(alert).is_some_and(|score| score < lowest)).copied().collect();
        let removes = low.len();
        let reason = format!("no attack test of `{detection}` scores less than {lowest}");
        let entry = Threshold { detections: vec![detection.to_owned()], min_risk_score: lowest, reason };
        let refused = if low.is_empty() {
            Some(format!("no alert scores less than {lowest}, the lowest of the attack tests"))
        } else if low.iter().any(|alert| alert.severity >= Some(candidates::GRAVE)) {
            Some(format!(
                "an alert of severity {} scores less than {lowest}: investigate it",
                candidates::GRAVE
            ))
        } else {
            candidates::too_short(&candidates::days(own.iter().copied()))
        };
        Some(Weighed { entry, removes, proposed: refused.is_none(), refused, hides: Vec::new() })
    };
    detections.into_iter().filter_map(weigh).collect()
}

#[cfg(test)]
mod tests {
    use quarry_pack::{Alert, Severity};

    use super::{AttackAlert, thresholds};

    fn alert(score: f64, day: u32, severity: Severity) -> Alert {
        Alert {
            detection: "launch.spl".to_owned(),
            time: Some(format!("2026-03-{day:02}T10:00:00Z")),
            risk_score: Some(score),
            severity: Some(severity),
            ..Alert::default()
        }
    }

    fn attack(score: f64) -> AttackAlert {
        AttackAlert { case: "plain".to_owned(), disguise: None, alert: alert(score, 1, Severity::Medium) }
    }

    #[test]
    fn thresholds_keep_the_lowest_attack_and_what_is_grave_and_ask_for_days() {
        let busy: Vec<Alert> = (1..=4).map(|day| alert(20.0, day, Severity::Low)).collect();
        let found = thresholds(&busy, &[attack(40.0), attack(30.0)]);
        assert_eq!((found[0].entry.min_risk_score, found[0].removes, found[0].proposed), (30.0, 4, true));
        let refused = |alerts: &[Alert]| {
            let found = thresholds(alerts, &[attack(30.0)]);
            assert!(!found[0].proposed);
            found[0].refused.clone().unwrap_or_default()
        };
        assert!(refused(&busy[..2]).contains("3 days or more"));
        let mut grave = busy.clone();
        grave.push(alert(25.0, 5, Severity::High));
        assert!(refused(&grave).contains("of severity high scores less than 30"));
        assert!(refused(&[alert(35.0, 1, Severity::Low)]).contains("no alert scores less"));
    }
}
