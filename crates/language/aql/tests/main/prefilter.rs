//! Constants of a query are visible to the pre-filter of the reader.

use quarry_aql::{LowerOptions, lower, parse};
use quarry_plan::{ColumnFacts, Facts, Law, Need, Node, Operator, Value, necessary};

use crate::cases::small_view;

/// What the WHERE of a query needs, where the log source type is constant.
fn need(condition: &str) -> Need {
    let text = format!("SELECT username FROM events WHERE {condition}");
    let lowered = lower(&parse(&text), &small_view(), &LowerOptions::default());
    let plan = lowered.plan.unwrap_or_else(|| panic!("{condition}: {:?}", lowered.diagnostics));
    let facts = |column: &quarry_plan::ColumnName| match column.text() {
        "logsourcetypename" => ColumnFacts::Constant(Value::Text("Amazon AWS CloudTrail".to_owned())),
        _ => ColumnFacts::Verbatim,
    };
    let laws = |name: &str| match name {
        "aql_lower" => Some(Law::LowerCase),
        "aql_upper" => Some(Law::UpperCase),
        "aql_utf8" => Some(Law::SameText),
        _ => None,
    };
    predicate(&plan)
        .map_or(Need::Anything, |predicate| necessary(predicate, Facts { columns: &facts, laws: &laws }))
}

fn predicate(node: &Node) -> Option<&quarry_plan::Expression> {
    match &node.operator {
        Operator::Filter { predicate, .. } => Some(predicate),
        _ => node.inputs().into_iter().find_map(predicate),
    }
}

fn literal(text: &str, ignore_case: bool) -> Need {
    Need::Literal { text: text.to_owned(), ignore_case }
}

#[test]
fn equality_needs_its_text() {
    assert_eq!(need("QIDNAME(qid) = 'RunInstances'"), literal("RunInstances", false));
    assert_eq!(need("'RunInstances' = \"Operation\""), literal("RunInstances", false));
}

#[test]
fn patterns_need_their_runs() {
    let runs = Need::All(vec![literal("run", true), literal("instances", true)]);
    assert_eq!(need("\"Operation\" ILIKE '%run%instances%'"), runs);
    assert_ne!(need("\"Operation\" LIKE '%RunInstances'"), Need::Anything);
}

#[test]
fn lower_cased_payload_needs_the_text_in_any_case() {
    assert_eq!(need("LOWER(UTF8(payload)) LIKE '%tokenissueranomaly%'"), literal("tokenissueranomaly", true));
}

#[test]
fn conditions_on_constant_fields_fold() {
    assert_eq!(need("LOGSOURCETYPENAME(devicetype) ILIKE '%azure%' AND username = 'x'"), Need::Never);
    let both = need(
        "LOGSOURCETYPENAME(devicetype) ILIKE '%azure%' OR LOGSOURCETYPENAME(devicetype) = 'Amazon AWS CloudTrail' AND username = 'root'",
    );
    assert_eq!(both, literal("root", false));
}
