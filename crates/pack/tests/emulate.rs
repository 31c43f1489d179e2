//! Emulated telemetry: every action, determinism, sessions, shapes.

use std::collections::BTreeMap;

use quarry_pack::{
    Case, CaseFile,
    emulate::{Emulation, Emulator, Options, Templates},
};

/// An emulator with the embedded templates and no cast of its own.
pub fn emulator() -> Emulator {
    Emulator::new(Templates::embedded().unwrap_or_else(|error| panic!("{error}")), &BTreeMap::new())
}

/// A case from the text of its steps.
pub fn case(provider: &str, steps: &str) -> Case {
    let text = format!(
        "cases:\n  - id: some\n    title: some\n    kind: attack\n    provider: {provider}\n    expect: {{launch: {{alerts: 1}}}}\n    steps:\n{steps}"
    );
    CaseFile::parse("cases.yml", &text).unwrap_or_else(|error| panic!("{error}\n{text}")).cases.remove(0)
}

pub fn emulate(provider: &str, steps: &str, options: &Options) -> Emulation {
    emulator().case(&case(provider, steps), options).unwrap_or_else(|error| panic!("{error}"))
}

/// Every outcome of every action makes records in every form that its cloud has.
#[test]
fn every_action_and_outcome_renders() {
    let emulator = emulator();
    let actions: Vec<String> = emulator.templates().action_ids().map(str::to_owned).collect();
    assert!(!actions.is_empty());
    let mut wrong = Vec::new();
    for action in &actions {
        let provider = action.split('.').next().unwrap();
        let (_, source, outcomes) = emulator.templates().describe(action).unwrap();
        assert!(source.is_some_and(|source| source.starts_with("https://")), "{action} names no source");
        for outcome in outcomes {
            for shape in ["", "rest"] {
                let options = Options { shape: shape.to_owned(), ..Options::default() };
                let step = format!("      - {{action: {action}, outcome: {outcome}}}");
                match emulator.case(&case(provider, &step), &options) {
                    Ok(emulation) => {
                        assert!(!emulation.records.is_empty(), "{action} {outcome}");
                        let fact = &emulation.facts[0];
                        if outcome == "success" && fact.target.is_none() && !action.contains(".sts.") {
                            wrong.push(format!("{action}: no target"));
                        }
                    }
                    Err(error) => wrong.push(error.to_string()),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
