//! Functions of texts.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Returns, Type, Value, text::json_of_text};

use super::{
    row,
    value::{plain, text_of},
};
use crate::base::{
    Call, Cell, Function,
    Literal::{Bool, Int, Null, Text, Written},
    Row,
};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "kql_strlen",
        "strlen(<text>)",
        "How many characters a text has.",
        (1, 1),
        Returns::INTEGER,
        |call| call.integers(|row| count(&text_of(row.cell(0)))),
        &[(&[Text("äb")], Int(2)), (&[Null], Int(0))],
    ),
    row(
        "kql_string_size",
        "string_size(<text>)",
        "How many bytes a text has in UTF-8.",
        (1, 1),
        Returns::INTEGER,
        |call| call.integers(|row| i64::try_from(text_of(row.cell(0)).len()).ok()),
        &[(&[Text("äb")], Int(3))],
    ),
    row(
        "kql_substring",
        "substring(<text>, <from>, <length>)",
        "A part of a text by its first character, counted from 0 or, if negative, from the end, and its length.",
        (2, 3),
        Returns::TEXT,
        |call| call.texts(|row| Some(Cow::Owned(substring(row)))),
        &[
            (&[Text("123456"), Int(1)], Text("23456")),
            (&[Text("123456"), Int(2), Int(2)], Text("34")),
            (&[Text("ABCD"), Int(-2), Int(2)], Text("CD")),
            (&[Text("ABCD"), Int(9)], Text("")),
        ],
    ),
    row(
        "kql_strcat",
        "strcat(<value>, ...)",
        "The values as one text.",
        (1, usize::MAX),
        Returns::TEXT,
        |call| call.texts(|row| Some(Cow::Owned(row.cells(0).map(text_of).collect::<Vec<_>>().concat()))),
        &[(&[Text("a"), Int(1), Null, Bool(true)], Text("a1true"))],
    ),
    row(
        "kql_strcat_delim",
        "strcat_delim(<delimiter>, <value>, ...)",
        "The values as one text with a text between them.",
        (2, usize::MAX),
        Returns::TEXT,
        |call| {
            call.texts(|row| {
                let parts: Vec<Cow<'_, str>> = row.cells(1).map(text_of).collect();
                Some(Cow::Owned(parts.join(&text_of(row.cell(0)))))
            })
        },
        &[(&[Text("-"), Int(1), Text("b")], Text("1-b"))],
    ),
    row(
        "kql_strrep",
        "strrep(<value>, <times>, <delimiter>)",
        "The value so many times, at most 1024, with a text between.",
        (2, 3),
        Returns::TEXT,
        |call| {
            call.texts(|row| {
                let times = row.cell(1).integer().unwrap_or(0).clamp(0, 1024);
                let text = text_of(row.cell(0));
                let parts: Vec<&str> = (0..times).map(|_| text.as_ref()).collect();
                Some(Cow::Owned(parts.join(&text_of(row.cell(2)))))
            })
        },
        &[(&[Text("ab"), Int(2), Text("-")], Text("ab-ab"))],
    ),
    row(
        "kql_toupper",
        "toupper(<text>)",
        "The text in upper case.",
        (1, 1),
        Returns::TEXT,
        |call| call.texts(|row| Some(Cow::Owned(text_of(row.cell(0)).to_uppercase()))),
        &[(&[Text("aB")], Text("AB"))],
    ),
    row(
        "kql_tolower",
        "tolower(<text>)",
        "The text in lower case.",
        (1, 1),
        Returns::TEXT,
        |call| call.texts(|row| Some(Cow::Owned(text_of(row.cell(0)).to_lowercase()))),
        &[(&[Text("aB")], Text("ab"))],
    ),
    row(
        "kql_reverse",
        "reverse(<value>)",
        "The characters of a text from the last to the first.",
        (1, 1),
        Returns::TEXT,
        |call| call.texts(|row| Some(Cow::Owned(text_of(row.cell(0)).chars().rev().collect()))),
        &[(&[Text("abc")], Text("cba"))],
    ),
    row(
        "kql_replace_string",
        "replace_string(<text>, <part>, <other>)",
        "The text with another in the place of every part.",
        (3, 3),
        Returns::TEXT,
        |call| {
            call.texts(|row| {
                let part = text_of(row.cell(1));
                let text = text_of(row.cell(0));
                Some(if part.is_empty() {
                    text
                } else {
                    Cow::Owned(text.replace(&*part, &text_of(row.cell(2))))
                })
            })
        },
        &[(&[Text("a.b.c"), Text("."), Text("")], Text("abc"))],
    ),
    row(
        "kql_split",
        "split(<text>, <delimiter>, <place>)",
        "The parts of a text as a JSON array; only that at a place, where one is given.",
        (2, 3),
        Returns::Fixed(Type::Dynamic),
        split,
        &[
            (&[Text("a_b"), Text("_")], Written(Type::Dynamic, "[\"a\",\"b\"]")),
            (&[Text("aa_bb_cc"), Text("_"), Int(1)], Written(Type::Dynamic, "[\"bb\"]")),
            (&[Text(""), Text("_")], Written(Type::Dynamic, "[\"\"]")),
        ],
    ),
    row(
        "kql_indexof",
        "indexof(<text>, <part>, <start>, <length>, <occurrence>)",
        "Where a text first holds another, in characters from 0; -1 where it does not.",
        (2, 5),
        Returns::INTEGER,
        |call| call.integers(index_of),
        &[
            (&[Text("abcdefg"), Text("cde")], Int(2)),
            (&[Text("abcdefg"), Text("cde"), Int(3)], Int(-1)),
            (&[Text("abcabc"), Text("b"), Int(0), Int(-1), Int(2)], Int(4)),
            (&[Text("abcdefg"), Text("x")], Int(-1)),
        ],
    ),
    row(
        "kql_countof",
        "countof(<text>, <part>, <kind>)",
        "How often a text holds another, matches of a text overlapping; with the kind `regex` an expression.",
        (2, 3),
        Returns::INTEGER,
        |call| call.integers(count_of),
        &[
            (&[Text("aaa"), Text("aa")], Int(2)),
            (&[Text("abcabc"), Text("a.c"), Text("regex")], Int(2)),
            (&[Text("abc"), Text("x")], Int(0)),
        ],
    ),
    row(
        "kql_strcmp",
        "strcmp(<text>, <text>)",
        "-1, 0 or 1 as the first text stands before the second, with it, or behind it.",
        (2, 2),
        Returns::INTEGER,
        |call| {
            call.integers(|row| Some(text_of(row.cell(0)).as_ref().cmp(text_of(row.cell(1)).as_ref()) as i64))
        },
        &[(&[Text("ABC"), Text("ABC")], Int(0)), (&[Text("abc"), Text("ABC")], Int(1))],
    ),
    row(
        "kql_translate",
        "translate(<from>, <to>, <text>)",
        "The text with each character of one list in place of that at its place in another.",
        (3, 3),
        Returns::TEXT,
        |call| call.texts(|row| Some(Cow::Owned(translate(row)))),
        &[
            (&[Text("krasp"), Text("otsku"), Text("spark")], Text("kusto")),
            (&[Text("abc"), Text("x"), Text("abc")], Text("xxx")),
            (&[Text("abc"), Text(""), Text("ab")], Text("")),
        ],
    ),
    row(
        "kql_has_any_index",
        "has_any_index(<text>, <array>)",
        "The place of the first text of an array that the text holds as a term; -1 where there is none.",
        (2, 2),
        Returns::INTEGER,
        |call| call.integers(super::needle::any_index),
        &[(&[Text("this is an example"), Written(Type::Dynamic, "[\"x\",\"example\"]")], Int(1))],
    ),
    row(
        "kql_isascii",
        "isascii(<text>)",
        "Whether all characters are ASCII.",
        (1, 1),
        Returns::BOOLEAN,
        |call| call.booleans(|row| Some(text_of(row.cell(0)).is_ascii())),
        &[(&[Text("a")], Bool(true)), (&[Text("ä")], Bool(false))],
    ),
    row(
        "kql_isutf8",
        "isutf8(<text>)",
        "Whether the text is UTF-8, which every text here is.",
        (1, 1),
        Returns::BOOLEAN,
        |call| call.booleans(|_| Some(true)),
        &[(&[Text("ä")], Bool(true))],
    ),
    row(
        "kql_unicode_codepoints_from_string",
        "unicode_codepoints_from_string(<text>)",
        "The numbers of the characters as a JSON array.",
        (1, 1),
        Returns::Fixed(Type::Dynamic),
        |call| {
            call.values(|row| {
                let points: Vec<String> =
                    text_of(row.cell(0)).chars().map(|letter| u32::from(letter).to_string()).collect();
                Value::Dynamic(format!("[{}]", points.join(",")))
            })
        },
        &[(&[Text("Az")], Written(Type::Dynamic, "[65,122]"))],
    ),
    row(
        "kql_unicode_codepoints_to_string",
        "unicode_codepoints_to_string(<number>, ...)",
        "The text of characters by their numbers, or of arrays of such.",
        (1, usize::MAX),
        Returns::TEXT,
        |call| call.texts(|row| Some(Cow::Owned(row.cells(0).flat_map(points).collect::<String>()))),
        &[(&[Int(75), Written(Type::Dynamic, "[117,115]")], Text("Kus"))],
    ),
];

fn count(text: &str) -> Option<i64> {
    i64::try_from(text.chars().count()).ok()
}

fn substring(row: Row<'_>) -> String {
    let text = text_of(row.cell(0));
    let length = text.chars().count();
    let from = row.cell(1).integer().unwrap_or(0);
    let start = match usize::try_from(from) {
        Ok(from) => from,
        Err(_) => length.saturating_sub(usize::try_from(from.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    let most = match row.cell(2) {
        Cell::Null => usize::MAX,
        cell => usize::try_from(cell.integer().unwrap_or(0)).unwrap_or(usize::MAX),
    };
    text.chars().skip(start).take(most).collect()
}

fn split(call: &Call<'_>) -> ArrayRef {
    call.values(|row| {
        let text = text_of(row.cell(0));
        let delimiter = text_of(row.cell(1));
        let parts: Vec<&str> =
            if delimiter.is_empty() { vec![text.as_ref()] } else { text.split(delimiter.as_ref()).collect() };
        let chosen: Vec<String> = match row.cell(2).integer() {
            None => parts.iter().map(|part| json_of_text(part)).collect(),
            Some(place) => {
                let part = usize::try_from(place).ok().and_then(|place| parts.get(place));
                part.map(|part| json_of_text(part)).into_iter().collect()
            }
        };
        Value::Dynamic(format!("[{}]", chosen.join(",")))
    })
}

fn index_of(row: Row<'_>) -> Option<i64> {
    let text: Vec<char> = text_of(row.cell(0)).chars().collect();
    let part: Vec<char> = text_of(row.cell(1)).chars().collect();
    let length = i64::try_from(text.len()).ok()?;
    let start = row.cell(2).integer().unwrap_or(0);
    let start = if start < 0 { (length + start).max(0) } else { start };
    let most = match row.cell(3).integer() {
        Some(most) if most >= 0 => most,
        Some(-1) | None => length,
        Some(_) => return None,
    };
    let occurrence = row.cell(4).integer().unwrap_or(1);
    if occurrence < 1 {
        return None;
    }
    let (mut start, most) = (usize::try_from(start).ok()?, usize::try_from(most).ok()?);
    if part.is_empty() {
        return i64::try_from(start).ok();
    }
    let mut place = None;
    for _ in 0..occurrence {
        let end = start.saturating_add(most).min(text.len());
        let within = text.get(start..end).unwrap_or_default();
        let Some(at) = within.windows(part.len()).position(|window| window == part.as_slice()) else {
            return Some(-1);
        };
        place = Some(start + at);
        start += at + 1;
    }
    place.and_then(|place| i64::try_from(place).ok())
}

fn count_of(row: Row<'_>) -> Option<i64> {
    let text = text_of(row.cell(0));
    let part = text_of(row.cell(1));
    if text_of(row.cell(2)) == "regex" {
        let pattern = crate::pattern::cached_pattern(&part, false)?;
        return i64::try_from(pattern.matches(&text).count()).ok();
    }
    if part.is_empty() {
        return Some(0);
    }
    let starts = text.char_indices().filter(|(at, _)| text[*at..].starts_with(part.as_ref()));
    i64::try_from(starts.count()).ok()
}

fn translate(row: Row<'_>) -> String {
    let (from, to) = (text_of(row.cell(0)), text_of(row.cell(1)));
    let to: Vec<char> = to.chars().collect();
    let text = text_of(row.cell(2));
    let letter = |letter: char| match from.chars().position(|known| known == letter) {
        Some(place) => to.get(place).or_else(|| to.last()).copied(),
        None => Some(letter),
    };
    text.chars().filter_map(letter).collect()
}

/// The characters of a number, or of an array of numbers.
fn points(cell: Cell<'_>) -> Vec<char> {
    let letter = |number: i64| u32::try_from(number).ok().and_then(char::from_u32);
    match cell {
        Cell::Typed(typed) => match typed.json() {
            Some(json) if json.trim_start().starts_with('[') => {
                crate::json::items(json).filter_map(|(_, item)| item.parse().ok().and_then(letter)).collect()
            }
            _ => super::convert::long(plain(cell)).and_then(letter).into_iter().collect(),
        },
        _ => super::convert::long(plain(cell)).and_then(letter).into_iter().collect(),
    }
}
