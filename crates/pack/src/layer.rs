//! Layers of the ATT&CK Navigator, file format 4.5.
//!
//! Source: <https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md>

use serde_json::{Value, json};

use crate::{
    attack::{PLATFORMS, technique_url},
    coverage::{Coverage, Covered},
};

/// Version of the layer format.
const FORMAT: &str = "4.5";
/// Version of the Navigator that reads ATT&CK 18 and 19; the format asks for at least 4.9.0.
const NAVIGATOR: &str = "5.2.0";
/// Colours of the scores 0, 50 and 100.
const COLOURS: [&str; 3] = ["#e8a09a", "#f2dc9b", "#8fc9a3"];

/// The layer that shows a coverage.
#[must_use]
pub fn layer(coverage: &Coverage) -> Value {
    let mut techniques: Vec<Value> = coverage.techniques.iter().flat_map(entries).collect();
    techniques.extend(parents(coverage));
    json!({
        "name": format!("quarry: tested detections (ATT&CK {})", coverage.attack),
        "versions": {"attack": coverage.attack, "navigator": NAVIGATOR, "layer": FORMAT},
        "domain": "enterprise-attack",
        "description": "Score: the share of attack and evasion tests that were caught and benign tests that stayed \
            silent, in percent, over all query languages. Techniques with detections but without results have no score.",
        "filters": {"platforms": PLATFORMS},
        "sorting": 0,
        "layout": {
            "layout": "side",
            "showID": true,
            "showName": true,
            "showAggregateScores": false,
            "countUnscored": false,
            "aggregateFunction": "average",
            "expandedSubtechniques": "annotated",
        },
        "hideDisabled": false,
        "techniques": techniques,
        "gradient": {"colors": COLOURS, "minValue": 0, "maxValue": 100},
        "legendItems": [
            {"label": "every test as it should be", "color": COLOURS[2]},
            {"label": "half of them", "color": COLOURS[1]},
            {"label": "none", "color": COLOURS[0]},
        ],
        "showTacticRowBackground": false,
        "selectTechniquesAcrossTactics": true,
        "selectSubtechniquesWithParent": false,
        "selectVisibleTechniques": false,
        "metadata": [
            {"name": "ATT&CK release", "value": coverage.release},
            {"name": "techniques with detections", "value": coverage.techniques.len().to_string()},
        ],
    })
}

/// One entry a tactic of a technique.
fn entries(covered: &Covered) -> Vec<Value> {
    let of_tactic = |tactic: &String| {
        let mut entry = json!({
            "techniqueID": covered.technique,
            "tactic": tactic,
            "enabled": true,
            "comment": comment(covered),
            "metadata": metadata(covered),
            "links": [{"label": "ATT&CK", "url": technique_url(&covered.technique)}],
        });
        if let (Some(score), Value::Object(members)) = (covered.score, &mut entry) {
            members.insert("score".to_owned(), json!(rounded(score)));
        }
        entry
    };
    covered.tactics.iter().map(of_tactic).collect()
}

fn comment(covered: &Covered) -> String {
    covered.tally.map_or_else(
        || "detections without test results".to_owned(),
        |tally| {
            format!(
                "{} of {} attacks and evasions caught, {} of {} benign twins silent (each case counts once per language)",
                tally.caught, tally.attacks, tally.quiet, tally.benign
            )
        },
    )
}

fn metadata(covered: &Covered) -> Vec<Value> {
    let mut metadata = vec![
        json!({"name": "detections", "value": covered.detections.join(", ")}),
        json!({"name": "languages", "value": covered.languages.join(", ")}),
    ];
    if !covered.data_components.is_empty() {
        let names: Vec<String> =
            covered.data_components.iter().map(|one| format!("{} {}", one.id, one.name)).collect();
        metadata.push(json!({"name": "data components", "value": names.join(", ")}));
    }
    metadata
}

/// Unscored entries that unfold the parents of sub-techniques.
fn parents(coverage: &Coverage) -> Vec<Value> {
    let mut seen = Vec::new();
    for covered in &coverage.techniques {
        let Some((parent, _)) = covered.technique.split_once('.') else { continue };
        for tactic in &covered.tactics {
            let entry = (parent.to_owned(), tactic.clone());
            if !seen.contains(&entry) {
                seen.push(entry);
            }
        }
    }
    seen.into_iter()
        .map(|(parent, tactic)| {
            json!({"techniqueID": parent, "tactic": tactic, "enabled": true, "showSubtechniques": true})
        })
        .collect()
}

fn rounded(score: f64) -> f64 {
    (score * 10.0).round() / 10.0
}
