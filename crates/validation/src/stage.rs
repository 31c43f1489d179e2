//! Emulated records as logs on disk, and the detections over them.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufWriter, Write},
};

use quarry_engine::Session;
use quarry_hunt::{Detected, Failure, LogOptions, Outcome, Workspace, moment};
use quarry_pack::{Alert, emulate::Record};
use tempfile::TempDir;

use crate::bench::{Bench, Subject};

/// Records on disk, open for detections.
pub struct Stage<'a> {
    bench: &'a Bench<'a>,
    workspace: Workspace,
    _folder: TempDir,
}

/// What the detections are to see.
pub struct Scene<'a> {
    /// The records, in the order of the file.
    pub records: Vec<&'a Record>,
    /// "Now", in microseconds since 1970-01-01 UTC.
    pub now: i64,
    /// First instant that counts.
    pub earliest: Option<i64>,
}

impl<'a> Stage<'a> {
    /// Writes the records, a file of JSON lines for each log type, and opens them.
    pub async fn open(bench: &'a Bench<'a>, scene: &Scene<'_>) -> Outcome<Self> {
        let folder = TempDir::new().map_err(cannot_write)?;
        let mut files: BTreeMap<&str, BufWriter<fs::File>> = BTreeMap::new();
        for record in &scene.records {
            if !files.contains_key(record.log.as_str()) {
                let path = folder.path().join(format!("{}.json", record.log));
                files.insert(&record.log, BufWriter::new(fs::File::create(path).map_err(cannot_write)?));
            }
            if let Some(file) = files.get_mut(record.log.as_str()) {
                writeln!(file, "{}", record.json).map_err(cannot_write)?;
            }
        }
        files.into_values().try_for_each(|mut file| file.flush()).map_err(cannot_write)?;
        let options = LogOptions {
            now: moment::show(scene.now),
            earliest: scene.earliest.map(moment::show),
            latest: scene.earliest.map(|_| moment::show(scene.now.saturating_add(1))),
            ..LogOptions::of(vec![folder.path().display().to_string()])
        };
        let workspace = bench.open(&options).await?;
        Ok(Self { bench, workspace, _folder: folder })
    }

    /// Runs one detection.
    pub async fn detect(&self, subject: &Subject<'_>) -> Outcome<Detected> {
        self.bench.detect(subject, &self.workspace).await
    }

    /// What runs plans over the records.
    pub fn session(&self) -> &Session {
        &self.workspace.session
    }
}

#[allow(clippy::needless_pass_by_value)] // for `map_err`
fn cannot_write(error: std::io::Error) -> Failure {
    Failure::writing_to("emulated records", error)
}

/// The alerts that a pack's and a case's tuning let through.
pub fn tuned(alerts: Vec<Alert>, tunings: &[&quarry_pack::Tuning], now: i64) -> Vec<Alert> {
    let day: String = moment::show(now).chars().take(10).collect();
    alerts.into_iter().filter(|alert| tunings.iter().all(|tuning| tuning.admits(alert, &day))).collect()
}
