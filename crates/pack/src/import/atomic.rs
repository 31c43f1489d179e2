//! Atomic Red Team: commands that do a technique for real.
//!
//! <https://github.com/redcanaryco/atomic-red-team/wiki/YAML-Structure>

use serde::Serialize;

use super::{Format, Item, Reading, Source, fields::techniques, node::Node};

/// The format.
pub static FORMAT: Format = Format {
    name: "atomic",
    title: "Atomic Red Team technique",
    reads: &["attack_technique", "display_name", "atomic_tests"],
    ignores: &[],
    recognise: |source| source.roots().any(|root| root.has("atomic_tests")),
    read,
};

/// A test within the file has keys of its own.
static TEST: Format = Format {
    name: "atomic test",
    title: "Atomic Red Team test",
    reads: &[
        "name",
        "auto_generated_guid",
        "description",
        "supported_platforms",
        "input_arguments",
        "dependencies",
        "dependency_executor_name",
        "executor",
    ],
    ignores: &[],
    recognise: |_| false,
    read: |_, _| (),
};

/// Commands that do something for real. quarry shows them and never runs them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Procedure {
    /// ATT&CK technique.
    pub technique: String,
    /// What is done.
    pub name: String,
    /// Identifier of the test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What it does and how to tell.
    pub description: String,
    /// Where it can be done, such as `iaas:aws`.
    pub platforms: Vec<String>,
    /// What runs the commands: `sh`, `powershell`, `manual`.
    pub executor: String,
    /// Whether it needs more than a common user.
    pub elevated: bool,
    /// Arguments with their defaults, which the commands below have.
    pub arguments: Vec<(String, String)>,
    /// What must be there first.
    pub prerequisites: Vec<Prerequisite>,
    /// The commands, or the steps of a person.
    pub command: String,
    /// The commands that undo it; empty where there are none.
    pub clean_up: String,
}

/// What must be there before a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prerequisite {
    /// What it is.
    pub description: String,
    /// Commands that tell whether it is there.
    pub check: String,
    /// Commands that bring it about.
    pub get: String,
}

fn read(source: &Source<'_>, reading: &mut Reading) {
    for root in source.roots() {
        reading.findings.unknown_keys(&FORMAT, root);
        let technique = reading.findings.text(root, "attack_technique").unwrap_or_default();
        let technique = techniques([technique.as_str()]).pop().unwrap_or_else(|| {
            reading.findings.missing(root, "attack_technique", "write the technique, such as `T1578.002`");
            String::new()
        });
        let tests = root.get("atomic_tests");
        for test in tests.map(Node::items).unwrap_or_default() {
            if let Some(found) = procedure(&technique, test, reading) {
                reading.items.push(Item::Procedure(found));
            }
        }
        if tests.is_none_or(|tests| tests.items().is_empty()) {
            reading.findings.missing(root, "atomic_tests", "write a list of tests");
        }
    }
}

fn procedure(technique: &str, test: &Node, reading: &Reading) -> Option<Procedure> {
    let findings = &reading.findings;
    findings.unknown_keys(&TEST, test);
    let text = |node: &Node, key: &str| findings.text(node, key).unwrap_or_default();
    let name = text(test, "name");
    let Some(executor) = test.get("executor") else {
        findings.missing(
            test,
            "executor",
            "an executor has a `command`, or `steps` where its name is `manual`",
        );
        return None;
    };
    let arguments = arguments(test);
    let filled = |text: String| fill(&text, &arguments);
    let body = ["command", "steps"].into_iter().find_map(|key| findings.text(executor, key));
    let Some(body) = body else {
        findings.missing(
            executor,
            "command",
            "write the commands, or `steps` where the executor is `manual`",
        );
        return None;
    };
    let prerequisites = test.get("dependencies").map(Node::items).unwrap_or_default().iter();
    let prerequisites = prerequisites.map(|needed| Prerequisite {
        description: filled(text(needed, "description")),
        check: filled(text(needed, "prereq_command")),
        get: filled(text(needed, "get_prereq_command")),
    });
    let command = filled(body);
    for missing in unfilled(&command) {
        let message = format!("`#{{{missing}}}` is no argument of this test: it stays as it is");
        findings.malformed(executor.span, message, "add it to `input_arguments`");
    }
    Some(Procedure {
        technique: technique.to_owned(),
        name,
        id: findings.text(test, "auto_generated_guid"),
        description: text(test, "description"),
        platforms: findings.texts(test, "supported_platforms"),
        executor: text(executor, "name"),
        elevated: executor.get("elevation_required").and_then(Node::as_text) == Some("true"),
        prerequisites: prerequisites.collect(),
        clean_up: filled(text(executor, "cleanup_command")),
        command,
        arguments,
    })
}

/// The arguments with their defaults.
fn arguments(test: &Node) -> Vec<(String, String)> {
    let all = test.get("input_arguments").map(Node::entries).unwrap_or_default().iter();
    let of = |(name, argument): &(Node, Node)| {
        let default = argument.get("default").and_then(Node::as_text).unwrap_or_default();
        Some((name.as_text()?.to_owned(), default.to_owned()))
    };
    all.filter_map(of).collect()
}

/// The text with the defaults in the places of the arguments.
fn fill(text: &str, arguments: &[(String, String)]) -> String {
    let mut text = text.to_owned();
    for (name, value) in arguments {
        text = text.replace(&format!("#{{{name}}}"), value);
    }
    text
}

/// The names of arguments that are left.
fn unfilled(text: &str) -> Vec<&str> {
    let named = |part: &'_ &str| -> bool {
        !part.is_empty() && part.chars().all(|one| one.is_alphanumeric() || one == '_')
    };
    let parts = text.split("#{").skip(1);
    let mut names: Vec<&str> = parts.filter_map(|part| Some(part.split_once('}')?.0)).filter(named).collect();
    names.dedup();
    names
}
