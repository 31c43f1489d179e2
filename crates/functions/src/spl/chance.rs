//! `random`.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use crate::base::{Call, Function};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_random",
    signature: "random()",
    meaning: "A whole number by chance from 0 to 2^31 - 1; another one in each row.",
    source: "Splunk search reference, statistical eval functions",
    examples: &[],
    arity: (0, 0),
    result: Returns::DOUBLE,
    evaluate: random,
    uses_now: false,
    law: None,
}];

fn random(call: &Call<'_>) -> ArrayRef {
    // The keys of a hash state are the one source of chance in the standard library.
    let state = RandomState::new();
    let mut count = 0_u64;
    call.numbers(|_| {
        count += 1;
        Some((state.hash_one(count) >> 33) as f64)
    })
}
