//! One detection over logs.

use std::sync::Arc;

use arrow::{array::Array, record_batch::RecordBatch};
use quarry_diagnostic::Diagnostic;
use quarry_engine::with_provenance;
use quarry_logs::ScanReport;
use quarry_pack::{Alert, Detection};
use quarry_spl::lower::Store;

use crate::{
    Compiler, Failure, Outcome, QueryText, Workspace,
    cells::cell_text,
    workspace::{Runnable, Settled, runnable},
};

/// What a detection gave.
pub struct Detected {
    /// Its alerts, in the order of its rows.
    pub alerts: Vec<Alert>,
    /// Warnings about its text.
    pub warnings: Vec<Diagnostic>,
    /// The query as it was compiled.
    pub query: QueryText,
    /// Tables that the query writes.
    pub stores: Vec<Store>,
    /// What was run: the plan with its times, "now", the objects.
    pub settled: Settled,
}

/// Runs one detection; `report` counts what is read meanwhile.
///
/// # Errors
/// If the detection does not compile, or logs cannot be read.
pub async fn detect(
    compiler: &Compiler<'_>,
    workspace: &Workspace,
    technique: Option<&str>,
    detection: &Detection,
    report: &Arc<ScanReport>,
) -> Outcome<Detected> {
    let query = QueryText {
        language: detection.language,
        name: detection.file.clone(),
        text: detection.text.clone(),
    };
    let compiled = workspace.compile(compiler, &query).await?;
    let Runnable { plan, columns, warnings, stores } = runnable(&query, compiled)?;
    let settled = workspace.settle(with_provenance(&plan)).await?;
    let failed = |error: quarry_engine::EngineError| Failure::of(&detection.id, error);
    let execution = workspace
        .session
        .run(&settled.plan, Arc::clone(&settled.objects), settled.now, Arc::clone(report))
        .await
        .map_err(failed)?;
    let mut alerts = Vec::new();
    for batch in execution.collect().await.map_err(failed)? {
        for row in 0..batch.num_rows() {
            alerts.push(alert(technique, detection, &columns, &batch, row));
        }
    }
    Ok(Detected { alerts, warnings, query, stores, settled })
}

fn alert(
    technique: Option<&str>,
    detection: &Detection,
    columns: &[(String, String)],
    batch: &RecordBatch,
    row: usize,
) -> Alert {
    let own = columns.iter().map(|(name, label)| (name.clone(), label.clone()));
    let added = Alert::added_columns().map(|name| (name.clone(), name));
    let cells: Vec<(String, Option<String>)> = own
        .chain(added)
        .filter_map(|(name, label)| {
            let column = batch.column_by_name(&name)?;
            Some((label, (!column.is_null(row)).then(|| cell_text(column, row))))
        })
        .collect();
    let row = cells.iter().map(|(name, value)| (name.as_str(), value.as_deref()));
    Alert::from_row(technique, detection, row)
}
