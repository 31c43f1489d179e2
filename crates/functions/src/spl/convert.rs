//! The functions of the `convert` command; what they cannot convert stays or becomes null, as said.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use super::timing::micros;
use crate::base::Literal::{List, Null, Num, Text, Time};
use crate::base::{Call, Cell, Function, number_text, parse_number};
use crate::time::{strftime, strptime};

const SOURCE: &str = "Splunk search reference, convert";
const DEFAULT_FORMAT: &str = "%m/%d/%Y %H:%M:%S";

pub(crate) const FUNCTIONS: &[Function] = &[
    Function {
        arity: (1, 2),
        ..Function::of_each_text(
            SOURCE,
            "spl_convert_ctime",
            "ctime(<field>)",
            "Epoch time in the format (`%m/%d/%Y %H:%M:%S`), in UTC; other text stays.",
            ctime,
            &[
                (&[Num(1_729_773_296.0)], Text("10/24/2024 12:34:56")),
                (&[Time(1_729_773_296_000_000), Text("%H:%M")], Text("12:34")),
                (&[List(&["0", "x"])], List(&["01/01/1970 00:00:00", "x"])),
                (&[Null], Null),
            ],
        )
    },
    Function {
        arity: (1, 2),
        result: Returns::DOUBLE,
        uses_now: true,
        ..Function::of_each_text(
            SOURCE,
            "spl_convert_mktime",
            "mktime(<field>)",
            "Text in the format as epoch time.",
            mktime,
            &[
                (&[Text("10/24/2024 12:34:56")], Num(1_729_773_296.0)),
                (&[Text("2024-10-24"), Text("%F")], Num(1_729_728_000.0)),
                (&[Text("soon")], Null),
            ],
        )
    },
    Function::of_each_text(
        SOURCE,
        "spl_convert_auto",
        "auto(<field>)",
        "The number a text stands for, in whatever notation; other text stays.",
        |call| texts(call, auto),
        &[
            (&[Text("1,234")], Text("1234")),
            (&[Text("00:01:30")], Text("90")),
            (&[Text("abc")], Text("abc")),
            (&[Text("7")], Text("7")),
        ],
    ),
    Function::of_each_text(
        SOURCE,
        "spl_convert_num",
        "num(<field>)",
        "As auto, but null where there is no number.",
        |call| texts(call, |text| auto_number(text).map(number_text)),
        &[(&[Text("1,234")], Text("1234")), (&[Text("abc")], Null)],
    ),
    Function::of_each_text(
        SOURCE,
        "spl_convert_none",
        "none(<field>)",
        "The value as it is.",
        |call| texts(call, |text| Some(text.to_owned())),
        &[(&[Text("abc")], Text("abc"))],
    ),
    Function::of_each_text(
        SOURCE,
        "spl_convert_dur2sec",
        "dur2sec(<field>)",
        "A duration `[D+]HH:MM:SS` in seconds.",
        |call| texts(call, |text| duration(text).map(number_text)),
        &[
            (&[Text("1+02:03:04")], Text("93784")),
            (&[Text("00:10:15.5")], Text("615.5")),
            (&[Text("x")], Null),
        ],
    ),
    Function::of_each_text(
        SOURCE,
        "spl_convert_mstime",
        "mstime(<field>)",
        "A time `[MM:]SS.SSS` in seconds.",
        |call| texts(call, |text| minutes(text).map(number_text)),
        &[(&[Text("02:03.500")], Text("123.5")), (&[Text("1.5")], Text("1.5"))],
    ),
    Function::of_each_text(
        SOURCE,
        "spl_convert_memk",
        "memk(<field>)",
        "A size with the unit k, m or g (k if none) in kilobytes.",
        |call| texts(call, |text| kilobytes(text).map(number_text)),
        &[
            (&[Text("2m")], Text("2048")),
            (&[Text("1.5g")], Text("1572864")),
            (&[Text("10")], Text("10")),
            (&[Text("x")], Null),
        ],
    ),
    Function::of_each_text(
        SOURCE,
        "spl_convert_rmcomma",
        "rmcomma(<field>)",
        "The text without commas.",
        |call| texts(call, |text| Some(text.replace(',', ""))),
        &[(&[Text("1,234.5")], Text("1234.5"))],
    ),
    Function::of_each_text(
        SOURCE,
        "spl_convert_rmunit",
        "rmunit(<field>)",
        "The number a text begins with.",
        |call| texts(call, |text| leading_number(text).map(str::to_owned)),
        &[(&[Text("212 sec")], Text("212")), (&[Text("-1.5kb")], Text("-1.5")), (&[Text("kb")], Null)],
    ),
];

fn texts(call: &Call<'_>, convert: fn(&str) -> Option<String>) -> ArrayRef {
    call.each_text(|_, text| convert(&text).map(Cow::Owned))
}

fn ctime(call: &Call<'_>) -> ArrayRef {
    let given = call.has(1);
    call.each_text(|row, text| {
        let format = if given { row.text(1)? } else { Cow::Borrowed(DEFAULT_FORMAT) };
        // The cell keeps the precision that its text may lose; elements of lists are texts anyway.
        let instant = match row.cell(0) {
            Cell::Timestamp(instant) => Some(instant),
            _ => micros(Cell::Text(&text)),
        };
        match instant.and_then(|instant| strftime(instant, &format)) {
            Some(formatted) => Some(Cow::Owned(formatted)),
            None => Some(text),
        }
    })
}

fn mktime(call: &Call<'_>) -> ArrayRef {
    let given = call.has(1);
    call.numbers(|row| {
        let format = if given { row.text(1)? } else { Cow::Borrowed(DEFAULT_FORMAT) };
        Some(strptime(&row.text(0)?, &format, call.now)? as f64 / 1e6)
    })
}

fn auto(text: &str) -> Option<String> {
    Some(auto_number(text).map_or_else(|| text.to_owned(), number_text))
}

fn auto_number(text: &str) -> Option<f64> {
    parse_number(text).or_else(|| parse_number(&text.replace(',', ""))).or_else(|| duration(text))
}

fn duration(text: &str) -> Option<f64> {
    let (days, clock) = text.split_once('+').unwrap_or(("0", text));
    let parts: Vec<f64> = clock.split(':').map(parse_number).collect::<Option<_>>()?;
    let [hours, minutes, seconds] = parts.as_slice() else {
        return None;
    };
    Some(parse_number(days)? * 86_400.0 + hours * 3_600.0 + minutes * 60.0 + seconds)
}

fn minutes(text: &str) -> Option<f64> {
    let (minutes, seconds) = text.split_once(':').unwrap_or(("0", text));
    Some(parse_number(minutes)? * 60.0 + parse_number(seconds)?)
}

fn kilobytes(text: &str) -> Option<f64> {
    let digits = leading_number(text)?;
    let factor = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
        "" | "k" | "kb" => 1.0,
        "m" | "mb" => 1_024.0,
        "g" | "gb" => 1_048_576.0,
        _ => return None,
    };
    Some(parse_number(digits)? * factor)
}

fn leading_number(text: &str) -> Option<&str> {
    let length = text.bytes().enumerate().take_while(|(index, byte)| {
        byte.is_ascii_digit() || *byte == b'.' || (*index == 0 && matches!(byte, b'-' | b'+'))
    });
    let digits = text.get(..length.count())?;
    parse_number(digits).map(|_| digits)
}
