//! Results as a matrix of tests and detections.

use std::io::{self, Write};

use quarry_pack::{
    Pack,
    results::{CaseResults, DetectionResult, PackResults, TestResults, Verdict},
};

use crate::{Streams, output::print_table};

/// Prints a matrix for each pack, then each unexpected result with its reason.
pub fn print(streams: &Streams<'_>, packs: &[Pack], results: &TestResults, quiet: bool) -> io::Result<()> {
    for (pack, results) in packs.iter().zip(&results.packs) {
        let name = pack.technique.as_deref().unwrap_or("-");
        if results.cases.is_empty() {
            streams.tell(format_args!(
                "{name} {}: no tests ({})",
                pack.name,
                super::cases_file(pack).display()
            ));
            continue;
        }
        writeln!(streams.output(), "{name} {}", pack.name)?;
        let mut labels = vec!["test".to_owned(), "kind".to_owned(), "provider".to_owned()];
        labels.extend(pack.detections.iter().map(|detection| detection.id.clone()));
        print_table(streams, &labels, results.cases.iter().map(row).collect())?;
        print_reasons(streams, results)?;
        writeln!(streams.output())?;
    }
    if !quiet {
        let summary = &results.summary;
        streams.tell(format_args!(
            "{}: {} as expected, {}, {}, {} with a wrong entity, {}",
            counted(summary.total(), "result", "results"),
            summary.pass,
            counted(summary.miss, "miss", "misses"),
            counted(summary.false_alarm, "false alarm", "false alarms"),
            summary.wrong_entity,
            counted(summary.error, "error", "errors"),
        ));
    }
    Ok(())
}

fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

fn row(case: &CaseResults) -> Vec<String> {
    let mut cells = vec![case.id.clone(), case.kind.word().to_owned(), case.provider.word().to_owned()];
    cells.extend(case.results.iter().map(cell));
    cells
}

/// What a result is called: unexpected ones stand out.
fn cell(result: &DetectionResult) -> String {
    match (result.verdict, result.expected) {
        (Verdict::Pass, 0) => "silent".to_owned(),
        (Verdict::Pass, _) => "alert".to_owned(),
        (verdict, _) => verdict.word().to_uppercase(),
    }
}

/// Each unexpected result with its reason; what is wrong with a detection whatever the test, once.
fn print_reasons(streams: &Streams<'_>, results: &PackResults) -> io::Result<()> {
    let mut output = streams.output();
    let mut told: Vec<(&str, &str)> = Vec::new();
    for case in &results.cases {
        for result in case.results.iter().filter(|result| result.verdict != Verdict::Pass) {
            let why = result.why.as_deref().unwrap_or("no reason is known");
            let (word, detection) = (result.verdict.word(), result.detection.as_str());
            let alike = alike(results, result);
            if alike < 2 {
                writeln!(output, "{} / {detection}: {word}: {why}", case.id)?;
            } else if !told.contains(&(detection, why)) {
                told.push((detection, why));
                writeln!(output, "{detection}: {word} in {alike} tests: {why}")?;
            }
        }
    }
    Ok(())
}

/// How many tests a detection fails to run in for the same reason.
fn alike(results: &PackResults, result: &DetectionResult) -> usize {
    let of_all = results.cases.iter().flat_map(|case| &case.results);
    let same = |other: &&DetectionResult| {
        other.verdict == Verdict::Error && other.detection == result.detection && other.why == result.why
    };
    if result.verdict == Verdict::Error { of_all.filter(same).count() } else { 0 }
}
