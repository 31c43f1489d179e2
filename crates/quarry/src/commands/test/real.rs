//! The expectations of packs on real telemetry.

use std::{io::Write, sync::Arc};

use quarry_hunt::{LogOptions, Workspace, detect};
use quarry_pack::Pack;
use quarry_validation::{SignalFound, check_signals};
use serde::Serialize;

use super::{ResultFormat, TestArguments};
use crate::{
    Streams,
    failure::{Exit, Failure, Outcome},
    output::print_table,
    progress::{alerts_of, tell_unread},
    settings,
};

/// What was found of a pack.
#[derive(Serialize)]
struct Found {
    technique: Option<String>,
    signals: Vec<SignalRow>,
    detections: Vec<Fired>,
}

#[derive(Serialize)]
struct SignalRow {
    case: String,
    log: String,
    action: String,
    records: usize,
    first: Option<String>,
    delivered_after: Option<String>,
    within: String,
    missing_fields: Vec<String>,
    holds: bool,
}

#[derive(Serialize)]
struct Fired {
    detection: String,
    alerts: usize,
    error: Option<String>,
}

/// Looks for every expected signal and runs the detections: 1 if a signal did not arrive or arrived late.
pub fn run(arguments: &TestArguments, packs: &[Pack], only: Option<&str>, streams: &Streams<'_>) -> Outcome {
    let catalog = settings::catalog(arguments.language.config.as_deref())?;
    let compiler = settings::compiler(&catalog, &arguments.language, streams)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let options = LogOptions { threads, ..LogOptions::of(arguments.logs.clone()) };
    let found: Vec<Found> = settings::runtime(threads)?.block_on(async {
        let workspace = Workspace::open(Arc::clone(&catalog), &options).await?;
        let mut found = Vec::new();
        for pack in packs {
            let signals = check_signals(&workspace, pack, only).await?;
            let mut detections = Vec::new();
            for detection in &pack.detections {
                let report = workspace.session.new_report();
                let fired =
                    detect(&compiler, &workspace, pack.technique.as_deref(), detection, &report).await;
                detections.push(Fired {
                    detection: detection.id.clone(),
                    alerts: fired.as_ref().map_or(0, |fired| fired.alerts.len()),
                    error: fired.err().map(|failure| failure.message()),
                });
            }
            let signals = signals.into_iter().map(SignalRow::of).collect();
            found.push(Found { technique: pack.technique.clone(), signals, detections });
        }
        tell_unread(streams, &workspace)?;
        Ok::<_, Failure>(found)
    })?;
    print(arguments, &found, streams)?;
    let mut signals = found.iter().flat_map(|found| &found.signals);
    Ok(Exit::clean(signals.all(|signal| signal.holds)))
}

impl SignalRow {
    fn of(found: SignalFound) -> Self {
        Self {
            holds: found.holds(),
            case: found.case,
            log: found.signal.log,
            action: found.signal.action,
            records: found.records,
            first: found.first,
            delivered_after: found.delivered_after.map(|after| after.to_string()),
            within: found.signal.within.to_string(),
            missing_fields: found.missing,
        }
    }

    fn cells(&self) -> Vec<String> {
        let missing = match (self.records, self.missing_fields.is_empty()) {
            (0, _) => "did not arrive".to_owned(),
            (_, false) => format!("without {}", self.missing_fields.join(", ")),
            (_, true) if !self.holds => "late".to_owned(),
            (_, true) => "arrived".to_owned(),
        };
        let first = self.first.clone().unwrap_or_default();
        let after = self.delivered_after.clone().unwrap_or_else(|| "unknown".to_owned());
        let after = if self.records == 0 { String::new() } else { after };
        vec![
            self.case.clone(),
            self.log.clone(),
            self.action.clone(),
            self.records.to_string(),
            first,
            after,
            missing,
        ]
    }
}

fn print(arguments: &TestArguments, found: &[Found], streams: &Streams<'_>) -> Outcome<()> {
    let failed = Failure::writing;
    match arguments.output {
        ResultFormat::Json => {
            let text =
                serde_json::to_string_pretty(found).map_err(|error| Failure::inner("write JSON", error))?;
            writeln!(streams.output(), "{text}").map_err(failed)
        }
        ResultFormat::Junit => {
            Err(Failure::Usage("JUnit is for emulated tests: use `--output json` with `--logs`".to_owned()))
        }
        ResultFormat::Table => {
            for found in found {
                let title = found.technique.as_deref().unwrap_or("-");
                writeln!(streams.output(), "{title}: expected telemetry").map_err(failed)?;
                let labels = ["test", "log", "action", "records", "first", "delivered after", "result"];
                let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
                print_table(streams, &labels, found.signals.iter().map(SignalRow::cells).collect())
                    .map_err(failed)?;
                writeln!(streams.output(), "{title}: detections").map_err(failed)?;
                let rows = found.detections.iter().map(|fired| {
                    let result = fired.error.clone().unwrap_or_else(|| alerts_of(fired.alerts));
                    vec![fired.detection.clone(), result]
                });
                print_table(streams, &["detection".to_owned(), "result".to_owned()], rows.collect())
                    .map_err(failed)?;
            }
            Ok(())
        }
    }
}
