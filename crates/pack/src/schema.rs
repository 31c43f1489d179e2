//! JSON Schemas of the files that packs are made of.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use crate::{CaseFile, Manifest, TestResults, Tuning};

/// The schemas by file name.
#[must_use]
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("pack.json", schema::<Manifest>("pack.yml: what a detection pack is about")),
        ("cases.json", schema::<CaseFile>("tests/cases.yml: the adversary tests of a pack")),
        ("tuning.json", schema::<Tuning>("tuning/tuning.yml: what is known to be benign")),
        ("results.json", schema::<TestResults>("What `quarry test --output json` prints")),
    ]
}

fn schema<T: JsonSchema>(title: &str) -> Value {
    let mut schema = schema_for!(T).to_value();
    schema["title"] = Value::from(title);
    schema
}
