//! The extraction and substitution of `rex`.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Returns, Type};

use super::regular::expand;
use crate::base::Literal::{List, Null, Num, Text};
use crate::base::{Call, Example, Function, Memo, Row};
use crate::pattern::{Groups, Pattern, cached_pattern};

const SOURCE: &str = "Splunk search reference, rex";

pub(crate) const FUNCTIONS: &[Function] = &[
    Function {
        name: "spl_rex",
        signature: "rex field=<field> \"<regex>\" max_match=<int>",
        meaning: "What a named group captured: of the first match, or of so many matches as a list (0 for all).",
        source: SOURCE,
        examples: &[
            (&[Text("from a to b"), Text("from (?<f>\\w+) to (?<t>\\w+)"), Text("t")], Text("b")),
            (&[Text("from a to b"), Text("from (?<f>\\w+)"), Text("f"), Num(1.0)], Text("a")),
            (&[Text("a1 b2 c3"), Text("(?<d>\\d)"), Text("d"), Num(0.0)], List(&["1", "2", "3"])),
            (&[Text("a1 b2 c3"), Text("(?<d>\\d)"), Text("d"), Num(2.0)], List(&["1", "2"])),
            (&[List(&["x1", "y2"]), Text("(?<d>\\d)"), Text("d"), Num(0.0)], List(&["1", "2"])),
            (&[Text("x {\"a\":1}"), Text("(?<json>{.+})"), Text("json")], Text("{\"a\":1}")),
            (&[Text("abc"), Text("(?<d>\\d)"), Text("d")], Null),
            (&[Null, Text("(?<d>\\d)"), Text("d")], Null),
        ],
        arity: (3, 4),
        result: Returns::ListUnlessOne(3),
        evaluate: rex,
        uses_now: false,
        law: None,
    },
    Function {
        name: "spl_rex_offsets",
        signature: "rex offset_field=<field> \"<regex>\"",
        meaning: "Where the first match lies: the first and the last of its letters, counted from 0.",
        source: SOURCE,
        examples: &[
            (&[Text("0123456789abc"), Text("(?<tenchars>.{10})")], Text("0-9")),
            (&[Text("äb c"), Text("(?<x>c)")], Text("3-3")),
            (&[Text("abc"), Text("(?<d>\\d)")], Null),
            (&[Null, Text("(?<d>\\d)")], Null),
        ],
        arity: (2, 2),
        result: Returns::TEXT,
        evaluate: rex_offsets,
        uses_now: false,
        law: None,
    },
    Function {
        name: "spl_rex_sed",
        signature: "rex field=<field> mode=sed \"<sed>\"",
        meaning: "The text changed by `s/regex/replacement/flags` (flags `g`, `i` or a number) or `y/from/to/`.",
        source: SOURCE,
        examples: &[
            (&[Text("1234-5678"), Text("s/\\d{4}-/XXXX-/g")], Text("XXXX-5678")),
            (&[Text("aaa"), Text("s/a/b/")], Text("baa")),
            (&[Text("aaa"), Text("s/a/b/2")], Text("aba")),
            (&[Text("John Smith"), Text("s/(\\w+) (\\w+)/\\2 \\1/")], Text("Smith John")),
            (&[Text("a/b"), Text("s/\\//_/g")], Text("a_b")),
            (&[Text("abc"), Text("y/abc/xyz/")], Text("xyz")),
            (&[Text("abc"), Text("nonsense")], Text("abc")),
        ],
        arity: (2, 2),
        result: Returns::EachValue,
        evaluate: rex_sed,
        uses_now: false,
        law: None,
    },
    named(
        "spl_rex_named",
        Returns::TEXT,
        rex_named,
        &[
            (&[Text("a=1, b c=2"), Text(PAIRS), Text("k"), Text("v"), Text("b_c")], Text("2")),
            (&[Text("a=1, a=2"), Text(PAIRS), Text("k"), Text("v"), Text("a")], Text("1")),
            (&[Text("a=1"), Text(PAIRS), Text("k"), Text("v"), Text("b")], Null),
        ],
    ),
    named(
        "spl_rex_named_all",
        Returns::LIST,
        rex_named,
        &[(&[Text("a=1, a=2"), Text(PAIRS), Text("k"), Text("v"), Text("a")], List(&["1", "2"]))],
    ),
];

/// Pairs, for the examples.
const PAIRS: &str = "(?<k>[a-z ]+)=(?<v>\\d)";

const fn named(
    name: &'static str,
    result: Returns,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature: "FORMAT = $1::$2",
        meaning: "What a group captured where another captured the name; other letters in it count as `_`.",
        source: "Splunk Admin Manual, transforms.conf: FORMAT, CLEAN_KEYS",
        examples,
        arity: (5, 5),
        result,
        evaluate,
        uses_now: false,
        law: None,
    }
}

/// A name with `_` for what can stand in no name.
fn clean(name: &str) -> String {
    let letters = name.trim().chars();
    letters.map(|letter| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '_' }).collect()
}

fn rex_named(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    let mut found = |row: Row<'_>| -> Option<Vec<String>> {
        let (expression, key, value, name) = (row.text(1)?, row.text(2)?, row.text(3)?, row.text(4)?);
        let prepare = |expression: &str| {
            let pattern = cached_pattern(expression, false)?;
            Some((pattern.group_index(&key)?, pattern.group_index(&value)?, pattern))
        };
        let (key, value, pattern) = memo.get(&expression, prepare).as_ref()?;
        let text = row.text(0)?;
        let matches = pattern
            .matches(&text)
            .filter(|groups| groups.get(&text, *key).is_some_and(|key| key == name || clean(key) == name));
        Some(matches.filter_map(|groups| groups.get(&text, *value).map(str::to_owned)).collect())
    };
    if call.result == Type::TextList {
        return call.lists(|row| Some(found(row)?.into_iter().map(Cow::Owned).collect()));
    }
    call.texts(|row| found(row)?.into_iter().next().map(Cow::Owned))
}

fn rex(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    let prepare = |pattern: &str, group: &str| {
        let pattern = cached_pattern(pattern, false)?;
        let index = pattern.group_index(group)?;
        Some((pattern, index))
    };
    if call.result == Type::TextList {
        return call.lists(|row| {
            let (expression, group) = (row.text(1)?, row.text(2)?);
            let (pattern, index) =
                memo.get(&format!("{expression}\n{group}"), |_| prepare(&expression, &group)).as_ref()?;
            let limit =
                row.number(3).filter(|limit| *limit >= 1.0).map_or(usize::MAX, |limit| limit as usize);
            let texts: Vec<_> = row.cell(0).values().collect();
            let found = texts.iter().flat_map(|text| captures(pattern, *index, text));
            Some(found.take(limit).map(Cow::Owned).collect())
        });
    }
    call.texts(|row| {
        let (expression, group) = (row.text(1)?, row.text(2)?);
        let (pattern, index) =
            memo.get(&format!("{expression}\n{group}"), |_| prepare(&expression, &group)).as_ref()?;
        row.cell(0).values().find_map(|text| {
            let groups = pattern.groups_at(&text, 0)?;
            Some(Cow::Owned(groups.get(&text, *index)?.to_owned()))
        })
    })
}

fn rex_offsets(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.texts(|row| {
        let pattern = memo.get(&row.text(1)?, |pattern| cached_pattern(pattern, false)).as_ref()?;
        row.cell(0).values().find_map(|text| {
            let found = pattern.groups_at(&text, 0)?.get(&text, 0)?.to_owned();
            let start = text.find(&found).and_then(|start| text.get(..start))?.chars().count();
            let length = found.chars().count();
            Some(Cow::Owned(format!("{start}-{}", start + length.saturating_sub(1))))
        })
    })
}

fn captures<'t>(pattern: &'t Pattern, index: usize, text: &'t str) -> impl Iterator<Item = String> + 't {
    pattern.matches(text).filter_map(move |groups| groups.get(text, index).map(str::to_owned))
}

#[derive(Debug)]
enum Script {
    Substitute { pattern: std::sync::Arc<Pattern>, template: String, skip: usize, limit: usize },
    Transliterate(Vec<(char, char)>),
}

fn rex_sed(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.each_text(|row, text| {
        let Some(script) = memo.get(&row.text(1)?, parse) else {
            return Some(text);
        };
        Some(Cow::Owned(apply(script, &text)))
    })
}

fn apply(script: &Script, text: &str) -> String {
    match script {
        Script::Substitute { pattern, template, skip, limit } => {
            let write = |groups: &Groups, out: &mut String| expand(template, text, groups, out);
            pattern.replace(text, *skip, *limit, write).into_owned()
        }
        Script::Transliterate(pairs) => {
            let swap =
                |letter: char| pairs.iter().find(|(from, _)| *from == letter).map_or(letter, |(_, to)| *to);
            text.chars().map(swap).collect()
        }
    }
}

fn parse(script: &str) -> Option<Script> {
    let script = script.trim();
    let mut letters = script.chars();
    let command = letters.next()?;
    let delimiter = letters.next()?;
    let parts = parts(letters.as_str(), delimiter);
    let [first, second, flags] = parts.as_slice() else {
        return None;
    };
    match command {
        'y' if first.chars().count() == second.chars().count() => {
            Some(Script::Transliterate(first.chars().zip(second.chars()).collect()))
        }
        's' => {
            let pattern = cached_pattern(first, flags.contains('i'))?;
            let nth =
                flags.chars().filter(char::is_ascii_digit).collect::<String>().parse::<usize>().unwrap_or(1);
            let limit = if flags.contains('g') { usize::MAX } else { 1 };
            Some(Script::Substitute { pattern, template: second.clone(), skip: nth.max(1) - 1, limit })
        }
        _ => None,
    }
}

/// Splits at the delimiter where no backslash stands before it.
fn parts(text: &str, delimiter: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let Some(last) = parts.last_mut() else {
            break;
        };
        if letter == '\\' {
            match letters.next() {
                Some(escaped) if escaped == delimiter => last.push(escaped),
                Some(escaped) => last.extend(['\\', escaped]),
                None => last.push('\\'),
            }
        } else if letter == delimiter {
            parts.push(String::new());
        } else {
            last.push(letter);
        }
    }
    parts
}
