//! The output columns of nodes.

use quarry_diagnostic::Span;
use quarry_plan::{Expression, Node, Operator, Type, Value};

#[test]
fn a_long_chain_of_extends_is_no_exponential_matter() {
    let values = Operator::Values { columns: vec![("a".to_owned(), Type::Text)], rows: Vec::new() };
    let mut node = Node::new(values, Span::default());
    for step in 0..200 {
        let value = Expression::literal(Value::Integer(step), Span::default());
        let columns = vec![(format!("c{}", step % 3), value)];
        node = Node::new(Operator::Extend { input: Box::new(node), columns }, Span::default());
    }
    let names: Vec<String> = node.columns().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "c0", "c1", "c2"]);
}
