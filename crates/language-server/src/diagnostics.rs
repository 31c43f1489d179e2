//! Diagnostics as the editor wants them.

use lsp_types::{
    Diagnostic as Shown, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Uri,
};
use quarry_diagnostic::{Diagnostic, Severity};
use quarry_hunt::QueryText;

use crate::{
    Knowledge,
    document::{Document, Encoding, range},
};

/// Everything found in a document.
pub(crate) fn of(
    knowledge: &Knowledge<'_>,
    uri: &Uri,
    document: &Document,
    encoding: Encoding,
) -> Vec<Shown> {
    let query = QueryText::new(document.language, uri.as_str(), document.text.clone());
    if query.text.trim().is_empty() {
        return Vec::new();
    }
    let Ok(compiled) = knowledge.compiler.compile(&query, None) else { return Vec::new() };
    let more = (knowledge.check)(&query, &compiled);
    let all = compiled.diagnostics.iter().chain(&more);
    all.map(|found| shown(found, uri, &document.text, encoding)).collect()
}

fn shown(found: &Diagnostic, uri: &Uri, text: &str, encoding: Encoding) -> Shown {
    let severity = match found.severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Note => DiagnosticSeverity::INFORMATION,
    };
    let related = found.labels.iter().map(|label| DiagnosticRelatedInformation {
        location: Location::new(uri.clone(), range(text, label.span, encoding)),
        message: label.text.clone(),
    });
    let related: Vec<DiagnosticRelatedInformation> = related.collect();
    let help = found.help.iter().map(|help| format!("\nhelp: {help}"));
    Shown {
        range: range(text, found.span, encoding),
        severity: Some(severity),
        code: Some(NumberOrString::String(found.code.to_string())),
        source: Some("quarry".to_owned()),
        message: std::iter::once(found.message.clone()).chain(help).collect(),
        related_information: (!related.is_empty()).then_some(related),
        ..Shown::default()
    }
}
