//! Reading log objects.

use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use arrow::record_batch::RecordBatch;
use quarry_logs::{Limits, ObjectInput, ScanColumn, ScanPlan, ScanReport, read_object};
use quarry_plan::{Need, Type};
use quarry_views::{Derivation, LogFormats, Path};

use super::CATALOG;

static FORMATS: LazyLock<Arc<LogFormats>> = LazyLock::new(|| Arc::new(CATALOG.formats.clone()));

static WARM: LazyLock<Arc<ScanPlan>> = LazyLock::new(|| Arc::new(plan(Limits::default())));

/// Reads a log object, whole, in small pieces, and with what is known of all objects before: the rows are the same.
pub fn read_log(bytes: &[u8]) {
    let whole = rows(bytes, &Arc::new(plan(Limits::default())));
    assert_eq!(whole, rows(bytes, &WARM), "shapes learnt from other objects change nothing");
    let pieces = rows(bytes, &Arc::new(plan(Limits { chunk_bytes: 97, ..Limits::default() })));
    // What is no text is told by how an object begins, of which a first piece may hold less.
    let is_text = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
    let compressed = bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    assert!(compressed || !is_text || whole == pieces, "{whole:?} whole, {pieces:?} in pieces");
}

fn plan(limits: Limits) -> ScanPlan {
    let column = |name: &str, derivation: Derivation| {
        let derivations = FORMATS.log_types.iter().map(|log| (log.id.clone(), derivation.clone())).collect();
        ScanColumn { name: name.to_owned(), data_type: Type::Text, derivations }
    };
    let columns = vec![
        column("name", Derivation::Path(Path::new("eventName"))),
        column("item", Derivation::Path(Path::new("items{}.id"))),
        column("log", Derivation::LogType),
    ];
    let needs: Vec<(String, Need)> =
        FORMATS.log_types.iter().map(|log| (log.id.clone(), Need::Anything)).collect();
    ScanPlan::new(Arc::clone(&FORMATS), columns, &needs, &[], (None, None), limits)
}

fn rows(bytes: &[u8], plan: &Arc<ScanPlan>) -> Vec<RecordBatch> {
    let report = ScanReport::new(&FORMATS);
    let mut batches = Vec::new();
    let input = ObjectInput::Bytes(bytes.to_vec().into());
    let _ = read_object(plan, "fuzz", input, &report, &mut |batch| {
        batches.push(batch);
        ControlFlow::Continue(())
    });
    batches
}
