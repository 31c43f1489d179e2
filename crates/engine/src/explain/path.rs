//! The ways from the sources of a plan to its root.

use quarry_plan::{Node, Operator};

/// One way a source, the source first; a way ends early where the rows of a source only decide
/// about other rows (the right side of a join).
pub fn paths(root: &Node) -> Vec<Vec<&Node>> {
    let mut found = Vec::new();
    descend(root, &mut Vec::new(), &mut found);
    found
}

fn descend<'a>(node: &'a Node, above: &mut Vec<&'a Node>, found: &mut Vec<Vec<&'a Node>>) {
    above.push(node);
    match &node.operator {
        Operator::Source(_) => found.push(above.iter().rev().copied().collect()),
        Operator::Join { left, right, .. } => {
            descend(left, above, found);
            descend(right, &mut Vec::new(), found);
        }
        _ => {
            for input in node.inputs() {
                descend(input, above, found);
            }
        }
    }
    above.pop();
}
