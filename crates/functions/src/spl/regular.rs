//! `match`, `like`, `replace`: patterns as arguments.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Law, Returns, TextMatcher, TextPattern};

use super::source::{COMPARISON, TEXT};
use crate::base::Literal::{Bool, List, Null, Text};
use crate::base::{Call, Example, Function, Memo};
use crate::pattern::{Groups, cached_pattern, matcher};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_match",
        "match(<str>, <regex>)",
        "Whether the regular expression is found in the text.",
        matches,
        &[
            (&[Text("10.0.0.1"), Text("^\\d+\\.")], Bool(true)),
            (&[Text("Alice"), Text("alice")], Bool(false)),
            (&[Text("Alice"), Text("(?i)alice")], Bool(true)),
            (&[List(&["a", "xyz"]), Text("y")], Bool(true)),
            (&[Text("a"), Text("(")], Null),
            (&[Null, Text("a")], Null),
        ],
    )
    .with_law(Law::MatchesRegex),
    row(
        "spl_like",
        "like(<str>, <pattern>)",
        "Whether the whole text matches, `%` any run, `_` one character.",
        like,
        &[
            (&[Text("foobar"), Text("foo%")], Bool(true)),
            (&[Text("foobar"), Text("foo_ar")], Bool(true)),
            (&[Text("Foobar"), Text("foo%")], Bool(false)),
            (&[List(&["x", "foo"]), Text("f%")], Bool(true)),
        ],
    ),
    Function {
        source: TEXT,
        arity: (3, 3),
        result: Returns::EachValue,
        ..row(
            "spl_replace",
            "replace(<str>, <regex>, <replacement>)",
            "The text with every match replaced; `\\1` is the first group.",
            replace,
            &[
                (&[Text("1/14/2023"), Text("^(\\d{1,2})/(\\d{1,2})/"), Text("\\2/\\1/")], Text("14/1/2023")),
                (&[Text("abc"), Text("x"), Text("y")], Text("abc")),
                (&[Text("a.b.c"), Text("\\."), Text("")], Text("abc")),
                (&[List(&["a1", "b2"]), Text("\\d"), Text("#")], List(&["a#", "b#"])),
            ],
        )
    },
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: COMPARISON,
        examples,
        arity: (2, 2),
        result: Returns::BOOLEAN,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn matches(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.booleans(|row| {
        let pattern = row.text(1)?;
        let compiled = memo.get(&pattern, |pattern| cached_pattern(pattern, false)).as_ref()?;
        let cell = row.cell(0);
        if cell.is_null() { None } else { Some(cell.values().any(|text| compiled.is_match(&text))) }
    })
}

fn like(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.booleans(|row| {
        let pattern = row.text(1)?;
        let make = |text: &str| {
            matcher(&TextMatcher { pattern: TextPattern::Like(text.to_owned()), ignore_case: false }).ok()
        };
        memo.get(&pattern, make).as_ref()?.matches_cell(row.cell(0))
    })
}

fn replace(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.each_text(|row, text| {
        let (pattern, template) = (row.text(1)?, row.text(2)?);
        let compiled = memo.get(&pattern, |pattern| cached_pattern(pattern, false)).as_ref()?;
        let expand = |groups: &Groups, out: &mut String| {
            if call.room.fits(out.len() + template.len()) {
                expand(&template, &text, groups, out);
            }
        };
        let replaced = match compiled.replace(&text, 0, usize::MAX, expand) {
            Cow::Owned(changed) => Some(changed),
            Cow::Borrowed(_) => None,
        };
        Some(replaced.map_or(text, Cow::Owned))
    })
}

/// Writes a replacement: `\1` to `\9` and `\g{…}`-less PCRE groups; `\\` is a backslash.
pub(super) fn expand(template: &str, text: &str, groups: &Groups, out: &mut String) {
    let mut letters = template.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some(digit) if digit.is_ascii_digit() => {
                let group = digit.to_digit(10).unwrap_or(0) as usize;
                out.push_str(groups.get(text, group).unwrap_or_default());
            }
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
}
