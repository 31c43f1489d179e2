//! Bare search terms: whole tokens of the raw text.

use std::sync::Arc;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use super::source::SEARCH;
use crate::base::Literal::{Bool, Null, Text};
use crate::base::{Call, Function, Memo};
use crate::pattern::{Pattern, cached_pattern};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_term",
    signature: "<term>",
    meaning: "Whether a term or phrase stands in the raw text between breakers, in any case; `*` stands for characters other than major breakers.",
    source: SEARCH,
    examples: &[
        (&[Text("an error occurred"), Text("error")], Bool(true)),
        (&[Text("an ERROR occurred"), Text("error")], Bool(true)),
        (&[Text("an error occurred"), Text("err")], Bool(false)),
        (&[Text("an error occurred"), Text("err*")], Bool(true)),
        (&[Text("an error occurred"), Text("*ror")], Bool(true)),
        (&[Text("an error occurred"), Text("an*occurred")], Bool(false)),
        (&[Text("{\"eventName\":\"RunInstances\"}"), Text("RunInstances")], Bool(true)),
        (&[Text("src=10.0.0.1"), Text("10.0.0.1")], Bool(true)),
        (&[Text("src=10.0.0.1"), Text("10.0.0")], Bool(true)),
        (&[Text("src=10.0.0.12"), Text("10.0.0.1")], Bool(false)),
        (&[Text("GET /index.html now"), Text("/index.html")], Bool(true)),
        (&[Text("access denied for x"), Text("denied for")], Bool(true)),
        (&[Text("anything"), Text("*")], Bool(true)),
        (&[Null, Text("*")], Null),
    ],
    arity: (2, 2),
    result: Returns::BOOLEAN,
    evaluate: term,
    uses_now: false,
}];

/// Characters that always end a token, as the inside of a class (segmenters.conf, MAJOR).
const MAJOR: &str = r#"\[\]<>(){}|!;,'"*\n\r \t&?+"#;
/// Characters that end a token inside a token (segmenters.conf, MINOR).
const MINOR: &str = r"/:=@.\-$#%\\_";

fn term(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.booleans(|row| {
        let pattern = memo.get(&row.text(1)?, compile).as_ref()?;
        let raw = row.text(0)?;
        Some(pattern.is_match(&raw))
    })
}

fn compile(term: &str) -> Option<Arc<Pattern>> {
    let body: Vec<String> = term.split('*').map(regex::escape).collect();
    let body = body.join(&format!("[^{MAJOR}]*"));
    // A term that itself begins or ends with a breaker needs none beside it.
    let breaker =
        |letter: Option<char>| letter.is_some_and(|letter| !letter.is_alphanumeric() && letter != '*');
    let side = format!("[{MAJOR}{MINOR}]");
    let before = if breaker(term.chars().next()) { String::new() } else { format!("(?:^|{side})") };
    let after = if breaker(term.chars().next_back()) { String::new() } else { format!("(?:$|{side})") };
    cached_pattern(&format!("{before}{body}{after}"), true)
}
