//! `LOWER`, `UPPER`, `CONCAT`, `STRLEN`, `STRPOS`, `SUBSTRING`, `UTF8`, `BASE64`.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use base64::Engine;
use quarry_plan::{Law, Returns};

use super::plain;
use super::source::FORMATTING;
use crate::base::Literal::{Int, Null, Num, Text};
use crate::base::{Call, Example, Function, map_slice};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "aql_lower",
        "LOWER(text)",
        "The text in lower case.",
        (1, 1),
        Returns::TEXT,
        |call| call.texts(|row| Some(Cow::Owned(plain(row.cell(0)).text()?.to_lowercase()))),
        &[(&[Text("RunInstances")], Text("runinstances")), (&[Null], Null)],
    )
    .with_law(Law::LowerCase),
    row(
        "aql_upper",
        "UPPER(text)",
        "The text in upper case.",
        (1, 1),
        Returns::TEXT,
        |call| call.texts(|row| Some(Cow::Owned(plain(row.cell(0)).text()?.to_uppercase()))),
        &[(&[Text("a")], Text("A"))],
    )
    .with_law(Law::UpperCase),
    row(
        "aql_concat",
        "CONCAT(text, ...)",
        "The texts joined; null parts are left out.",
        (1, usize::MAX),
        Returns::TEXT,
        concat,
        &[(&[Text("a"), Int(1), Null, Num(2.5)], Text("a12.5")), (&[Null], Text(""))],
    ),
    row(
        "aql_strlen",
        "STRLEN(text)",
        "The number of characters.",
        (1, 1),
        Returns::INTEGER,
        |call| call.integers(|row| i64::try_from(plain(row.cell(0)).text()?.chars().count()).ok()),
        &[(&[Text("héllo")], Int(5)), (&[Null], Null)],
    ),
    row(
        "aql_strpos",
        "STRPOS(text, part, from)",
        "Where the part first stands, counted from 0; -1 if nowhere.",
        (2, 3),
        Returns::INTEGER,
        strpos,
        &[
            (&[Text("éabc"), Text("b")], Int(2)),
            (&[Text("abcabc"), Text("b"), Int(2)], Int(4)),
            (&[Text("abc"), Text("x")], Int(-1)),
        ],
    ),
    row(
        "aql_substring",
        "SUBSTRING(text, start, length)",
        "Part of a text; the first character is 0.",
        (2, 3),
        Returns::TEXT,
        substring,
        &[
            (&[Text("héllo"), Int(1), Int(3)], Text("éll")),
            (&[Text("hello"), Int(2)], Text("llo")),
            (&[Text("hello"), Int(9), Int(2)], Text("")),
            (&[Text("hello"), Int(0), Int(-1)], Text("")),
        ],
    ),
    row(
        "aql_utf8",
        "UTF8(payload)",
        "The raw event as text.",
        (1, 1),
        Returns::TEXT,
        |call| call.texts(|row| plain(row.cell(0)).text()),
        &[(&[Text("{}")], Text("{}"))],
    )
    .with_law(Law::SameText),
    row(
        "aql_base64",
        "BASE64(payload)",
        "The raw event in Base64.",
        (1, 1),
        Returns::TEXT,
        |call| {
            call.texts(|row| {
                let text = plain(row.cell(0)).text()?;
                Some(Cow::Owned(base64::engine::general_purpose::STANDARD.encode(text.as_bytes())))
            })
        },
        &[(&[Text("Hello")], Text("SGVsbG8=")), (&[Text("")], Text(""))],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    arity: (usize, usize),
    result: Returns,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: FORMATTING,
        examples,
        arity,
        result,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn concat(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| Some(Cow::Owned(row.cells(0).filter_map(|cell| plain(cell).text()).collect::<String>())))
}

fn strpos(call: &Call<'_>) -> ArrayRef {
    call.integers(|row| {
        let (text, part) = (plain(row.cell(0)).text()?, plain(row.cell(1)).text()?);
        let from = usize::try_from(row.cell(2).integer().unwrap_or(0).max(0)).ok()?;
        let start = text.char_indices().nth(from).map_or(text.len(), |(at, _)| at);
        let found = text.get(start..)?.find(&*part);
        Some(found.map_or(-1, |at| text[..start + at].chars().count() as i64))
    })
}

fn substring(call: &Call<'_>) -> ArrayRef {
    let limited = call.has(2);
    call.texts(|row| {
        let start = usize::try_from(row.cell(1).integer()?.max(0)).ok()?;
        let length = if limited { usize::try_from(row.cell(2).integer()?.max(0)).ok()? } else { usize::MAX };
        Some(map_slice(plain(row.cell(0)).text()?, |text| {
            let mut ends = text.char_indices().map(|(at, _)| at).chain(Some(text.len())).skip(start);
            let Some(from) = ends.next() else {
                return "";
            };
            let to = if length == 0 { from } else { ends.nth(length - 1).unwrap_or(text.len()) };
            text.get(from..to).unwrap_or_default()
        }))
    })
}
