//! What `tests/cases.yml` may say, and how it is told what is wrong.

use quarry_pack::{
    CaseFile,
    cases::{Expected, Step},
};

const SMALL: &str = "\
cases:
  - id: plain
    title: A snapshot
    kind: attack
    provider: aws
    steps:
      - {action: aws.ec2.CreateSnapshot, with: {volume_id: vol-1}}
      - {id: second, action: aws.ec2.CreateSnapshot, at: 14m59s, arrives: 20m}
    expect:
      snapshot: {alerts: 2, of: second}
      snapshot.aql: {alerts: 1, because: one a principal}
  - id: twin
    title: A backup
    kind: benign
    provider: aws
    steps:
      - {action: aws.ec2.CreateSnapshot, as: backup}
";

fn complaint(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from}");
    CaseFile::parse("x/cases.yml", &SMALL.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn a_dialect_may_differ_from_its_group_and_the_unnamed_stay_silent() {
    let file = CaseFile::parse("x", SMALL).unwrap();
    let alerts = |case: usize, detection: &str| file.cases[case].expected(detection).alerts();
    assert_eq!(alerts(0, "snapshot.spl"), 2);
    assert_eq!(alerts(0, "snapshot.aql"), 1);
    assert_eq!(alerts(0, "copy.spl"), 0);
    assert_eq!(file.cases[1].expected("snapshot.spl"), Expected::Silence);
    let names: Vec<String> = file.cases[0].steps.iter().map(Step::name).collect();
    assert_eq!(names, ["createsnapshot", "second"]);
    assert_eq!(file.cases[0].steps[1].at.unwrap().seconds(), 899);
}

#[test]
fn what_is_wrong_in_a_case_is_named() {
    assert!(complaint("of: second", "of: third").contains("the case `plain` has no step `third`"));
    assert!(complaint("id: twin", "id: plain").contains("the case id `plain` is used twice"));
    assert!(complaint(", because: one a principal", "").contains("without `because`"));
    assert!(complaint("id: second, ", "").contains("two steps named `createsnapshot`"));
    assert!(complaint("14m59s", "soon").contains("`soon` is no length of time"));
    assert!(complaint("alerts: 2", "alert: 2").contains("alert"));
    assert!(
        complaint("kind: attack", "kind: attack\n    schedule: {every: 5m, look_back: 1h}")
            .contains("neither")
    );
    let silent = SMALL.replace("alerts: 2", "alerts: 0").replace("alerts: 1,", "alerts: 0,");
    assert!(CaseFile::parse("x", &silent).unwrap_err().to_string().contains("expects no alert"));
}
