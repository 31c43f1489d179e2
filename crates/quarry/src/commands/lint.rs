//! `quarry lint`: what queries that run will really do.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, ValueEnum};
use quarry_diagnostic::{Diagnostic, JsonDiagnostic, Severity, render};
use quarry_hunt::{Compiled, Compiler, LogOptions, QueryText, Settled, Workspace, queries_of, read_query};
use quarry_languages::Language;
use quarry_lint::{Context, Finding, Subject, apply_fixes, lint, rule};
use quarry_pack::Pack;
use quarry_plan::{Node, Operator};
use quarry_views::Catalog;
use serde::Serialize;

use super::why;
use crate::{
    Streams,
    arguments::{LanguageArguments, language},
    failure::{Exit, Failure, Outcome},
    packs::{PackSource, find_packs},
    progress::tell_unread,
    settings,
};

/// At most so many rounds of fixes.
const ROUNDS: usize = 8;

#[derive(Debug, Args)]
pub struct LintArguments {
    /// Query files, technique ids (T1578.002) or pack folders
    #[arg(required_unless_present = "explain", value_name = "FILE|TECHNIQUE|FOLDER")]
    pub targets: Vec<String>,

    /// Language (default: by the ending of each FILE)
    #[arg(long, value_parser = language())]
    pub lang: Option<Language>,

    #[command(flatten)]
    pub packs: PackSource,

    #[command(flatten)]
    pub language: LanguageArguments,

    /// Logs to hold the queries against: tells of each that matches nothing which condition leaves nothing
    #[arg(long, num_args = 1.., value_name = "PATH|GLOB|DIR|URL")]
    pub logs: Vec<String>,

    /// How findings are written
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub output: Output,

    /// Apply the fixes that keep a query's meaning
    #[arg(long)]
    pub fix: bool,

    /// Print what a code means, with an example and its fix
    #[arg(long, value_name = "CODE")]
    pub explain: Option<String>,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    Text,
    /// One JSON array
    Json,
    /// SARIF 2.1.0, for code hosts
    Sarif,
}

/// A query and what is known from around it.
struct Target {
    query: QueryText,
    /// The file it can be written back to.
    file: Option<PathBuf>,
    around: Surroundings,
}

/// What a query's place tells of it.
#[derive(Default)]
struct Surroundings {
    technique: Option<String>,
    scheduled: bool,
    described: String,
}

impl Surroundings {
    fn of_pack(pack: &Pack) -> Self {
        let manifest = pack.manifest.as_ref();
        Self {
            technique: pack.technique.clone(),
            scheduled: manifest.is_some_and(|manifest| manifest.schedule.is_some()),
            described: manifest.map(|manifest| manifest.notes.join("\n")).unwrap_or_default(),
        }
    }

    /// Of a file: where a pack lists it, that pack's; else its name may tell the technique.
    fn of_file(path: &Path) -> Self {
        let folder = path.parent().filter(|folder| folder.join("pack.yml").is_file());
        let pack = folder.and_then(|folder| Pack::load(folder).ok());
        let lists = |pack: &Pack| {
            pack.detections.iter().any(|detection| Path::new(&detection.file).file_name() == path.file_name())
        };
        match pack.filter(lists) {
            Some(pack) => Self::of_pack(&pack),
            None => Self { technique: technique_in(&path.display().to_string()), ..Self::default() },
        }
    }

    fn context(&self) -> Context<'_> {
        Context {
            technique: self.technique.as_deref(),
            scheduled: self.scheduled,
            open_names: false,
            described: &self.described,
        }
    }
}

/// What was found in a target.
struct Linted {
    target: Target,
    findings: Vec<Finding>,
    fixed: usize,
    /// Whether the query cannot be planned.
    broken: bool,
}

/// Runs the command: 1 if anything is found, 2 if a query cannot be planned.
pub fn run(arguments: &LintArguments, streams: &Streams<'_>) -> Outcome {
    if let Some(code) = &arguments.explain {
        return explain(code, streams);
    }
    let targets = targets(arguments, streams)?;
    let catalog = settings::catalog(arguments.language.config.as_deref())?;
    let compiler = settings::compiler_of(&catalog, &arguments.language, &arguments.targets, streams)?;
    let mut all = Vec::new();
    for target in targets {
        all.push(linted(&compiler, &catalog, target, arguments.fix)?);
    }
    if !arguments.logs.is_empty() {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        settings::runtime(threads)?.block_on(async {
            let options = LogOptions { threads, ..LogOptions::of(arguments.logs.clone()) };
            let workspace = Workspace::open(Arc::clone(&catalog), &options).await?;
            for linted in all.iter_mut().filter(|linted| !linted.broken) {
                let found = against_logs(&compiler, &workspace, &linted.target.query).await?;
                linted.findings.extend(found.map(|diagnostic| Finding { diagnostic, fix: None }));
            }
            tell_unread(streams, &workspace)
        })?;
    }
    print(streams, arguments.output, &all)?;
    let broken = all.iter().any(|linted| linted.broken);
    let found = all.iter().any(|linted| !linted.findings.is_empty());
    Ok(if broken { Exit::Error } else { Exit::clean(!found) })
}

fn explain(code: &str, streams: &Streams<'_>) -> Outcome {
    let Some(found) = rule(code) else {
        let codes = quarry_lint::RULES.iter().map(|rule| format!("{} ({})", rule.code, rule.name));
        let codes: Vec<String> = codes.collect();
        return Err(Failure::Usage(format!("no lint has the code `{code}`; there are {}", codes.join(", "))));
    };
    write!(streams.output(), "{}", found.page.text()).map_err(Failure::writing)?;
    Ok(Exit::Fine)
}

fn targets(arguments: &LintArguments, streams: &Streams<'_>) -> Outcome<Vec<Target>> {
    let mut found = Vec::new();
    for name in &arguments.targets {
        let path = Path::new(name);
        if path.is_file() || name == "-" {
            match queries_of(path)? {
                Some(queries) => found.extend(queries.into_iter().map(|query| Target {
                    query,
                    file: None,
                    around: Surroundings::of_file(path),
                })),
                None => found.push(file_target(path, arguments.lang)?),
            }
            continue;
        }
        for pack in find_packs(&arguments.packs, std::slice::from_ref(name), streams)? {
            found.extend(pack_targets(&pack));
        }
    }
    Ok(found)
}

fn pack_targets(pack: &Pack) -> Vec<Target> {
    let target = |detection: &quarry_pack::Detection| Target {
        query: QueryText::new(detection.language, detection.file.clone(), detection.text.clone()),
        file: is_plain(detection).then(|| PathBuf::from(&detection.file)),
        around: Surroundings::of_pack(pack),
    };
    pack.detections.iter().map(target).collect()
}

/// Whether a detection is all of its file, so that it can be written back.
fn is_plain(detection: &quarry_pack::Detection) -> bool {
    let path = Path::new(&detection.file);
    Language::of_file(path) == Some(detection.language) && path.is_file()
}

fn file_target(path: &Path, language: Option<Language>) -> Outcome<Target> {
    let query = read_query(path, language)?;
    let file = (path.as_os_str() != "-").then(|| path.to_path_buf());
    Ok(Target { query, file, around: Surroundings::of_file(path) })
}

/// A technique id in a path, such as `T1578.002`.
fn technique_in(path: &str) -> Option<String> {
    path.match_indices('T').find_map(|(at, _)| {
        let digits = |text: &str, count: usize| {
            text.get(..count).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit())).is_some()
        };
        let rest = path.get(at + 1..)?;
        if !digits(rest, 4) {
            return None;
        }
        let sub = rest.get(4..).and_then(|rest| rest.strip_prefix('.')).is_some_and(|rest| digits(rest, 3));
        path.get(at..at + if sub { 9 } else { 5 }).map(str::to_owned)
    })
}

fn linted(compiler: &Compiler<'_>, catalog: &Catalog, mut target: Target, fix: bool) -> Outcome<Linted> {
    let mut fixed = 0;
    for _ in 0..ROUNDS {
        let compiled = compiler.compile(&target.query, None)?;
        let broken = compiled.diagnostics.iter().any(Diagnostic::is_error);
        if broken || compiled.plan.is_none() {
            let errors = compiled.diagnostics.into_iter().filter(Diagnostic::is_error);
            let findings = errors.map(|diagnostic| Finding { diagnostic, fix: None }).collect();
            return Ok(Linted { target, findings, fixed, broken: true });
        }
        let mut findings = findings(catalog, &target.query, &compiled, target.around.context());
        add_warnings(&mut findings, compiled.diagnostics);
        let (text, count) = apply_fixes(&target.query.text, &findings);
        let Some(file) = target.file.as_ref().filter(|_| fix && count > 0) else {
            return Ok(Linted { target, findings, fixed, broken: false });
        };
        quarry_hunt::files::replace(file, text.as_bytes())
            .map_err(|error| Failure::writing_file(file, error))?;
        target.query.text = text;
        fixed += count;
    }
    Ok(Linted { target, findings: Vec::new(), fixed, broken: false })
}

/// Adds what the language warns of, where no lint says more of the same place.
fn add_warnings(findings: &mut Vec<Finding>, diagnostics: Vec<Diagnostic>) {
    for diagnostic in diagnostics.into_iter().filter(|found| found.severity == Severity::Warning) {
        if findings.iter().all(|finding| finding.diagnostic.span != diagnostic.span) {
            findings.push(Finding { diagnostic, fix: None });
        }
    }
    findings.sort_by_key(|finding| finding.diagnostic.span.start);
}

/// What the lints find in a compiled query; nothing if it has no plan.
fn findings(catalog: &Catalog, query: &QueryText, compiled: &Compiled, context: Context<'_>) -> Vec<Finding> {
    let Some(plan) = &compiled.plan else { return Vec::new() };
    let context = Context { open_names: compiled.needs_discovery, ..context };
    lint(&Subject { text: &query.text, plan, catalog, context })
}

/// The same for an editor, which shows what else is wrong itself.
pub fn diagnostics(catalog: &Catalog, query: &QueryText, compiled: &Compiled) -> Vec<Diagnostic> {
    if compiled.diagnostics.iter().any(Diagnostic::is_error) {
        return Vec::new();
    }
    let around = Surroundings::of_file(Path::new(&query.name));
    let found = findings(catalog, query, compiled, around.context());
    found.into_iter().map(|finding| finding.diagnostic).collect()
}

/// Whether a query matches nothing in the logs, and which condition leaves nothing.
async fn against_logs(
    compiler: &Compiler<'_>,
    workspace: &Workspace,
    query: &QueryText,
) -> Outcome<Option<Diagnostic>> {
    let Some(plan) = workspace.compile(compiler, query).await?.plan else { return Ok(None) };
    let Settled { plan, now, objects, .. } = workspace.settle(plan).await?;
    let report = workspace.session.new_report();
    let span = plan.span;
    let one = Operator::Limit { input: Box::new(plan.clone()), skip: 0, fetch: Some(1) };
    let one = Node::new(one, span);
    let run = workspace.session.run(&one, Arc::clone(&objects), now, Arc::clone(&report)).await;
    let batches = run?.collect().await?;
    if batches.iter().any(|batch| batch.num_rows() > 0) {
        return Ok(None);
    }
    why::finding(workspace, query, &plan, now, &objects, &report).await.map(Some)
}

fn print(streams: &Streams<'_>, output: Output, all: &[Linted]) -> Outcome<()> {
    let mut writer = std::io::BufWriter::new(streams.output());
    let colour = streams.terminal.output && streams.terminal.colour;
    let json = |error| Failure::inner("write JSON", error);
    match output {
        Output::Text => print_text(&mut writer, all, colour).map_err(Failure::writing)?,
        Output::Json => {
            let text = serde_json::to_string_pretty(&json_findings(all)).map_err(json)?;
            writeln!(writer, "{text}").map_err(Failure::writing)?;
        }
        Output::Sarif => {
            let files: Vec<_> = all
                .iter()
                .map(|linted| {
                    let query = &linted.target.query;
                    let found = linted.findings.iter().map(|finding| query.located(&finding.diagnostic).2);
                    let (name, text) = query.file();
                    (name.to_owned(), text.to_owned(), found.collect())
                })
                .collect();
            let log = quarry_lint::sarif(env!("CARGO_PKG_VERSION"), &files);
            let text = serde_json::to_string_pretty(&log).map_err(json)?;
            writeln!(writer, "{text}").map_err(Failure::writing)?;
        }
    }
    writer.flush().map_err(Failure::writing)
}

fn print_text(writer: &mut dyn Write, all: &[Linted], colour: bool) -> std::io::Result<()> {
    let (mut count, mut fixable, mut fixed, mut files) = (0, 0, 0, 0);
    for linted in all {
        let query = &linted.target.query;
        for finding in &linted.findings {
            let (name, text, diagnostic) = query.located(&finding.diagnostic);
            writeln!(writer, "{}\n", render(&diagnostic, name, text, colour))?;
            fixable += usize::from(finding.fix.is_some());
        }
        count += linted.findings.len();
        fixed += linted.fixed;
        files += usize::from(!linted.findings.is_empty());
    }
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    if fixed > 0 {
        writeln!(writer, "fixed {}", plural(fixed, "finding"))?;
    }
    if count == 0 {
        return writeln!(writer, "{}: no findings", plural(all.len(), "query").replace("querys", "queries"));
    }
    let fix = if fixable > 0 { format!(", {fixable} can be fixed by `--fix`") } else { String::new() };
    writeln!(
        writer,
        "{} in {}{fix}; `quarry lint --explain CODE` tells more",
        plural(count, "finding"),
        plural(files, "file")
    )
}

/// A finding in JSON.
#[derive(Serialize)]
struct JsonFinding<'a> {
    file: &'a str,
    #[serde(flatten)]
    diagnostic: JsonDiagnostic,
    fixable: bool,
}

fn json_findings(all: &[Linted]) -> Vec<JsonFinding<'_>> {
    all.iter()
        .flat_map(|linted| {
            let query = &linted.target.query;
            linted.findings.iter().map(move |finding| {
                let (file, text, diagnostic) = query.located(&finding.diagnostic);
                let diagnostic = JsonDiagnostic::new(&diagnostic, text);
                JsonFinding { file, diagnostic, fixable: finding.fix.is_some() }
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_tell_the_technique() {
        assert_eq!(technique_in("seed/T1578.002.spl").as_deref(), Some("T1578.002"));
        assert_eq!(technique_in("Tools/T1535/x.aql").as_deref(), Some("T1535"));
        assert_eq!(technique_in("Test/T12.spl"), None);
    }
}
