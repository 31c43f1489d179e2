//! The columns that a node gives.

use crate::{ColumnName, Expression, Node, Operator, Type};

impl Node {
    /// The names and types of the output columns, in order.
    #[must_use]
    pub fn columns(&self) -> Vec<(ColumnName, Type)> {
        let typed = |known: &[(ColumnName, Type)], columns: &[(ColumnName, Expression)]| {
            let find =
                |name: &ColumnName| known.iter().find(|(have, _)| have == name).map(|(_, found)| *found);
            columns.iter().map(|(name, value)| (name.clone(), value.type_of(&find))).collect::<Vec<_>>()
        };
        match &self.operator {
            Operator::Source(source) => {
                source.columns.iter().map(|column| (column.name.clone(), column.data_type)).collect()
            }
            Operator::Values { columns, place, .. } => {
                let place = place.iter().map(|name| (name.clone(), Type::Integer));
                columns.iter().cloned().chain(place).collect()
            }
            Operator::Reference { columns, .. } => columns.clone(),
            Operator::Let { body, .. } => body.columns(),
            Operator::Filter { input, .. }
            | Operator::Sort { input, .. }
            | Operator::Limit { input, .. }
            | Operator::Deduplicate { input, .. } => input.columns(),
            Operator::Extend { input, columns } => {
                let known = input.columns();
                let added = typed(&known, columns);
                merge(known, added)
            }
            Operator::Project { input, columns } => typed(&input.columns(), columns),
            Operator::Aggregate(aggregate) => {
                let mut all = typed(&aggregate.input.columns(), &aggregate.groups);
                all.extend(aggregate.aggregates.iter().map(|(name, call)| (name.clone(), call.result)));
                all
            }
            Operator::Window { input, calls } => {
                let added = calls.iter().map(|(name, window)| (name.clone(), window.call.result)).collect();
                merge(input.columns(), added)
            }
            Operator::Union { inputs, place } => {
                let all = inputs.iter().fold(Vec::new(), |have, input| keep_first(have, input.columns()));
                merge(all, place.iter().map(|name| (name.clone(), Type::Integer)).collect())
            }
            Operator::Join { left, right, kind, .. } => match kind.sides() {
                (true, true) => left.columns().into_iter().chain(right.columns()).collect(),
                (true, false) => left.columns(),
                (false, _) => right.columns(),
            },
            Operator::Lookup(lookup) => {
                let data_type = if lookup.most == 1 { Type::Text } else { Type::TextList };
                let added = lookup.outputs.iter().map(|(name, _)| (name.clone(), data_type)).collect();
                merge(lookup.input.columns(), added)
            }
            Operator::Expand { input, column, position, .. } => {
                let known = input.columns();
                let list = known.iter().find(|(name, _)| name == column).map(|(_, found)| *found);
                let element = list.and_then(Type::element).unwrap_or(Type::Text);
                let position = position.iter().map(|name| (name.clone(), Type::Text));
                merge(known, std::iter::once((column.clone(), element)).chain(position).collect())
            }
        }
    }
}

/// `have` with `added` appended, or replaced where the name exists.
fn merge(mut have: Vec<(ColumnName, Type)>, added: Vec<(ColumnName, Type)>) -> Vec<(ColumnName, Type)> {
    for (name, data_type) in added {
        match have.iter_mut().find(|(known, _)| *known == name) {
            Some(entry) => entry.1 = data_type,
            None => have.push((name, data_type)),
        }
    }
    have
}

/// `have` with those of `added` whose name is new, or whose type was unknown.
fn keep_first(mut have: Vec<(ColumnName, Type)>, added: Vec<(ColumnName, Type)>) -> Vec<(ColumnName, Type)> {
    for (name, data_type) in added {
        match have.iter_mut().find(|(known, _)| *known == name) {
            Some(entry) if entry.1 == Type::Null => entry.1 = data_type,
            Some(_) => {}
            None => have.push((name, data_type)),
        }
    }
    have
}
