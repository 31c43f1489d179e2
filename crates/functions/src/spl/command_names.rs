//! `commands`.

use quarry_plan::Returns;
use std::borrow::Cow;

use super::source::MULTIVALUE;
use crate::base::Literal::{List, Null, Text};
use crate::base::{Call, Function};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_commands",
    signature: "commands(<value>)",
    meaning: "The names of the commands of a search, in order.",
    source: MULTIVALUE,
    examples: &[
        (&[Text("search foo | stats count | sort count")], List(&["search", "stats", "sort"])),
        (&[Text("foo \"a | b\" | head 3")], List(&["search", "head"])),
        (&[Text("| makeresults | append [ search x | stats count ]")], List(&["makeresults", "append"])),
        (&[Null], Null),
    ],
    arity: (1, 1),
    result: Returns::LIST,
    evaluate: |call: &Call<'_>| call.lists(|row| Some(names(&row.text(0)?))),
    uses_now: false,
    law: None,
}];

fn names(search: &str) -> Vec<Cow<'static, str>> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut depth) = (false, 0_usize);
    for letter in search.chars() {
        match letter {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if letter == '|' && !quoted && depth == 0 {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    let implied = parts.first().is_some_and(|first| !first.trim().is_empty());
    let named = parts.iter().enumerate().filter_map(|(index, part)| {
        let word = part.split_whitespace().next()?;
        // What stands before the first bar is a search, whether it says so or not.
        Some(if index == 0 && implied { Cow::Borrowed("search") } else { Cow::Owned(word.to_owned()) })
    });
    named.collect()
}
