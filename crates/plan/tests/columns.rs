//! The output columns of nodes.

use quarry_diagnostic::Span;
use quarry_plan::{Expression, JoinKind, Node, Operator, Type, Value};

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

#[test]
fn a_walk_meets_inputs_before_what_is_above_them() {
    let column = |name: &str| Expression::column(name, Span::default());
    let values = |name: &str| {
        let columns = vec![(name.to_owned(), Type::Text)];
        Box::new(Node::new(Operator::Values { columns, rows: Vec::new() }, Span::default()))
    };
    let on = vec![(column("a"), column("b"))];
    let join = Operator::Join { left: values("a"), right: values("b"), kind: JoinKind::Inner, on };
    let renamed = Node::new(join, Span::default()).map_inputs(&mut |input| {
        let columns = vec![("c".to_owned(), column(input.operator.made()[0]))];
        Node::new(Operator::Project { input: Box::new(input), columns }, Span::default())
    });
    let mut met = Vec::new();
    renamed.visit(&mut |node| met.push(node.operator.made().join(" ")));
    assert_eq!(met, ["a", "c", "b", "c", ""]);
    let mut read = 0;
    renamed.visit_expressions(&mut |_| read += 1);
    assert_eq!(read, 4);
}
