//! What the fuzz targets run. Each must come back, whatever the input, and never panic.

#[cfg(feature = "logs")]
mod logs;

use std::sync::LazyLock;

use quarry_diagnostic::Diagnostic;
use quarry_plan::TimeRange;
use quarry_spl::Macros;
use quarry_spl::lower::LowerOptions;
use quarry_views::{Catalog, View};

#[cfg(feature = "logs")]
pub use logs::read_log;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(None).expect("the views load"));

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
