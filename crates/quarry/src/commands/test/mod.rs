//! `quarry test`: the adversary tests of packs, and what each detection says to them.

mod commands;
mod junit;
mod matrix;
mod real;

use std::{io::Write, path::PathBuf, sync::Arc};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use quarry_pack::{Pack, emulate::Options, results::TestResults};
use quarry_validation::{Setup, test_packs};

use crate::{
    Streams,
    arguments::LanguageArguments,
    failure::{Exit, Failure, Outcome},
    imports,
    packs::{PackSource, find_packs, runnable},
    progress::target,
    settings,
};

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ResultFormat {
    /// A matrix of tests and detections for people
    #[default]
    Table,
    /// One JSON object
    Json,
    /// JUnit XML
    Junit,
}

#[derive(Debug, Args)]
pub struct TestArguments {
    /// Technique ids (T1578.002, or T1578.002#case), or pack folders (default: all packs)
    #[arg(value_name = "TECHNIQUE|FOLDER")]
    pub targets: Vec<String>,

    #[command(flatten)]
    pub packs: PackSource,

    #[command(flatten)]
    pub language: LanguageArguments,

    /// How results are written
    #[arg(long, value_enum, default_value_t)]
    pub output: ResultFormat,

    /// Recorded events in the place of the packs' own tests: Panther rules with tests (their verdicts are what is
    /// expected), logs of Stratus Red Team, other records; or Atomic Red Team techniques, for `--commands`
    #[arg(long, num_args = 1.., value_name = "FILE|FOLDER", conflicts_with = "logs")]
    pub tests: Vec<String>,

    /// Check the expected telemetry and the detections on these logs instead, after the commands were run
    #[arg(long, num_args = 1.., value_name = "PATH|GLOB|DIR|URL")]
    pub logs: Vec<String>,

    /// Show the commands that do each test for real, with prerequisites and clean-up; nothing is run
    #[arg(long, conflicts_with = "logs")]
    pub commands: bool,

    /// Seed of the emulated telemetry
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,

    /// Show no progress and no closing line
    #[arg(long, short)]
    pub quiet: bool,
}

/// Runs the command: 0 if everything is as expected, 1 if not.
pub fn run(arguments: &TestArguments, streams: &Streams<'_>) -> Outcome {
    let (targets, only) = split_case(&arguments.targets)?;
    if arguments.commands && !arguments.tests.is_empty() {
        return commands::print_imported(&arguments.tests, streams);
    }
    let mut packs = find_packs(&arguments.packs, &targets, streams)?;
    if !arguments.tests.is_empty() {
        with_tests(&mut packs, &arguments.tests, arguments.quiet, streams)?;
    }
    if let Some(only) = only.as_ref().filter(|only| !has_case(&packs, only)) {
        let ids: Vec<&str> =
            packs.iter().flat_map(|pack| &pack.cases.cases).map(|case| case.id.as_str()).collect();
        let help = quarry_diagnostic::did_you_mean(only, ids.iter().copied())
            .map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
        return Err(Failure::Usage(format!("no case is named `{only}`{help}")));
    }
    if arguments.commands {
        return commands::print(&packs, only.as_deref(), streams);
    }
    if !arguments.logs.is_empty() {
        return real::run(arguments, &packs, only.as_deref(), streams);
    }
    let catalog = settings::catalog(arguments.language.config.as_deref())?;
    let packs = runnable(packs, arguments.quiet, streams);
    let mut macros = settings::knowledge_beside(&targets);
    macros.extend(arguments.language.macros.clone());
    let setup = Setup {
        catalog: Arc::clone(&catalog),
        macros,
        views: arguments.language.views(),
        emulation: Options { seed: arguments.seed, ..Options::default() },
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let results = run_tests(&setup, &packs, only.as_deref(), arguments.quiet, streams)?;
    print(arguments, &packs, &results, streams)?;
    if packs.iter().all(|pack| pack.detections.is_empty()) {
        return Err(Failure::Usage("nothing was tested: there is no detection that quarry runs".to_owned()));
    }
    let clean = results.summary.pass == results.summary.total();
    Ok(Exit::clean(clean))
}

/// Puts recorded tests in the place of the packs' own.
fn with_tests(packs: &mut [Pack], files: &[String], quiet: bool, streams: &Streams<'_>) -> Outcome<()> {
    let cases = imports::cases(files, quiet, streams)?;
    for pack in packs {
        pack.cases.cases.clone_from(&cases);
        pack.misnamed.clear();
    }
    Ok(())
}

/// Runs the tests with a bar on a terminal.
pub fn run_tests(
    setup: &Setup,
    packs: &[Pack],
    only: Option<&str>,
    quiet: bool,
    streams: &Streams<'_>,
) -> Outcome<TestResults> {
    let bar = ProgressBar::with_draw_target(Some(0), target(streams, quiet));
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} tests, {eta} left") {
        bar.set_style(style);
    }
    let results = test_packs(setup, packs, only, &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    results
}

fn has_case(packs: &[Pack], id: &str) -> bool {
    packs.iter().any(|pack| pack.cases.cases.iter().any(|case| case.id == id))
}

/// Splits `T1578.002#case` into target and case; one case at a time.
fn split_case(targets: &[String]) -> Outcome<(Vec<String>, Option<String>)> {
    let mut names = Vec::new();
    let mut only = None;
    for target in targets {
        match target.split_once('#') {
            Some((name, case)) => {
                if targets.len() > 1 {
                    return Err(Failure::Usage("one case at a time: name only `TECHNIQUE#CASE`".to_owned()));
                }
                names.push(name.to_owned());
                only = Some(case.to_owned());
            }
            None => names.push(target.clone()),
        }
    }
    Ok((names, only))
}

fn print(
    arguments: &TestArguments,
    packs: &[Pack],
    results: &TestResults,
    streams: &Streams<'_>,
) -> Outcome<()> {
    let failed = Failure::writing;
    match arguments.output {
        ResultFormat::Table => matrix::print(streams, packs, results, arguments.quiet).map_err(failed),
        ResultFormat::Json => {
            let text =
                serde_json::to_string_pretty(results).map_err(|error| Failure::inner("write JSON", error))?;
            writeln!(streams.output(), "{text}").map_err(failed)
        }
        ResultFormat::Junit => {
            let text = junit::text(results)?;
            writeln!(streams.output(), "{text}").map_err(failed)
        }
    }
}

/// Where the tests of a pack are, for messages.
pub fn cases_file(pack: &Pack) -> PathBuf {
    PathBuf::from(&pack.origin).join("tests/cases.yml")
}
