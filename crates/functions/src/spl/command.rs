//! Functions that commands need and no expression can name.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Law, Returns};

use crate::base::Literal::{List, Null, Text};
use crate::base::{Call, Function};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function {
        name: "spl_without_empty",
        signature: "makemv allowempty=f",
        meaning: "The values of a list that are not empty.",
        source: "Splunk search reference, makemv",
        examples: &[(&[List(&["a", "", "b"])], List(&["a", "b"])), (&[List(&[""])], Null), (&[Null], Null)],
        arity: (1, 1),
        result: Returns::LIST,
        evaluate: without_empty,
        uses_now: false,
        law: None,
    },
    Function {
        name: "spl_multikv",
        signature: "multikv (<header>, <line>, <field>)",
        meaning: "The value of a field in a line of a table whose columns a header names. Characters of a name that are no letters, digits or `_` read as `_`, those before the first letter are left out.",
        source: "Splunk search reference, multikv",
        examples: &[
            (&[Text("\"a b\",\"c_ip\""), Text("\"1\",\"10.0.0.1\""), Text("c_ip_")], Text("\"10.0.0.1\"")),
            (&[Text("NAME  %CPU"), Text("init   0.5"), Text("CPU")], Text("0.5")),
            (&[Text("a b"), Text("1"), Text("b")], Null),
            (&[Text("a b"), Null, Text("b")], Null),
        ],
        arity: (3, 3),
        result: Returns::TEXT,
        evaluate: multikv,
        uses_now: false,
        law: Some(Law::TakesApart),
    },
];

fn without_empty(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| Some(row.cell(0).values().filter(|value| !value.is_empty()).collect()))
}

fn multikv(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let (header, line, field) = (row.text(0)?, row.text(1)?, row.text(2)?);
        let commas = header.contains(',');
        let at = columns(&header, commas).iter().position(|name| field_name(name) == field)?;
        let value = *columns(&line, commas).get(at)?;
        Some(Cow::Owned(value.to_owned()))
    })
}

fn columns(line: &str, commas: bool) -> Vec<&str> {
    if commas { line.split(',').map(str::trim).collect() } else { line.split_whitespace().collect() }
}

fn field_name(column: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let name: String = column.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
    name.trim_start_matches('_').to_owned()
}
