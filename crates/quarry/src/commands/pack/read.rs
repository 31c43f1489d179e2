//! `quarry pack read`.

use std::io::Write;

use clap::{Args, ValueEnum};
use quarry_diagnostic::JsonDiagnostic;
use quarry_pack::{
    Detection,
    import::{Imported, Item, Procedure, RecordedTest},
};
use serde::Serialize;

use super::imported::summary;
use crate::{
    Streams,
    failure::{Exit, Failure, Outcome, print_diagnostics},
    imports,
    output::print_table,
};

/// How the listing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum ListFormat {
    /// A table for people
    #[default]
    Table,
    /// One JSON array with everything that was read
    Json,
}

#[derive(Debug, Args)]
pub struct ReadArguments {
    /// Files and folders of rules, tests and recorded events
    #[arg(required = true, value_name = "FILE|FOLDER")]
    targets: Vec<String>,

    /// How the listing is written
    #[arg(long, value_enum, default_value_t)]
    output: ListFormat,

    /// Print no findings and no closing line
    #[arg(long, short)]
    quiet: bool,
}

/// A file as JSON.
#[derive(Serialize)]
struct File<'a> {
    file: &'a str,
    format: Option<&'static str>,
    items: &'a [Item],
    findings: Vec<JsonDiagnostic>,
}

/// Prints what was read, then what was not.
pub fn run(arguments: &ReadArguments, streams: &Streams<'_>) -> Outcome {
    let all = imports::read_all(&arguments.targets)?;
    match arguments.output {
        ListFormat::Table => print_files(streams, &all.files)?,
        ListFormat::Json => print_json(streams, &all.files)?,
    }
    if !arguments.quiet {
        if arguments.output == ListFormat::Table {
            for file in &all.files {
                print_diagnostics(streams, &file.file, &file.text, &file.findings);
            }
        }
        for (path, why) in &all.others {
            streams.tell(format_args!("{}: not read: {why}", path.display()));
        }
        let word = if all.files.len() == 1 { "file" } else { "files" };
        streams.tell(format_args!("{} {word}: {}", all.files.len(), summary(&all.files)));
    }
    Ok(Exit::Fine)
}

fn print_json(streams: &Streams<'_>, files: &[Imported]) -> Outcome<()> {
    let files = files.iter().map(|file| File {
        file: &file.file,
        format: file.format.map(|format| format.name),
        items: &file.items,
        findings: file.json_findings(),
    });
    let text = serde_json::to_string_pretty(&files.collect::<Vec<_>>())
        .map_err(|error| Failure::inner("write JSON", error))?;
    writeln!(streams.output(), "{text}").map_err(Failure::writing)
}

fn print_files(streams: &Streams<'_>, files: &[Imported]) -> Outcome<()> {
    let labels = ["item", "name", "severity", "technique", "what is known", "file"].map(str::to_owned);
    let rows = files.iter().flat_map(|file| {
        file.items.iter().map(|item| {
            let mut row = cells(item);
            row.push(file.file.clone());
            row
        })
    });
    print_table(streams, &labels, rows.collect()).map_err(Failure::writing)
}

fn cells(item: &Item) -> Vec<String> {
    match item {
        Item::Detection(detection) => of_detection(detection),
        Item::Test(test) => of_test(test),
        Item::Procedure(procedure) => of_procedure(procedure),
        Item::Other { kind, name } => {
            vec![(*kind).to_owned(), name.clone(), String::new(), String::new(), String::new()]
        }
    }
}

fn of_detection(detection: &Detection) -> Vec<String> {
    let metadata = &detection.metadata;
    let schedule = metadata.schedule.as_ref();
    let known = [
        metadata.kind.clone(),
        metadata.status.clone(),
        schedule.map(|schedule| format!("every {} over {}", schedule.every, schedule.look_back)),
        (!metadata.data_sources.is_empty()).then(|| metadata.data_sources.join(", ")),
        metadata.risk_score.map(|score| format!("risk {score}")),
        (!metadata.data.is_empty()).then(|| format!("{} recorded data sets elsewhere", metadata.data.len())),
        (!detection.language.runs()).then(|| "not run yet".to_owned()),
    ];
    vec![
        format!("{} detection", detection.language.title),
        detection.title.clone(),
        metadata.severity.map_or_else(String::new, |severity| severity.to_string()),
        metadata.techniques.join(", "),
        known.into_iter().flatten().collect::<Vec<_>>().join("; "),
    ]
}

fn of_test(test: &RecordedTest) -> Vec<String> {
    let records = test.known_records().len();
    let verdict = test.verdict.map(|alerts| if alerts { "the rule alerts" } else { "the rule stays silent" });
    let known = [
        verdict.map(str::to_owned),
        (!test.mocks.is_empty()).then(|| format!("with {} replaced", test.mocks.join(", "))),
        Some(match (records, test.logs.join(", ")) {
            (0, logs) => format!("no log that quarry reads ({logs})"),
            (1, logs) => format!("1 record of {logs}"),
            (_, logs) => format!("{records} records of {logs}"),
        }),
        test.note.clone(),
    ];
    let known = known.into_iter().flatten().collect::<Vec<_>>().join("; ");
    vec!["recorded test".to_owned(), test.id(), String::new(), test.techniques.join(", "), known]
}

fn of_procedure(procedure: &Procedure) -> Vec<String> {
    let known = format!("{}; {}", procedure.executor, procedure.platforms.join(", "));
    vec![
        "test with commands".to_owned(),
        procedure.name.clone(),
        String::new(),
        procedure.technique.clone(),
        known,
    ]
}
