//! What public queries call although AQL lacks it, see `lower/extra` of the language.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Law, Returns};

use super::plain;
use crate::base::Literal::{List, Null, Num, Text};
use crate::base::{Call, Example, Function, map_slice};

/// These have no page of the vendor.
const SOURCE: &str = "public queries; not part of AQL";

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "aql_absolute",
        "ABS(number)",
        "The number without its sign.",
        (1, 1),
        Returns::DOUBLE,
        |call| rounded(call, f64::abs),
        &[(&[Num(-1.5)], Num(1.5)), (&[Text("x")], Null)],
    ),
    row(
        "aql_ceiling",
        "CEIL(number)",
        "The next whole number up.",
        (1, 1),
        Returns::DOUBLE,
        |call| rounded(call, f64::ceil),
        &[(&[Num(1.2)], Num(2.0)), (&[Num(-1.2)], Num(-1.0))],
    ),
    row(
        "aql_floor",
        "FLOOR(number)",
        "The next whole number down.",
        (1, 1),
        Returns::DOUBLE,
        |call| rounded(call, f64::floor),
        &[(&[Num(1.8)], Num(1.0)), (&[Num(-1.2)], Num(-2.0))],
    ),
    row(
        "aql_round",
        "ROUND(number, places)",
        "The number rounded, halves away from zero.",
        (1, 2),
        Returns::DOUBLE,
        |call| rounded(call, f64::round),
        &[
            (&[Num(2.5)], Num(3.0)),
            (&[Num(2.345), Num(2.0)], Num(2.35)),
            (&[Num(1234.0), Num(-2.0)], Num(1200.0)),
        ],
    ),
    row(
        "aql_truncate",
        "TRUNCATE(number, places)",
        "The number cut off.",
        (1, 2),
        Returns::DOUBLE,
        |call| rounded(call, f64::trunc),
        &[(&[Num(-2.9)], Num(-2.0)), (&[Num(2.349), Num(2.0)], Num(2.34))],
    ),
    row(
        "aql_list_join",
        "list_join(values, separator)",
        "The values of a list joined.",
        (2, 2),
        Returns::TEXT,
        join,
        &[(&[List(&["a", "b"]), Text("; ")], Text("a; b")), (&[Null, Text(",")], Null)],
    ),
    row(
        "aql_replace",
        "REPLACE(text, part, by)",
        "The text with every occurrence of a part replaced.",
        (3, 3),
        Returns::TEXT,
        replace,
        &[
            (&[Text("a.b.c"), Text("."), Text("-")], Text("a-b-c")),
            (&[Text("a"), Text(""), Text("x")], Text("a")),
        ],
    ),
    row(
        "aql_right",
        "RIGHT(text, length)",
        "The last characters.",
        (2, 2),
        Returns::TEXT,
        right,
        &[(&[Text("héllo"), Num(3.0)], Text("llo")), (&[Text("ab"), Num(9.0)], Text("ab"))],
    ),
    row(
        "aql_trim_side",
        "trim_side(text, side)",
        "The text without blanks at its `start`, its `end`, or `both`.",
        (2, 2),
        Returns::TEXT,
        trim,
        &[
            (&[Text(" a "), Text("both")], Text("a")),
            (&[Text(" a "), Text("start")], Text("a ")),
            (&[Text(" a "), Text("end")], Text(" a")),
        ],
    )
    .with_law(Law::Trimmed),
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
        source: SOURCE,
        examples,
        arity,
        result,
        evaluate,
        uses_now: false,
        law: None,
    }
}

/// Rounds at a decimal place, the units if none is given.
fn rounded(call: &Call<'_>, rule: fn(f64) -> f64) -> ArrayRef {
    let has_places = call.has(1);
    call.numbers(|row| {
        let value = plain(row.cell(0)).number()?;
        if !has_places {
            return Some(rule(value));
        }
        let places = i32::try_from(row.cell(1).integer()?.clamp(-15, 15)).ok()?;
        let shift = 10_f64.powi(places);
        Some(rule(value * shift) / shift)
    })
}

fn join(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let cell = row.cell(0);
        let separator = row.text(1)?;
        if cell.is_null() {
            return None;
        }
        let values: Vec<_> = cell.values().collect();
        let fits = call.room.fits_all(values.iter().map(|value| value.len() + separator.len()));
        fits.then(|| Cow::Owned(values.join(&separator)))
    })
}

fn replace(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let (text, part, by) = (plain(row.cell(0)).text()?, row.text(1)?, row.text(2)?);
        if part.is_empty() {
            return Some(text);
        }
        let more = text.matches(&*part).count().saturating_mul(by.len());
        call.room.fits(text.len().saturating_add(more)).then(|| Cow::Owned(text.replace(&*part, &by)))
    })
}

fn right(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let length = usize::try_from(row.cell(1).integer()?.max(0)).ok()?;
        Some(map_slice(plain(row.cell(0)).text()?, |text| {
            let from = match length.checked_sub(1) {
                Some(before) => text.char_indices().nth_back(before).map_or(0, |(at, _)| at),
                None => text.len(),
            };
            text.get(from..).unwrap_or_default()
        }))
    })
}

fn trim(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let side = row.text(1)?;
        Some(map_slice(plain(row.cell(0)).text()?, |text| match &*side {
            "start" => text.trim_start(),
            "end" => text.trim_end(),
            _ => text.trim(),
        }))
    })
}
