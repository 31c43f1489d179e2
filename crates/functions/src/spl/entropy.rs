//! How much a text tells, for lookups of apps that compute it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use crate::base::Literal::{Null, Text};
use crate::base::{Call, Function};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_shannon",
    signature: "lookup ut_shannon_lookup word AS <field>",
    meaning: "The Shannon entropy of the characters of a text, in bits a character.",
    source: "Splunkbase, URL Toolbox: ut_shannon",
    examples: &[
        (&[Text("aabb")], Text("1")),
        (&[Text("abcd")], Text("2")),
        (&[Text("aaaa")], Text("0")),
        (&[Null], Null),
    ],
    arity: (1, 1),
    result: Returns::TEXT,
    evaluate: shannon,
    uses_now: false,
    law: None,
}];

fn shannon(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| Some(Cow::Owned(entropy(&row.text(0)?).to_string())))
}

#[allow(clippy::cast_precision_loss)] // lengths of texts
fn entropy(text: &str) -> f64 {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    for letter in text.chars() {
        *counts.entry(letter).or_default() += 1;
    }
    let all = counts.values().sum::<usize>() as f64;
    let bits = counts.values().map(|count| {
        let share = *count as f64 / all;
        -share * share.log2()
    });
    // The sum of nothing is negative zero.
    bits.sum::<f64>() + 0.0
}
