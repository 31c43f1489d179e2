//! `quarry tune`: what the alerts on someone's own logs have in common, and which exclusions are safe.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use quarry_hunt::{Compiler, Workspace, detect, files, moment};
use quarry_pack::{Alert, Pack, Tuning, emulate::Options};
use quarry_validation::{
    Setup,
    tune::{FIELDS, Tuned, tune},
};

use super::test::ResultFormat;
use crate::{
    Streams,
    arguments::{LanguageArguments, LogArguments},
    failure::{Exit, Failure, Outcome},
    output::print_table,
    packs::{PackSource, find_packs, runnable},
    progress::{alerts_of, tell_unread},
    settings,
};

#[derive(Debug, Args)]
pub struct TuneArguments {
    /// Technique id or pack folder
    #[arg(value_name = "TECHNIQUE|FOLDER")]
    target: String,

    #[command(flatten)]
    packs: PackSource,

    #[command(flatten)]
    logs: LogArguments,

    #[command(flatten)]
    language: LanguageArguments,

    /// How the findings are written
    #[arg(long, value_enum, default_value_t)]
    output: ResultFormat,

    /// Write the proposed entries, with those in force, to this file
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: &TuneArguments, streams: &Streams<'_>) -> Outcome {
    let packs = find_packs(&arguments.packs, std::slice::from_ref(&arguments.target), streams)?;
    let packs = runnable(packs, arguments.logs.quiet, streams);
    let [pack] = &packs[..] else {
        return Err(Failure::Usage("tune one pack at a time".to_owned()));
    };
    let catalog = settings::catalog(arguments.language.config.as_deref())?;
    let compiler = settings::compiler(&catalog, &arguments.language, streams)?;
    let alerts = settings::runtime(settings::threads(&arguments.logs))?.block_on(async {
        let workspace =
            Workspace::open(Arc::clone(&catalog), &settings::needed_logs(&arguments.logs)?).await?;
        let alerts = all_alerts(&compiler, &workspace, pack).await?;
        tell_unread(streams, &workspace)?;
        Ok::<_, Failure>(alerts)
    })?;
    let today: String = moment::show(moment::wall()).chars().take(10).collect();
    let shown: Vec<Alert> = alerts.into_iter().filter(|alert| pack.tuning.admits(alert, &today)).collect();
    let setup = Setup {
        catalog: Arc::clone(&catalog),
        macros: arguments.language.macros.clone(),
        views: arguments.language.views(),
        emulation: Options::default(),
        threads: settings::threads(&arguments.logs),
    };
    let tuned = tune(&setup, pack, &shown, &today)?;
    print(arguments, &tuned, streams)?;
    if let Some(file) = &arguments.write {
        write(file, pack, &tuned)?;
    }
    Ok(Exit::Fine)
}

async fn all_alerts(compiler: &Compiler<'_>, workspace: &Workspace, pack: &Pack) -> Outcome<Vec<Alert>> {
    let mut alerts = Vec::new();
    for detection in &pack.detections {
        let report = workspace.session.new_report();
        let found = detect(compiler, workspace, pack.technique.as_deref(), detection, &report).await?;
        alerts.extend(found.alerts);
    }
    Ok(alerts)
}

/// The entries in force and the proposed ones.
fn proposed(pack: Option<&Pack>, tuned: &Tuned) -> Tuning {
    let mut tuning = pack.map(|pack| pack.tuning.clone()).unwrap_or_default();
    let exclusions = tuned.exclusions.iter().filter(|weighed| weighed.proposed);
    tuning.exclusions.extend(exclusions.map(|weighed| weighed.entry.clone()));
    let thresholds = tuned.thresholds.iter().filter(|weighed| weighed.proposed);
    tuning.thresholds.extend(thresholds.map(|weighed| weighed.entry.clone()));
    tuning
}

fn yaml(tuning: &Tuning) -> Outcome<String> {
    quarry_pack::to_yaml(tuning).map_err(|error| Failure::inner("write YAML", error))
}

fn write(file: &Path, pack: &Pack, tuned: &Tuned) -> Outcome<()> {
    files::replace(file, yaml(&proposed(Some(pack), tuned))?.as_bytes())
        .map_err(|error| Failure::writing_file(file, error))
}

fn print(arguments: &TuneArguments, tuned: &Tuned, streams: &Streams<'_>) -> Outcome<()> {
    let failed = Failure::writing;
    match arguments.output {
        ResultFormat::Json => {
            let text =
                serde_json::to_string_pretty(tuned).map_err(|error| Failure::inner("write JSON", error))?;
            writeln!(streams.output(), "{text}").map_err(failed)
        }
        ResultFormat::Junit => Err(Failure::Usage("tuning is no test: use `table` or `json`".to_owned())),
        ResultFormat::Table => {
            streams.tell(format_args!("{}, counting each dialect", alerts_of(tuned.alerts)));
            print_groups(streams, tuned).map_err(failed)?;
            print_weighed(streams, tuned).map_err(failed)?;
            let mut output = streams.data();
            let found = proposed(None, tuned);
            if found == Tuning::default() {
                return writeln!(output, "nothing is proposed").map_err(failed);
            }
            writeln!(output, "\nproposed for tuning/tuning.yml:\n\n{}", yaml(&found)?).map_err(failed)
        }
    }
}

fn print_groups(streams: &Streams<'_>, tuned: &Tuned) -> std::io::Result<()> {
    let labels = ["field", "value", "alerts"].map(str::to_owned);
    let rows = FIELDS.iter().flat_map(|field| tuned.groups.iter().filter(move |group| group.field == *field));
    let mut rows: Vec<Vec<String>> = rows
        .map(|group| vec![group.field.to_owned(), group.value.clone(), group.alerts.to_string()])
        .collect();
    let hours = tuned.hours.iter().enumerate().filter(|(_, alerts)| **alerts > 0);
    rows.extend(
        hours.map(|(hour, alerts)| vec!["hour".to_owned(), format!("{hour:02}"), alerts.to_string()]),
    );
    print_table(streams, &labels, rows)
}

fn print_weighed(streams: &Streams<'_>, tuned: &Tuned) -> std::io::Result<()> {
    let labels = ["entry", "removes", "result"].map(str::to_owned);
    let result = |proposed: bool, refused: &Option<String>, hides: &[String]| {
        let reason = refused.clone().unwrap_or_else(|| "removes nothing".to_owned());
        match (proposed, hides.len()) {
            (false, _) => format!("not proposed: {reason}"),
            (true, 0) => "proposed".to_owned(),
            (true, 1) => "proposed; whoever holds its credentials there could do 1 attack unseen".to_owned(),
            (true, many) => {
                format!("proposed; whoever holds its credentials there could do {many} attacks unseen")
            }
        }
    };
    let exclusions = tuned.exclusions.iter().map(|weighed| {
        let what = weighed.entry.reason.clone();
        vec![what, weighed.removes.to_string(), result(weighed.proposed, &weighed.refused, &weighed.hides)]
    });
    let thresholds = tuned.thresholds.iter().map(|weighed| {
        let entry = &weighed.entry;
        let what = format!("{} at least {}", entry.detections.join(", "), entry.min_risk_score);
        vec![what, weighed.removes.to_string(), result(weighed.proposed, &weighed.refused, &weighed.hides)]
    });
    print_table(streams, &labels, exclusions.chain(thresholds).collect())
}
