//! What stands around the cursor: strings, words, and where a command begins.

use quarry_diagnostic::Span;
use quarry_pack::Language;

/// The text around a place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Around {
    /// The quote that is open at the place.
    pub quote: Option<char>,
    /// Whether the place is inside a comment.
    pub comment: bool,
    /// The word before and after the place, without quotes.
    pub word: Span,
    /// The part of the word before the place.
    pub prefix: Span,
    /// Where the present command or clause list begins: after the last `|` or `[` of SPL, else 0.
    pub command: usize,
}

/// Looks around a byte offset.
pub(crate) fn around(text: &str, offset: usize, language: Language) -> Around {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let state = state_at(text, offset, language);
    let (from, to) = match state.quote {
        Some((quote, open)) => {
            let end = text[offset..].find([quote, '\n']).map_or(text.len(), |length| offset + length);
            (open + 1, end)
        }
        None => {
            let is_word = |letter: char| {
                letter.is_alphanumeric() || matches!(letter, '_' | '.' | ':' | '{' | '}' | '-' | '@')
            };
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
    quote: Option<(char, usize)>,
    comment: bool,
    command: usize,
}

/// Reads from the start up to a place.
fn state_at(text: &str, offset: usize, language: Language) -> State {
    let mut state = State::default();
    let mut letters = text[..offset].char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if let Some((quote, _)) = state.quote {
            match letter {
                '\\' if language == Language::Spl => drop(letters.next()),
                _ if letter == quote => state.quote = None,
                _ => {}
            }
            continue;
        }
        let rest = &text[at..offset];
        let comment = match language {
            Language::Spl if rest.starts_with("```") => Some("```"),
            Language::Aql if rest.starts_with("--") => Some("\n"),
            Language::Aql if rest.starts_with("/*") => Some("*/"),
            _ => None,
        };
        if let Some(end) = comment {
            let opening = if end == "\n" { 2 } else { end.len() };
            let Some(length) = rest.get(opening..).and_then(|rest| rest.find(end)) else {
                state.comment = true;
                return state;
            };
            let over = at + opening + length + end.len();
            while letters.next_if(|(next, _)| *next < over).is_some() {}
            continue;
        }
        match letter {
            '"' => state.quote = Some((letter, at)),
            '\'' if language == Language::Aql => state.quote = Some((letter, at)),
            '|' | '[' if language == Language::Spl => state.command = at + 1,
            _ => {}
        }
    }
    state
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn word(text: &str, language: Language) -> (String, String, Option<char>) {
        let offset = text.find('^').unwrap();
        let text = text.replacen('^', "", 1);
        let found = around(&text, offset, language);
        (
            text[found.word.start..found.word.end].to_owned(),
            text[found.prefix.start..found.prefix.end].to_owned(),
            found.quote,
        )
    }

    #[test]
    fn words_and_strings() {
        let aql = |text| word(text, Language::Aql);
        assert_eq!(aql("SELECT user^name FROM events"), ("username".into(), "user".into(), None));
        assert_eq!(aql("SELECT \"AWS Re^gion\" FROM"), ("AWS Region".into(), "AWS Re".into(), Some('"')));
        assert_eq!(aql("x = 'Ama^"), ("Ama".into(), "Ama".into(), Some('\'')));
        assert_eq!(aql("x = 'it''s' AND us^"), ("us".into(), "us".into(), None));
        assert_eq!(aql("-- don't\nus^er"), ("user".into(), "us".into(), None));
        assert_eq!(word("a=\"x\\\"y\" us^", Language::Spl), ("us".into(), "us".into(), None));
        assert!(around("-- here", 5, Language::Aql).comment);
        assert!(around("```here", 5, Language::Spl).comment);
    }

    #[test]
    fn commands_begin_after_pipes() {
        let text = "index=* \"a|b\" | stats count [search x";
        assert_eq!(around(text, 10, Language::Spl).command, 0);
        assert_eq!(around(text, 20, Language::Spl).command, text.find("| stats").unwrap() + 1);
        assert_eq!(around(text, text.len(), Language::Spl).command, text.find('[').unwrap() + 1);
    }
}
