//! `tostring`.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Law, Returns};

use super::math::round_to;
use super::source::CONVERSION;
use crate::base::Literal::{Bool, Null, Num, Text};
use crate::base::{Call, Cell, Function, number_text};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_tostring",
    signature: "tostring(<value>, <format>)",
    meaning: "The value as text; the format `binary`, `hex`, `commas` or `duration` applies to numbers.",
    source: CONVERSION,
    examples: &[
        (&[Num(15.0), Text("hex")], Text("0xF")),
        (&[Num(10.0), Text("binary")], Text("1010")),
        (&[Num(12_345.678_9), Text("commas")], Text("12,345.68")),
        (&[Text("1234567"), Text("commas")], Text("1,234,567")),
        (&[Num(-999.0), Text("commas")], Text("-999")),
        (&[Num(615.0), Text("duration")], Text("00:10:15")),
        (&[Num(93_784.0), Text("duration")], Text("1+02:03:04")),
        (&[Bool(true)], Text("True")),
        (&[Num(1.0)], Text("1")),
        (&[Text("a"), Text("hex")], Text("a")),
        (&[Null], Null),
    ],
    arity: (1, 2),
    result: Returns::TEXT,
    evaluate: tostring,
    uses_now: false,
    law: Some(Law::SameText),
}];

fn tostring(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| match (row.cell(0), row.text(1).as_deref()) {
        (Cell::Boolean(value), _) => Some(Cow::Borrowed(if value { "True" } else { "False" })),
        (cell, Some(format)) => match cell.number() {
            Some(number) => formatted(number, format).map(Cow::Owned).or_else(|| cell.text()),
            None => cell.text(),
        },
        (cell, None) => cell.text(),
    })
}

fn formatted(number: f64, format: &str) -> Option<String> {
    match format.to_ascii_lowercase().as_str() {
        "hex" => Some(format!("{}0x{:X}", if number < 0.0 { "-" } else { "" }, number.abs() as u64)),
        "binary" if (0.0..9_007_199_254_740_992.0).contains(&number) => Some(format!("{:b}", number as u64)),
        "commas" => Some(commas(number)),
        "duration" => Some(duration(number)),
        _ => None,
    }
}

/// Thousands apart; at most two decimals.
fn commas(number: f64) -> String {
    let rounded = round_to(number, 2);
    let text =
        if rounded.fract() == 0.0 { number_text(rounded.abs()) } else { format!("{:.2}", rounded.abs()) };
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let mut out = String::from(if rounded < 0.0 { "-" } else { "" });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// `[D+]HH:MM:SS`.
fn duration(seconds: f64) -> String {
    let sign = if seconds < 0.0 { "-" } else { "" };
    let total = seconds.abs() as u64;
    let (days, rest) = (total / 86_400, total % 86_400);
    let clock = format!("{:02}:{:02}:{:02}", rest / 3_600, rest / 60 % 60, rest % 60);
    let fraction = (seconds.abs().fract() * 1e6).round() as u64;
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:06}") };
    if days > 0 { format!("{sign}{days}+{clock}{fraction}") } else { format!("{sign}{clock}{fraction}") }
}
