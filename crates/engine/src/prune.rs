//! Dropping columns that nothing reads, before a plan is lowered: what is not there need not be planned.

use std::collections::BTreeSet;

use quarry_plan::{Aggregate, AggregateCall, Expression, Lookup, Node, Operator, SortKey, WindowCall};

type Names = BTreeSet<String>;

/// The plan with only the columns that its output needs. Output columns stay as they are.
#[must_use]
pub fn prune(node: Node) -> Node {
    pruned(node, None)
}

/// The node with the columns in `wanted`; none wants all.
fn pruned(node: Node, wanted: Option<Names>) -> Node {
    let span = node.span;
    Node::new(operator(node.operator, wanted), span)
}

fn child(node: Node, wanted: Option<Names>) -> Box<Node> {
    Box::new(pruned(node, wanted))
}

fn operator(operator: Operator, wanted: Option<Names>) -> Operator {
    match operator {
        Operator::Source(mut source) => {
            if let Some(wanted) = &wanted {
                source.columns.retain(|column| wanted.contains(&column.name));
            }
            Operator::Source(source)
        }
        Operator::Filter { input, predicate } => {
            Operator::Filter { input: child(*input, and(wanted, [&predicate])), predicate }
        }
        Operator::Extend { input, columns } => {
            let columns = kept(columns, &wanted);
            let input = child(*input, through(wanted, &columns));
            Operator::Extend { input, columns }
        }
        Operator::Project { input, columns } => {
            let columns = kept(columns, &wanted);
            let used = and(Some(Names::new()), columns.iter().map(|(_, value)| value));
            Operator::Project { input: child(*input, used), columns }
        }
        Operator::Aggregate(aggregate) => Operator::Aggregate(aggregation(aggregate, wanted)),
        Operator::Window { input, calls } => window(*input, calls, wanted),
        Operator::Sort { input, keys } => {
            Operator::Sort { input: child(*input, and(wanted, values(&keys))), keys }
        }
        Operator::Limit { input, skip, fetch } => {
            Operator::Limit { input: child(*input, wanted), skip, fetch }
        }
        Operator::Deduplicate { input, keys, keep, order } => {
            let used = and(wanted, keys.iter().chain(values(&order)));
            Operator::Deduplicate { input: child(*input, used), keys, keep, order }
        }
        Operator::Union { inputs } => {
            // Which columns there are, and of which type, is what all inputs together say.
            Operator::Union {
                inputs: inputs.into_iter().map(|input| pruned(input, wanted.clone())).collect(),
            }
        }
        Operator::Join { left, right, kind, on } => {
            let used = and(wanted, on.iter().flat_map(|(left, right)| [left, right]));
            Operator::Join { left: child(*left, used.clone()), right: child(*right, used), kind, on }
        }
        Operator::Expand { input, column, limit, mut position } => {
            let mut wanted = wanted;
            if let Some(wanted) = &mut wanted {
                position = position.filter(|name| wanted.remove(name));
                wanted.insert(column.clone());
            }
            Operator::Expand { input: child(*input, wanted), column, limit, position }
        }
        Operator::Lookup(mut lookup) => {
            let mut wanted = wanted;
            if let Some(wanted) = &mut wanted {
                lookup.outputs.retain(|(name, _)| wanted.contains(name));
                lookup.outputs.iter().for_each(|(name, _)| {
                    wanted.remove(name);
                });
            }
            let used = and(wanted, lookup.keys.iter().map(|key| &key.value));
            Operator::Lookup(Lookup { input: child(*lookup.input, used), ..lookup })
        }
        operator @ Operator::Values { .. } => operator,
    }
}

/// The columns that are wanted.
fn kept<T>(columns: Vec<(String, T)>, wanted: &Option<Names>) -> Vec<(String, T)> {
    let is_wanted = |name: &String| wanted.as_ref().is_none_or(|wanted| wanted.contains(name));
    columns.into_iter().filter(|(name, _)| is_wanted(name)).collect()
}

/// What is wanted of the input of columns that are added.
fn through(wanted: Option<Names>, columns: &[(String, Expression)]) -> Option<Names> {
    let below = wanted.map(|mut wanted| {
        columns.iter().for_each(|(name, _)| {
            wanted.remove(name);
        });
        wanted
    });
    and(below, columns.iter().map(|(_, value)| value))
}

/// `wanted` and the columns that the values use.
fn and<'e>(wanted: Option<Names>, used: impl IntoIterator<Item = &'e Expression>) -> Option<Names> {
    let mut wanted = wanted?;
    for value in used {
        value.visit_columns(&mut |name| {
            if !wanted.contains(name) {
                wanted.insert(name.to_owned());
            }
        });
    }
    Some(wanted)
}

fn values(keys: &[SortKey]) -> impl Iterator<Item = &Expression> {
    keys.iter().map(|key| &key.value)
}

fn of_call(call: &AggregateCall) -> impl Iterator<Item = &Expression> {
    call.arguments.iter().chain(&call.filter).chain(values(&call.order))
}

fn aggregation(aggregate: Aggregate, wanted: Option<Names>) -> Aggregate {
    let Aggregate { input, groups, aggregates } = aggregate;
    let mut calls = kept(aggregates.clone(), &wanted);
    if calls.is_empty() && groups.is_empty() {
        calls = aggregates.into_iter().take(1).collect();
    }
    let used = groups.iter().map(|(_, value)| value).chain(calls.iter().flat_map(|(_, call)| of_call(call)));
    let used = and(Some(Names::new()), used);
    Aggregate { input: child(*input, used), groups, aggregates: calls }
}

fn window(input: Node, calls: Vec<(String, WindowCall)>, wanted: Option<Names>) -> Operator {
    let calls = kept(calls, &wanted);
    let below = wanted.map(|mut wanted| {
        calls.iter().for_each(|(name, _)| {
            wanted.remove(name);
        });
        wanted
    });
    let used = calls.iter().flat_map(|(_, window)| window.partition.iter().chain(of_call(&window.call)));
    let input = child(input, and(below, used));
    if calls.is_empty() { input.operator } else { Operator::Window { input, calls } }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use quarry_diagnostic::Span;
    use quarry_plan::{Expression, Node, Operator, Source, SourceColumn, TimeRange, Type};

    use super::prune;

    fn column(name: &str) -> (String, Expression) {
        (name.to_owned(), Expression::column(name, Span::default()))
    }

    #[test]
    fn only_what_is_read_stays() {
        let columns = ["a", "b", "c"].map(|name| SourceColumn {
            name: name.to_owned(),
            field: name.to_owned(),
            data_type: Type::Text,
        });
        let source = Operator::Source(Source {
            view: "v".to_owned(),
            columns: columns.to_vec(),
            time: TimeRange::default(),
            choices: Vec::new(),
        });
        let node = |operator| Box::new(Node::new(operator, Span::default()));
        let extended = Operator::Extend {
            input: node(source),
            columns: vec![("x".to_owned(), column("a").1), ("y".to_owned(), column("b").1)],
        };
        let plan = Node::new(
            Operator::Project { input: node(extended), columns: vec![column("x")] },
            Span::default(),
        );
        let pruned = prune(plan);
        assert_eq!(pruned.columns(), [("x".to_owned(), Type::Text)]);
        let below: Vec<String> = pruned.inputs()[0].columns().into_iter().map(|(name, _)| name).collect();
        assert_eq!(below, ["a", "x"]);
    }
}
