//! What `examples/day.yml` says.

use std::collections::BTreeMap;

use quarry_pack::{
    Case, Interval, Provider,
    cases::{Expectation, Principal},
};
use serde::Deserialize;

/// When the day begins: 2026-03-10 00:00 UTC, in microseconds since 1970.
pub const BEGIN: i64 = 1_773_100_800_000_000;

/// A day of three clouds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Day {
    /// The pack whose cases are emulated.
    pub technique: String,
    /// Determines every identifier and choice.
    pub seed: u64,
    /// Detections whose alert stands for all steps up to the one that it names.
    pub sequences: Vec<String>,
    /// Cases with when and how they are delivered.
    pub plan: Vec<Chosen>,
    /// Ordinary work.
    pub noise: Vec<Noise>,
    /// Principals beside the pack's.
    #[serde(default)]
    pub cast: BTreeMap<String, Principal>,
    /// Cases beside the pack's.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// A case of the day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Its identifier.
    pub case: String,
    /// When it begins, from the start of the day.
    pub at: Interval,
    /// How its records are delivered; with several, one after the other in turn.
    pub shapes: Vec<String>,
    /// Who does the steps that do not say.
    #[serde(rename = "as")]
    pub principal: Option<String>,
    /// Label of the session of the steps that have none.
    pub session: Option<String>,
    /// What happens, where the case's title says it otherwise.
    pub what: Option<String>,
    /// What detections say without the case's tuning.
    pub expect: Option<BTreeMap<String, Expectation>>,
}

/// Ordinary work of a cloud.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// Cloud.
    pub provider: Provider,
    /// How it is delivered.
    pub shape: String,
    /// Number of records.
    pub records: usize,
    /// The middle, from the start of the day.
    pub at: Interval,
    /// Length of time that it is spread over.
    pub spread: Interval,
    /// Added to the seed, so that two lots of a cloud differ.
    #[serde(default)]
    pub seed: u64,
}
