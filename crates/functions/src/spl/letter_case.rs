//! `lower` and `upper`.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Law, Returns};

use super::source::TEXT;
use crate::base::Literal::{List, Null, Text};
use crate::base::{Call, Example, Function};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_lower",
        "lower(<str>)",
        "The text in lower case.",
        |call| map(call, str::to_lowercase),
        &[
            (&[Text("RunInstances")], Text("runinstances")),
            (&[List(&["A", "b"])], List(&["a", "b"])),
            (&[Null], Null),
        ],
    )
    .with_law(Law::LowerCase),
    row(
        "spl_upper",
        "upper(<str>)",
        "The text in upper case.",
        |call| map(call, str::to_uppercase),
        &[(&[Text("éa")], Text("ÉA"))],
    )
    .with_law(Law::UpperCase),
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
        arity: (1, 1),
        result: Returns::EachValue,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn map(call: &Call<'_>, change: fn(&str) -> String) -> ArrayRef {
    call.each_text(|_, text| Some(Cow::Owned(change(&text))))
}
