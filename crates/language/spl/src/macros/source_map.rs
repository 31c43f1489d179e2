//! Where each byte of expanded text came from.

use quarry_diagnostic::Span;

/// Maps places in expanded text to places in the user's text.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    /// In order and without gaps.
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    /// First byte in the expanded text.
    start: usize,
    /// Where it came from.
    origin: Span,
    /// Copied byte by byte (else all of it stands for `origin`).
    verbatim: bool,
}

impl SourceMap {
    /// A map of text that stands for one place.
    pub(crate) fn of_place(place: Span) -> Self {
        Self { pieces: vec![Piece { start: 0, origin: place, verbatim: false }] }
    }

    /// Notes that expanded text from `start` on came from `origin`.
    pub(super) fn push(&mut self, start: usize, origin: Span, verbatim: bool) {
        self.pieces.push(Piece { start, origin, verbatim });
    }

    /// The place in the user's text of a place in the expanded text.
    #[must_use]
    pub fn original(&self, span: Span) -> Span {
        let start = self.point(span.start, false);
        let end = if span.end > span.start { self.point(span.end - 1, true) } else { start };
        Span::new(start, end.max(start))
    }

    /// The original of one byte; `after` gives the end behind it.
    fn point(&self, at: usize, after: bool) -> usize {
        let index = self.pieces.partition_point(|piece| piece.start <= at);
        let Some(piece) = index.checked_sub(1).and_then(|index| self.pieces.get(index)) else {
            return at + usize::from(after);
        };
        if piece.verbatim {
            return (piece.origin.start + (at - piece.start) + usize::from(after))
                .min(piece.origin.end.max(piece.origin.start + usize::from(after)));
        }
        if after { piece.origin.end } else { piece.origin.start }
    }
}
