//! `quarry check`: parse and plan without data.

use std::{
    io::{BufRead, Write},
    path::Path,
};

use quarry_diagnostic::{Diagnostic, JsonDiagnostic};
use quarry_hunt::{Compiled, QueryText, queries_of, read_query};
use quarry_languages::Language;
use serde::{Deserialize, Serialize};

use crate::{
    Streams,
    arguments::CheckArguments,
    failure::{Exit, Failure, Outcome},
    settings,
};

/// One line of a corpus file; other members are ignored.
#[derive(Deserialize)]
struct CorpusLine {
    name: String,
    query: String,
}

/// What is printed for a query.
#[derive(Serialize)]
struct Checked<'a> {
    name: &'a str,
    parse: bool,
    plan: bool,
    diagnostics: Vec<JsonDiagnostic>,
}

#[derive(Default)]
struct Totals {
    queries: usize,
    parsed: usize,
    planned: usize,
}

/// Runs the command: 0 if every query plans, 1 if one does not.
pub fn run(arguments: &CheckArguments, streams: &Streams<'_>) -> Outcome {
    let catalog = settings::catalog(arguments.language.config.as_deref())?;
    let files: Vec<String> = arguments.files.iter().map(|file| file.display().to_string()).collect();
    let compiler = settings::compiler_of(&catalog, &arguments.language, &files, streams)?;
    let mut totals = Totals::default();
    let mut output = std::io::BufWriter::new(streams.output());
    let mut check = |query: &QueryText| -> Outcome<()> {
        let compiled = compiler.compile(query, None)?;
        let checked = checked(query, &compiled);
        totals.queries += 1;
        totals.parsed += usize::from(checked.parse);
        totals.planned += usize::from(checked.plan);
        let line = serde_json::to_string(&checked).map_err(|error| Failure::inner("write JSON", error))?;
        writeln!(output, "{line}").map_err(Failure::writing)
    };
    if let (Some(corpus), Some(language)) = (&arguments.corpus, arguments.lang) {
        for_each_line(corpus, language, &mut check)?;
    }
    for file in &arguments.files {
        match queries_of(file)? {
            Some(queries) => queries.iter().try_for_each(&mut check)?,
            None => check(&read_query(file, arguments.lang)?)?,
        }
    }
    output.flush().map_err(Failure::writing)?;
    let percent = |part: usize| 100.0 * to_float(part) / to_float(totals.queries.max(1));
    streams.tell(format_args!(
        "{} queries: {} parse ({:.1} %), {} plan ({:.1} %)",
        totals.queries,
        totals.parsed,
        percent(totals.parsed),
        totals.planned,
        percent(totals.planned),
    ));
    let all = totals.planned == totals.queries;
    Ok(Exit::clean(all))
}

#[allow(clippy::cast_precision_loss)] // percentages of counts of queries
fn to_float(count: usize) -> f64 {
    count as f64
}

fn for_each_line(
    corpus: &Path,
    language: Language,
    check: &mut dyn FnMut(&QueryText) -> Outcome<()>,
) -> Outcome<()> {
    let name = corpus.display();
    let file = std::fs::File::open(corpus).map_err(|error| Failure::reading(format!("`{name}`"), error))?;
    for (index, line) in std::io::BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|error| Failure::reading(format!("`{name}`"), error))?;
        if line.trim().is_empty() {
            continue;
        }
        let entry: CorpusLine = serde_json::from_str(&line).map_err(|error| {
            let line = index + 1;
            Failure::Content(format!(
                "{name}, line {line}: expected an object with `name` and `query`: {error}"
            ))
        })?;
        check(&QueryText::new(language, entry.name, entry.query))?;
    }
    Ok(())
}

fn checked<'a>(query: &'a QueryText, compiled: &Compiled) -> Checked<'a> {
    let broken = compiled.diagnostics.iter().any(Diagnostic::is_error);
    // What hinders comes first, then what is only worth knowing.
    let (errors, others): (Vec<_>, Vec<_>) = compiled.diagnostics.iter().partition(|found| found.is_error());
    Checked {
        name: &query.name,
        parse: compiled.parsed,
        plan: compiled.plan.is_some() && !broken,
        diagnostics: errors
            .into_iter()
            .chain(others)
            .map(|found| {
                let (_, text, located) = query.located(found);
                JsonDiagnostic::new(&located, text)
            })
            .collect(),
    }
}
