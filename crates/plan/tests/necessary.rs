//! What records must hold for a predicate to be true.

use quarry_diagnostic::Span;
use quarry_plan::{
    ColumnFacts, Comparison, ComparisonRule, Expression, ExpressionKind, Facts, Law, Need, TextMatcher,
    TextPattern, Type, Value, necessary,
};

fn new(kind: ExpressionKind) -> Expression {
    Expression::new(kind, Span::default())
}

fn column(name: &str) -> Expression {
    Expression::column(name, Span::default())
}

fn text(value: &str) -> Expression {
    Expression::text(value, Span::default())
}

fn number(value: f64) -> Expression {
    Expression::literal(Value::Double(value), Span::default())
}

fn equal(left: Expression, right: Expression) -> Expression {
    by_rule(ComparisonRule::Exact, left, right)
}

fn by_rule(rule: ComparisonRule, left: Expression, right: Expression) -> Expression {
    Expression::compare(Comparison::Equal, rule, left, right, Span::default())
}

fn matches(pattern: TextPattern, ignore_case: bool, value: Expression) -> Expression {
    new(ExpressionKind::Match { matcher: TextMatcher { pattern, ignore_case }, value: Box::new(value) })
}

fn case(arms: Vec<(Expression, Expression)>, otherwise: Expression) -> Expression {
    new(ExpressionKind::Case { arms, otherwise: Some(Box::new(otherwise)) })
}

fn and(items: Vec<Expression>) -> Expression {
    new(ExpressionKind::And(items))
}

fn or(items: Vec<Expression>) -> Expression {
    new(ExpressionKind::Or(items))
}

fn literal(text: &str, ignore_case: bool) -> Need {
    Need::Literal { text: text.to_owned(), ignore_case }
}

/// `kind` is constant, `missing` is never there, `derived` is unknown, all else stands in the record.
fn facts(name: &quarry_plan::ColumnName) -> ColumnFacts {
    match name.text() {
        "kind" => ColumnFacts::Constant(Value::Text("aws".to_owned())),
        "missing" => ColumnFacts::Constant(Value::Null),
        "derived" => ColumnFacts::Derived,
        "upper" => ColumnFacts::VerbatimAnyCase,
        _ => ColumnFacts::Verbatim,
    }
}

fn need(predicate: &Expression) -> Need {
    necessary(predicate, Facts { columns: &facts, laws: &|name| (name == "lower").then_some(Law::LowerCase) })
}

#[test]
fn constants_decide_without_reading() {
    assert_eq!(need(&equal(column("kind"), text("aws"))), Need::Anything);
    assert_eq!(need(&equal(column("kind"), text("gcp"))), Need::Never);
    assert_eq!(need(&equal(column("missing"), text("x"))), Need::Never);
    assert_eq!(need(&equal(column("missing"), text("x")).negate()), Need::Never, "null stays null under NOT");
    assert_eq!(need(&new(ExpressionKind::IsNull(Box::new(column("missing"))))), Need::Anything);
}

#[test]
fn a_case_over_the_log_type_becomes_one_literal() {
    let is_launch = case(
        vec![
            (
                and(vec![equal(column("kind"), text("aws")), equal(column("name"), text("RunInstances"))]),
                number(1.0),
            ),
            (
                and(vec![equal(column("kind"), text("azure")), equal(column("name"), text("write"))]),
                number(1.0),
            ),
        ],
        number(0.0),
    );
    assert_eq!(need(&equal(is_launch.clone(), number(1.0))), literal("RunInstances", false));
    let coerced = by_rule(ComparisonRule::NumbersElseText, is_launch, number(1.0));
    assert_eq!(need(&coerced), literal("RunInstances", false));
}

#[test]
fn either_of_two_literals_will_do_and_both_may_be_needed() {
    let one = equal(column("name"), text("One"));
    let two = matches(TextPattern::Like("%two%2_".to_owned()), true, column("name"));
    let both = [literal("two", true), literal("2", true)];
    assert_eq!(
        need(&or(vec![one.clone(), two.clone()])),
        Need::Any(vec![literal("One", false), Need::All(both.to_vec())])
    );
    let all = Need::All([vec![literal("One", false)], both.to_vec()].concat());
    assert_eq!(need(&and(vec![one.clone(), two])), all);
    assert_eq!(need(&or(vec![one, equal(column("derived"), text("x"))])), Need::Anything);
}

#[test]
fn case_changes_make_the_literal_any_case() {
    let lowered = Expression::call("lower", vec![column("name")], Type::Text, Span::default());
    let regex = TextPattern::Regex(r"microsoft\.compute/virtualmachines/write".to_owned());
    let found = need(&matches(regex, false, lowered));
    assert_eq!(found, literal("microsoft.compute/virtualmachines/write", true));
    assert_eq!(need(&equal(column("upper"), text("ABC"))), literal("ABC", true));
}

#[test]
fn regular_expressions_give_what_every_match_holds() {
    let regex = |pattern: &str| need(&matches(TextPattern::Regex(pattern.to_owned()), false, column("name")));
    assert_eq!(
        regex("^Run(Instances|Task)$"),
        Need::All(vec![
            literal("Run", false),
            Need::Any(vec![literal("Instances", false), literal("Task", false)]),
        ])
    );
    assert_eq!(regex("(?i)abc"), literal("abc", true));
    assert_eq!(regex("a*"), Need::Anything);
    assert_eq!(regex("("), Need::Anything, "a broken pattern is not our concern");
}

#[test]
fn negations_and_numbers_need_nothing_that_cannot_be_known() {
    let not_run = equal(column("name"), text("RunInstances")).negate();
    assert_eq!(need(&not_run), Need::Anything);
    assert_eq!(need(&equal(column("name"), text("5"))), Need::Anything, "5 may be written 5.0");
    assert_eq!(need(&equal(column("name"), number(5.0))), Need::Anything);
    let twice = equal(column("name"), text("x")).negate().negate();
    assert_eq!(need(&twice), literal("x", false));
}

#[test]
fn an_alternative_that_can_never_hold_adds_nothing() {
    let predicate = or(vec![equal(column("missing"), text("x")), equal(column("name"), text("y"))]);
    assert_eq!(need(&predicate), literal("y", false));
    let first = new(ExpressionKind::Coalesce(vec![column("missing"), column("name")]));
    assert_eq!(need(&equal(first, text("z"))), literal("z", false));
}

#[test]
fn texts_that_only_some_readers_take_for_numbers_are_texts() {
    for word in ["inf", "NaN", "infinity", "0x1f", " 5"] {
        let is_run = case(vec![(equal(column("name"), text("Run")), text(word))], text("low"));
        for rule in [ComparisonRule::Exact, ComparisonRule::NumbersElseText, ComparisonRule::NumberAsText] {
            let found = need(&by_rule(rule, is_run.clone(), text(word)));
            assert_eq!(found, literal("Run", false), "{word}");
            assert_eq!(need(&by_rule(rule, column("name"), text(word))), literal(word, false));
        }
    }
}
