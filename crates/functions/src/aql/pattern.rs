//! Patterns: `REPLACEALL`, `REPLACEFIRST` and `MATCHES` with Java's expressions, and `LIKE`.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Returns, TextMatcher, TextPattern};

use super::plain;
use super::source::{FORMATTING, OPERATORS};
use crate::base::Literal::{Bool, Null, Text};
use crate::base::{Call, Example, Function, Memo};
use crate::pattern::{Groups, Pattern, cached_pattern, matcher};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "aql_replaceall",
        "REPLACEALL(regex, text, replacement)",
        "The text with every match replaced; `$1` is the first group.",
        |call| replace(call, usize::MAX),
        &[
            (&[Text("\\d"), Text("a1b2"), Text("#")], Text("a#b#")),
            (&[Text("(\\w+)@(?<host>\\w+)"), Text("joe@home"), Text("${host}:$1 \\$")], Text("home:joe $")),
            (&[Text("("), Text("a"), Text("b")], Null),
        ],
    ),
    row(
        "aql_replacefirst",
        "REPLACEFIRST(regex, text, replacement)",
        "The text with the first match replaced.",
        |call| replace(call, 1),
        &[(&[Text("\\d"), Text("a1b2"), Text("#")], Text("a#b2"))],
    ),
    Function {
        arity: (2, 2),
        source: OPERATORS,
        result: Returns::BOOLEAN,
        ..row(
            "aql_matches",
            "text MATCHES 'regex'",
            "Whether the expression is found in the text.",
            |call| matches(call, false),
            &[
                (&[Text("RunInstances"), Text("^Run")], Bool(true)),
                (&[Text("RunInstances"), Text("^run")], Bool(false)),
                (&[Null, Text("a")], Null),
            ],
        )
    },
    Function {
        arity: (2, 2),
        source: OPERATORS,
        result: Returns::BOOLEAN,
        ..row(
            "aql_imatches",
            "text IMATCHES 'regex'",
            "Whether the expression is found in the text in any case.",
            |call| matches(call, true),
            &[(&[Text("RunInstances"), Text("^run")], Bool(true))],
        )
    },
    Function {
        arity: (2, 2),
        source: OPERATORS,
        result: Returns::BOOLEAN,
        ..row(
            "aql_like",
            "text LIKE 'pattern'",
            "Whether the whole text matches, `%` any run, `_` one character.",
            |call| like(call, false),
            &[
                (&[Text("abc"), Text("a%")], Bool(true)),
                (&[Text("Abc"), Text("a%")], Bool(false)),
                (&[Null, Text("%")], Null),
            ],
        )
    },
    Function {
        arity: (2, 2),
        source: OPERATORS,
        result: Returns::BOOLEAN,
        ..row(
            "aql_ilike",
            "text ILIKE 'pattern'",
            "As LIKE, in any case.",
            |call| like(call, true),
            &[(&[Text("Abc"), Text("a_C")], Bool(true))],
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
        source: FORMATTING,
        examples,
        arity: (3, 3),
        result: Returns::TEXT,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn replace(call: &Call<'_>, limit: usize) -> ArrayRef {
    let mut memo = Memo::new();
    call.texts(|row| {
        let pattern = memo.get(&row.text(0)?, |pattern| cached_pattern(pattern, false)).as_ref()?;
        let (text, template) = (plain(row.cell(1)).text()?, plain(row.cell(2)).text()?);
        let write = |groups: &Groups, out: &mut String| {
            if call.room.fits(out.len() + template.len()) {
                expand(&template, pattern, &text, groups, out);
            }
        };
        Some(Cow::Owned(pattern.replace(&text, 0, limit, write).into_owned()))
    })
}

/// Writes a replacement as Java does: `$1`, `${name}`, and `\` before a literal character.
fn expand(template: &str, pattern: &Pattern, text: &str, groups: &Groups, out: &mut String) {
    let mut letters = template.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => out.extend(letters.next()),
            '$' if letters.next_if_eq(&'{').is_some() => {
                let name: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
                let found = pattern.group_index(&name).and_then(|group| groups.get(text, group));
                out.push_str(found.unwrap_or_default());
            }
            '$' => {
                let digit = letters.next_if(char::is_ascii_digit).and_then(|digit| digit.to_digit(10));
                let found = digit.and_then(|group| groups.get(text, group as usize));
                out.push_str(found.unwrap_or_default());
            }
            other => out.push(other),
        }
    }
}

fn matches(call: &Call<'_>, ignore_case: bool) -> ArrayRef {
    let mut memo = Memo::new();
    call.booleans(|row| {
        let pattern = memo.get(&row.text(1)?, |pattern| cached_pattern(pattern, ignore_case)).as_ref()?;
        let cell = plain(row.cell(0));
        if cell.is_null() { None } else { Some(cell.values().any(|text| pattern.is_match(&text))) }
    })
}

fn like(call: &Call<'_>, ignore_case: bool) -> ArrayRef {
    let mut memo = Memo::new();
    let make =
        |text: &str| matcher(&TextMatcher { pattern: TextPattern::Like(text.to_owned()), ignore_case }).ok();
    call.booleans(|row| memo.get(&row.text(1)?, make).as_ref()?.matches_cell(plain(row.cell(0))))
}
