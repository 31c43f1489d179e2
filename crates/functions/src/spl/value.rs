//! Changing how a value is held: as one text, a list, a number.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use arrow::array::ArrayRef;

use super::source::{MULTIVALUE, SEARCH};
use crate::base::Literal::{List, Null, Num, Text, Time};
use crate::base::{Call, Example, Function};
use quarry_plan::{Law, Returns};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_list",
        "<value>",
        "A list of the one value; lists stay, null stays null.",
        Returns::LIST,
        |call| call.lists(|row| Some(row.cell(0).values().collect())),
        &[
            (&[Text("a")], List(&["a"])),
            (&[List(&["a", "b"])], List(&["a", "b"])),
            (&[Num(2.0)], List(&["2"])),
            (&[Null], Null),
        ],
    )
    .with_law(Law::SameText),
    row(
        "spl_single",
        "<value>",
        "One text; several values are joined by line feeds.",
        Returns::TEXT,
        texts,
        &[(&[List(&["a"])], Text("a")), (&[List(&["a", "b"])], Text("a\nb")), (&[List(&[])], Null)],
    )
    .with_law(Law::SameText),
    row(
        "spl_text",
        "<value>",
        "The value as it is shown; instants as epoch seconds.",
        Returns::TEXT,
        texts,
        &[(&[Num(1.0)], Text("1")), (&[Time(1_500_000)], Text("1.5")), (&[Text("a")], Text("a"))],
    )
    .with_law(Law::SameText),
    row(
        "spl_number",
        "<value>",
        "The number a value stands for.",
        Returns::DOUBLE,
        numbers,
        &[(&[Text("1.5")], Num(1.5)), (&[Text("x")], Null), (&[Time(1_500_000)], Num(1.5))],
    ),
    Function {
        source: SEARCH,
        ..row(
            "spl_sort_number",
            "<value>",
            "The number to sort by, where the value looks numeric.",
            Returns::DOUBLE,
            numbers,
            &[(&[Text("10")], Num(10.0)), (&[Text("10 apples")], Null)],
        )
    },
    Function {
        source: SORT,
        ..row(
            "spl_sort_text",
            "<value>",
            "The text to sort by: of an IPv4 address its parts at full width.",
            Returns::TEXT,
            sort_texts,
            &[
                (&[Text("10.2.0.30")], Text("010.002.000.030")),
                (&[Text("10.2.0.300")], Text("10.2.0.300")),
                (&[Text("b")], Text("b")),
                (&[Null], Null),
            ],
        )
        .with_law(Law::SortKey)
    },
];

const SORT: &str = "Splunk search reference, sort";

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    result: Returns,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: MULTIVALUE,
        examples,
        arity: (1, 1),
        result,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn texts(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| row.text(0))
}

fn sort_texts(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let text = row.text(0)?;
        // A full parse only of what can be an address.
        let address =
            text.starts_with(|letter: char| letter.is_ascii_digit()).then(|| text.parse::<Ipv4Addr>());
        Some(match address {
            Some(Ok(address)) => {
                let [first, second, third, fourth] = address.octets();
                Cow::Owned(format!("{first:03}.{second:03}.{third:03}.{fourth:03}"))
            }
            _ => text,
        })
    })
}

fn numbers(call: &Call<'_>) -> ArrayRef {
    call.numbers(|row| row.number(0))
}
