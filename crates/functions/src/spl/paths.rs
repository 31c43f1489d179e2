//! The names of the fields that `spath` without a path makes.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Returns;
use serde_json::Value;

use crate::base::Literal::{List, Null, Text};
use crate::base::{Call, Function};
use crate::xml::{Document, Element};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_spath_names",
    signature: "spath input=<field>",
    meaning: "The paths of all leaves of JSON or XML text, each once: what `spath` makes fields of.",
    source: "Splunk search reference, spath",
    examples: &[
        (&[Text(r#"{"a":{"b":1},"c":[{"d":1},{"d":2,"e":3}]}"#)], List(&["a.b", "c{}.d", "c{}.e"])),
        (&[Text(r#"{"a":["x","y"],"b":null}"#)], List(&["a{}", "b"])),
        (&[Text("<a k='v'><b>x</b><b>y</b></a>")], List(&["a{@k}", "a.b"])),
        (&[Text("{}")], Null),
        (&[Text("no json")], Null),
    ],
    arity: (1, 1),
    result: Returns::LIST,
    evaluate: names,
    uses_now: false,
    law: None,
}];

fn names(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| {
        let mut found = Vec::new();
        for text in row.cell(0).values() {
            if text.trim_start().starts_with('<') {
                let document = Document::read(&text);
                for root in &document.roots {
                    let element = document.element(*root);
                    element.into_iter().for_each(|element| of_element(&document, element, "", &mut found));
                }
            } else if let Ok(value) = serde_json::from_str::<Value>(&text) {
                of_value(&value, String::new(), &mut found);
            }
        }
        (!found.is_empty()).then(|| found.into_iter().map(Cow::Owned).collect())
    })
}

fn add(name: String, found: &mut Vec<String>) {
    if !name.is_empty() && !found.contains(&name) {
        found.push(name);
    }
}

/// Texts are as deep as the JSON reader lets them be.
fn of_value(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                of_value(member, below, found);
            }
        }
        Value::Array(elements) => {
            elements.iter().for_each(|element| of_value(element, format!("{path}{{}}"), found));
        }
        _ => add(path, found),
    }
}

fn of_element(document: &Document<'_>, element: &Element<'_>, above: &str, found: &mut Vec<String>) {
    let path = if above.is_empty() { element.name.to_owned() } else { format!("{above}.{}", element.name) };
    for (name, _) in &element.attributes {
        add(format!("{path}{{@{name}}}"), found);
    }
    if element.children.is_empty() {
        add(path, found);
        return;
    }
    for child in &element.children {
        let child = document.element(*child);
        child.into_iter().for_each(|child| of_element(document, child, &path, found));
    }
}
