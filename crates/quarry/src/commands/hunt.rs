//! `quarry hunt`: the detections of techniques, packs or query files, and their alerts.

use std::{io::Write, path::Path, sync::Arc};

use quarry_hunt::{Compiler, Detected, Workspace, detect, moment};
use quarry_logs::ScanReport;
use quarry_pack::{Alert, Pack, Tuning};

use crate::{
    Streams,
    arguments::{CsvArguments, Format, HuntArguments},
    failure::{Exit, Failure, Outcome, print_diagnostics},
    output,
    packs::find_packs,
    progress::{Progress, alerts_of, tell_unread, write_account},
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
pub fn run(arguments: &HuntArguments, streams: &Streams<'_>) -> Outcome {
    let packs = find_packs(&arguments.packs, &arguments.targets, streams)?;
    let catalog = settings::catalog(arguments.language.config.as_deref())?;
    let compiler = settings::compiler_of(&catalog, &arguments.language, &arguments.targets, streams)?;
    settings::runtime(settings::threads(&arguments.logs))?.block_on(async {
        let workspace =
            Workspace::open(Arc::clone(&catalog), &settings::needed_logs(&arguments.logs)?).await?;
        hunt(arguments, &compiler, &workspace, &packs, streams).await
    })
}

async fn hunt(
    arguments: &HuntArguments,
    compiler: &Compiler<'_>,
    workspace: &Workspace,
    packs: &[Pack],
    streams: &Streams<'_>,
) -> Outcome {
    let format = output::chosen(arguments.output, streams);
    let (mut summaries, mut alerts) = (Vec::new(), Vec::new());
    let mut found = 0;
    let mut now_told = false;
    let mut excluded = 0;
    let own_tuning = arguments.tuning.as_deref().map(read_tuning).transpose()?.unwrap_or_default();
    let today: String = moment::show(moment::wall()).chars().take(10).collect();
    let mut last_report: Option<(Progress<'_, '_>, Arc<ScanReport>)> = None;
    for pack in packs {
        for detection in &pack.detections {
            let report = workspace.session.new_report();
            let bytes = workspace.objects().iter().filter_map(|object| object.size).sum();
            let progress = Progress::start(streams, &report, bytes, arguments.logs.quiet);
            let outcome = detect(compiler, workspace, pack.technique.as_deref(), detection, &report).await;
            progress.stop();
            let outcome = match outcome {
                Ok(found) => {
                    let folder = arguments.write_lookups.as_deref();
                    let notes = workspace.write_stores(&found.stores, folder).await?;
                    if !arguments.logs.quiet {
                        print_diagnostics(streams, &found.query.name, &found.query.text, &notes);
                    }
                    let all = told(found, &mut now_told, arguments.logs.quiet, streams);
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
                print_lines(streams, &new)?;
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
    print_alerts(streams, format, &arguments.csv, &mut alerts)?;
    if !arguments.logs.quiet {
        tell_summary(streams, &summaries);
    }
    if excluded > 0 && !arguments.logs.quiet {
        let are = if excluded == 1 { "is" } else { "are" };
        streams.tell(format_args!("{} {are} not shown, by tuning", alerts_of(excluded)));
    }
    if let Some((progress, report)) = last_report {
        progress.close(&report, &alerts_of(found));
        write_account(arguments.logs.report.as_deref(), &report, workspace)?;
    }
    tell_unread(streams, workspace)?;
    let failed = summaries.iter().any(|summary| summary.outcome.is_err());
    Ok(match (failed, found > 0 && arguments.exit_code) {
        (true, _) => Exit::Error,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Fine,
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

/// The alerts; tells the warnings and, once, what "now" is.
fn told(found: Detected, now_told: &mut bool, quiet: bool, streams: &Streams<'_>) -> Vec<Alert> {
    if !quiet {
        print_diagnostics(streams, &found.query.name, &found.query.text, &found.warnings);
    }
    if !*now_told {
        settings::tell_now(&found.settled, quiet, streams);
        *now_told = found.settled.from_newest;
    }
    found.alerts
}

fn print_lines(streams: &Streams<'_>, alerts: &[Alert]) -> Outcome<()> {
    let mut output = std::io::BufWriter::new(streams.output());
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
fn print_alerts(
    streams: &Streams<'_>,
    format: Format,
    csv: &CsvArguments,
    alerts: &mut Vec<Alert>,
) -> Outcome<()> {
    alerts.sort_by(|left, right| right.time.cmp(&left.time));
    let failed = Failure::writing;
    match format {
        Format::Jsonl => Ok(()),
        Format::Json => {
            let text =
                serde_json::to_string_pretty(alerts).map_err(|error| Failure::inner("write JSON", error))?;
            writeln!(streams.output(), "{text}").map_err(failed)
        }
        Format::Table => {
            let (labels, mut rows) = table(&SHOWN, alerts);
            rows.iter_mut().filter_map(|row| row.first_mut()).for_each(|time| *time = to_seconds(time));
            output::print_fitting(streams, &labels, rows, &SPARE).map_err(failed)
        }
        Format::Csv | Format::Parquet => {
            let shown: Vec<Shown> = SHOWN.iter().chain(&FURTHER).copied().collect();
            let (labels, rows) = table(&shown, alerts);
            let batch = output::text_batch(&labels, &rows)?;
            let mut sink = output::sink(streams, format, csv, &batch.schema(), &labels, false)?;
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

/// One line for each detection.
fn tell_summary(streams: &Streams<'_>, summaries: &[Summary]) {
    for summary in summaries {
        let Summary { technique, detection, severity, outcome } = summary;
        let technique = if technique.is_empty() { "-" } else { technique };
        match outcome {
            Ok(alerts) => {
                streams.tell(format_args!("{technique}  {detection} ({severity}): {}", alerts_of(*alerts)))
            }
            Err(reason) => streams.tell(format_args!("{technique}  {detection}: failed: {reason}")),
        }
    }
}
