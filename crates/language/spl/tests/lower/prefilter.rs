//! What the reader can skip: the literals a predicate needs, for the seed search.

use std::{collections::HashMap, fs, path::Path};

use quarry_plan::{
    ColumnFacts, ColumnName, Expression, ExpressionKind, Facts, Law, Need, Node, Operator, necessary,
};
use quarry_views::{Catalog, Derivation, View, ViewSource};

use super::{plan, view};

/// A search of the same shape as the one the project was founded on.
const LIKE_THE_SEED: &str = r#"index=* (sourcetype="aws:cloudtrail" OR sourcetype="azure:monitor:activity")
| eval Provider=case(sourcetype="aws:cloudtrail", "A", sourcetype="azure:monitor:activity", "B", true(), "C")
| eval Wanted=case(Provider="A" AND eventName="RunInstances", 1,
    Provider="B" AND match(lower(operationName), "virtualmachines/write"), 1, true(), 0)
| where Wanted=1 | table _time Provider"#;

#[test]
fn a_flag_made_by_case_becomes_a_literal() {
    let view = view::small();
    let (lowered, found) = plan(LIKE_THE_SEED, &view, None);
    let plan = lowered.plan.unwrap_or_else(|| panic!("{found:?}"));
    let literal = |text: &str, ignore_case| Need::Literal { text: text.to_owned(), ignore_case };
    assert_eq!(need(&plan, &view, &view.sources[0]), literal("RunInstances", false));
    assert_eq!(need(&plan, &view, &view.sources[1]), literal("virtualmachines/write", true));
}

#[test]
fn the_seed_search_needs_the_literal_in_every_view() {
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/seed/T1578.002.spl");
    let Ok(text) = fs::read_to_string(&seed) else {
        eprintln!("skipped: {} is absent", seed.display());
        return;
    };
    let catalog = Catalog::load(None).unwrap();
    let views: Vec<&View> = catalog.views.iter().filter(|view| view.name.starts_with("splunk")).collect();
    assert!(!views.is_empty());
    for view in views {
        let (lowered, found) = plan(&text, view, None);
        let plan = lowered.plan.unwrap_or_else(|| panic!("{found:?}"));
        assert!(!lowered.needs_discovery);
        let columns: Vec<String> = lowered.output.into_iter().map(|column| column.label).collect();
        assert_eq!(
            columns,
            ["_time", "CloudProvider", "Actor", "SourceIP", "SuccessStatus", "Scope", "AccountScope"]
        );
        let source = view.sources.iter().find(|source| source.log_type == "aws.cloudtrail").unwrap();
        let found = need(&plan, view, source);
        let wanted = Need::Literal { text: "RunInstances".to_owned(), ignore_case: false };
        let holds = match &found {
            Need::All(needs) => needs.contains(&wanted),
            // The view may know that no record of this log type can match.
            Need::Never => view.name == "splunk",
            other => *other == wanted,
        };
        assert!(holds, "{}: {found:?}", view.name);
    }
}

/// What a record of one source must hold for the plan's filters, each in terms of the scan.
fn need(plan: &Node, view: &View, source: &ViewSource) -> Need {
    let mut filters = Vec::new();
    definitions(plan, &mut filters);
    let facts = |name: &ColumnName| match view.derivation(source, name.text()) {
        Derivation::Constant(value) => ColumnFacts::Constant(value),
        Derivation::Path(_) | Derivation::Raw => ColumnFacts::Verbatim,
        _ => ColumnFacts::Derived,
    };
    Need::all(
        filters
            .iter()
            .map(|filter| {
                necessary(
                    filter,
                    Facts { columns: &facts, laws: &|name| (name == "spl_lower").then_some(Law::LowerCase) },
                )
            })
            .collect(),
    )
}

/// Collects the filters below a node and gives what its columns are in terms of the scan's.
fn definitions(node: &Node, filters: &mut Vec<Expression>) -> HashMap<ColumnName, Expression> {
    match &node.operator {
        Operator::Filter { input, predicate } => {
            let known = definitions(input, filters);
            filters.push(substitute(predicate, &known));
            known
        }
        Operator::Extend { input, columns } => {
            let known = definitions(input, filters);
            let mut next = known.clone();
            for (name, value) in columns {
                next.insert(name.clone(), substitute(value, &known));
            }
            next
        }
        Operator::Project { input, .. } | Operator::Sort { input, .. } | Operator::Limit { input, .. } => {
            definitions(input, filters)
        }
        _ => HashMap::new(),
    }
}

fn substitute(value: &Expression, known: &HashMap<ColumnName, Expression>) -> Expression {
    if let ExpressionKind::Column(name) = &value.kind {
        return known.get(name).unwrap_or(value).clone();
    }
    let mut changed = value.clone();
    changed.children_mut().into_iter().for_each(|child| *child = substitute(child, known));
    changed
}

#[test]
fn a_source_type_that_cannot_be_needs_no_record() {
    let view = view::small();
    let (lowered, _) = plan("search sourcetype=aws:cloudtrail | where sourcetype=\"x\"", &view, None);
    let found = need(&lowered.plan.unwrap(), &view, &view.sources[0]);
    assert_eq!(found, Need::Never);
}
