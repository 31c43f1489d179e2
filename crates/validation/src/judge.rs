//! What the alerts of a case are worth.

use quarry_pack::{
    Alert,
    cases::{Case, Expectation, Expected},
    emulate::Facts,
    results::Verdict,
};

/// What separates the parts of a target that is several things.
const SEPARATORS: [char; 3] = [',', '\n', ' '];

/// A verdict with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is no pass.
    pub why: Option<String>,
}

impl Judged {
    fn pass() -> Self {
        Self { verdict: Verdict::Pass, why: None }
    }
}

/// Judges the alerts of one detection; a miss comes without its reason, which takes the logs to find.
pub fn judge(case: &Case, detection: &str, alerts: &[Alert], facts: &[Facts]) -> Judged {
    let expected = case.expected(detection);
    let wanted = expected.alerts();
    if alerts.len() < wanted {
        return Judged { verdict: Verdict::Miss, why: None };
    }
    if alerts.len() > wanted {
        let shown: Vec<String> = alerts.iter().take(3).map(describe).collect();
        let are = if wanted == 1 { "is" } else { "are" };
        let why = format!("{} where {wanted} {are} right: {}", counted(alerts.len()), shown.join("; "));
        return Judged { verdict: Verdict::FalseAlarm, why: Some(why) };
    }
    match expected {
        Expected::Stated(expectation) if wanted > 0 => entities(case, expectation, alerts, facts),
        _ => Judged::pass(),
    }
}

/// A number of alerts.
pub fn counted(alerts: usize) -> String {
    format!("{alerts} {}", if alerts == 1 { "alert" } else { "alerts" })
}

/// An alert in a few words.
pub fn describe(alert: &Alert) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
    format!("{} by {} on {}", text(&alert.action), text(&alert.actor), text(&alert.target))
}

/// Whether an alert names who did it, from where, to what, as the step's facts or the case itself say.
fn entities(case: &Case, expectation: &Expectation, alerts: &[Alert], facts: &[Facts]) -> Judged {
    // Of recorded events nothing is known but what the case says.
    let nothing = Facts::default();
    let facts = step_of(case, expectation, facts).unwrap_or(&nothing);
    let wrong: Vec<Option<String>> =
        alerts.iter().map(|alert| first_difference(alert, expectation, facts)).collect();
    if wrong.iter().any(Option::is_none) {
        return Judged::pass();
    }
    Judged { verdict: Verdict::WrongEntity, why: wrong.into_iter().flatten().next() }
}

/// The facts of the step that alerts must name.
fn step_of<'a>(case: &Case, expectation: &Expectation, facts: &'a [Facts]) -> Option<&'a Facts> {
    let last = case.steps.last().map(quarry_pack::cases::Step::name);
    let step = expectation.of.clone().or(last);
    facts.iter().find(|facts| Some(&facts.step) == step.as_ref())
}

/// All steps, the one that a detection's alerts must name first.
pub fn steps_by_weight<'a>(case: &Case, detection: &str, facts: &'a [Facts]) -> Vec<&'a Facts> {
    let mut steps: Vec<&Facts> = facts.iter().collect();
    if let Expected::Stated(expectation) = case.expected(detection)
        && let Some(first) = step_of(case, expectation, facts)
    {
        steps.sort_by_key(|facts| facts.step != first.step);
    }
    steps
}

fn first_difference(alert: &Alert, expectation: &Expectation, facts: &Facts) -> Option<String> {
    let stated = |own: &Option<String>, fact: &Option<String>| own.clone().or_else(|| fact.clone());
    let wanted = [
        ("actor", stated(&expectation.actor, &facts.actor)),
        ("source_ip", stated(&expectation.source_ip, &facts.source_ip)),
        ("target", stated(&expectation.target, &facts.target)),
        ("account", stated(&expectation.account, &facts.account)),
        ("region", stated(&expectation.region, &facts.region)),
        ("severity", expectation.severity.map(|severity| severity.to_string())),
    ];
    wanted.into_iter().find_map(|(field, wanted)| {
        let wanted = wanted?;
        let severity = alert.severity.map(|severity| severity.to_string());
        let found = if field == "severity" { severity.as_deref() } else { alert.value(field) };
        let names = found.is_some_and(|found| names(found, &wanted));
        (!names).then(|| format!("the alert's `{field}` is {}, not `{wanted}`", quoted(found)))
    })
}

fn quoted(text: Option<&str>) -> String {
    text.map_or_else(|| "empty".to_owned(), |text| format!("`{text}`"))
}

/// Whether a value names what is `wanted`, letter case aside. Either may be a list: an alert that has room for one
/// of several targets names any of them, and none that is not wanted.
fn names(value: &str, wanted: &str) -> bool {
    let value = value.to_lowercase();
    let wanted = wanted.to_lowercase();
    let parts = |text: &'_ str| -> Vec<String> {
        text.split(SEPARATORS).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let wanted_parts = parts(&wanted);
    let is_wanted = |found: &String| {
        wanted_parts.iter().any(|part| found == part || found.ends_with(&format!("/{part}")))
    };
    let found = parts(&value);
    value == wanted || (!found.is_empty() && found.iter().all(is_wanted))
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn an_alert_may_name_one_of_several_targets_and_no_other() {
        assert!(names("i-2", "i-1, i-2"));
        assert!(names("i-1, i-2", "i-2, i-1"));
        assert!(!names("i-1, i-2", "i-2"));
        assert!(names("/subscriptions/s/VirtualMachines/Web", "web"));
        assert!(names("I-1", "i-1"));
        assert!(!names("i-12", "i-1"));
        assert!(!names("", "i-1"));
    }
}
