//! What the fuzz targets run. Each must come back, whatever the input, and never panic.

use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use quarry_diagnostic::Diagnostic;
use quarry_logs::{Limits, ObjectInput, ScanColumn, ScanPlan, ScanReport, read_object};
use quarry_plan::{Need, TimeRange, Type};
use quarry_spl::Macros;
use quarry_spl::lower::LowerOptions;
use quarry_views::{Catalog, Derivation, LogFormats, Path, View};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(None).expect("the views load"));
static FORMATS: LazyLock<Arc<LogFormats>> = LazyLock::new(|| Arc::new(CATALOG.formats.clone()));

fn view(name: &str) -> &'static View {
    CATALOG.view(name).expect("the view is there")
}

/// Every place of a finding lies inside the text.
fn places(text: &str, found: &[Diagnostic]) {
    for diagnostic in found {
        assert!(text.get(diagnostic.span.start..diagnostic.span.end).is_some(), "{diagnostic:?}");
    }
}

/// Reads a search.
pub fn spl_parse(text: &str) {
    let parsed = quarry_spl::parse(text, &Macros::default());
    places(text, &parsed.diagnostics);
}

/// Reads and plans a search.
pub fn spl_plan(text: &str) {
    let parsed = quarry_spl::parse(text, &Macros::default());
    let options =
        LowerOptions { view: view("splunk"), discovered: None, default_time: TimeRange::default() };
    let lowered = quarry_spl::lower::lower(&parsed, &options);
    places(text, &lowered.diagnostics);
    let failed = parsed.diagnostics.iter().chain(&lowered.diagnostics).any(Diagnostic::is_error);
    assert_eq!(lowered.plan.is_none(), failed, "a plan or an error");
}

/// Reads a query.
pub fn aql_parse(text: &str) {
    let parsed = quarry_aql::parse(text);
    places(text, &parsed.diagnostics);
}

/// Reads and plans a query.
pub fn aql_plan(text: &str) {
    let parsed = quarry_aql::parse(text);
    let lowered = quarry_aql::lower(&parsed, view("qradar"), &quarry_aql::LowerOptions::default());
    places(text, &lowered.diagnostics);
}

/// Reads a log object, whole and in small pieces: both find the same rows.
pub fn read_log(bytes: &[u8]) {
    let whole = rows(bytes, Limits::default());
    let pieces = rows(bytes, Limits { chunk_bytes: 97, ..Limits::default() });
    let compressed = bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    assert!(compressed || whole == pieces, "{whole} rows whole, {pieces} in pieces");
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
