//! What another product's rule says of recorded events, held against detections that were not written to agree.
//!
//! The rule's verdict is of that rule alone. Where it alerts, some detection of each language must; where it stays
//! silent, all must. Events without a verdict show what each detection says.

use std::collections::BTreeSet;

use quarry_languages::Language;
use quarry_pack::{
    Alert,
    import::Claim,
    results::{DetectionResult, Verdict},
};

use crate::judge::{Judged, counted, describe};

/// Judges the alerts of one detection by itself.
pub fn judge(claim: &Claim, alerts: &[Alert]) -> Judged {
    let pass = Judged { verdict: Verdict::Pass, why: None };
    match claim.alerts {
        Some(true) if alerts.is_empty() => Judged { verdict: Verdict::Miss, why: None },
        Some(false) if !alerts.is_empty() => {
            let shown: Vec<String> = alerts.iter().take(3).map(describe).collect();
            let why =
                format!("{} where {} stays silent: {}", counted(alerts.len()), rule(claim), shown.join("; "));
            Judged { verdict: Verdict::FalseAlarm, why: Some(why + &mocked(claim)) }
        }
        _ => pass,
    }
}

/// Settles the results of all detections: one that alerts speaks for those of its language.
pub fn settle(claim: &Claim, results: &mut [DetectionResult]) {
    let fires = |result: &&DetectionResult| result.alerts > 0;
    let heard: BTreeSet<Language> = results.iter().filter(fires).map(|result| result.language).collect();
    for result in results.iter_mut().filter(|result| result.verdict != Verdict::Error) {
        result.expected = match claim.alerts {
            Some(true) if !heard.contains(&result.language) => 1,
            Some(false) => 0,
            _ => result.alerts,
        };
        if result.verdict != Verdict::Miss {
            continue;
        }
        if result.expected == 0 {
            result.verdict = Verdict::Pass;
            result.why = None;
        } else {
            let why = result.why.take().unwrap_or_default();
            result.why = Some(format!("{} alerts: {why}{}", rule(claim), mocked(claim)));
        }
    }
}

fn rule(claim: &Claim) -> String {
    claim.rule.as_ref().map_or_else(|| "the rule".to_owned(), |rule| format!("`{rule}`"))
}

fn mocked(claim: &Claim) -> String {
    if claim.mocks.is_empty() {
        return String::new();
    }
    let names: Vec<String> = claim.mocks.iter().map(|name| format!("`{name}`")).collect();
    format!(" (its verdict is with {} replaced)", names.join(", "))
}
