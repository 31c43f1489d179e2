//! Kusto's functions. A row `kql_f` is what Kusto calls `f`; a text is never null, neither as argument nor as result.

mod arithmetic;
mod array;
mod bag;
mod convert;
mod date;
mod date_format;
mod encode;
mod expand;
mod math;
mod needle;
mod network;
mod present;
mod regular;
mod strings;
mod value;

pub(crate) use expand::as_json as json_of_cell;

use arrow::array::ArrayRef;
use quarry_plan::{Returns, Type};

use crate::base::{Call, Example, Function};

pub(crate) const TABLES: &[&[Function]] = &[
    arithmetic::FUNCTIONS,
    array::FUNCTIONS,
    bag::FUNCTIONS,
    convert::FUNCTIONS,
    date::FUNCTIONS,
    encode::FUNCTIONS,
    expand::FUNCTIONS,
    math::FUNCTIONS,
    needle::FUNCTIONS,
    network::FUNCTIONS,
    present::FUNCTIONS,
    regular::FUNCTIONS,
    strings::FUNCTIONS,
];

/// Where the rules come from unless a row says otherwise.
const SOURCE: &str = "learn.microsoft.com/kusto/query, the function's page";

/// A row.
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

/// A row whose result is JSON.
const fn dynamic(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    arity: (usize, usize),
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    row(name, signature, meaning, arity, Returns::Fixed(Type::Dynamic), evaluate, examples)
}

/// JSON in an example.
const fn json(text: &'static str) -> crate::Literal {
    crate::Literal::Written(Type::Dynamic, text)
}
