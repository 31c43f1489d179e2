//! `mvrange`.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use super::source::MULTIVALUE;
use crate::base::Literal::{List, Null, Num, Text};
use crate::base::{Call, Function, number_text};
use crate::time::parse_span;

pub(crate) const FUNCTIONS: &[Function] = &[MVRANGE, TIMES];

/// The same for a command, by whose name an error goes.
const TIMES: Function = Function {
    name: "spl_gentimes",
    signature: "gentimes start=<start> end=<end> increment=<span>",
    meaning: "The times from start to before end, so many seconds apart.",
    source: "Splunk search reference, gentimes",
    examples: &[(&[Num(0.0), Num(172_800.0), Num(86_400.0)], List(&["0", "86400"]))],
    arity: (3, 3),
    ..MVRANGE
};

const MVRANGE: Function = Function {
    name: "spl_mvrange",
    signature: "mvrange(<start>, <end>, <step>)",
    meaning: "Numbers from start to before end; the step is a number or a span of time such as `1d`.",
    source: MULTIVALUE,
    examples: &[
        (&[Num(1.0), Num(11.0), Num(2.0)], List(&["1", "3", "5", "7", "9"])),
        (&[Num(0.0), Num(3.0)], List(&["0", "1", "2"])),
        (&[Num(3.0), Num(0.0), Num(-1.0)], List(&["3", "2", "1"])),
        (&[Num(0.0), Num(172_800.0), Text("1d")], List(&["0", "86400"])),
        (&[Num(0.0), Num(5.0), Num(0.0)], Null),
        (&[Num(5.0), Num(5.0)], Null),
    ],
    arity: (2, 3),
    result: Returns::LIST,
    evaluate: mvrange,
    uses_now: false,
    law: None,
};

/// About what a value of a range holds, in bytes.
const EACH: f64 = 32.0;

fn mvrange(call: &Call<'_>) -> ArrayRef {
    let given = call.has(2);
    call.lists(|row| {
        let (start, end) = (row.number(0)?, row.number(1)?);
        let step = match row.number(2) {
            Some(step) => step,
            None if given => parse_span(&row.text(2)?)?.fixed_micros()? as f64 / 1e6,
            None => 1.0,
        };
        if step == 0.0 {
            return None;
        }
        if !call.room.fits(((end - start) / step * EACH).max(0.0) as usize) {
            return None;
        }
        let values = (0_u64..).map(|index| start + step * index as f64);
        let inside = values.take_while(|value| if step > 0.0 { *value < end } else { *value > end });
        Some(inside.map(|value| Cow::Owned(number_text(value))).collect())
    })
}
