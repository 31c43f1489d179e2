//! Completion: commands, functions, keywords, fields, names of logs, by what stands before the cursor.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, MarkupContent, MarkupKind,
    TextEdit,
};
use quarry_pack::Language;
use quarry_views::View;

use crate::{
    document::{Document, Encoding, range},
    entry::{self, Entry, EntryKind},
    scanner::{Around, around},
};

/// What may stand at a byte offset.
pub(crate) fn at(document: &Document, view: &View, offset: usize, encoding: Encoding) -> Vec<CompletionItem> {
    let found = around(&document.text, offset, document.language);
    if found.comment {
        return Vec::new();
    }
    let entries = match document.language {
        Language::Aql => aql(document, view, &found),
        Language::Spl => spl(document, view, &found),
        Language::Kql | Language::Sigma => return Vec::new(),
    };
    let place = range(&document.text, found.prefix, encoding);
    let quoted = found.quote.is_some();
    let item = |entry: &Entry| {
        let text = inserted(entry, document.language, quoted);
        CompletionItem {
            label: entry.name.clone(),
            kind: Some(item_kind(entry.kind)),
            detail: Some(entry.syntax.clone()),
            documentation: Some(Documentation::MarkupContent(MarkupContent {
                kind: MarkupKind::Markdown,
                value: entry.markdown(document.language),
            })),
            filter_text: Some(entry.name.clone()),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(place, text))),
            ..CompletionItem::default()
        }
    };
    let prefix = document.text[found.prefix.start..found.prefix.end].to_lowercase();
    entries.iter().filter(|entry| entry.name.to_lowercase().starts_with(&prefix)).map(item).collect()
}

/// The words that may stand at the cursor in AQL.
fn aql(document: &Document, view: &View, found: &Around) -> Vec<Entry> {
    let before = document.text[..found.prefix.start].trim_end_matches(['\'', '"']).trim_end().to_uppercase();
    match found.quote {
        Some('\'') if names_a_log(&before) => entry::sources(view),
        Some('\'') => Vec::new(),
        Some(_) => entry::fields(view, document.language),
        None => {
            let words = entry::words(document.language);
            if before.ends_with("FROM") {
                let is_source =
                    |entry: &Entry| entry.kind == EntryKind::Catalog || entry.name == "GLOBALVIEW";
                return words.into_iter().filter(is_source).collect();
            }
            let mut all: Vec<Entry> = entry::fields(view, document.language);
            all.extend(words.into_iter().filter(|entry| entry.kind != EntryKind::Catalog));
            all
        }
    }
}

/// Whether the string that begins here is compared with the name of a log.
fn names_a_log(before: &str) -> bool {
    let mut start = before.len().saturating_sub(120);
    while !before.is_char_boundary(start) {
        start += 1;
    }
    let near = &before[start..];
    let function = ["LOGSOURCETYPENAME(", "LOGSOURCENAME("].iter().filter_map(|name| near.rfind(name)).max();
    let Some(function) = function else { return false };
    ![" AND ", " OR ", " THEN ", ";"].iter().any(|end| near[function..].contains(end))
}

/// The words that may stand at the cursor in SPL.
fn spl(document: &Document, view: &View, found: &Around) -> Vec<Entry> {
    let before = &document.text[found.command..found.prefix.start];
    let assigned = before.trim_end_matches(['"', ' ']).to_lowercase();
    if ["sourcetype=", "sourcetype!=", "sourcetype =", "sourcetype in ("]
        .iter()
        .any(|end| assigned.ends_with(end))
    {
        return entry::sources(view);
    }
    if found.quote.is_some() {
        return entry::fields(view, document.language);
    }
    let words = entry::words(document.language);
    let is_start = before.trim().is_empty();
    let after_pipe = found.command > 0;
    let mut all = Vec::new();
    if is_start {
        all.extend(words.into_iter().filter(|entry| entry.kind == EntryKind::Command));
    } else {
        all.extend(words.into_iter().filter(|entry| entry.kind == EntryKind::Function));
    }
    if !(is_start && after_pipe) {
        all.extend(entry::fields(view, document.language));
    }
    all
}

/// What is put in: functions open their parentheses, names that need quotes get them.
fn inserted(entry: &Entry, language: Language, quoted: bool) -> String {
    let plain = entry.name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    match (entry.kind, language) {
        (EntryKind::Function, _) if entry.syntax.ends_with("()") => format!("{}()", entry.name),
        (EntryKind::Function, _) => format!("{}(", entry.name),
        (EntryKind::Field, Language::Aql) if !plain && !quoted => format!("\"{}\"", entry.name),
        _ => entry.name.clone(),
    }
}

fn item_kind(kind: EntryKind) -> CompletionItemKind {
    match kind {
        EntryKind::Keyword => CompletionItemKind::KEYWORD,
        EntryKind::Command => CompletionItemKind::MODULE,
        EntryKind::Function => CompletionItemKind::FUNCTION,
        EntryKind::Field => CompletionItemKind::FIELD,
        EntryKind::Source => CompletionItemKind::VALUE,
        EntryKind::Catalog => CompletionItemKind::CLASS,
    }
}
