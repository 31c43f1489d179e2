//! Results as a matrix of tests and detections.

use std::io::{self, Write};

use quarry_pack::{
    Pack,
    results::{CaseResults, DetectionResult, PackResults, TestResults, Verdict},
};

use crate::output::print_table;

/// Prints a matrix a pack to standard output, then each unexpected result with its reason.
pub fn print(packs: &[Pack], results: &TestResults, quiet: bool) -> io::Result<()> {
    for (pack, results) in packs.iter().zip(&results.packs) {
        let name = pack.technique.as_deref().unwrap_or("-");
        if results.cases.is_empty() {
            anstream::eprintln!("{name} {}: no tests ({})", pack.name, super::cases_file(pack).display());
            continue;
        }
        writeln!(io::stdout().lock(), "{name} {}", pack.name)?;
        let mut labels = vec!["test".to_owned(), "kind".to_owned(), "provider".to_owned()];
        labels.extend(pack.detections.iter().map(|detection| detection.id.clone()));
        print_table(&labels, results.cases.iter().map(row).collect())?;
        print_reasons(results)?;
        writeln!(io::stdout().lock())?;
    }
    if !quiet {
        let summary = &results.summary;
        anstream::eprintln!(
            "{}: {} as expected, {}, {}, {} with a wrong entity, {}",
            counted(summary.total(), "result", "results"),
            summary.pass,
            counted(summary.miss, "miss", "misses"),
            counted(summary.false_alarm, "false alarm", "false alarms"),
            summary.wrong_entity,
            counted(summary.error, "error", "errors"),
        );
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

fn print_reasons(results: &PackResults) -> io::Result<()> {
    let mut output = io::stdout().lock();
    for case in &results.cases {
        for result in case.results.iter().filter(|result| result.verdict != Verdict::Pass) {
            let why = result.why.as_deref().unwrap_or("no reason is known");
            writeln!(output, "{} / {}: {}: {why}", case.id, result.detection, result.verdict.word())?;
        }
    }
    Ok(())
}
