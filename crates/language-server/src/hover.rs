//! Hover: what the registries and views say of the word under the cursor.

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};
use quarry_language_definition::{Entry, EntryKind, FrontEnd, Holds};
use quarry_views::View;

use crate::{
    document::{Document, Encoding, range},
    entry::{self, markdown},
    scanner::{Around, around},
};

/// What is known of the word at a byte offset.
pub(crate) fn at(document: &Document, view: &View, offset: usize, encoding: Encoding) -> Option<Hover> {
    let found = around(&document.text, offset, document.language.lexis);
    let is_text = found.quote.is_some_and(|quote| matches!(quote.holds, Holds::Text | Holds::Other));
    let front_end = document.language.front_end.filter(|_| !found.comment && !is_text)?;
    let word = &document.text[found.word.start..found.word.end];
    let entry = meaning(document, front_end, view, &found, word)?;
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value: markdown(&entry, document.language),
        }),
        range: Some(range(&document.text, found.word, encoding)),
    })
}

fn meaning(
    document: &Document,
    front_end: &FrontEnd,
    view: &View,
    found: &Around,
    word: &str,
) -> Option<Entry> {
    let has_commands = !document.language.lexis.commands_after.is_empty();
    let fields = || entry::fields(view, front_end);
    let same = |name: &str| name.eq_ignore_ascii_case(word);
    let field = || {
        let exact = fields().into_iter().find(|entry| entry.name == word);
        exact.or_else(|| fields().into_iter().find(|entry| view.ignore_case && same(&entry.name)))
    };
    if found.quote.is_some() {
        return field();
    }
    let is_call = document.text[found.word.end..].trim_start().starts_with('(');
    let at_command = has_commands
        && document.text[found.command..found.word.start].trim().is_empty()
        && !document.text[found.word.end..].starts_with('=');
    let words = entry::words(front_end);
    let of_kind =
        |kind: EntryKind| words.iter().find(|entry| entry.kind == kind && same(&entry.name)).cloned();
    if at_command && let Some(command) = of_kind(EntryKind::Command) {
        return Some(command);
    }
    if document.text[found.word.end..].starts_with('=') {
        let command = document.text[found.command..].split_whitespace().next().unwrap_or_default();
        let of = |entry: &&Entry| entry.of.is_some_and(|of| of.eq_ignore_ascii_case(command));
        let option = words.iter().filter(of).find(|entry| same(&entry.name));
        if let Some(option) = option {
            return Some(option.clone());
        }
    }
    if is_call && let Some(function) = of_kind(EntryKind::Function) {
        return Some(function);
    }
    field()
        .or_else(|| keyword(&words, word))
        .or_else(|| of_kind(EntryKind::Catalog))
        .or_else(|| of_kind(EntryKind::Function).filter(|_| has_commands))
}

/// A keyword by one of its words: `ORDER` is `ORDER BY`, `NULL` is `IS NULL`.
fn keyword(words: &[Entry], word: &str) -> Option<Entry> {
    let keywords = || words.iter().filter(|entry| entry.kind == EntryKind::Keyword);
    let whole = keywords().find(|entry| entry.name.eq_ignore_ascii_case(word));
    let part = || keywords().find(|entry| entry.name.split(' ').any(|part| part.eq_ignore_ascii_case(word)));
    whole.or_else(part).cloned()
}
