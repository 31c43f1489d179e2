//! Which alerts a tuning takes away.

use quarry_pack::{Alert, Tuning};

fn alert(actor: &str, source_ip: &str, score: f64) -> Alert {
    Alert {
        detection: "launch.spl".to_owned(),
        actor: Some(actor.to_owned()),
        source_ip: Some(source_ip.to_owned()),
        risk_score: Some(score),
        ..Alert::default()
    }
}

#[test]
fn an_exclusion_needs_every_condition_and_an_end_in_the_future() {
    let text = "\
exclusions:
  - detections: [launch]
    all: [{field: actor, equals: 'ARN:aws:role/deploy'}, {field: source_ip, cidr: 198.51.100.0/24}]
    reason: deployments
    expires: 2026-12-31
  - {field: actor, starts_with: 'arn:aws:role/ci/', reason: any session of one role}
  - {field: actor, ends_with: '@example.com', detections: [refused], reason: people}
thresholds:
  - {detections: [launch.spl], min_risk_score: 30}
";
    let tuning = Tuning::parse("tuning.yml", text).unwrap();
    let shown = |alert: &Alert, day: &str| tuning.admits(alert, day);
    assert!(!shown(&alert("arn:aws:role/deploy", "198.51.100.9", 50.0), "2026-11-22"));
    assert!(shown(&alert("arn:aws:role/deploy", "198.51.100.9", 50.0), "2027-01-01"), "the exclusion ended");
    assert!(shown(&alert("arn:aws:role/deploy", "203.0.113.9", 50.0), "2026-11-22"), "another network");
    assert!(shown(&alert("a@example.com", "203.0.113.9", 50.0), "2026-11-22"), "another detection");
    assert!(!shown(&alert("arn:aws:role/ci/run-7", "203.0.113.9", 50.0), "2026-11-22"), "by its beginning");
    assert!(!shown(&alert("b", "203.0.113.9", 29.0), "2026-11-22"), "below the threshold");
}

#[test]
fn a_condition_that_says_nothing_is_refused() {
    let complaint = |text: &str| Tuning::parse("tuning.yml", text).unwrap_err().to_string();
    assert!(complaint("exclusions: [{reason: all}]").contains("needs a condition"));
    assert!(complaint("exclusions: [{field: actor, reason: all}]").contains("needs one of"));
    assert!(complaint("exclusions: [{field: source_ip, cidr: 300.1.1.1/8}]").contains("is no network"));
    assert!(complaint("exclusions: [{fields: actor, equals: x}]").contains("fields"));
}
