//! `trim`, `ltrim` and `rtrim`.

use arrow::array::ArrayRef;
use quarry_plan::{Law, Returns};

use super::source::TEXT;
use crate::base::Literal::{List, Text};
use crate::base::{Call, Example, Function, map_slice};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_trim",
        "trim(<str>, <trim_chars>)",
        "The text without such characters at both ends.",
        |call| strip(call, true, true),
        &[
            (&[Text("  a b\t")], Text("a b")),
            (&[Text(" ZZZZabcZZ "), Text(" Z")], Text("abc")),
            (&[List(&[" a ", "b "])], List(&["a", "b"])),
        ],
    )
    .with_law(Law::Trimmed),
    row(
        "spl_ltrim",
        "ltrim(<str>, <trim_chars>)",
        "The text without such characters at its start.",
        |call| strip(call, true, false),
        &[(&[Text(" ZZZZabcZZ "), Text(" Z")], Text("abcZZ "))],
    ),
    row(
        "spl_rtrim",
        "rtrim(<str>, <trim_chars>)",
        "The text without such characters at its end.",
        |call| strip(call, false, true),
        &[(&[Text(" ZZZZabcZZ "), Text(" Z")], Text(" ZZZZabc"))],
    ),
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
        source: TEXT,
        examples,
        arity: (1, 2),
        result: Returns::EachValue,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn strip(call: &Call<'_>, start: bool, end: bool) -> ArrayRef {
    let given = call.has(1);
    call.each_text(|row, text| {
        let chosen = if given { row.text(1)? } else { " \t".into() };
        Some(map_slice(text, |text| {
            let text = if start { text.trim_start_matches(|letter| chosen.contains(letter)) } else { text };
            if end { text.trim_end_matches(|letter| chosen.contains(letter)) } else { text }
        }))
    })
}
