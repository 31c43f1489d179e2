//! Completion: commands, functions, keywords, fields, names of logs, by what stands before the cursor.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, MarkupContent, MarkupKind,
    TextEdit,
};
use quarry_language_definition::{Cursor, Entry, EntryKind, FrontEnd, Lexis, Wanted};
use quarry_views::View;

use crate::{
    document::{Document, Encoding, range},
    entry::{self, markdown},
    scanner::{Around, around},
};

/// What may stand at a byte offset.
pub(crate) fn at(document: &Document, view: &View, offset: usize, encoding: Encoding) -> Vec<CompletionItem> {
    let language = document.language;
    let found = around(&document.text, offset, language.lexis);
    let Some(front_end) = language.front_end.filter(|_| !found.comment) else { return Vec::new() };
    let entries = entries(front_end, view, &cursor(&document.text, &found));
    let place = range(&document.text, found.prefix, encoding);
    let item = |entry: &Entry| CompletionItem {
        label: entry.name.clone(),
        kind: Some(item_kind(entry.kind)),
        detail: Some(entry.syntax.clone()),
        documentation: Some(Documentation::MarkupContent(MarkupContent {
            kind: MarkupKind::Markdown,
            value: markdown(entry, language),
        })),
        filter_text: Some(entry.name.clone()),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(
            place,
            inserted(entry, language.lexis, found.quote.is_some()),
        ))),
        ..CompletionItem::default()
    };
    let prefix = document.text[found.prefix.start..found.prefix.end].to_lowercase();
    entries.iter().filter(|entry| entry.name.to_lowercase().starts_with(&prefix)).map(item).collect()
}

/// The place as languages see it.
fn cursor<'a>(text: &'a str, found: &Around) -> Cursor<'a> {
    Cursor {
        before: &text[..found.prefix.start],
        in_command: &text[found.command..found.prefix.start],
        follows_command: found.command > 0,
        quote: found.quote,
    }
}

/// The words that may stand at a place.
fn entries(front_end: &FrontEnd, view: &View, cursor: &Cursor<'_>) -> Vec<Entry> {
    let wanted = (front_end.wanted)(cursor);
    let words = entry::words(front_end);
    let of = |wanted: Wanted| match wanted {
        Wanted::Kind(EntryKind::Field) => entry::fields(view, front_end),
        Wanted::Kind(EntryKind::Source) => entry::sources(view),
        _ => words.iter().filter(|entry| wanted.means(entry)).cloned().collect(),
    };
    wanted.into_iter().flat_map(of).collect()
}

/// What is put in: functions open their parentheses, names that need marks get them.
fn inserted(entry: &Entry, lexis: &Lexis, quoted: bool) -> String {
    let is_plain = entry.name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    match (entry.kind, lexis.name_mark) {
        (EntryKind::Function, _) if entry.syntax.ends_with("()") => format!("{}()", entry.name),
        (EntryKind::Function, _) => format!("{}(", entry.name),
        (EntryKind::Option, _) => format!("{}=", entry.name),
        (EntryKind::Field, Some(mark)) if !is_plain && !quoted => format!("{mark}{}{mark}", entry.name),
        _ => entry.name.clone(),
    }
}

fn item_kind(kind: EntryKind) -> CompletionItemKind {
    match kind {
        EntryKind::Keyword => CompletionItemKind::KEYWORD,
        EntryKind::Command => CompletionItemKind::MODULE,
        EntryKind::Function => CompletionItemKind::FUNCTION,
        EntryKind::Option => CompletionItemKind::PROPERTY,
        EntryKind::Field => CompletionItemKind::FIELD,
        EntryKind::Source => CompletionItemKind::VALUE,
        EntryKind::Catalog => CompletionItemKind::CLASS,
    }
}
