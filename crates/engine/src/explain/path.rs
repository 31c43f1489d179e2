//! The ways from the sources of a plan to its root.

use quarry_plan::{JoinKind, Node, Operator};

/// One way a source, the source first; a way ends early where the rows of a source only decide
/// about other rows (the side of a join that does not stay).
pub fn paths(root: &Node) -> Vec<Vec<&Node>> {
    let mut found = Vec::new();
    descend(root, &mut Vec::new(), &mut found);
    found
}

fn descend<'a>(node: &'a Node, above: &mut Vec<&'a Node>, found: &mut Vec<Vec<&'a Node>>) {
    above.push(node);
    match &node.operator {
        Operator::Source(_) => found.push(above.iter().rev().copied().collect()),
        Operator::Join { left, right, kind, .. } => {
            let of_right = matches!(kind, JoinKind::Right | JoinKind::RightSemi | JoinKind::RightAnti);
            let (main, other) = if of_right { (right, left) } else { (left, right) };
            descend(main, above, found);
            descend(other, &mut Vec::new(), found);
        }
        _ => {
            for input in node.inputs() {
                descend(input, above, found);
            }
        }
    }
    above.pop();
}
