//! `quarry pack check` on rules in other products' formats.

use std::{collections::BTreeMap, io::Write};

use quarry_diagnostic::{Diagnostic, Severity, line_column};
use quarry_hunt::{Compiler, QueryText};
use quarry_languages::Language;
use quarry_pack::{Detection, import::Imported};

use crate::{
    Streams,
    failure::{Failure, Outcome},
    imports,
};

/// Prints what is wrong with files, or not used, one line each; gives the number of what is wrong.
pub fn check(names: &[String], compiler: &Compiler<'_>, streams: &Streams<'_>) -> Outcome<usize> {
    let all = imports::read_all(names)?;
    let mut output = streams.output();
    let mut found = 0;
    for (path, why) in &all.others {
        writeln!(output, "{}: note: not read: {why}", path.display()).map_err(Failure::writing)?;
    }
    for file in &all.files {
        for finding in &file.findings {
            found += usize::from(finding.severity > Severity::Note);
            writeln!(output, "{}", line(file, finding)).map_err(Failure::writing)?;
        }
        for detection in file.detections().filter(|detection| detection.language.runs()) {
            for error in errors(compiler, detection)? {
                found += 1;
                writeln!(output, "{error}").map_err(Failure::writing)?;
            }
        }
    }
    let files = all.files.len();
    let word = if files == 1 { "file" } else { "files" };
    streams.tell(format_args!("{files} {word}: {}, {}", summary(&all.files), counted(found, "finding")));
    Ok(found)
}

fn line(file: &Imported, finding: &Diagnostic) -> String {
    let (line, column) = line_column(&file.text, finding.span.start);
    let note = if finding.severity == Severity::Note { "note: " } else { "" };
    let help = finding.help.first().map_or_else(String::new, |help| format!("; {help}"));
    format!("{}:{line}:{column}: {note}{} {}{help}", file.file, finding.code, finding.message)
}

/// What keeps a query from running; its lines count from the query's first.
fn errors(compiler: &Compiler<'_>, detection: &Detection) -> Outcome<Vec<String>> {
    let query = QueryText::new(detection.language, detection.title.clone(), detection.text.clone());
    let compiled = compiler.compile(&query, None)?;
    let errors = compiled.diagnostics.iter().filter(|found| found.is_error());
    let shown = errors.map(|error| {
        let (line, column) = line_column(&query.text, error.span.start);
        let Detection { file, title, .. } = detection;
        format!(
            "{file}: `{title}`, line {line}, column {column} of its query: {} {}",
            error.code, error.message
        )
    });
    Ok(shown.collect())
}

/// How many there are of what.
pub fn summary(files: &[Imported]) -> String {
    let mut languages: BTreeMap<Language, usize> = BTreeMap::new();
    for detection in files.iter().flat_map(Imported::detections) {
        *languages.entry(detection.language).or_default() += 1;
    }
    let mut parts: Vec<String> = languages
        .into_iter()
        .map(|(language, count)| {
            let wait = if language.runs() { String::new() } else { format!(" ({})", language.not_yet()) };
            counted(count, &format!("{} detection", language.title)) + &wait
        })
        .collect();
    let tests = files.iter().flat_map(Imported::tests).count();
    let procedures = files.iter().flat_map(Imported::procedures).count();
    parts.extend((tests > 0).then(|| counted(tests, "recorded test")));
    parts.extend((procedures > 0).then(|| counted(procedures, "test with commands")));
    if parts.is_empty() { "nothing to run".to_owned() } else { parts.join(", ") }
}

fn counted(count: usize, what: &str) -> String {
    match what.split_once(' ') {
        _ if count == 1 => format!("1 {what}"),
        Some(("test", rest)) => format!("{count} tests {rest}"),
        _ => format!("{count} {what}s"),
    }
}
