//! Whatever the text: a tree, and places inside of it.

use proptest::prelude::*;
use quarry_kql::{bind, parse};

fn holds(text: &str) {
    let parsed = parse(text);
    for found in bind(&parsed).diagnostics {
        assert!(found.span.start <= found.span.end && found.span.end <= text.len(), "{text:?}: {found:?}");
        assert!(text.is_char_boundary(found.span.start) && text.is_char_boundary(found.span.end));
    }
}

#[test]
fn deep_and_long_queries_are_refused_or_read() {
    for (open, close) in
        [("(", ")"), ("f(", ")"), ("a[", "]"), ("-", ""), ("dynamic([", "])"), ("T | where (", ")")]
    {
        let depth = 20_000;
        holds(&format!("print x = {}1{}", open.repeat(depth), close.repeat(depth)));
    }
    for link in [" or a", " and a", " + a", ".a", " has 'a'", "[0]", " 'a'"] {
        holds(&format!("T | where a{}", link.repeat(20_000)));
    }
    holds(&"let f = () {".repeat(10_000));
    let doubling =
        |(at, before): (usize, usize)| format!("let f{at} = () {{ f{before}() + f{before}() }};\n");
    let calls: String = (1..40).zip(0..).map(doubling).collect();
    holds(&format!("let f0 = () {{ 1 }};\n{calls} print f39()"));
    holds(&"T | ".repeat(10_000));
}

proptest! {
    #[test]
    fn any_text(text in "\\PC{0,60}") {
        holds(&text);
    }

    #[test]
    fn tokens_in_any_order(words in proptest::collection::vec(prop::sample::select(vec![
        "T", "|", "where", "(", ")", "[", "]", "{", "}", "let", "=", ";", ",", "'a'", "\"", "@'", "1d", "1.", "..",
        "datetime(", "dynamic(", "parse", "with", "*", "mv-expand", "summarize", "by", "join", "on", "$left", ".",
        "between", "in", "!in~", "!", "has", "print", "range", "from", "datatable", ":", "string", "```", "-", "\n",
    ]), 0..40)) {
        holds(&words.join(" "));
        holds(&words.concat());
    }
}
