//! Every rule has a page, whose examples are what they are said to be.

use quarry_lint::{Context, RULES};

use crate::common::{Linter, lines};

#[test]
fn bad_examples_report_and_fixed_ones_do_not() {
    let linter = Linter::new();
    // What needs logs is tested with the command.
    for rule in RULES.iter().filter(|rule| rule.code != "LNT019") {
        let text = rule.page.text();
        assert!(text.starts_with(&format!("# {}: {}\n", rule.code, rule.name)), "{}", rule.code);
        let examples = rule.page.examples();
        assert!(examples.iter().any(|example| example.is_bad), "{} has no bad example", rule.code);
        assert!(examples.iter().any(|example| !example.is_bad), "{} has no fixed example", rule.code);
        for example in examples {
            let context = Context { technique: example.technique.as_deref(), ..Context::default() };
            let found = linter.lint(&example.language, &example.text, context);
            let found = found.unwrap_or_else(|| panic!("{}: not a query:\n{}", rule.code, example.text));
            let reported = found.iter().any(|finding| finding.diagnostic.code == rule.code);
            let lines = lines(&example.text, &found);
            assert_eq!(reported, example.is_bad, "{}:\n{}\n{lines}", rule.code, example.text);
        }
    }
}

#[test]
fn codes_are_in_order_and_unique() {
    assert!(RULES.windows(2).all(|pair| pair[0].code < pair[1].code));
}
