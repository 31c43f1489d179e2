//! One detection over logs.

use std::sync::Arc;

use arrow::{array::Array, record_batch::RecordBatch};
use quarry_diagnostic::{Diagnostic, Span};
use quarry_engine::{
    EngineError, Execution, Prepared, Session, provenance_column, schema_name, with_provenance,
};
use quarry_language_definition::{OutputColumn, Store};
use quarry_logs::ScanReport;
use quarry_pack::{Alert, Detection, Trigger};
use quarry_plan::ColumnName;

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
    let query = query_of(detection);
    let compiled = workspace.compile(compiler, &query).await?;
    let Runnable { plan, columns, warnings, stores } = runnable(&query, compiled)?;
    let settled = workspace.settle(with_provenance(&plan)).await?;
    let failed = |error: EngineError| Failure::engine(&detection.id, error);
    let execution = workspace
        .session
        .run(&settled.plan, Arc::clone(&settled.objects), settled.now, Arc::clone(report))
        .await
        .map_err(failed)?;
    let alerts = alerts(technique, detection, &columns, execution).await?;
    let (alerts, warnings) = triggered(detection, alerts, warnings);
    Ok(Detected { alerts, warnings, query, stores, settled })
}

/// A detection made ready once, to be run over many logs.
pub struct ReadyDetection<'a> {
    technique: Option<&'a str>,
    detection: &'a Detection,
    query: QueryText,
    runnable: Runnable,
    prepared: Prepared,
}

impl<'a> ReadyDetection<'a> {
    /// Makes a detection ready for workspaces of the session; none where the logs or the present moment decide
    /// what it is: a wildcard over their fields, rows that are needed first, a function of "now".
    ///
    /// # Errors
    /// If the detection does not compile.
    pub async fn new(
        compiler: &Compiler<'_>,
        session: &Session,
        technique: Option<&'a str>,
        detection: &'a Detection,
    ) -> Outcome<Option<Self>> {
        let query = query_of(detection);
        let compiled = compiler.compile(&query, None)?;
        if compiled.needs_discovery || compiled.pending.is_some() {
            return Ok(None);
        }
        let mut runnable = runnable(&query, compiled)?;
        let mut asks_for_time = false;
        runnable
            .plan
            .visit_expressions(&mut |value| asks_for_time |= value.calls(&quarry_functions::depends_on_now));
        if asks_for_time {
            return Ok(None);
        }
        runnable.plan = with_provenance(&runnable.plan);
        let prepared = session.prepare(&runnable.plan).await;
        let prepared = prepared.map_err(|error| Failure::engine(&detection.id, error))?;
        Ok(Some(Self { technique, detection, query, runnable, prepared }))
    }

    /// Runs it as [`detect`] would.
    ///
    /// # Errors
    /// If logs cannot be read.
    pub async fn detect(&self, workspace: &Workspace, report: &Arc<ScanReport>) -> Outcome<Detected> {
        let Runnable { plan, columns, warnings, stores } = &self.runnable;
        let settled = workspace.settle(plan.clone()).await?;
        let Settled { plan, now, objects, .. } = &settled;
        let execution =
            workspace.session.run_prepared(&self.prepared, plan, objects, *now, Arc::clone(report));
        let execution = execution.map_err(|error| Failure::engine(&self.detection.id, error))?;
        let alerts = alerts(self.technique, self.detection, columns, execution).await?;
        let (alerts, warnings) = triggered(self.detection, alerts, warnings.clone());
        Ok(Detected { alerts, warnings, query: self.query.clone(), stores: stores.clone(), settled })
    }
}

fn query_of(detection: &Detection) -> QueryText {
    QueryText::new(detection.language, detection.file.clone(), detection.text.clone())
}

/// The alerts of a run.
async fn alerts(
    technique: Option<&str>,
    detection: &Detection,
    columns: &[OutputColumn],
    execution: Execution,
) -> Outcome<Vec<Alert>> {
    let mut alerts = Vec::new();
    for batch in execution.collect().await.map_err(|error| Failure::engine(&detection.id, error))? {
        for row in 0..batch.num_rows() {
            alerts.push(alert(technique, detection, columns, &batch, row));
        }
    }
    Ok(alerts)
}

/// Rows that were too few, or too many, for an alert.
const NOT_TRIGGERED: &str = "RUN014";

/// The alerts if the rule's trigger holds for so many rows; it is held against all rows of the run.
fn triggered(
    detection: &Detection,
    alerts: Vec<Alert>,
    mut warnings: Vec<Diagnostic>,
) -> (Vec<Alert>, Vec<Diagnostic>) {
    let Some(trigger) = detection.metadata.trigger else { return (alerts, warnings) };
    if alerts.is_empty() || trigger.holds(alerts.len()) {
        return (alerts, warnings);
    }
    let (rows, Trigger { operator, threshold }) = (alerts.len(), trigger);
    let are = if rows == 1 { "row is" } else { "rows are" };
    let message = format!("{rows} {are} no alert: the rule asks for `{operator} {threshold}`");
    let found = Diagnostic::warning(NOT_TRIGGERED, message, Span::new(0, 0));
    warnings.push(found.with_help("a run of `query` over the file shows the rows"));
    (Vec::new(), warnings)
}

fn alert(
    technique: Option<&str>,
    detection: &Detection,
    columns: &[OutputColumn],
    batch: &RecordBatch,
    row: usize,
) -> Alert {
    let cell = |column: &ColumnName| {
        let column = batch.column_by_name(&schema_name(column))?;
        Some((!column.is_null(row)).then(|| cell_text(column, row)))
    };
    let added: Vec<(&str, Option<String>)> =
        Alert::added_fields().filter_map(|field| Some((field, cell(&provenance_column(field))?))).collect();
    let own: Vec<(&str, Option<String>)> =
        columns.iter().filter_map(|column| Some((column.label.as_str(), cell(&column.column)?))).collect();
    let technique = technique.or(detection.technique());
    Alert::from_row(technique, detection, texts(&added), texts(&own))
}

fn texts<'t>(cells: &'t [(&'t str, Option<String>)]) -> impl Iterator<Item = (&'t str, Option<&'t str>)> {
    cells.iter().map(|(name, value)| (*name, value.as_deref()))
}
