//! What the examples must give, for people and for tests.

use std::{collections::BTreeMap, error::Error, fmt::Write};

use serde_json::{Value, json};

use super::Scenario;

/// The expected alerts as JSON.
pub fn json(scenario: &Scenario) -> Result<String, Box<dyn Error>> {
    let alerts: Vec<Value> = scenario
        .expected
        .iter()
        .map(|alert| {
            json!({
                "detection": alert.detection,
                "what": alert.what,
                "provider": alert.provider,
                "actor": alert.actor,
                "source_ip": alert.source_ip,
                "account": alert.account,
                "event_ids": alert.event_ids
            })
        })
        .collect();
    let whole = json!({"technique": "T1578.002", "records": scenario.records.len(), "alerts": alerts});
    Ok(serde_json::to_string_pretty(&whole)? + "\n")
}

/// The page that describes the examples.
pub fn markdown(scenario: &Scenario, objects: &BTreeMap<String, Vec<u8>>) -> String {
    let mut text = String::from(
        "# Example logs\n\n\
         A made-up day of three clouds, in the containers the clouds really use. Names, addresses and ids are\n\
         invented (documentation ranges). Written by `cargo run -p xtask -- examples`; the same command gives the\n\
         same bytes.\n\n\
         ```sh\nquarry hunt T1578.002 --logs examples/logs\n```\n\n",
    );
    let count =
        |detection: &str| scenario.expected.iter().filter(|alert| alert.detection == detection).count();
    let _ = writeln!(
        text,
        "{} records give {} alerts of a launch, {} of a staging sequence and {} of a refused attempt, in SPL and\n\
         in AQL alike.\n",
        scenario.records.len(),
        count("launch"),
        count("staging"),
        count("refused")
    );
    for (detection, title) in
        [("launch", "Launches"), ("staging", "Staging sequences"), ("refused", "Refused attempts")]
    {
        let _ = writeln!(text, "## {title}\n\n| cloud | what happens | actor | from |\n|---|---|---|---|");
        for alert in scenario.expected.iter().filter(|alert| alert.detection == detection) {
            let _ = writeln!(
                text,
                "| {} | {} | `{}` | {} |",
                alert.provider, alert.what, alert.actor, alert.source_ip
            );
        }
        text.push('\n');
    }
    text.push_str("## What must stay silent\n\n");
    for (provider, what) in &scenario.silent {
        let _ = writeln!(text, "- {provider}: {what}");
    }
    text.push_str("\n## Containers\n\n");
    for path in objects.keys() {
        let _ = writeln!(text, "- `logs/{path}`");
    }
    text.push_str(
        "\nThe digest object holds no records; it lies there because it does in real buckets. The expected alerts\n\
         with their event ids are in `expected.json`.\n",
    );
    text
}
