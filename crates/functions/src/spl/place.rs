//! Where an address is.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use crate::base::Literal::{Null, Text};
use crate::base::{Call, Function};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_iplocation",
    signature: "iplocation (<ip>, <field>, <language>)",
    meaning: "A field of the place of a public address, from the database the user gives; null for other addresses and without a database.",
    source: "Splunk search reference, iplocation",
    examples: &[
        (&[Text("10.0.0.1"), Text("City"), Text("en")], Null),
        (&[Null, Text("City"), Text("en")], Null),
    ],
    arity: (3, 3),
    result: Returns::TEXT,
    evaluate: place,
    uses_now: false,
    law: None,
}];

fn place(call: &Call<'_>) -> ArrayRef {
    let Some(database) = call.places else {
        return call.texts(|_| None);
    };
    call.texts(|row| {
        let (address, field, language) = (row.text(0)?, row.text(1)?, row.text(2)?);
        let address = address.trim().parse().ok()?;
        database.find(address, &field, &language).map(Cow::Owned)
    })
}
