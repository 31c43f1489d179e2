//! What stands around the cursor: strings, words, and where a command begins.

use quarry_diagnostic::Span;
use quarry_language_definition::{Lexis, Quote};

/// The text around a place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Around {
    /// The quote that is open at the place.
    pub quote: Option<Quote>,
    /// Whether the place is inside a comment.
    pub comment: bool,
    /// The word before and after the place, without quotes.
    pub word: Span,
    /// The part of the word before the place.
    pub prefix: Span,
    /// Where the present command begins: after the last mark of a command, else 0.
    pub command: usize,
}

/// Looks around a byte offset.
pub(crate) fn around(text: &str, offset: usize, lexis: &Lexis) -> Around {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let state = state_at(&text[..offset], lexis);
    let (from, to) = match state.quote {
        Some((quote, open)) => {
            let end = text[offset..].find([quote.mark, '\n']).map_or(text.len(), |length| offset + length);
            (open + quote.mark.len_utf8(), end)
        }
        None => {
            let is_word = |letter: char| lexis.is_word(letter);
            let before = text[..offset].char_indices().rev().take_while(|(_, letter)| is_word(*letter));
            let from = before.last().map_or(offset, |(at, _)| at);
            let after = text[offset..].find(|letter: char| !is_word(letter));
            (from, after.map_or(text.len(), |length| offset + length))
        }
    };
    Around {
        quote: state.quote.map(|(quote, _)| quote),
        comment: state.comment,
        word: Span::new(from.min(offset), to),
        prefix: Span::new(from.min(offset), offset),
        command: state.command,
    }
}

#[derive(Default)]
struct State {
    quote: Option<(Quote, usize)>,
    comment: bool,
    command: usize,
}

/// What is open at the end of a text.
fn state_at(text: &str, lexis: &Lexis) -> State {
    let mut state = State::default();
    let (mut at, mut before) = (0, None);
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        if let Some((length, ends)) = lexis.comment(rest) {
            if !ends {
                return State { comment: true, ..state };
            }
            at += length;
        } else if let Some(quote) = lexis.quote(before, rest) {
            let (length, ends) = lexis.quoted(rest, quote.mark);
            if !ends {
                return State { quote: Some((quote, at)), ..state };
            }
            at += length;
        } else {
            at += letter.len_utf8();
            if lexis.commands_after.contains(&letter) {
                state.command = at;
            }
        }
        before = Some(letter);
    }
    state
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use quarry_languages::Language;

    use super::around;

    fn word(text: &str, language: Language) -> (String, String, Option<char>) {
        let offset = text.find('^').unwrap();
        let text = text.replacen('^', "", 1);
        let found = around(&text, offset, language.lexis);
        (
            text[found.word.start..found.word.end].to_owned(),
            text[found.prefix.start..found.prefix.end].to_owned(),
            found.quote.map(|quote| quote.mark),
        )
    }

    #[test]
    fn words_and_strings() {
        let aql = |text| word(text, Language::AQL);
        assert_eq!(aql("SELECT user^name FROM events"), ("username".into(), "user".into(), None));
        assert_eq!(aql("SELECT \"AWS Re^gion\" FROM"), ("AWS Region".into(), "AWS Re".into(), Some('"')));
        assert_eq!(aql("x = 'Ama^"), ("Ama".into(), "Ama".into(), Some('\'')));
        assert_eq!(aql("x = 'it''s' AND us^"), ("us".into(), "us".into(), None));
        assert_eq!(aql("-- don't\nus^er"), ("user".into(), "us".into(), None));
        assert_eq!(word("a=\"x\\\"y\" us^", Language::SPL), ("us".into(), "us".into(), None));
        assert_eq!(word("don't us^", Language::SPL), ("us".into(), "us".into(), None));
        assert_eq!(word("| eval a='us^er name'", Language::SPL).0, "user name");
        assert!(around("-- here", 5, Language::AQL.lexis).comment);
        assert!(around("```here", 5, Language::SPL.lexis).comment);
    }

    #[test]
    fn commands_begin_after_pipes() {
        let text = "index=* \"a|b\" | stats count [search x";
        assert_eq!(around(text, 10, Language::SPL.lexis).command, 0);
        assert_eq!(around(text, 20, Language::SPL.lexis).command, text.find("| stats").unwrap() + 1);
        assert_eq!(around(text, text.len(), Language::SPL.lexis).command, text.find('[').unwrap() + 1);
    }
}
