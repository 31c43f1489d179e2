//! Comments that allow a finding: `quarry: allow LNT005 reason`, in whatever a language's comments are.

use quarry_diagnostic::{Diagnostic, line_column};

const MARK: &str = "quarry: allow";

/// Whether a comment allows it: on its line, on the line above, or before the query begins (on the
/// first line, for the whole text).
pub fn allows(text: &str, diagnostic: &Diagnostic) -> bool {
    let (line, _) = line_column(text, diagnostic.span.start);
    text.lines().enumerate().any(|(index, content)| {
        let number = index + 1;
        (number == 1 || number == line || number + 1 == line) && names(content, &diagnostic.code)
    })
}

/// Whether a line allows a code.
fn names(line: &str, code: &str) -> bool {
    line.match_indices(MARK).any(|(at, _)| {
        let codes = line[at + MARK.len()..].split([',', ' ', '\t']).filter(|word| !word.is_empty());
        codes.take_while(|word| is_code(word)).any(|word| trimmed(word) == code)
    })
}

fn trimmed(word: &str) -> &str {
    word.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric())
}

fn is_code(word: &str) -> bool {
    let word = trimmed(word);
    word.len() == 6 && word.starts_with("LNT") && word[3..].bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use quarry_diagnostic::Span;

    use super::*;

    fn allowed(text: &str, at: &str) -> bool {
        let start = text.find(at).unwrap_or_default();
        allows(text, &Diagnostic::warning("LNT005", "found", Span::new(start, start + 1)))
    }

    #[test]
    fn a_comment_allows_what_stands_on_its_line_or_the_next() {
        assert!(allowed("x\ny -- quarry: allow LNT005 no one may make users here\n", "y"));
        assert!(allowed("x\n/* quarry: allow LNT001, LNT005 */\ny", "y"));
        assert!(allowed("```quarry: allow LNT005```\nx\ny\nz", "z"));
        assert!(!allowed("x\n-- quarry: allow LNT005\ny\nz", "z"));
        assert!(!allowed("x\ny -- quarry: allow LNT001\n", "y"));
        assert!(!allowed("x\ny -- quarry: allow all of it, LNT005 too\n", "y"));
    }
}
