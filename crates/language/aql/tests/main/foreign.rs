//! Queries that are not AQL: each construct of SQL in them is named at its place.
//!
//! What to expect comes from a search for words outside strings and comments, not from the parser.

use std::sync::LazyLock;

use quarry_aql::{LowerOptions, lower, parse};
use quarry_diagnostic::{Diagnostic, line_column};
use quarry_views::View;

use crate::corpus::{corpus, view};

/// A word outside strings and comments, in upper case; a string is one word.
struct Word {
    text: String,
    start: usize,
    end: usize,
}

fn words(text: &str) -> Vec<Word> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let until = |from: usize, end: &str| text[from..].find(end).map_or(text.len(), |length| from + length);
    while at < bytes.len() {
        let start = at;
        let letter = bytes[at];
        at = match letter {
            b'-' if text[at..].starts_with("--") => until(at, "\n"),
            b'/' if text[at..].starts_with("/*") => until(at, "*/"),
            b'\'' | b'"' => (until(at + 1, &char::from(letter).to_string()) + 1).min(text.len()),
            _ if letter.is_ascii_alphanumeric() || letter == b'_' => {
                let length = text[at..]
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(text.len() - at);
                at + length
            }
            _ => at + 1,
        };
        while !text.is_char_boundary(at) {
            at += 1;
        }
        let word = text[start..at].to_uppercase();
        if !word.trim().is_empty() && !word.starts_with("--") && !word.starts_with("/*") {
            found.push(Word { text: word, start, end: at });
        }
    }
    found
}

const JOIN_WORDS: [&str; 6] = ["LEFT", "RIGHT", "INNER", "FULL", "OUTER", "CROSS"];
const UNITS: [&str; 8] = ["SECOND", "SECONDS", "MINUTE", "MINUTES", "HOUR", "HOURS", "DAY", "DAYS"];
const FUNCTIONS: [&str; 6] = ["CAST", "GROUP_CONCAT", "STRING_AGG", "LIST", "TIMESTAMPDIFF", "REFERENCE_SET"];

/// Where a construct stands, and a word its diagnostic must hold.
fn constructs(text: &str) -> Vec<(usize, &'static str)> {
    let words = words(text);
    let word = |place: usize| words.get(place).map_or("", |word| word.text.as_str());
    let is_number =
        |place: usize| word(place).chars().all(|letter| letter.is_ascii_digit()) && !word(place).is_empty();
    let mut found = Vec::new();
    for (place, here) in words.iter().enumerate() {
        let before = place.checked_sub(1).map_or("", word);
        let calls = word(place + 1) == "(";
        let construct = match here.text.as_str() {
            "INTERVAL" => Some("INTERVAL"),
            "JOIN" if !JOIN_WORDS.contains(&before) => Some("JOIN"),
            next if JOIN_WORDS.contains(&next) && ["JOIN", "OUTER"].contains(&word(place + 1)) => {
                Some("JOIN")
            }
            "OVER" if calls => Some("OVER"),
            "EXISTS" if calls => Some("EXISTS"),
            "UNION" => Some("UNION"),
            "OFFSET" => Some("OFFSET"),
            "DISTINCT" if before == "SELECT" => Some("DISTINCT"),
            "REFERENCE" if before == "INTO" => Some("INTO REFERENCE SET"),
            name if calls => FUNCTIONS.into_iter().find(|function| *function == name),
            _ if is_number(place) && before != "LAST" && UNITS.contains(&word(place + 1)) => {
                Some("unit of time")
            }
            _ => None,
        };
        found.extend(construct.map(|construct| (here.start, construct)));
    }
    // A number after INTERVAL is part of it.
    found.retain(|(start, construct)| {
        *construct != "unit of time"
            || !words.iter().any(|word| word.text == "INTERVAL" && word.end + 1 == *start)
    });
    found
}

fn errors(text: &str) -> Vec<Diagnostic> {
    static VIEW: LazyLock<View> = LazyLock::new(view);
    let lowered = lower(&parse(text), &VIEW, &LowerOptions::default());
    lowered.diagnostics.into_iter().filter(Diagnostic::is_error).collect()
}

#[test]
fn each_construct_is_named_at_its_line_and_column() {
    let Some(queries) = corpus() else { return };
    let (mut total, mut missed) = (0, Vec::new());
    for query in queries.iter().filter(|query| query.class == "rejected") {
        let errors = errors(&query.text);
        assert!(!errors.is_empty(), "{} is not AQL, and yet has no error", query.name);
        for (start, construct) in constructs(&query.text) {
            total += 1;
            let place = line_column(&query.text, start);
            let named = errors.iter().any(|error| {
                line_column(&query.text, error.span.start) == place && error.message.contains(construct)
            });
            if !named {
                missed.push(format!("{} {place:?} {construct}", query.name));
            }
        }
    }
    eprintln!("{total} constructs");
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(total > 0, "nothing was looked for");
}

#[test]
fn constructs_are_named_wherever_they_stand() {
    let cases = [
        "SELECT a FROM events WHERE t > NOW() - INTERVAL '1' HOUR AND u > NOW() - INTERVAL 5 MINUTE",
        "SELECT a FROM events INNER JOIN x ON a = b AND t < u + 5 MINUTES CROSS JOIN y WHERE v > NOW() - 2 DAYS",
        "SELECT a FROM events WHERE EXISTS (SELECT 1 FROM x WHERE t > NOW() - INTERVAL '1' DAY) OFFSET 5",
        "SELECT a FROM events UNION ALL SELECT COUNT(*) OVER (PARTITION BY b) FROM x JOIN y ON a = b",
        "WITH x AS (SELECT GROUP_CONCAT(a) FROM events) SELECT DISTINCT CAST(a AS int) FROM x",
        "SELECT a FROM (SELECT LIST(b) AS a FROM events WHERE c IN REFERENCE_SET('x'))",
    ];
    for text in cases {
        let errors = errors(text);
        let wanted = constructs(text);
        assert!(!wanted.is_empty());
        for (start, construct) in wanted {
            let named =
                errors.iter().any(|error| error.span.start == start && error.message.contains(construct));
            assert!(named, "{construct} at {start} of {text}: {errors:#?}");
        }
    }
}
