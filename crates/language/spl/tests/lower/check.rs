//! Whether a plan holds together: every column that is used exists, with fitting types.

use std::collections::BTreeSet;

use quarry_plan::{ColumnName, ComparisonRule, Expression, ExpressionKind, Node, Operator, Type};

/// What is wrong with a plan.
pub fn faults(node: &Node) -> Vec<String> {
    let mut found = Vec::new();
    visit(node, &mut found);
    found
}

fn visit(node: &Node, found: &mut Vec<String>) {
    for input in node.inputs() {
        visit(input, found);
    }
    let names: Vec<ColumnName> = node.columns().into_iter().map(|(name, _)| name).collect();
    if names.iter().collect::<BTreeSet<_>>().len() != names.len() {
        found.push(format!("a column twice: {names:?}"));
    }
    let check = |input: &Node, values: &[&Expression], found: &mut Vec<String>| {
        let columns = input.columns();
        for value in values {
            expression(value, &columns, found);
        }
    };
    let only_input = node.inputs().first().copied().cloned();
    let Some(input) = only_input else { return };
    match &node.operator {
        Operator::Filter { predicate, .. } => {
            check(&input, &[predicate], found);
            let columns = input.columns();
            let known = |name: &ColumnName| columns.iter().find(|(have, _)| have == name).map(|(_, of)| *of);
            if predicate.type_of(&known) != Type::Boolean {
                found.push("a filter that is no condition".to_owned());
            }
        }
        Operator::Extend { columns, .. } | Operator::Project { columns, .. } => {
            check(&input, &columns.iter().map(|(_, value)| value).collect::<Vec<_>>(), found);
        }
        Operator::Sort { keys, .. } => {
            check(&input, &keys.iter().map(|key| &key.value).collect::<Vec<_>>(), found)
        }
        Operator::Deduplicate { keys, order, .. } => {
            let values: Vec<&Expression> = keys.iter().chain(order.iter().map(|key| &key.value)).collect();
            check(&input, &values, found);
        }
        Operator::Aggregate(aggregate) => {
            let calls = aggregate.aggregates.iter().map(|(_, call)| call);
            let values = calls.flat_map(|call| {
                call.arguments.iter().chain(&call.filter).chain(call.order.iter().map(|key| &key.value))
            });
            check(
                &input,
                &aggregate.groups.iter().map(|(_, value)| value).chain(values).collect::<Vec<_>>(),
                found,
            );
        }
        Operator::Window { calls, .. } => {
            let values = calls.iter().flat_map(|(_, window)| {
                let order = window.call.order.iter().map(|key| &key.value);
                window.partition.iter().chain(&window.call.arguments).chain(order)
            });
            check(&input, &values.collect::<Vec<_>>(), found);
        }
        Operator::Join { left, right, on, kind, .. } => {
            check(left, &on.iter().map(|(value, _)| value).collect::<Vec<_>>(), found);
            check(right, &on.iter().map(|(_, value)| value).collect::<Vec<_>>(), found);
            let names: BTreeSet<ColumnName> = left.columns().into_iter().map(|(name, _)| name).collect();
            if right.columns().iter().any(|(name, _)| names.contains(name)) {
                found.push(format!("both sides of a {kind:?} join have a column of one name"));
            }
        }
        Operator::Lookup(lookup) => {
            check(&input, &lookup.keys.iter().map(|key| &key.value).collect::<Vec<_>>(), found);
        }
        Operator::Expand { column, .. }
            if !input.columns().iter().any(|(name, of)| name == column && *of == Type::TextList) =>
        {
            found.push(format!("`{column:?}` is no list"));
        }
        _ => {}
    }
}

fn expression(value: &Expression, columns: &[(ColumnName, Type)], found: &mut Vec<String>) {
    value.visit_columns(&mut |name| {
        if !columns.iter().any(|(known, _)| known == name) {
            found.push(format!("no column `{name:?}`"));
        }
    });
    types(value, columns, found);
}

/// Arms of one type, conditions that are conditions, exact comparisons of one type.
fn types(value: &Expression, columns: &[(ColumnName, Type)], found: &mut Vec<String>) {
    let known = |name: &ColumnName| columns.iter().find(|(have, _)| have == name).map(|(_, of)| *of);
    let same = |items: &[&Expression]| {
        let mut of: Vec<Type> =
            items.iter().map(|item| item.type_of(&known)).filter(|of| *of != Type::Null).collect();
        of.dedup();
        of.len() <= 1
    };
    let condition = |item: &Expression| matches!(item.type_of(&known), Type::Boolean);
    let fine = match &value.kind {
        ExpressionKind::Case { arms, otherwise } => {
            let values: Vec<&Expression> =
                arms.iter().map(|(_, value)| value).chain(otherwise.as_deref()).collect();
            same(&values) && arms.iter().all(|(when, _)| condition(when))
        }
        ExpressionKind::Coalesce(items) => same(&items.iter().collect::<Vec<_>>()),
        ExpressionKind::And(items) | ExpressionKind::Or(items) => items.iter().all(condition),
        ExpressionKind::Not(inner) => condition(inner),
        ExpressionKind::Compare { rule: ComparisonRule::Exact, left, right, .. }
        | ExpressionKind::Arithmetic { left, right, .. } => {
            same(&[left, right]) && left.type_of(&known) != Type::TextList
        }
        ExpressionKind::Match { value, .. } => matches!(value.type_of(&known), Type::Text | Type::TextList),
        _ => true,
    };
    if !fine {
        found.push(format!("types do not fit: {}", super::dump::expression(value)));
    }
    let mut inside = columns.to_vec();
    if let ExpressionKind::ForEach { element, .. } = &value.kind {
        inside.push((element.clone(), Type::Text));
    }
    for child in value.children() {
        types(child, &inside, found);
    }
}
