//! `quarry coverage`: what the packs cover of MITRE ATT&CK, and what they do not.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use quarry_pack::{
    attack::{Knowledge, Release},
    coverage::{Coverage, Covered},
    layer::layer,
};

use crate::{
    Streams,
    failure::{Exit, Failure, Outcome},
    output::print_table,
    tested::TestedPacks,
};

#[derive(Debug, Args)]
pub struct CoverageArguments {
    /// Write a layer for the ATT&CK Navigator
    #[arg(long, value_name = "FILE")]
    pub layer: Option<PathBuf>,

    /// Version of ATT&CK
    #[arg(long, default_value = "19", value_name = "18|19")]
    pub attack: String,

    #[command(flatten)]
    pub packs: TestedPacks,

    /// How the coverage is written
    #[arg(long, value_enum, default_value_t = Form::Table)]
    pub output: Form,
}

/// How a coverage is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Tables for people
    Table,
    /// One JSON object
    Json,
}

/// Runs the command.
pub fn run(arguments: &CoverageArguments, streams: &Streams<'_>) -> Outcome {
    let knowledge = Knowledge::embedded()?;
    let release =
        knowledge.release(&arguments.attack).ok_or_else(|| unknown(&knowledge, &arguments.attack))?;
    let packs = arguments.packs.load()?;
    let results = arguments.packs.results(&packs, streams)?;
    let coverage = Coverage::of(&knowledge, release, &packs, results.as_ref());
    if let Some(path) = &arguments.layer {
        write_layer(path, &coverage)?;
    }
    match arguments.output {
        Form::Json => print_json(streams, &coverage)?,
        Form::Table => print_tables(streams, &coverage, release)?,
    }
    for note in coverage.notes.iter().filter(|_| arguments.output == Form::Table) {
        streams.tell(format_args!("note: {note}"));
    }
    if results.is_none() {
        streams.tell("no scores: no tests were run");
    }
    if let Some(path) = &arguments.layer {
        streams.tell(format_args!("layer: {}", path.display()));
    }
    Ok(Exit::Fine)
}

fn unknown(knowledge: &Knowledge, version: &str) -> Failure {
    let known: Vec<&str> = knowledge.releases.iter().map(|release| release.version.as_str()).collect();
    Failure::Usage(format!("`{version}` is no known version of ATT&CK: use one of {}", known.join(", ")))
}

fn write_layer(path: &Path, coverage: &Coverage) -> Outcome<()> {
    let text = serde_json::to_string_pretty(&layer(coverage))
        .map_err(|error| Failure::inner("write JSON", error))?;
    quarry_hunt::files::replace(path, (text + "\n").as_bytes())
        .map_err(|error| Failure::writing_file(path, error))
}

fn print_json(streams: &Streams<'_>, coverage: &Coverage) -> Outcome<()> {
    let text = serde_json::to_string_pretty(coverage).map_err(|error| Failure::inner("write JSON", error))?;
    writeln!(streams.output(), "{text}").map_err(Failure::writing)
}

fn print_tables(streams: &Streams<'_>, coverage: &Coverage, release: &Release) -> Outcome<()> {
    let names = |keys: &[String]| {
        let name =
            |key: &String| release.tactic(key).map_or(key.as_str(), |tactic| tactic.name.as_str()).to_owned();
        keys.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let labels = [
        "technique",
        "name",
        "tactics",
        "detections",
        "attacks caught",
        "benign silent",
        "score",
        "data components",
    ];
    let rows: Vec<Vec<String>> =
        coverage.techniques.iter().map(|covered| row(covered, &names(&covered.tactics))).collect();
    let failed = Failure::writing;
    print_table(streams, &labels.map(str::to_owned), rows).map_err(failed)?;
    let mut output = streams.output();
    let written =
        writeln!(output, "\n{} techniques of the cloud matrix without a pack:\n", coverage.gaps.len());
    written.map_err(failed)?;
    let gaps: Vec<Vec<String>> = coverage
        .gaps
        .iter()
        .map(|gap| {
            vec![gap.technique.clone(), gap.name.clone(), names(&gap.tactics), gap.platforms.join(", ")]
        })
        .collect();
    print_table(streams, &["technique", "name", "tactics", "platforms"].map(str::to_owned), gaps)
        .map_err(failed)
}

fn row(covered: &Covered, tactics: &str) -> Vec<String> {
    let share = |part: usize, all: usize| if all == 0 { String::new() } else { format!("{part}/{all}") };
    let tally = covered.tally.unwrap_or_default();
    let components: Vec<String> =
        covered.data_components.iter().map(|one| format!("{} {}", one.id, one.name)).collect();
    vec![
        covered.technique.clone(),
        covered.name.clone(),
        tactics.to_owned(),
        covered.detections.join(", "),
        share(tally.caught, tally.attacks),
        share(tally.quiet, tally.benign),
        covered.score.map_or_else(String::new, |score| format!("{score:.0} %")),
        components.join(", "),
    ]
}
