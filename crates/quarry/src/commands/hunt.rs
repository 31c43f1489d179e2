//! `quarry hunt`: the detections of techniques, packs or query files, and their alerts.

use std::{collections::BTreeMap, io::Write, path::Path, process::ExitCode, sync::Arc};

use arrow::record_batch::RecordBatch;
use quarry_engine::with_provenance;
use quarry_logs::ScanReport;
use quarry_pack::{Alert, Detection, Pack, Packs};

use super::run::{Workspace, runnable};
use crate::{
    arguments::{Format, HuntArguments, Language},
    compile::{Compiler, QueryText, saved_searches},
    failure::{FINDINGS, Failure, Outcome},
    output,
    progress::{Progress, grouped},
    settings,
};

/// What one detection gave.
struct Summary {
    technique: String,
    detection: String,
    severity: String,
    outcome: Result<usize, String>,
}

/// Runs the command.
pub fn run(arguments: &HuntArguments) -> Outcome {
    let packs = find_packs(arguments)?;
    let catalog = settings::catalog(arguments.language.config.as_deref())?;
    let compiler = Compiler::new(&catalog, &arguments.language)?;
    settings::runtime(settings::threads(&arguments.logs))?.block_on(async {
        let workspace = Workspace::open(Arc::clone(&catalog), &arguments.logs).await?;
        hunt(arguments, &compiler, &workspace, &packs).await
    })
}

fn find_packs(arguments: &HuntArguments) -> Outcome<Vec<Pack>> {
    let failed = |error: quarry_pack::PackError| Failure::Other(error.to_string());
    let mut known = Packs::embedded().map_err(failed)?;
    if let Some(folder) = &arguments.packs {
        known.extend(Packs::load_dir(folder).map_err(failed)?);
    }
    let mut packs = Vec::new();
    let mut others = Vec::new();
    for target in &arguments.targets {
        match saved_searches(Path::new(target)) {
            Some(queries) => packs.push(pack_of(target, queries)),
            None => others.push(target.clone()),
        }
    }
    if !others.is_empty() {
        packs.extend(known.find_all(&others).map_err(failed)?);
    }
    Ok(packs)
}

/// The searches of a file as a pack, each a detection of medium severity.
fn pack_of(file: &str, queries: Vec<QueryText>) -> Pack {
    let detection = |query: QueryText| Detection {
        id: query.name.clone(),
        title: query.name,
        file: file.to_owned(),
        language: quarry_pack::Language::Spl,
        severity: quarry_pack::Severity::Medium,
        severity_by_risk_score: BTreeMap::new(),
        text: query.text,
    };
    Pack {
        technique: None,
        name: file.to_owned(),
        origin: file.to_owned(),
        manifest: None,
        detections: queries.into_iter().map(detection).collect(),
    }
}

async fn hunt(
    arguments: &HuntArguments,
    compiler: &Compiler<'_>,
    workspace: &Workspace,
    packs: &[Pack],
) -> Outcome {
    let format = output::chosen(arguments.output);
    let (mut summaries, mut alerts) = (Vec::new(), Vec::new());
    let mut found = 0;
    let mut last_report: Option<(Progress, Arc<ScanReport>)> = None;
    for pack in packs {
        for detection in &pack.detections {
            let report = workspace.session.new_report();
            let bytes = workspace.objects().iter().filter_map(|object| object.size).sum();
            let progress = Progress::start(&report, bytes, arguments.logs.quiet);
            let outcome = alerts_of(arguments, compiler, workspace, pack, detection, &report).await;
            progress.stop();
            let outcome = match outcome {
                Ok(found) => Ok(found),
                Err(failure) if packs.len() == 1 && pack.detections.len() == 1 => return Err(failure),
                Err(failure) => Err(failure.message()),
            };
            let count = outcome.as_ref().map(Vec::len).map_err(Clone::clone);
            let mut new = outcome.unwrap_or_default();
            found += new.len();
            if format == Format::Jsonl {
                print_lines(&new)?;
            } else {
                alerts.append(&mut new);
            }
            summaries.push(Summary {
                technique: pack.technique.clone().unwrap_or_default(),
                detection: detection.id.clone(),
                severity: detection.severity.to_string(),
                outcome: count,
            });
            last_report = Some((progress, report));
        }
    }
    print_alerts(format, &mut alerts)?;
    if !arguments.logs.quiet {
        print_summary(&summaries);
    }
    if let Some((progress, report)) = last_report {
        progress.close(&report, &format!("{} alerts", grouped(found as u64)));
    }
    let failed = summaries.iter().any(|summary| summary.outcome.is_err());
    Ok(match (failed, found > 0 && arguments.exit_code) {
        (true, _) => ExitCode::from(crate::failure::ERROR),
        (false, true) => ExitCode::from(FINDINGS),
        (false, false) => ExitCode::SUCCESS,
    })
}

/// Runs one detection.
async fn alerts_of(
    arguments: &HuntArguments,
    compiler: &Compiler<'_>,
    workspace: &Workspace,
    pack: &Pack,
    detection: &Detection,
    report: &Arc<ScanReport>,
) -> Outcome<Vec<Alert>> {
    let language = match detection.language {
        quarry_pack::Language::Spl => Language::Spl,
        quarry_pack::Language::Aql => Language::Aql,
    };
    let query = QueryText { language, name: detection.file.clone(), text: detection.text.clone() };
    let mut compiled = workspace.compile(compiler, &query).await?;
    let stores = std::mem::take(&mut compiled.stores);
    let (plan, columns) = runnable(&query, compiled, arguments.logs.quiet)?;
    let (plan, now, objects) = workspace.settle(with_provenance(&plan)).await?;
    let failed = |error: quarry_engine::EngineError| Failure::of(&detection.id, error);
    let execution = workspace.session.run(&plan, objects, now, Arc::clone(report)).await.map_err(failed)?;
    let mut alerts = Vec::new();
    for batch in execution.collect().await.map_err(failed)? {
        for row in 0..batch.num_rows() {
            alerts.push(alert(pack, detection, &columns, &batch, row));
        }
    }
    workspace.write_stores(&stores, arguments.write_lookups.as_deref(), &query).await?;
    Ok(alerts)
}

fn alert(
    pack: &Pack,
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
            Some((label, (!column.is_null(row)).then(|| output::cell_text(column, row))))
        })
        .collect();
    let row = cells.iter().map(|(name, value)| (name.as_str(), value.as_deref()));
    Alert::from_row(pack.technique.as_deref(), detection, row)
}

fn print_lines(alerts: &[Alert]) -> Outcome<()> {
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    for alert in alerts {
        let line = serde_json::to_string(alert).map_err(|error| Failure::of("cannot write JSON", error))?;
        writeln!(output, "{line}").map_err(|error| Failure::of("cannot write", error))?;
    }
    output.flush().map_err(|error| Failure::of("cannot write", error))
}

/// Columns of the alert table: what fits; all else is in the machine formats.
type Shown = (&'static str, fn(&Alert) -> Option<String>);
const SHOWN: [Shown; 10] = [
    ("time", |alert| alert.time.clone()),
    ("severity", |alert| alert.severity.map(|severity| severity.to_string())),
    ("detection", |alert| Some(alert.detection.clone())),
    ("provider", |alert| alert.provider.clone()),
    ("actor", |alert| alert.actor.clone()),
    ("source_ip", |alert| alert.source_ip.clone()),
    ("action", |alert| alert.action.clone()),
    ("target", |alert| alert.target.clone()),
    ("account", |alert| alert.account.clone()),
    ("region", |alert| alert.region.clone()),
];
/// Further columns of CSV.
const FURTHER: [Shown; 6] = [
    ("technique", |alert| alert.technique.clone()),
    ("outcome", |alert| alert.outcome.clone()),
    ("event_id", |alert| alert.event_id.clone()),
    ("object", |alert| alert.object.clone()),
    ("record", |alert| alert.record.clone()),
    ("risk_score", |alert| alert.risk_score.map(|score| score.to_string())),
];

/// Prints all alerts, newest first; JSON lines were printed as they came.
fn print_alerts(format: Format, alerts: &mut Vec<Alert>) -> Outcome<()> {
    alerts.sort_by(|left, right| right.time.cmp(&left.time));
    let failed = |error: std::io::Error| Failure::of("cannot write", error);
    match format {
        Format::Jsonl => Ok(()),
        Format::Json => {
            let text = serde_json::to_string_pretty(alerts)
                .map_err(|error| Failure::of("cannot write JSON", error))?;
            writeln!(std::io::stdout().lock(), "{text}").map_err(failed)
        }
        Format::Table => {
            let (labels, rows) = table(&SHOWN, alerts);
            output::print_table(&labels, rows).map_err(failed)
        }
        Format::Csv | Format::Parquet => {
            let shown: Vec<Shown> = SHOWN.iter().chain(&FURTHER).copied().collect();
            let (labels, rows) = table(&shown, alerts);
            let batch = output::text_batch(&labels, &rows)?;
            let mut sink = output::sink(format, &batch.schema(), &labels)?;
            sink.write(&batch).and_then(|()| sink.finish()).map_err(failed)
        }
    }
}

fn table(shown: &[Shown], alerts: &[Alert]) -> (Vec<String>, Vec<Vec<String>>) {
    let labels = shown.iter().map(|(label, _)| (*label).to_owned()).collect();
    let row = |alert: &Alert| shown.iter().map(|(_, get)| get(alert).unwrap_or_default()).collect();
    (labels, alerts.iter().map(row).collect())
}

/// One line a detection on standard error.
fn print_summary(summaries: &[Summary]) {
    for summary in summaries {
        let Summary { technique, detection, severity, outcome } = summary;
        let technique = if technique.is_empty() { "-" } else { technique };
        match outcome {
            Ok(alerts) => anstream::eprintln!(
                "{technique}  {detection} ({severity}): {} alerts",
                grouped(*alerts as u64)
            ),
            Err(reason) => anstream::eprintln!("{technique}  {detection}: failed: {reason}"),
        }
    }
}
