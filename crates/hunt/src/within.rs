//! Where a query stands in the file of rules that it was taken from.

use std::{collections::HashMap, path::Path, sync::Arc};

use quarry_diagnostic::{Diagnostic, Span};

/// The file around a query, and where in it each byte of the query stands.
#[derive(Debug)]
pub struct Within {
    /// The file's path.
    pub name: String,
    /// The file's text.
    pub text: String,
    places: Vec<usize>,
}

/// Beginnings of a query that are tried in a file.
const TRIES: usize = 2_000;

impl Within {
    /// The place of a query in a file that says it in its own way: folded, indented, with continued lines or escapes.
    /// None where it cannot be told.
    #[must_use]
    pub fn find(path: &Path, text: &str, query: &str) -> Option<Arc<Self>> {
        let first = query.split_whitespace().next()?;
        let starts = text.match_indices(first.get(..first.chars().next()?.len_utf8())?).take(TRIES);
        let places = starts.into_iter().find_map(|(start, _)| places(text, start, query))?;
        Some(Arc::new(Self { name: path.display().to_string(), text: text.to_owned(), places }))
    }

    /// The diagnostic with the file's places instead of the query's.
    #[must_use]
    pub fn locate(&self, diagnostic: &Diagnostic) -> Diagnostic {
        let place = |span: Span| {
            let at =
                |offset: usize| self.places.get(offset).or(self.places.last()).copied().unwrap_or_default();
            // The end is behind the last letter, not at the next, which may be lines away.
            let end = if span.end > span.start { at(span.end - 1) + 1 } else { at(span.end) };
            let end = (end..=self.text.len()).find(|end| self.text.is_char_boundary(*end)).unwrap_or(end);
            Span::new(at(span.start), end)
        };
        let mut located = diagnostic.clone();
        located.span = place(diagnostic.span);
        located.labels.iter_mut().for_each(|label| label.span = place(label.span));
        located
    }
}

/// For each byte of the query, and its end, where it stands in the text from a place on.
fn places(text: &str, start: usize, query: &str) -> Option<Vec<usize>> {
    let escapes: HashMap<char, char> = [('n', '\n'), ('t', '\t'), ('r', '\r')].into();
    let mut places = Vec::with_capacity(query.len() + 1);
    let mut at = start;
    let mut letters = query.char_indices().peekable();
    while let Some(&(from, letter)) = letters.peek() {
        let rest = text.get(at..)?;
        if letter.is_whitespace() {
            let gap = gap(rest);
            while let Some((_, letter)) = letters.next_if(|(_, letter)| letter.is_whitespace()) {
                places.extend(std::iter::repeat_n(at, letter.len_utf8()));
            }
            if gap == 0 && from > 0 && letters.peek().is_some() {
                return None;
            }
            at += gap;
            continue;
        }
        letters.next();
        places.extend(std::iter::repeat_n(at, letter.len_utf8()));
        let mut here = rest.chars();
        at += match (here.next()?, here.next()) {
            ('\'', Some('\'')) if letter == '\'' && letters.peek().is_none_or(|(_, next)| *next != '\'') => 2,
            (found, _) if found == letter => found.len_utf8(),
            ('\\', Some(escaped)) if escaped == letter || escapes.get(&escaped) == Some(&letter) => {
                1 + escaped.len_utf8()
            }
            _ => return None,
        };
    }
    places.push(at);
    Some(places)
}

/// The length of white space, line ends that are escaped or written as escapes included.
fn gap(text: &str) -> usize {
    let mut length = 0;
    while let Some(rest) = text.get(length..) {
        let mut letters = rest.chars();
        length += match (letters.next(), letters.next()) {
            (Some(letter), _) if letter.is_whitespace() => letter.len_utf8(),
            (Some('\\'), Some('\n' | '\r' | 'n' | 't')) => 2,
            _ => break,
        };
    }
    length
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn line_of(text: &str, query: &str, part: &str) -> Option<(usize, usize)> {
        let within = Within::find(Path::new("a"), text, query)?;
        let start = query.find(part).unwrap();
        let located = within.locate(&Diagnostic::warning("X", "x", Span::new(start, start + part.len())));
        assert_eq!(&text[located.span.start..located.span.end], part);
        Some(quarry_diagnostic::line_column(text, located.span.start))
    }

    #[test]
    fn queries_are_found_as_files_of_rules_write_them() {
        let folded = "name: index\nsearch: >-\n  index=* a=1\n  | where b=2\n  | table c\ntags: x\n";
        assert_eq!(line_of(folded, "index=* a=1 | where b=2 | table c", "where b=2"), Some((4, 5)));
        let literal = "search: |\n  index=*\n  | where b=2\n";
        assert_eq!(line_of(literal, "index=*\n| where b=2\n", "b=2"), Some((3, 11)));
        let conf = "[a]\nsearch = index=* \\\n| where b=2\n";
        assert_eq!(line_of(conf, "index=* \n| where b=2", "where"), Some((3, 3)));
        let quoted = "search: 'index=* x=''a b'' y=1'\n";
        assert_eq!(line_of(quoted, "index=* x='a b' y=1", "y=1"), Some((1, 28)));
        let json = "{\"query\": \"A\\n| where x == 1\\n| take 5\"}";
        assert_eq!(line_of(json, "A\n| where x == 1\n| take 5", "take 5"), Some((1, 33)));
        assert_eq!(line_of("search: other", "index=*", "index"), None);
    }
}
