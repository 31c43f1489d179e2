//! Reading log objects.

use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use quarry_logs::{Limits, ObjectInput, ScanColumn, ScanPlan, ScanReport, read_object};
use quarry_plan::{Need, Type};
use quarry_views::{Derivation, LogFormats, Path};

use super::CATALOG;

static FORMATS: LazyLock<Arc<LogFormats>> = LazyLock::new(|| Arc::new(CATALOG.formats.clone()));

/// Reads a log object, whole and in small pieces: both find the same rows.
pub fn read_log(bytes: &[u8]) {
    let whole = rows(bytes, Limits::default());
    let pieces = rows(bytes, Limits { chunk_bytes: 97, ..Limits::default() });
    // What is no text is told by how an object begins, of which a first piece may hold less.
    let is_text = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
    let compressed = bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    assert!(compressed || !is_text || whole == pieces, "{whole} rows whole, {pieces} in pieces");
}

fn rows(bytes: &[u8], limits: Limits) -> usize {
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
    let plan = ScanPlan::new(Arc::clone(&FORMATS), columns, &needs, &[], (None, None), limits);
    let report = ScanReport::new(&FORMATS);
    let mut count = 0;
    let _ = read_object(&Arc::new(plan), "fuzz", ObjectInput::Bytes(bytes.to_vec().into()), &report, &mut |batch| {
        count += batch.num_rows();
        ControlFlow::Continue(())
    });
    count
}
