//! Texts looked for in texts where what is looked for is no constant, and members of JSON arrays.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Returns, TextMatcher, TextPattern, Value};

use super::{expand::as_json, row, value::text_of};
use crate::{
    base::{
        Call, Cell, Example, Function,
        Literal::{Bool, Int, Text, Written},
        Memo, Row,
    },
    json,
    pattern::{Matcher, matcher},
};

const fn operator(
    name: &'static str,
    signature: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    let meaning = "Whether a text holds another as the operator means it.";
    Function {
        source: "learn.microsoft.com/kusto/query/datatypes-string-operators",
        ..row(name, signature, meaning, (2, 2), Returns::BOOLEAN, evaluate, examples)
    }
}

const LIST: crate::Literal = Written(quarry_plan::Type::Dynamic, "[\"Run\",\"b\",5]");

pub(crate) const FUNCTIONS: &[Function] = &[
    operator(
        "kql_has",
        "<text> has <term>",
        |call| found(call, TextPattern::Word, true),
        &[(&[Text("ec2_Run x"), Text("run")], Bool(true)), (&[Text("Running"), Text("run")], Bool(false))],
    ),
    operator(
        "kql_has_cs",
        "<text> has_cs <term>",
        |call| found(call, TextPattern::Word, false),
        &[(&[Text("Run"), Text("run")], Bool(false)), (&[Text("a Run"), Text("Run")], Bool(true))],
    ),
    operator(
        "kql_hasprefix",
        "<text> hasprefix <term>",
        |call| found(call, TextPattern::WordStart, true),
        &[(&[Text("a Running"), Text("run")], Bool(true)), (&[Text("rerun"), Text("run")], Bool(false))],
    ),
    operator(
        "kql_hasprefix_cs",
        "<text> hasprefix_cs <term>",
        |call| found(call, TextPattern::WordStart, false),
        &[(&[Text("a Running"), Text("run")], Bool(false))],
    ),
    operator(
        "kql_hassuffix",
        "<text> hassuffix <term>",
        |call| found(call, TextPattern::WordEnd, true),
        &[(&[Text("ReRun x"), Text("run")], Bool(true)), (&[Text("runs"), Text("run")], Bool(false))],
    ),
    operator(
        "kql_hassuffix_cs",
        "<text> hassuffix_cs <term>",
        |call| found(call, TextPattern::WordEnd, false),
        &[(&[Text("ReRun x"), Text("run")], Bool(false))],
    ),
    operator(
        "kql_contains",
        "<text> contains <text>",
        |call| found(call, TextPattern::Contains, true),
        &[(&[Text("Running"), Text("NN")], Bool(true)), (&[Text("a"), Text("b")], Bool(false))],
    ),
    operator(
        "kql_contains_cs",
        "<text> contains_cs <text>",
        |call| found(call, TextPattern::Contains, false),
        &[(&[Text("Running"), Text("NN")], Bool(false))],
    ),
    operator(
        "kql_startswith",
        "<text> startswith <text>",
        |call| found(call, TextPattern::StartsWith, true),
        &[(&[Text("Running"), Text("run")], Bool(true))],
    ),
    operator(
        "kql_startswith_cs",
        "<text> startswith_cs <text>",
        |call| found(call, TextPattern::StartsWith, false),
        &[(&[Text("Running"), Text("run")], Bool(false))],
    ),
    operator(
        "kql_endswith",
        "<text> endswith <text>",
        |call| found(call, TextPattern::EndsWith, true),
        &[(&[Text("Running"), Text("ING")], Bool(true))],
    ),
    operator(
        "kql_endswith_cs",
        "<text> endswith_cs <text>",
        |call| found(call, TextPattern::EndsWith, false),
        &[(&[Text("Running"), Text("ING")], Bool(false))],
    ),
    operator(
        "kql_equals_any_case",
        "<text> =~ <text>",
        |call| found(call, TextPattern::Equals, true),
        &[(&[Text("A"), Text("a")], Bool(true)), (&[Text("A"), Text("b")], Bool(false))],
    ),
    operator(
        "kql_matches_regex",
        "<text> matches regex <expression>",
        |call| found(call, TextPattern::Regex, false),
        &[(&[Text("abc1"), Text("[0-9]$")], Bool(true)), (&[Text("abc"), Text("[0-9]$")], Bool(false))],
    ),
    operator(
        "kql_in",
        "<value> in (<array>)",
        |call| call.booleans(|row| Some(any(row, |of, member| text_of(of) == *member))),
        &[
            (&[Text("Run"), LIST], Bool(true)),
            (&[Text("run"), LIST], Bool(false)),
            (&[Int(5), LIST], Bool(true)),
        ],
    ),
    operator(
        "kql_in_any_case",
        "<value> in~ (<array>)",
        |call| {
            call.booleans(|row| {
                let folded = text_of(row.cell(0)).to_lowercase();
                Some(any(row, |_, member| member.to_lowercase() == folded))
            })
        },
        &[(&[Text("run"), LIST], Bool(true)), (&[Text("x"), LIST], Bool(false))],
    ),
    operator(
        "kql_has_any",
        "<text> has_any (<array>)",
        |call| call.booleans(|row| Some(any(row, |of, member| is_word(&text_of(of), member)))),
        &[(&[Text("a run"), LIST], Bool(true)), (&[Text("x"), LIST], Bool(false))],
    ),
    operator(
        "kql_has_all",
        "<text> has_all (<array>)",
        |call| {
            call.booleans(|row| {
                let text = text_of(row.cell(0));
                Some(members(row.cell(1)).iter().all(|member| is_word(&text, member)))
            })
        },
        &[(&[Text("a b 5 run"), LIST], Bool(true)), (&[Text("a run"), LIST], Bool(false))],
    ),
];

fn found(call: &Call<'_>, kind: fn(String) -> TextPattern, ignore_case: bool) -> ArrayRef {
    let mut memo: Memo<Option<Matcher>> = Memo::new();
    call.booleans(|row| {
        let needle = text_of(row.cell(1));
        let make =
            |needle: &str| matcher(&TextMatcher { pattern: kind(needle.to_owned()), ignore_case }).ok();
        let matcher = memo.get(&needle, make).as_ref()?;
        Some(matcher.is_match(&text_of(row.cell(0))))
    })
}

fn is_word(text: &str, word: &str) -> bool {
    let of = TextMatcher { pattern: TextPattern::Word(word.to_owned()), ignore_case: true };
    matcher(&of).is_ok_and(|matcher| matcher.is_match(text))
}

fn any(row: Row<'_>, holds: impl Fn(Cell<'_>, &str) -> bool) -> bool {
    members(row.cell(1)).iter().any(|member| holds(row.cell(0), member))
}

/// The place of the first member that a text holds as a term.
pub(super) fn any_index(row: Row<'_>) -> Option<i64> {
    let text = text_of(row.cell(0));
    let place = members(row.cell(1)).iter().position(|member| is_word(&text, member));
    Some(place.and_then(|place| i64::try_from(place).ok()).unwrap_or(-1))
}

/// The texts of a JSON array's elements, or of the one value.
fn members(cell: Cell<'_>) -> Vec<Cow<'_, str>> {
    let Cell::Typed(typed) = cell else { return vec![text_of(cell)] };
    match typed.json() {
        Some(json) if json.trim_ascii_start().starts_with('[') => {
            let text = |(_, item): (Option<&str>, &str)| {
                Cow::Owned(super::value::printed(&Value::Dynamic(item.to_owned())).into_owned())
            };
            json::items(json).map(text).collect()
        }
        Some(_) => vec![text_of(cell)],
        None => vec![Cow::Owned(as_json(cell))],
    }
}
