//! `random`.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use arrow::array::ArrayRef;

use crate::base::Literal::{Null, Num};
use crate::base::{Call, Function, results};

/// One more than the greatest number that `random` gives.
const LIMIT: f64 = 2_147_483_648.0;

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_random",
    signature: "random()",
    meaning: "A whole number by chance from 0 to 2^31 - 1, or below an argument; another one in each row.",
    source: "Splunk search reference, statistical eval functions",
    examples: &[(&[Num(1.0)], Num(0.0)), (&[Null], Null)],
    arity: (0, 1),
    result: results::double,
    evaluate: random,
    uses_now: false,
}];

fn random(call: &Call<'_>) -> ArrayRef {
    // The keys of a hash state are the one source of chance in the standard library.
    let state = RandomState::new();
    let given = call.has(0);
    let mut count = 0_u64;
    call.numbers(|row| {
        let limit = if given { row.number(0)?.clamp(1.0, LIMIT) } else { LIMIT };
        count += 1;
        let high = state.hash_one(count) >> 33;
        Some((high as f64 / LIMIT * limit).floor())
    })
}
