//! What the integration tests share: a scan of bytes to plain rows.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{
    io::Write,
    ops::ControlFlow,
    sync::{Arc, OnceLock},
};

use arrow::{
    array::{Array, StringArray},
    record_batch::RecordBatch,
};
use quarry_logs::{
    Limits, ObjectInput, ScanColumn, ScanPlan, ScanReport, ScanSpec, Snapshot, Unread, read_object,
};
use quarry_plan::{Need, Type};
use quarry_views::{Catalog, Derivation, LogFormats, Path};

pub fn formats() -> Arc<LogFormats> {
    static FORMATS: OnceLock<Arc<LogFormats>> = OnceLock::new();
    let load = || Arc::new(Catalog::load(None).expect("the embedded catalog loads").formats);
    Arc::clone(FORMATS.get_or_init(load))
}

/// A text column that is the same path for every log type.
pub fn column(name: &str, derivation: Derivation) -> ScanColumn {
    let ids = formats().log_types.iter().map(|log| (log.id.clone(), derivation.clone())).collect();
    ScanColumn { name: name.to_owned(), data_type: Type::Text, derivations: ids }
}

pub fn path(name: &str) -> ScanColumn {
    column(name, Derivation::Path(Path::new(name)))
}

pub struct Scan {
    pub columns: Vec<ScanColumn>,
    pub need: Need,
    pub time_range: (Option<i64>, Option<i64>),
    pub limits: Limits,
}

impl Default for Scan {
    fn default() -> Self {
        let columns = vec![
            path("eventName"),
            path("eventTime"),
            path("userIdentity.arn"),
            path("items{}.id"),
            column("log", Derivation::LogType),
        ];
        Self { columns, need: Need::Anything, time_range: (None, None), limits: Limits::default() }
    }
}

pub type Rows = Vec<Vec<Option<String>>>;

impl Scan {
    pub fn needing(text: &str, ignore_case: bool) -> Self {
        Self { need: Need::Literal { text: text.to_owned(), ignore_case }, ..Self::default() }
    }

    pub fn run(&self, input: ObjectInput) -> (Rows, Snapshot) {
        let (rows, snapshot, _) = self.account(input);
        (rows, snapshot)
    }

    /// Rows, counts, and what could not be read.
    pub fn account(&self, input: ObjectInput) -> (Rows, Snapshot, Unread) {
        account(&self.plan(), input)
    }

    pub fn plan(&self) -> Arc<ScanPlan> {
        let formats = formats();
        let needs: Vec<(String, Need)> =
            formats.log_types.iter().map(|log| (log.id.clone(), self.need.clone())).collect();
        let (time_range, limits) = (self.time_range, self.limits);
        let spec = ScanSpec::new(Arc::clone(&formats), self.columns.clone());
        Arc::new(ScanPlan::new(ScanSpec { needs, time_range, limits, ..spec }))
    }

    pub fn bytes(&self, bytes: &[u8]) -> (Rows, Snapshot) {
        self.run(ObjectInput::Bytes(bytes.to_vec().into()))
    }
}

/// Rows, counts, and what could not be read.
pub fn account(plan: &Arc<ScanPlan>, input: ObjectInput) -> (Rows, Snapshot, Unread) {
    let report = ScanReport::new(&formats());
    let mut rows = Rows::new();
    let mut keep = |batch: RecordBatch| {
        rows.extend(texts(&batch));
        ControlFlow::Continue(())
    };
    read_object(plan, "object", input, &report, &mut keep).expect("the object can be read");
    (rows, report.snapshot(), report.unread().clone())
}

pub fn texts(batch: &RecordBatch) -> Rows {
    let columns: Vec<&StringArray> = batch
        .columns()
        .iter()
        .map(|column| column.as_any().downcast_ref::<StringArray>().expect("a text column"))
        .collect();
    let cell = |column: &&StringArray, row: usize| column.is_valid(row).then(|| column.value(row).to_owned());
    (0..batch.num_rows()).map(|row| columns.iter().map(|column| cell(column, row)).collect()).collect()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub fn names(rows: &Rows) -> Vec<&str> {
    rows.iter().filter_map(|row| row.first()?.as_deref()).collect()
}
