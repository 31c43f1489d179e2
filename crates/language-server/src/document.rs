//! Documents as the editor sees them, and places in them.

use lsp_types::{Position, PositionEncodingKind, Range, TextDocumentContentChangeEvent};
use quarry_diagnostic::Span;
use quarry_languages::Language;

/// An open document.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub language: Language,
    pub text: String,
    pub version: i32,
}

/// How the editor counts characters of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what every editor knows.
    #[default]
    Utf16,
}

impl Encoding {
    /// The one both sides know: bytes if the editor offers them.
    pub(crate) fn negotiate(offered: Option<&Vec<PositionEncodingKind>>) -> Self {
        let bytes = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        if bytes { Self::Utf8 } else { Self::Utf16 }
    }

    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
        }
    }
}

/// The byte offset of a position; beyond the end of a line is its end.
pub(crate) fn offset(text: &str, position: Position, encoding: Encoding) -> usize {
    let mut start = 0;
    for _ in 0..position.line {
        match text[start..].find('\n') {
            Some(length) => start += length + 1,
            None => return text.len(),
        }
    }
    let line = text[start..].split('\n').next().unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    let wanted = usize::try_from(position.character).unwrap_or(usize::MAX);
    let mut passed = 0;
    for (at, letter) in line.char_indices() {
        if passed >= wanted {
            return start + at;
        }
        passed += encoding.length(letter.encode_utf8(&mut [0; 4]));
    }
    start + line.len()
}

/// The position of a byte offset.
pub(crate) fn position(text: &str, offset: usize, encoding: Encoding) -> Position {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Position::new(count(before.matches('\n').count()), count(encoding.length(&before[start..])))
}

/// The range of a span.
pub(crate) fn range(text: &str, span: Span, encoding: Encoding) -> Range {
    Range::new(position(text, span.start, encoding), position(text, span.end, encoding))
}

impl Document {
    /// Applies a change: a range of the text, or all of it.
    pub(crate) fn apply(&mut self, change: TextDocumentContentChangeEvent, encoding: Encoding) {
        let Some(range) = change.range else {
            self.text = change.text;
            return;
        };
        let start = offset(&self.text, range.start, encoding);
        let end = offset(&self.text, range.end, encoding).max(start);
        self.text.replace_range(start..end, &change.text);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_offsets_are_inverse() {
        let text = "ab\r\né𝒳c\n\nend";
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for (at, letter) in text.char_indices().filter(|(_, letter)| *letter != '\n') {
                let found = position(text, at, encoding);
                assert_eq!(offset(text, found, encoding), at, "{letter:?} {encoding:?} {found:?}");
            }
        }
        assert_eq!(position(text, text.find('c').unwrap(), Encoding::Utf16), Position::new(1, 3));
        assert_eq!(position(text, text.find('c').unwrap(), Encoding::Utf8), Position::new(1, 6));
        assert_eq!(offset(text, Position::new(9, 9), Encoding::Utf16), text.len());
        assert_eq!(offset(text, Position::new(0, 99), Encoding::Utf16), 2);
    }

    #[test]
    fn changes_replace_ranges() {
        let mut document =
            Document { language: Language::AQL, text: "one\ntwo é three".to_owned(), version: 1 };
        let change = |from: (u32, u32), to: (u32, u32), text: &str| TextDocumentContentChangeEvent {
            range: Some(Range::new(Position::new(from.0, from.1), Position::new(to.0, to.1))),
            range_length: None,
            text: text.to_owned(),
        };
        document.apply(change((1, 4), (1, 5), "and"), Encoding::Utf16);
        assert_eq!(document.text, "one\ntwo and three");
        document.apply(change((0, 3), (1, 3), ""), Encoding::Utf16);
        assert_eq!(document.text, "one and three");
        document.apply(change((0, 9), (0, 2), "!"), Encoding::Utf16);
        assert_eq!(document.text, "one and t!hree");
    }
}
