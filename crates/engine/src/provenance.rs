//! Carrying, beside a detection's own columns, who did what and where the record lies.

use quarry_diagnostic::Span;
use quarry_plan::{
    Aggregate, AggregateCall, ColumnName, Expression, JoinKind, Node, Operator, Role, SortKey, SourceColumn,
    SourceField, Type,
};

use crate::lower::FIRST_ROW;

/// The fields of the `alert` view that are carried beside a detection's own columns.
pub const ALERT_FIELDS: [(&str, Type); 13] = [
    ("time", Type::Timestamp),
    ("provider", Type::Text),
    ("actor", Type::Text),
    ("source_ip", Type::Text),
    ("user_agent", Type::Text),
    ("action", Type::Text),
    ("target", Type::Text),
    ("account", Type::Text),
    ("region", Type::Text),
    ("outcome", Type::Text),
    ("event_id", Type::Text),
    ("object", Type::Text),
    ("record", Type::Text),
];

/// The column that carries a field of the alert view.
#[must_use]
pub fn provenance_column(field: &str) -> ColumnName {
    ColumnName::new(Role::Provenance, field)
}

/// The plan with the columns of provenance added to its output.
///
/// A row that several records made (an aggregation) carries those of the earliest record, also what that one lacks. Where a
/// row comes from no record at all (fixed rows), there are none. A plan that has them is left as it is.
#[must_use]
pub fn with_provenance(node: &Node) -> Node {
    let mut node = node.clone();
    if !has_columns(&node) {
        add(&mut node);
    }
    node
}

fn has_columns(node: &Node) -> bool {
    node.sources()
        .iter()
        .any(|source| source.columns.iter().any(|column| column.name.role() == Role::Provenance))
}

/// Adds the columns; tells whether the node now has them.
fn add(node: &mut Node) -> bool {
    let span = node.span;
    let mut has = false;
    match &mut node.operator {
        // Rows of a join stand for those of its left side, or of the only side that stays whole.
        Operator::Join { left, right, kind, .. } => {
            let of_right = matches!(kind, JoinKind::Right | JoinKind::RightSemi | JoinKind::RightAnti);
            has = add(if of_right { right } else { left });
        }
        Operator::Let { name, shared, body } => {
            if add(shared) {
                body.visit_references_mut(name, &mut |columns| {
                    columns
                        .extend(ALERT_FIELDS.map(|(field, data_type)| (provenance_column(field), data_type)));
                });
            }
            has = add(body);
        }
        Operator::Reference { columns, .. } => {
            has = columns.iter().any(|(name, _)| name.role() == Role::Provenance);
        }
        operator => {
            for input in operator.inputs_mut() {
                has |= add(input);
            }
        }
    }
    match &mut node.operator {
        Operator::Source(source) => {
            for (field, data_type) in ALERT_FIELDS {
                source.columns.push(SourceColumn {
                    name: provenance_column(field),
                    field: SourceField::Alert(field.to_owned()),
                    data_type,
                });
            }
            has = true;
        }
        Operator::Project { columns, .. } if has => {
            columns.extend(ALERT_FIELDS.iter().map(|(field, _)| {
                let name = provenance_column(field);
                (name.clone(), Expression::column(name, span))
            }));
        }
        Operator::Aggregate(aggregate) if has => add_to_aggregate(aggregate, span),
        _ => {}
    }
    has
}

fn add_to_aggregate(aggregate: &mut Aggregate, span: Span) {
    let earliest = SortKey::new(Expression::column(provenance_column("time"), span), false);
    for (field, data_type) in ALERT_FIELDS {
        let name = provenance_column(field);
        let call = AggregateCall {
            function: FIRST_ROW.to_owned(),
            arguments: vec![Expression::column(name.clone(), span)],
            filter: None,
            order: vec![earliest.clone()],
            result: data_type,
        };
        aggregate.aggregates.push((name, call));
    }
}
