//! Panther: the tests of a rule, which are events with the rule's verdict.
//!
//! The rule itself is Python and is not read: an event's verdict is what its authors say the rule returns.
//!
//! <https://docs.panther.com/detections/testing>

use super::{
    Format, Item, Reading, RecordedTest, Source,
    fields::{Findings, techniques},
    node::Node,
};

/// The format.
pub static FORMAT: Format = Format {
    name: "panther",
    title: "Panther rule",
    reads: &[
        "AnalysisType",
        "RuleID",
        "PolicyID",
        "DisplayName",
        "LogTypes",
        "Severity",
        "Reports",
        "Tests",
        "Enabled",
    ],
    ignores: &[
        ("Filename", "the rule's Python is not read"),
        ("Detection", "conditions of the rule are not read"),
        ("InlineFilters", "conditions of the rule are not read"),
        ("BaseDetection", "conditions of the rule are not read"),
        ("AlertTitle", "of an alert"),
        ("AlertContext", "of an alert"),
        ("DynamicSeverities", "of an alert"),
        ("GroupBy", "of an alert"),
        ("Description", "of the rule"),
        ("Reference", "of the rule"),
        ("Runbook", "of the rule"),
        ("Tags", "of the rule"),
        ("Status", "of the rule"),
        ("SummaryAttributes", "of an alert"),
        ("DedupPeriodMinutes", "verdicts are of single events"),
        ("Threshold", "verdicts are of single events"),
        ("CreateAlert", "whether it alerts by itself"),
        ("OutputIds", "nothing is sent"),
        ("OnlyUseBaseRiskScore", "of an alert"),
        ("ScheduledQueries", "where its rows are from"),
        ("ResourceTypes", "what a policy is about"),
        ("Suppressions", "of a policy"),
        ("AutoRemediationID", "of a policy"),
        ("AutoRemediationParameters", "of a policy"),
        ("CreatedBy", "of the file"),
        ("LastModified", "of the file"),
    ],
    recognise: |source| {
        source.roots().any(|root| {
            root.has("AnalysisType") || ((root.has("RuleID") || root.has("PolicyID")) && root.has("Tests"))
        })
    },
    read,
};

/// A test within the file has keys of its own.
static TEST: Format = Format {
    name: "panther test",
    title: "test of a Panther rule",
    reads: &["Name", "ExpectedResult", "Mocks", "Log", "Resource"],
    ignores: &[
        ("RuleOutputs", "of a correlation of rules"),
        ("LogType", "of the rule"),
        ("ResourceType", "of the rule"),
        ("IsLookup", "of the test"),
    ],
    recognise: |_| false,
    read: |_, _| (),
};

fn read(source: &Source<'_>, reading: &mut Reading) {
    for root in source.roots() {
        let findings = &reading.findings;
        let analysis = findings.text(root, "AnalysisType").unwrap_or_else(|| "rule".to_owned());
        let id = ["RuleID", "PolicyID"].into_iter().find_map(|key| findings.text(root, key));
        let tests = root.get("Tests").map(Node::items).unwrap_or_default();
        let Some(id) = id else {
            if tests.is_empty() {
                let name = findings.text(root, "DisplayName").unwrap_or_else(|| source.file.to_owned());
                reading.items.push(Item::Other { kind: "Panther file without tests", name });
            } else {
                findings.missing(root, "RuleID", "a verdict is of a rule");
            }
            continue;
        };
        findings.unknown_keys(&FORMAT, root);
        let words: Vec<String> = root
            .at(&["Reports", "MITRE ATT&CK"])
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .filter_map(Node::as_text)
            .map(str::to_owned)
            .collect();
        let techniques = techniques(words.iter().map(String::as_str));
        let log_types = findings.texts(root, "LogTypes");
        if tests.is_empty() {
            findings.no_effect(root.span, format!("`{id}` has no tests: nothing of it is read"));
        }
        let mut read = Vec::new();
        for test in tests {
            findings.unknown_keys(&TEST, test);
            let Some(recorded) = test_of(findings, test) else { continue };
            read.push(RecordedTest {
                rule: Some(id.clone()),
                techniques: techniques.clone(),
                logs: log_types.clone(),
                note: (analysis == "policy").then(|| "of a policy, which is about a resource".to_owned()),
                ..recorded
            });
        }
        reading.items.push(Item::Other { kind: "Panther rule in Python", name: id });
        reading.items.extend(read.into_iter().map(Item::Test));
    }
}

fn test_of(findings: &Findings, test: &Node) -> Option<RecordedTest> {
    let Some(name) = findings.text(test, "Name") else {
        findings.missing(test, "Name", "a test is told by its name");
        return None;
    };
    let verdict = match test.get("ExpectedResult").map(Node::to_json) {
        Some(serde_json::Value::Bool(verdict)) => Some(verdict),
        Some(_) => {
            findings.malformed(
                test.span,
                "`ExpectedResult` is neither true nor false",
                "write true or false",
            );
            None
        }
        None => {
            findings.missing(test, "ExpectedResult", "write whether the rule returns true");
            None
        }
    };
    if test.has("RuleOutputs") {
        findings.no_effect(test.span, format!("`{name}` is of a correlation, whose tests have no events"));
        return None;
    }
    let log = test.get("Log").or_else(|| test.get("Resource"));
    let Some(event) = log.map(Node::to_json) else {
        findings.missing(test, "Log", "write the event");
        return None;
    };
    // Events may be pasted as text.
    let event = match &event {
        serde_json::Value::String(text) => serde_json::from_str(text).unwrap_or(event),
        _ => event,
    };
    if !event.is_object() {
        findings.malformed(
            test.span,
            format!("the event of `{name}` is no object"),
            "write the event's members",
        );
        return None;
    }
    Some(RecordedTest { name, verdict, mocks: mocks(test), records: vec![event], ..RecordedTest::default() })
}

/// The names that the test replaces in the rule.
fn mocks(test: &Node) -> Vec<String> {
    let all = test.get("Mocks").map(Node::items).unwrap_or_default().iter();
    all.filter_map(|mock| mock.get("objectName")?.as_text()).map(str::to_owned).collect()
}
