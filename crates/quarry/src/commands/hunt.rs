//! `quarry hunt`: the detections of techniques, packs or query files, and their alerts.

use std::{io::Write, path::Path, process::ExitCode, sync::Arc};

use quarry_hunt::{Compiler, Detected, Workspace, detect, moment};
use quarry_logs::ScanReport;
use quarry_pack::{Alert, Pack, Tuning};

use crate::{
    arguments::{Format, HuntArguments},
    failure::{FINDINGS, Failure, Outcome, print_diagnostics},
    output,
    packs::find_packs,
    progress::{Progress, alerts_of},
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
    let packs = find_packs(&arguments.packs, &arguments.targets)?;
    let catalog = settings::catalog(arguments.language.config.as_deref())?;
    let compiler = settings::compiler_of(&catalog, &arguments.language, &arguments.targets)?;
    settings::runtime(settings::threads(&arguments.logs))?.block_on(async {
        let workspace = Workspace::open(Arc::clone(&catalog), &settings::logs(&arguments.logs)).await?;
        hunt(arguments, &compiler, &workspace, &packs).await
    })
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
    let mut now_told = false;
    let mut excluded = 0;
    let own_tuning = arguments.tuning.as_deref().map(read_tuning).transpose()?.unwrap_or_default();
    let today: String = moment::show(moment::wall()).chars().take(10).collect();
    let mut last_report: Option<(Progress, Arc<ScanReport>)> = None;
    for pack in packs {
        for detection in &pack.detections {
            let report = workspace.session.new_report();
            let bytes = workspace.objects().iter().filter_map(|object| object.size).sum();
            let progress = Progress::start(&report, bytes, arguments.logs.quiet);
            let outcome = detect(compiler, workspace, pack.technique.as_deref(), detection, &report).await;
            progress.stop();
            let outcome = match outcome {
                Ok(found) => {
                    let folder = arguments.write_lookups.as_deref();
                    let notes = workspace.write_stores(&found.stores, folder).await?;
                    if !arguments.logs.quiet {
                        print_diagnostics(&found.query.name, &found.query.text, &notes);
                    }
                    let all = told(found, &mut now_told, arguments.logs.quiet);
                    let before = all.len();
                    let shown = admitted(all, &[&pack.tuning, &own_tuning], &today);
                    excluded += before - shown.len();
                    Ok(shown)
                }
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
                technique: pack.technique.as_deref().or(detection.technique()).unwrap_or_default().to_owned(),
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
    if excluded > 0 && !arguments.logs.quiet {
        let are = if excluded == 1 { "is" } else { "are" };
        anstream::eprintln!("{} {are} not shown, by tuning", alerts_of(excluded));
    }
    if let Some((progress, report)) = last_report {
        progress.close(&report, &alerts_of(found));
    }
    let failed = summaries.iter().any(|summary| summary.outcome.is_err());
    Ok(match (failed, found > 0 && arguments.exit_code) {
        (true, _) => ExitCode::from(crate::failure::ERROR),
        (false, true) => ExitCode::from(FINDINGS),
        (false, false) => ExitCode::SUCCESS,
    })
}

fn read_tuning(file: &Path) -> Outcome<Tuning> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| Failure::reading(format!("`{name}`"), error))?;
    Tuning::parse(&name, &text).map_err(Failure::from)
}

/// The alerts that every tuning lets through.
fn admitted(alerts: Vec<Alert>, tunings: &[&Tuning], today: &str) -> Vec<Alert> {
    alerts.into_iter().filter(|alert| tunings.iter().all(|tuning| tuning.admits(alert, today))).collect()
}

/// The alerts; prints the warnings and, once, what "now" is.
fn told(found: Detected, now_told: &mut bool, quiet: bool) -> Vec<Alert> {
    if !quiet {
        print_diagnostics(&found.query.name, &found.query.text, &found.warnings);
    }
    if !*now_told {
        settings::tell_now(&found.settled, quiet);
        *now_told = found.settled.from_newest;
    }
    found.alerts
}

fn print_lines(alerts: &[Alert]) -> Outcome<()> {
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    for alert in alerts {
        let line = serde_json::to_string(alert).map_err(|error| Failure::inner("write JSON", error))?;
        writeln!(output, "{line}").map_err(Failure::writing)?;
    }
    output.flush().map_err(Failure::writing)
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
/// Columns that a narrow table does without, the first one first.
const SPARE: [&str; 5] = ["provider", "region", "account", "action", "severity"];
/// Further columns of CSV.
const FURTHER: [Shown; 7] = [
    ("technique", |alert| alert.technique.clone()),
    ("outcome", |alert| alert.outcome.clone()),
    ("user_agent", |alert| alert.user_agent.clone()),
    ("event_id", |alert| alert.event_id.clone()),
    ("object", |alert| alert.object.clone()),
    ("record", |alert| alert.record.clone()),
    ("risk_score", |alert| alert.risk_score.map(|score| score.to_string())),
];

/// Prints all alerts, newest first; JSON lines were printed as they came.
fn print_alerts(format: Format, alerts: &mut Vec<Alert>) -> Outcome<()> {
    alerts.sort_by(|left, right| right.time.cmp(&left.time));
    let failed = Failure::writing;
    match format {
        Format::Jsonl => Ok(()),
        Format::Json => {
            let text =
                serde_json::to_string_pretty(alerts).map_err(|error| Failure::inner("write JSON", error))?;
            writeln!(std::io::stdout().lock(), "{text}").map_err(failed)
        }
        Format::Table => {
            let (labels, mut rows) = table(&SHOWN, alerts);
            rows.iter_mut().filter_map(|row| row.first_mut()).for_each(|time| *time = to_seconds(time));
            output::print_fitting(&labels, rows, &SPARE).map_err(failed)
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

/// A time without the fraction of a second, which only machines need.
fn to_seconds(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, rest)) if rest.ends_with('Z') => format!("{seconds}Z"),
        _ => time.to_owned(),
    }
}

/// One line a detection on standard error.
fn print_summary(summaries: &[Summary]) {
    for summary in summaries {
        let Summary { technique, detection, severity, outcome } = summary;
        let technique = if technique.is_empty() { "-" } else { technique };
        match outcome {
            Ok(alerts) => {
                anstream::eprintln!("{technique}  {detection} ({severity}): {}", alerts_of(*alerts))
            }
            Err(reason) => anstream::eprintln!("{technique}  {detection}: failed: {reason}"),
        }
    }
}
