//! `quarry pack check`.

use std::{io::Write, path::Path};

use clap::Args;
use quarry_diagnostic::{Diagnostic, line_column};
use quarry_hunt::{CompileOptions, Compiler, QueryText};
use quarry_languages::Language;
use quarry_pack::{
    CaseKind, Pack, Packs,
    attack::Knowledge,
    emulate::{Emulator, Options},
    scaffold,
};

use super::imported;
use crate::{
    Streams,
    failure::{Exit, Failure, Outcome},
    packs::{PackSource, find_packs},
    settings,
};

/// Files beside the detections that a whole pack has.
const PAGES: [&str; 4] =
    ["docs/detection.md", "docs/investigation.md", "docs/playbook.md", "tuning/tuning.yml"];

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Technique ids, pack folders, or files and folders of rules in other products' formats (default: all packs)
    #[arg(value_name = "TECHNIQUE|FOLDER|FILE")]
    targets: Vec<String>,

    #[command(flatten)]
    packs: PackSource,
}

/// Prints what is wrong or missing, one line each.
pub fn run(arguments: &CheckArguments, streams: &Streams<'_>) -> Outcome {
    let (rules, targets): (Vec<String>, Vec<String>) =
        arguments.targets.iter().cloned().partition(|target| is_imported(target));
    let catalog = settings::catalog(None)?;
    let compiler = Compiler::new(&catalog, &CompileOptions::with_files(settings::knowledge_beside(&rules)))?;
    let mut found = 0;
    if !rules.is_empty() {
        found += imported::check(&rules, &compiler, streams)?;
        if targets.is_empty() {
            return Ok(Exit::clean(found == 0));
        }
    }
    let packs = find_packs(&arguments.packs, &targets, streams)?;
    let knowledge = Knowledge::embedded()?;
    for pack in &packs {
        let mut lines = Vec::new();
        wrong_attack(pack, &knowledge, &mut lines);
        missing_pages(pack, &mut lines);
        lines.extend(scaffold::unfilled(pack));
        broken_queries(pack, &compiler, &mut lines)?;
        wrong_cases(pack, &mut lines);
        missing_kinds(pack, &mut lines);
        found += lines.len();
        for line in lines {
            writeln!(streams.output(), "{line}").map_err(Failure::writing)?;
        }
    }
    let word = if packs.len() == 1 { "pack" } else { "packs" };
    let findings = if found == 1 { "finding" } else { "findings" };
    streams.tell(format_args!("{} {word}: {found} {findings}", packs.len()));
    Ok(Exit::clean(found == 0))
}

/// Whether a target is a file or a folder of rules, and no pack.
fn is_imported(target: &str) -> bool {
    let path = Path::new(target);
    (path.is_file() && Language::of_file(path).is_none()) || (path.is_dir() && !Packs::are_in(path))
}

/// What the pack says of ATT&CK and ATT&CK does not.
fn wrong_attack(pack: &Pack, knowledge: &Knowledge, lines: &mut Vec<String>) {
    if let Some(manifest) = &pack.manifest {
        let found = knowledge.doubts(manifest);
        lines.extend(found.into_iter().map(|doubt| format!("{}/pack.yml: {doubt}", pack.origin)));
    }
}

fn missing_pages(pack: &Pack, lines: &mut Vec<String>) {
    for page in PAGES {
        if pack.page(page).is_none() {
            lines.push(format!("{}: `{page}` is missing", pack.origin));
        }
    }
    if pack.hunting().next().is_none() {
        lines.push(format!("{}: there are no hunting queries under `hunting/`", pack.origin));
    }
}

/// Detections and hunting queries that do not plan.
fn broken_queries(pack: &Pack, compiler: &Compiler<'_>, lines: &mut Vec<String>) -> Outcome<()> {
    let runs = pack.detections.iter().filter(|detection| detection.language.runs());
    let detections = runs
        .map(|detection| QueryText::new(detection.language, detection.file.clone(), detection.text.clone()));
    let hunting = pack
        .hunting()
        .map(|(language, path, text)| QueryText::new(language, format!("{}/{path}", pack.origin), text));
    for query in detections.chain(hunting.filter(|query| query.language.runs())) {
        let compiled = compiler.compile(&query, None)?;
        for error in compiled.diagnostics.iter().filter(|found| Diagnostic::is_error(found)) {
            let (line, column) = line_column(&query.text, error.span.start);
            lines.push(format!("{}:{line}:{column}: {}", query.name, error.message));
        }
    }
    Ok(())
}

/// Cases that cannot be emulated, and names in tests and tuning that no detection has.
fn wrong_cases(pack: &Pack, lines: &mut Vec<String>) {
    let file = super::super::test::cases_file(pack);
    let file = file.display();
    let emulator = match Emulator::of_pack(pack) {
        Ok(emulator) => emulator,
        Err(error) => {
            lines.push(error.to_string());
            return;
        }
    };
    for case in &pack.cases.cases {
        if let Err(error) = emulator.case(case, &Options::default()) {
            lines.push(format!("{file}: the case `{}`: {error}", case.id));
        }
    }
    lines.extend(pack.misnamed.iter().map(ToString::to_string));
}

/// Every detection needs an attack or evasion that it must alert on, and the pack a benign twin.
fn missing_kinds(pack: &Pack, lines: &mut Vec<String>) {
    let cases = &pack.cases.cases;
    for detection in pack.detections.iter().filter(|detection| detection.language.runs()) {
        if !cases.iter().any(|case| case.expected(&detection.id).alerts() > 0) {
            lines.push(format!("{}: no test makes `{}` alert", pack.origin, detection.id));
        }
    }
    for kind in [CaseKind::Attack, CaseKind::Evasion, CaseKind::Benign] {
        if !cases.iter().any(|case| case.kind == kind) {
            lines.push(format!("{}: there is no {} test", pack.origin, kind.word()));
        }
    }
}
