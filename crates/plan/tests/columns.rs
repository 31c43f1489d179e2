//! The output columns of nodes.

use quarry_diagnostic::Span;
use quarry_plan::{ColumnName, Expression, JoinKind, Node, Operator, Type, Value};

#[test]
fn a_long_chain_of_extends_is_no_exponential_matter() {
    let values = Operator::Values { columns: vec![("a".into(), Type::Text)], rows: Vec::new(), place: None };
    let mut node = Node::new(values, Span::default());
    for step in 0..200 {
        let value = Expression::literal(Value::Integer(step), Span::default());
        let columns = vec![(format!("c{}", step % 3).into(), value)];
        node = Node::new(Operator::Extend { input: Box::new(node), columns }, Span::default());
    }
    let names: Vec<_> = node.columns().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "c0", "c1", "c2"]);
}

#[test]
fn a_walk_meets_inputs_before_what_is_above_them() {
    let column = |name: &ColumnName| Expression::column(name, Span::default());
    let values = |name: &str| {
        let columns = vec![(name.into(), Type::Text)];
        Box::new(Node::new(Operator::Values { columns, rows: Vec::new(), place: None }, Span::default()))
    };
    let on = vec![(column(&"a".into()), column(&"b".into()))];
    let join = Operator::Join {
        left: values("a"),
        right: values("b"),
        kind: JoinKind::Inner,
        on,
        residual: None,
        nulls_match: false,
    };
    let renamed = Node::new(join, Span::default()).map_inputs(&mut |input| {
        let columns = vec![("c".into(), column(input.operator.made()[0]))];
        Node::new(Operator::Project { input: Box::new(input), columns }, Span::default())
    });
    let mut met = Vec::new();
    renamed.visit(&mut |node| met.extend(node.operator.made().first().map(|name| name.text().to_owned())));
    assert_eq!(met, ["a", "c", "b", "c"]);
    let mut read = 0;
    renamed.visit_expressions(&mut |_| read += 1);
    assert_eq!(read, 4);
}
