//! Functions of regular expressions.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Returns, Type, Value, text::json_of_text};

use super::{convert, row, value::text_of};
use crate::{
    base::{
        Call, Example, Function,
        Literal::{Int, Null, Text, Written},
        Row,
    },
    pattern::{Groups, cached_pattern},
};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "kql_extract",
        "extract(<expression>, <group>, <text>, <type>)",
        "What a group of an expression finds in a text, as a type where one is named; empty where nothing is found.",
        (3, 4),
        Returns::TEXT,
        |call| call.texts(|row| Some(Cow::Owned(extract(row).unwrap_or_default()))),
        &[
            (&[Text("x=([0-9.]+)"), Int(1), Text("hello x=45.6|wo")], Text("45.6")),
            (&[Text("x=([0-9.]+)"), Int(0), Text("hello x=45.6|wo")], Text("x=45.6")),
            (&[Text("y"), Int(0), Text("abc")], Text("")),
            (&[Text("(y)"), Int(1), Null], Text("")),
        ],
    ),
    row(
        "kql_extract_all",
        "extract_all(<expression>, <groups>, <text>)",
        "All that an expression finds in a text as a JSON array: of several groups an array each.",
        (2, 3),
        Returns::Fixed(Type::Dynamic),
        extract_all,
        &[
            (&[Text("(\\d)"), Text("a1b2")], Written(Type::Dynamic, "[\"1\",\"2\"]")),
            (&[Text("(\\w)(\\d)"), Text("a1b2")], Written(Type::Dynamic, "[[\"a\",\"1\"],[\"b\",\"2\"]]")),
            (&[Text("(x)"), Text("a1b2")], Null),
        ],
    ),
    row(
        "kql_replace_regex",
        "replace_regex(<text>, <expression>, <other>)",
        "The text with another in the place of all that an expression finds; `\\1` is its first group.",
        (3, 3),
        Returns::TEXT,
        replace,
        &[
            (&[Text("Number is 1"), Text("is (\\d+)"), Text("was: \\1")], Text("Number was: 1")),
            (&[Text("aXbX"), Text("X"), Text("")], Text("ab")),
            (&[Null, Text("X"), Text("")], Text("")),
        ],
    ),
    row(
        "kql_trim",
        "trim(<expression>, <text>)",
        "The text without what an expression finds at its beginning and at its end.",
        (2, 2),
        Returns::TEXT,
        |call| trimmed(call, true, true),
        TRIMS,
    ),
    row(
        "kql_trim_start",
        "trim_start(<expression>, <text>)",
        "The same at its beginning.",
        (2, 2),
        Returns::TEXT,
        |call| trimmed(call, true, false),
        &[(&[Text("https://"), Text("https://bing.com")], Text("bing.com"))],
    ),
    row(
        "kql_trim_end",
        "trim_end(<expression>, <text>)",
        "The same at its end.",
        (2, 2),
        Returns::TEXT,
        |call| trimmed(call, false, true),
        &[(&[Text(".com"), Text("bing.com")], Text("bing"))],
    ),
    row(
        "kql_regex_quote",
        "regex_quote(<text>)",
        "The text as an expression that finds it.",
        (1, 1),
        Returns::TEXT,
        |call| call.texts(|row| Some(Cow::Owned(regex::escape(&text_of(row.cell(0)))))),
        &[(&[Text("(so$me.Te^xt)")], Text("\\(so\\$me\\.Te\\^xt\\)"))],
    ),
];

const TRIMS: &[Example] = &[
    (&[Text("--"), Text("--a-b--")], Text("a-b")),
    (&[Text("[^\\w]+"), Text("-  Te st1// $")], Text("Te st1")),
];

fn extract(row: Row<'_>) -> Option<String> {
    let expression = text_of(row.cell(0));
    let pattern = cached_pattern(&expression, false)?;
    let text = text_of(row.cell(2));
    let group = usize::try_from(row.cell(1).integer()?).ok()?;
    pattern.groups_at(&text, 0)?.get(&text, group).map(str::to_owned)
}

fn extract_all(call: &Call<'_>) -> ArrayRef {
    call.values(|row| found_all(row).unwrap_or(Value::Null))
}

fn found_all(row: Row<'_>) -> Option<Value> {
    let expression = text_of(row.cell(0));
    let pattern = cached_pattern(&expression, false)?;
    let text = text_of(row.cell(row.len() - 1));
    let wanted =
        if row.len() == 3 { chosen_groups(row, &pattern)? } else { (1..=pattern.group_count()).collect() };
    let part = |found: &Groups, group: usize| json_of_text(found.get(&text, group).unwrap_or_default());
    let one = |found: Groups| match wanted.as_slice() {
        [] => part(&found, 0),
        [group] => part(&found, *group),
        groups => {
            let parts: Vec<String> = groups.iter().map(|group| part(&found, *group)).collect();
            format!("[{}]", parts.join(","))
        }
    };
    let all: Vec<String> = pattern.matches(&text).map(one).collect();
    (!all.is_empty()).then(|| Value::Dynamic(format!("[{}]", all.join(","))))
}

/// The groups that an array names, by number or name.
fn chosen_groups(row: Row<'_>, pattern: &crate::pattern::Pattern) -> Option<Vec<usize>> {
    let crate::base::Cell::Typed(typed) = row.cell(1) else { return None };
    let group = |item: &str| match crate::json::plain(item) {
        Value::Integer(place) => usize::try_from(place).ok(),
        Value::Text(name) => pattern
            .group_index(&name)
            .or_else(|| convert::long(Value::Text(name)).and_then(|place| usize::try_from(place).ok())),
        _ => None,
    };
    crate::json::items(typed.json()?).map(|(_, item)| group(item)).collect()
}

fn replace(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let text = text_of(row.cell(0));
        let expression = text_of(row.cell(1));
        let Some(pattern) = cached_pattern(&expression, false) else { return Some(text) };
        let template = text_of(row.cell(2));
        let (mut out, mut end) = (String::new(), 0);
        for found in pattern.matches(&text) {
            let whole = found.whole();
            out.push_str(text.get(end..whole.start).unwrap_or_default());
            fill(&template, &text, &found, &mut out);
            end = whole.end;
        }
        out.push_str(text.get(end..).unwrap_or_default());
        Some(Cow::Owned(out))
    })
}

/// The template with its groups: `\1`, and `$1` is no group.
fn fill(template: &str, text: &str, found: &Groups, out: &mut String) {
    let mut letters = template.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek().and_then(|next| next.to_digit(10))) {
            ('\\', Some(group)) => {
                letters.next();
                out.push_str(found.get(text, group as usize).unwrap_or_default());
            }
            _ => out.push(letter),
        }
    }
}

fn trimmed(call: &Call<'_>, start: bool, end: bool) -> ArrayRef {
    call.texts(|row| {
        let expression = text_of(row.cell(0));
        let mut text = text_of(row.cell(1)).into_owned();
        if start
            && let Some(pattern) = cached_pattern(&format!("^(?:{expression})"), false)
            && let Some(found) = pattern.groups_at(&text, 0)
        {
            text = text.get(found.whole().end..).unwrap_or_default().to_owned();
        }
        if end
            && let Some(pattern) = cached_pattern(&format!("(?:{expression})$"), false)
            && let Some(found) = pattern.groups_at(&text, 0)
        {
            text.truncate(found.whole().start);
        }
        Some(Cow::Owned(text))
    })
}
