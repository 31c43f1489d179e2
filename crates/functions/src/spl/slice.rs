//! `len`, `substr` and `urldecode`.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use super::source::TEXT;
use crate::base::Literal::{List, Null, Num, Text};
use crate::base::{Call, Example, Function, map_slice};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function {
        result: Returns::DOUBLE,
        ..row(
            "spl_len",
            "len(<str>)",
            "Number of characters.",
            1,
            len,
            &[(&[Text("héllo")], Num(5.0)), (&[Num(12.0)], Num(2.0)), (&[Null], Null)],
        )
    },
    row(
        "spl_substr",
        "substr(<str>, <start>, <length>)",
        "Part of a text, as in SQLite: the first character is 1, negative counts from the end, a negative length goes backwards.",
        3,
        substr,
        &[
            (&[Text("string"), Num(1.0), Num(3.0)], Text("str")),
            (&[Text("string"), Num(-3.0)], Text("ing")),
            (&[Text("string"), Num(3.0)], Text("ring")),
            (&[Text("string"), Num(9.0), Num(2.0)], Text("")),
            (&[Text("héllo"), Num(2.0), Num(1.0)], Text("é")),
            (&[Text("string"), Num(0.0), Num(3.0)], Text("st")),
            (&[Text("string"), Num(3.0), Num(-1.0)], Text("t")),
            (&[Text("string"), Num(1.0), Num(-1.0)], Text("")),
            (&[Text("string"), Num(-8.0), Num(3.0)], Text("s")),
        ],
    ),
    row(
        "spl_urldecode",
        "urldecode(<url>)",
        "The text with percent escapes decoded.",
        1,
        urldecode,
        &[
            (
                &[Text("http%3A%2F%2Fwww.example.com%2Fdownload%3Fr%3Dheader")],
                Text("http://www.example.com/download?r=header"),
            ),
            (&[Text("100%")], Text("100%")),
            (&[List(&["%41", "%C3%A9"])], List(&["A", "é"])),
        ],
    ),
    row(
        "spl_urlencode",
        "urlencode(<str>)",
        "The text with all but letters, digits and `-._~` as percent escapes.",
        1,
        |call| call.each_text(|_, text| Some(Cow::Owned(encode(&text)))),
        &[(&[Text("a b/é")], Text("a%20b%2F%C3%A9")), (&[Text("a-b_c.d~e")], Text("a-b_c.d~e"))],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    most: usize,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: TEXT,
        examples,
        arity: (if most == 3 { 2 } else { 1 }, most),
        result: Returns::EachValue,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn len(call: &Call<'_>) -> ArrayRef {
    call.numbers(|row| Some(row.text(0)?.chars().count() as f64))
}

fn substr(call: &Call<'_>) -> ArrayRef {
    let limited = call.has(2);
    call.each_text(|row, text| {
        let start = row.number(1)?;
        let length = if limited { row.number(2)? } else { f64::MAX };
        Some(map_slice(text, |text| part(text, start, length)))
    })
}

/// `length` characters from `start`, which counts from 1 or, negative, from the end; those before
/// `start` if the length is negative. What lies before the first character counts, but is not there.
fn part(text: &str, start: f64, length: f64) -> &str {
    let count = text.chars().count() as f64;
    let first = if start < 0.0 { count + start } else { start - 1.0 };
    let byte =
        |position: f64| text.char_indices().nth(position as usize).map_or(text.len(), |(offset, _)| offset);
    let (from, to) = if length < 0.0 { (first + length, first) } else { (first, first + length) };
    text.get(byte(from.clamp(0.0, count))..byte(to.clamp(0.0, count))).unwrap_or_default()
}

fn urldecode(call: &Call<'_>) -> ArrayRef {
    call.each_text(|_, text| if text.contains('%') { Some(Cow::Owned(decode(&text))) } else { Some(text) })
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let escaped = digits.filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match escaped.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(decoded) if byte == b'%' => {
                out.push(decoded);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
