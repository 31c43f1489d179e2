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

fn print_reasons(streams: &Streams<'_>, results: &PackResults) -> io::Result<()> {
    let mut output = streams.output();
    for case in &results.cases {
        for result in case.results.iter().filter(|result| result.verdict != Verdict::Pass) {
            let why = result.why.as_deref().unwrap_or("no reason is known");
            writeln!(output, "{} / {}: {}: {why}", case.id, result.detection, result.verdict.word())?;
        }
    }
    Ok(())
}
