//! The look of a language's text: what editors and pages must know of it without parsing it.

/// Facts about a language's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lexis {
    /// What a comment to the end of the line begins with.
    pub line_comments: &'static [&'static str],
    /// What other comments begin and end with.
    pub block_comments: &'static [(&'static str, &'static str)],
    /// What stands between marks.
    pub quotes: &'static [Quote],
    /// How a mark is written where it stands between such marks.
    pub escape: Escape,
    /// The mark that a name needs, wherever it stands, if it is no plain word; none if that depends on the place.
    pub name_mark: Option<char>,
    /// What is part of a word beside letters and digits.
    pub word_marks: &'static [char],
    /// Marks after which a command's name stands, as at the start of the text; none if there are no commands.
    pub commands_after: &'static [char],
    /// Reserved words in lower case.
    pub keywords: &'static [&'static str],
}

/// Text between two of the same mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// The mark.
    pub mark: char,
    /// What it stands around.
    pub holds: Holds,
}

/// What marks stand around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A text.
    Text,
    /// The name of a field.
    Name,
    /// A text or the name of a field, by the place.
    Either,
    /// Neither.
    Other,
}

/// How a mark is written between marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// After a backslash.
    Backslash,
    /// Twice.
    Doubled,
}

impl Lexis {
    /// The look of a text of which nothing is known.
    pub const PLAIN: Self = Self {
        line_comments: &[],
        block_comments: &[],
        quotes: &[],
        escape: Escape::Doubled,
        name_mark: None,
        word_marks: &['_'],
        commands_after: &[],
        keywords: &[],
    };

    /// Whether a letter is part of a word.
    #[must_use]
    pub fn is_word(&self, letter: char) -> bool {
        letter.is_alphanumeric() || self.word_marks.contains(&letter)
    }

    /// What a mark at the start of `rest` opens. In the middle of a word it opens nothing: `don't` is a word.
    #[must_use]
    pub fn quote(&self, before: Option<char>, rest: &str) -> Option<Quote> {
        let first = rest.chars().next()?;
        let quote = self.quotes.iter().find(|quote| quote.mark == first).copied()?;
        let inside_word = before.is_some_and(char::is_alphanumeric) && quote.holds != Holds::Text;
        let is_apostrophe = inside_word && first == '\'';
        (!is_apostrophe).then_some(quote)
    }

    /// The length of the comment at the start of `rest`, its end included if it has one, and whether it ends.
    #[must_use]
    pub fn comment(&self, rest: &str) -> Option<(usize, bool)> {
        for (open, close) in self.block_comments {
            if let Some(inside) = rest.strip_prefix(open) {
                let end = inside.find(close).map(|at| open.len() + at + close.len());
                return Some((end.unwrap_or(rest.len()), end.is_some()));
            }
        }
        let opens = self.line_comments.iter().any(|mark| rest.starts_with(mark));
        opens.then(|| rest.find('\n').map_or((rest.len(), false), |end| (end, true)))
    }

    /// The length of quoted text at the start of `rest`, both marks included, and whether it ends.
    #[must_use]
    pub fn quoted(&self, rest: &str, mark: char) -> (usize, bool) {
        let mut letters = rest.char_indices().skip(1).peekable();
        while let Some((at, letter)) = letters.next() {
            if self.escape == Escape::Backslash && letter == '\\' {
                letters.next();
            } else if letter == mark {
                let doubled = letters.peek().is_some_and(|(_, next)| *next == mark);
                if self.escape == Escape::Doubled && doubled {
                    letters.next();
                    continue;
                }
                return (at + mark.len_utf8(), true);
            }
        }
        (rest.len(), false)
    }

    /// The lines of the comment that a text begins with, without its marks.
    #[must_use]
    pub fn heading<'a>(&self, text: &'a str) -> Vec<&'a str> {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        for (open, close) in self.block_comments {
            if let Some((inside, _)) = text.strip_prefix(open).and_then(|rest| rest.split_once(close)) {
                return inside.lines().map(str::trim).collect();
            }
        }
        let comment = |line: &'a str| {
            let line = line.trim_start();
            self.line_comments.iter().find_map(|mark| line.strip_prefix(mark))
        };
        text.lines().map_while(comment).map(str::trim).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{Escape, Holds, Lexis, Quote};

    const QUOTES: &[Quote] =
        &[Quote { mark: '"', holds: Holds::Text }, Quote { mark: '\'', holds: Holds::Name }];
    const BACKSLASH: Lexis = Lexis {
        block_comments: &[("/*", "*/")],
        line_comments: &["--"],
        quotes: QUOTES,
        escape: Escape::Backslash,
        ..Lexis::PLAIN
    };

    #[test]
    fn quotes_end_at_their_mark() {
        let doubled = Lexis { escape: Escape::Doubled, ..BACKSLASH };
        assert_eq!(BACKSLASH.quoted("\"a\\\"b\" c", '"'), (6, true));
        assert_eq!(doubled.quoted("'it''s' c", '\''), (7, true));
        assert_eq!(doubled.quoted("'open", '\''), (5, false));
        assert_eq!(BACKSLASH.quote(Some('n'), "'t"), None);
        assert_eq!(BACKSLASH.quote(Some('='), "'a b'").unwrap().holds, Holds::Name);
        assert!(BACKSLASH.quote(Some('n'), "\"t\"").is_some());
    }

    #[test]
    fn comments_and_headings() {
        assert_eq!(BACKSLASH.comment("-- a\nb"), Some((4, true)));
        assert_eq!(BACKSLASH.comment("/* a"), Some((4, false)));
        assert_eq!(BACKSLASH.comment("a -- b"), None);
        assert_eq!(BACKSLASH.heading("\n-- title: A\n -- b\nSELECT 1 -- c"), ["title: A", "b"]);
        assert_eq!(BACKSLASH.heading("/* title: A\n b */ SELECT"), ["title: A", "b"]);
        assert!(BACKSLASH.heading("SELECT 1").is_empty());
    }
}
