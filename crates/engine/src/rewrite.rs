//! Rewriting plans before they are lowered.

use quarry_plan::{Node, Operator, SortKey};

/// The plan with every sort as late as it can be.
///
/// Languages whose events come newest first put a sort at the source. Filters and computed columns
/// do not care about order, so they go below it; an aggregation has its own order, so a sort just
/// below one goes away. What remains sorts only the rows that are left.
#[must_use]
pub fn raise_sorts(node: Node) -> Node {
    let span = node.span;
    match node.operator {
        Operator::Filter { input, predicate } => {
            let (input, keys) = taken(raise_sorts(*input));
            sorted(Node::new(Operator::Filter { input: Box::new(input), predicate }, span), keys)
        }
        Operator::Extend { input, columns } => {
            let raised = raise_sorts(*input);
            let overwritten = |keys: &[SortKey]| {
                let mut hit = false;
                for key in keys {
                    key.value
                        .visit_columns(&mut |name| hit |= columns.iter().any(|(known, _)| known == name));
                }
                hit
            };
            let (input, keys) = match &raised.operator {
                Operator::Sort { keys, .. } if overwritten(keys) => (raised, None),
                _ => taken(raised),
            };
            sorted(Node::new(Operator::Extend { input: Box::new(input), columns }, span), keys)
        }
        Operator::Sort { input, mut keys } => {
            let (input, inner) = taken(raise_sorts(*input));
            // Rows that are equal under the new order stay in the old one.
            for key in inner.unwrap_or_default().1 {
                if !keys.iter().any(|known| known.value.kind == key.value.kind) {
                    keys.push(key);
                }
            }
            Node::new(Operator::Sort { input: Box::new(input), keys }, span)
        }
        operator => {
            // An aggregation has its own order.
            let ordered = matches!(operator, Operator::Aggregate(_));
            let raised = operator.map_inputs(&mut |input| {
                let raised = raise_sorts(input);
                if ordered { taken(raised).0 } else { raised }
            });
            Node::new(raised, span)
        }
    }
}

type Taken = (quarry_diagnostic::Span, Vec<SortKey>);

/// The node without the sort on top of it, and that sort.
fn taken(node: Node) -> (Node, Option<Taken>) {
    match node.operator {
        Operator::Sort { input, keys } => (*input, Some((node.span, keys))),
        operator => (Node::new(operator, node.span), None),
    }
}

fn sorted(node: Node, sort: Option<Taken>) -> Node {
    match sort {
        Some((span, keys)) => Node::new(Operator::Sort { input: Box::new(node), keys }, span),
        None => node,
    }
}
