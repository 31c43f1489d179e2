//! The two founding queries.

use quarry_lint::Context;

use crate::common::{Linter, lines, shared};

/// A founding query's findings: (code, line, part of the message or the help).
type Expected<'a> = &'a [(&'a str, usize, &'a str)];

fn founding(language: &str, view: &str, expected: Expected<'_>) {
    let Some(path) = shared(&format!("seed/T1578.002.{language}")) else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let context = Context { technique: Some("T1578.002"), ..Context::default() };
    let found = Linter::new().lint_in(language, view, &text, context).unwrap();
    let all = lines(&text, &found);
    let mut left: Vec<String> =
        found.iter().map(|finding| lines(&text, std::slice::from_ref(finding))).collect();
    for (code, line, part) in expected {
        let place = left
            .iter()
            .position(|found| found.starts_with(&format!("{code} {line}:")) && found.contains(part));
        let place = place.unwrap_or_else(|| panic!("{code} in line {line} with `{part}` is missing:\n{all}"));
        left.remove(place);
    }
    assert_eq!(left.join(""), "", "nothing else is found");
}

/// What is wrong with the search whatever its fields are called.
const IN_EITHER_VIEW: Expected<'_> = &[
    ("LNT007", 25, "in `resultType` (Start, Accept, Success, Failure)"),
    ("LNT008", 28, "no event of the exported Azure Activity Log passes"),
    ("LNT004", 15, "from `caller`"),
    ("LNT010", 1, "all with one correlation id"),
    ("LNT016", 1, "reads no Google Cloud Audit Logs"),
    ("LNT016", 1, "misses `CreateFleet`, `RequestSpotInstances`"),
    ("LNT016", 1, "misses `MICROSOFT.COMPUTE/VIRTUALMACHINESCALESETS/WRITE`"),
];

#[test]
fn founding_spl_with_addon_fields() {
    let of_the_add_on: Expected<'_> = &[
        ("LNT002", 24, "`errorCode` always has a value in CloudTrail: \"success\" where the record has none"),
        ("LNT008", 28, "no event of CloudTrail passes"),
    ];
    founding("spl", "splunk", &[of_the_add_on, IN_EITHER_VIEW].concat());
}

#[test]
fn founding_spl_on_plain_json() {
    founding("spl", "splunk-json", IN_EITHER_VIEW);
}

#[test]
fn founding_aql() {
    founding(
        "aql",
        "qradar",
        &[
            ("LNT001", 19, "the conditions after `AND` never apply to it"),
            ("LNT005", 21, "automation"),
            ("LNT005", 22, "backup"),
            ("LNT011", 20, "`DescribeInstances`"),
            ("LNT018", 6, "`CreateDBInstance`, `CreateStackInstances`, `CreateInstanceProfile`"),
            ("LNT018", 12, "`DescribeInstances`, which only reads, gets the same"),
            ("LNT004", 8, "never holds for CloudTrail, whose records never carry `ResultType`"),
            ("LNT010", 19, "all with one correlation id"),
            ("LNT016", 1, "reads no Google Cloud Audit Logs"),
            ("LNT016", 1, "misses `CreateFleet`"),
            ("LNT016", 1, "but not `CreateImage` and `CreateVolume`"),
            ("LNT017", 3, "`Operation`, `ResourceType`, `ResourceGroup`, `SubscriptionId` and `ResultType`"),
        ],
    );
}
