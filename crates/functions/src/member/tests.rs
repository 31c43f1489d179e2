use proptest::prelude::*;
use proptest::sample::select;
use quarry_plan::{Comparison, TextPattern, order};

use super::*;
use crate::base::Cell;
use crate::pattern::matcher;

fn holds(of: &Members, value: &str) -> bool {
    let arguments = member_arguments(of);
    let set = make(&arguments.iter().collect::<Vec<_>>()).unwrap();
    set.holds(Cell::Text(value)).unwrap()
}

fn texts() -> impl Strategy<Value = String> {
    const KNOWN: [&str; 13] =
        ["a", "A", "Kk", "\u{212a}k", "\u{17f}s", "SS", "\u{df}", "\u{e9}", "\u{c9}", "5", "5.0", "-0", "0"];
    prop_oneof![select(&KNOWN[..]).prop_map(str::to_owned), "[aAbB5.0kK\u{212a}\u{e9}\u{c9}]{0,4}"]
}

fn patterns() -> impl Strategy<Value = TextMatcher> {
    const KINDS: [fn(String) -> TextPattern; 10] = [
        TextPattern::Equals,
        TextPattern::Contains,
        TextPattern::StartsWith,
        TextPattern::EndsWith,
        TextPattern::Term,
        TextPattern::Word,
        TextPattern::WordStart,
        TextPattern::WordEnd,
        TextPattern::Wildcard,
        TextPattern::Like,
    ];
    (select(&KINDS[..]), "[aAkK*%_\u{e9}]{0,3}", any::<bool>())
        .prop_map(|(kind, text, ignore_case)| TextMatcher { pattern: kind(text), ignore_case })
}

proptest! {
    #[test]
    fn a_set_of_texts_is_all_its_patterns(
        exact in prop::collection::vec(texts(), 0..3),
        folded in prop::collection::vec(texts(), 0..3),
        others in prop::collection::vec(patterns(), 0..3),
        value in texts(),
    ) {
        let equals = |text: &String, ignore_case| TextMatcher { pattern: TextPattern::Equals(text.clone()), ignore_case };
        let all = exact.iter().map(|text| equals(text, false)).chain(folded.iter().map(|text| equals(text, true)));
        let all = all.chain(others.iter().cloned());
        let wanted = all.into_iter().any(|of| matcher(&of).unwrap().is_match(&value));
        prop_assert_eq!(holds(&Members::Texts { exact, folded, patterns: others }, &value), wanted);
    }

    #[test]
    fn a_set_of_values_is_all_its_equalities(
        values in prop::collection::vec(texts(), 0..4), value in texts(),
        rule in select(&[ComparisonRule::Exact, ComparisonRule::NumbersElseText][..]),
    ) {
        let values: Vec<Value> = values.into_iter().map(Value::Text).collect();
        let same = |of: &Value| {
            order(rule, Value::Text(value.clone()).operand().unwrap(), of.operand().unwrap())
                .is_some_and(|found| Comparison::Equal.holds(found))
        };
        let wanted = values.iter().any(same);
        prop_assert_eq!(holds(&Members::Values { rule, values }, &value), wanted);
    }
}

#[test]
fn numbers_lists_and_networks() {
    let doubles =
        Members::Values { rule: ComparisonRule::Exact, values: vec![Value::Double(5.0), Value::Double(0.5)] };
    let arguments = member_arguments(&doubles);
    let set = make(&arguments.iter().collect::<Vec<_>>()).unwrap();
    assert_eq!(set.holds(Cell::Number(5.0)), Some(true));
    assert_eq!(set.holds(Cell::Number(-0.5)), Some(false));
    assert_eq!(set.holds(Cell::Integer(5)), Some(true));
    assert_eq!(set.holds(Cell::Null), None);
    let network =
        |text: &str| TextMatcher { pattern: TextPattern::Network(text.to_owned()), ignore_case: false };
    let patterns = vec![network("10.0.0.0/8"), network("192.168.7.9"), network("2001:db8::/32")];
    let networks = Members::Texts { exact: Vec::new(), folded: Vec::new(), patterns };
    for (address, wanted) in [
        ("10.200.1.1", true),
        ("11.0.0.1", false),
        ("192.168.7.9", true),
        ("2001:db8::1", true),
        ("host", false),
    ] {
        assert_eq!(holds(&networks, address), wanted, "{address}");
    }
}
