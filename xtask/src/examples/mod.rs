//! `xtask examples`: the small logs in `examples/`.

mod aws;
mod azure;
mod containers;
mod gcp;
mod manifest;

use std::{collections::BTreeMap, error::Error, fs, path::Path};

use jiff::Timestamp;

pub use containers::Container;

use crate::{
    random::Random,
    telemetry::{Record, after},
};

/// Seed of the committed examples.
pub const SEED: u64 = 0x7157_8002;

/// An alert that the examples must give.
#[derive(Debug, Clone)]
pub struct Expected {
    /// `launch`, `staging` or `refused`.
    pub detection: &'static str,
    /// What happens, in one line.
    pub what: &'static str,
    /// `aws`, `azure` or `gcp`.
    pub provider: &'static str,
    /// Who did it, as the alert names them.
    pub actor: String,
    /// From where.
    pub source_ip: String,
    /// In which account, subscription or project.
    pub account: String,
    /// The provider's identifiers of the records that make up the creation.
    pub event_ids: Vec<String>,
}

/// A day of three clouds.
pub struct Scenario {
    random: Random,
    start: Timestamp,
    records: Vec<(Container, Record)>,
    expected: Vec<Expected>,
    silent: Vec<(&'static str, &'static str)>,
}

impl Scenario {
    /// The scenario that `seed` determines.
    pub fn new(seed: u64) -> Self {
        let start = Timestamp::from_second(1_773_100_800).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut scenario = Self {
            random: Random::new(seed),
            start,
            records: Vec::new(),
            expected: Vec::new(),
            silent: Vec::new(),
        };
        aws::add(&mut scenario);
        azure::add(&mut scenario);
        gcp::add(&mut scenario);
        scenario
    }

    /// Minutes after the start of the day.
    fn at(&self, minutes: i64) -> Timestamp {
        after(self.start, minutes * 60_000)
    }

    fn put(&mut self, container: &Container, records: impl IntoIterator<Item = Record>) {
        self.records.extend(records.into_iter().map(|record| (container.clone(), record)));
    }

    /// Notes that something happens that must not alert.
    fn silent(&mut self, provider: &'static str, what: &'static str) {
        self.silent.push((provider, what));
    }

    /// The log objects: path below `logs/` and content.
    pub fn objects(&mut self) -> Result<BTreeMap<String, Vec<u8>>, Box<dyn Error>> {
        containers::write(&mut self.random, &self.records)
    }
}

/// Writes `examples/` below `root`.
pub fn write(root: &Path) -> Result<(), Box<dyn Error>> {
    let mut scenario = Scenario::new(SEED);
    let logs = root.join("examples/logs");
    if logs.exists() {
        fs::remove_dir_all(&logs)?;
    }
    let mut bytes = 0;
    let objects = scenario.objects()?;
    for (path, content) in &objects {
        let path = logs.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&logs))?;
        fs::write(&path, content)?;
        bytes += content.len();
    }
    fs::write(root.join("examples/expected.json"), manifest::json(&scenario)?)?;
    fs::write(root.join("examples/README.md"), manifest::markdown(&scenario, &objects))?;
    println!("{} records in {} objects, {bytes} bytes", scenario.records.len(), objects.len());
    Ok(())
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
