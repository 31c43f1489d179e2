//! Dropping columns that nothing reads, before a plan is lowered: what is not there need not be planned.

use std::collections::BTreeSet;

use quarry_plan::{ColumnName, Node, Operator};

type Names = BTreeSet<ColumnName>;

/// The plan with only the columns that its output needs. Output columns stay as they are.
#[must_use]
pub fn prune(mut node: Node) -> Node {
    pruned(&mut node, None);
    node
}

/// Leaves the node the columns in `wanted`; none wants all.
fn pruned(node: &mut Node, wanted: Option<Names>) {
    if let Some(wanted) = &wanted {
        drop_unwanted(&mut node.operator, wanted);
    }
    if let Operator::Window { input, calls } = &mut node.operator
        && calls.is_empty()
    {
        *node = input.take();
        return pruned(node, wanted);
    }
    if let Operator::Let { name, shared, body } = &mut node.operator {
        // What is shared is needed as far as it is read, which is known once the body is pruned.
        pruned(body, wanted);
        let mut read = Names::new();
        body.visit_references_mut(name, &mut |columns| {
            read.extend(columns.iter().map(|(name, _)| name.clone()));
        });
        return pruned(shared, Some(read));
    }
    // Which columns a union has, and of which type, is what all inputs together say.
    let below = below(&node.operator, wanted);
    node.inputs_mut().into_iter().for_each(|input| pruned(input, below.clone()));
}

/// Drops the columns that an operator makes and nobody wants.
fn drop_unwanted(operator: &mut Operator, wanted: &Names) {
    match operator {
        Operator::Source(source) => source.columns.retain(|column| wanted.contains(&column.name)),
        Operator::Extend { columns, .. } | Operator::Project { columns, .. } => {
            columns.retain(|(name, _)| wanted.contains(name));
        }
        Operator::Aggregate(aggregate) => {
            // Groups say which rows there are; so does one aggregate where there is no group.
            let mut calls = std::mem::take(&mut aggregate.aggregates);
            let keeps_one =
                aggregate.groups.is_empty() && !calls.iter().any(|(name, _)| wanted.contains(name));
            if keeps_one {
                calls.truncate(1);
            } else {
                calls.retain(|(name, _)| wanted.contains(name));
            }
            aggregate.aggregates = calls;
        }
        Operator::Window { calls, .. } => calls.retain(|(name, _)| wanted.contains(name)),
        Operator::Lookup(lookup) => lookup.outputs.retain(|(name, _)| wanted.contains(name)),
        Operator::Reference { columns, .. } => columns.retain(|(name, _)| wanted.contains(name)),
        Operator::Values { place, .. } | Operator::Union { place, .. } => {
            *place = place.take().filter(|name| wanted.contains(name));
        }
        Operator::Expand { position, .. } => {
            *position = position.take().filter(|name| wanted.contains(name));
        }
        _ => {}
    }
}

/// What is wanted of the inputs of an operator of which `wanted` is wanted.
fn below(operator: &Operator, wanted: Option<Names>) -> Option<Names> {
    let mut names = if operator.hands_on() { wanted? } else { Names::new() };
    for name in operator.made() {
        names.remove(name);
    }
    if let Operator::Expand { column, .. } = operator {
        names.insert(column.clone());
    }
    for value in operator.expressions() {
        value.visit_columns(&mut |name| {
            if !names.contains(name) {
                names.insert(name.clone());
            }
        });
    }
    Some(names)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use quarry_diagnostic::Span;
    use quarry_plan::{
        ColumnName, Expression, Node, Operator, Source, SourceColumn, SourceField, TimeRange, Type,
    };

    use super::prune;

    fn column(name: &str) -> (ColumnName, Expression) {
        (name.into(), Expression::column(name, Span::default()))
    }

    #[test]
    fn only_what_is_read_stays() {
        let columns = ["a", "b", "c"].map(|name| SourceColumn {
            name: name.into(),
            field: SourceField::View(name.to_owned()),
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
            columns: vec![("x".into(), column("a").1), ("y".into(), column("b").1)],
        };
        let plan = Node::new(
            Operator::Project { input: node(extended), columns: vec![column("x")] },
            Span::default(),
        );
        let pruned = prune(plan);
        assert_eq!(pruned.columns(), [("x".into(), Type::Text)]);
        let below: Vec<_> = pruned.inputs()[0].columns().into_iter().map(|(name, _)| name).collect();
        assert_eq!(below, ["a", "x"]);
    }
}
