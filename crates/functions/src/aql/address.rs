//! `INCIDR`.

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use super::source::RETRIEVAL;
use crate::base::Literal::{Bool, Null, Text};
use crate::base::{Call, Cell, Function, Memo};
use crate::network::{contains, parse_network};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "aql_incidr",
    signature: "INCIDR('network', address, ...)",
    meaning: "Whether one of the addresses lies in a network; an address alone is a network of one.",
    source: RETRIEVAL,
    examples: &[
        (&[Text("192.168.122.84/10"), Text("192.168.0.1")], Bool(true)),
        (&[Text("10.0.0.1"), Text("10.0.0.1")], Bool(true)),
        (&[Text("10.0.0.0/8"), Text("host")], Bool(false)),
        (&[Text("10.0.0.0/8"), Text("1.1.1.1"), Text("10.1.1.1")], Bool(true)),
        (&[Text("10.0.0.0/8"), Null], Null),
    ],
    arity: (2, usize::MAX),
    result: Returns::BOOLEAN,
    evaluate: incidr,
    uses_now: false,
    law: None,
}];

fn incidr(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.booleans(|row| {
        let network = (*memo.get(&row.text(0)?, parse_network))?;
        let mut addresses = row.cells(1).filter(|cell| !cell.is_null()).peekable();
        addresses.peek()?;
        Some(addresses.flat_map(Cell::values).any(|text| contains(network, &text)))
    })
}
