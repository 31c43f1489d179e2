//! The query the project was founded on, verbatim.

use quarry_aql::{LowerOptions, lower, parse};
use quarry_plan::{ExpressionKind, Operator, TimeBound, TimeUnit};

use crate::{corpus, dump};

#[test]
fn founding_query_lowers_without_a_word() {
    let Some(path) = corpus::shared("seed/T1578.002.aql") else { return };
    let parsed = parse(&std::fs::read_to_string(path).unwrap());
    assert_eq!(parsed.diagnostics, []);
    let lowered = lower(&parsed, &corpus::view(), &LowerOptions::default());
    assert_eq!(lowered.diagnostics, []);
    let labels: Vec<&str> = lowered.output.iter().map(|column| column.label.as_str()).collect();
    let wanted = [
        "EventTime",
        "username",
        "CloudOperation",
        "CloudResource",
        "ResourceGroup",
        "SubscriptionId",
        "RiskScore",
        "AlertType",
    ];
    assert_eq!(labels, wanted);
    let plan = lowered.plan.expect("a plan");
    let Operator::Sort { input, keys } = &plan.operator else { panic!("not sorted: {}", dump::plan(&plan)) };
    assert_eq!(dump::expression(&keys[0].value), "RiskScore");
    assert!(keys[0].descending);
    let Operator::Project { input, .. } = &input.operator else { panic!("no projection") };
    let Operator::Filter { input, predicate } = &input.operator else { panic!("no filter") };
    let ExpressionKind::Or(arms) = &predicate.kind else { panic!("AND binds tighter than OR") };
    assert_eq!(dump::expression(&arms[0]), "logsourcetypename like~ '%azure%'");
    let ExpressionKind::And(items) = &arms[1].kind else { panic!("the second arm is an AND") };
    assert_eq!(items.len(), 4);
    assert_eq!(dump::expression(&items[3]), "not (username like~ '%backup%service%')");
    let Operator::Source(source) = &input.operator else { panic!("no source") };
    assert_eq!(source.time.earliest, Some(TimeBound::relative(-1, TimeUnit::Hour)));
    assert_eq!(source.time.latest, None);
}
