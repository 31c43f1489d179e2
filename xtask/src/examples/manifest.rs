//! What the examples must give, for people and for tests.

use std::{error::Error, fmt::Write};

use serde_json::{Value, json};

use super::Examples;

/// The expected alerts as JSON.
pub fn json(examples: &Examples) -> Result<String, Box<dyn Error>> {
    let alerts: Vec<Value> = examples
        .expected
        .iter()
        .map(|alert| {
            json!({
                "detection": alert.detection,
                "what": alert.what,
                "provider": alert.facts.provider,
                "actor": alert.facts.actor,
                "source_ip": alert.facts.source_ip,
                "account": alert.facts.account,
                "event_ids": alert.facts.event_ids
            })
        })
        .collect();
    let silent: Vec<Value> = examples
        .silent
        .iter()
        .map(|(provider, what)| json!({"provider": provider.word(), "what": what}))
        .collect();
    let whole = json!({
        "technique": examples.technique, "records": examples.len(), "alerts": alerts, "silent": silent
    });
    Ok(serde_json::to_string_pretty(&whole)? + "\n")
}

/// The page that describes the examples.
pub fn markdown(examples: &Examples) -> String {
    let mut text = format!(
        "# Example logs\n\n\
         A made-up day of three clouds, in the containers the clouds really use. Names, addresses and ids are\n\
         invented (documentation ranges). `cargo run -p xtask -- examples` writes it as `quarry emulate` does: the cases\n\
         that [day.yml](day.yml) chooses, most of them [the pack's](../packs/{0}/tests/cases.yml), among\n\
         ordinary work. The same command gives the same bytes.\n\n\
         ```sh\nquarry hunt {0} --logs examples/logs\n```\n\n",
        examples.technique
    );
    let count =
        |detection: &str| examples.expected.iter().filter(|alert| alert.detection == detection).count();
    let _ = writeln!(
        text,
        "{} records give {} alerts of a launch, {} of a staging sequence and {} of a refused attempt, in SPL and\n\
         in AQL alike.\n",
        examples.len(),
        count("launch"),
        count("staging"),
        count("refused")
    );
    for (detection, title) in
        [("launch", "Launches"), ("staging", "Staging sequences"), ("refused", "Refused attempts")]
    {
        let _ = writeln!(text, "## {title}\n\n| cloud | what happens | actor | from |\n|---|---|---|---|");
        for alert in examples.expected.iter().filter(|alert| alert.detection == detection) {
            let facts = &alert.facts;
            let _ = writeln!(
                text,
                "| {} | {} | `{}` | {} |",
                facts.provider,
                alert.what,
                facts.actor.as_deref().unwrap_or_default(),
                facts.source_ip.as_deref().unwrap_or_default()
            );
        }
        text.push('\n');
    }
    text.push_str("## What must stay silent\n\n");
    for (provider, what) in &examples.silent {
        let _ = writeln!(text, "- {}: {what}", provider.word());
    }
    text.push_str("- all ordinary work, and the second copy of a record that is delivered twice\n");
    text.push_str("\n## Containers\n\n");
    for path in examples.objects.keys() {
        let _ = writeln!(text, "- `logs/{path}`");
    }
    text.push_str(
        "\nThe digest objects hold no records; they lie there because they do in real buckets. The expected alerts\n\
         with their event ids are in `expected.json`.\n",
    );
    text
}
