//! Paths into JSON columns of a source become columns of the source, so that the reader takes out the part and
//! not the whole.

use quarry_plan::{
    ColumnName, Expression, ExpressionKind, Node, Operator, PathStep, Role, Source, SourceColumn,
    SourceField, Type, Value,
};
use quarry_views::{Catalog, Derivation};

/// The plan with every path that the reader can follow read by it. Its output is the same.
#[must_use]
pub fn push_paths(mut plan: Node, catalog: &Catalog) -> Node {
    let before = plan.columns();
    let mut count = 0;
    plan.visit_mut(&mut |node| push(node, catalog, &mut count));
    if count == 0 || plan.columns() == before {
        return plan;
    }
    let span = plan.span;
    let columns = before.into_iter().map(|(name, _)| (name.clone(), Expression::column(name, span)));
    Node::new(Operator::Project { input: Box::new(plan), columns: columns.collect() }, span)
}

/// A path found in an expression: its column, and its steps as far as the reader follows them.
struct Found {
    column: ColumnName,
    steps: Vec<PathStep>,
}

fn push(node: &mut Node, catalog: &Catalog, count: &mut usize) {
    let mut found: Vec<Found> = Vec::new();
    node.expressions().into_iter().for_each(|value| find(value, &mut found));
    for path in found {
        let name = ColumnName::new(Role::Helper, format!("path {count}"));
        // An expression of a node over several inputs names a column of one of them.
        let added = node.inputs_mut().into_iter().any(|input| add(input, &path, &name, catalog));
        if added {
            *count += 1;
            node.expressions_mut().into_iter().for_each(|value| replace(value, &path, &name));
        }
    }
}

/// The paths that begin at a column, each once.
fn find(value: &Expression, found: &mut Vec<Found>) {
    if let ExpressionKind::Path { value: inner, steps } = &value.kind
        && let ExpressionKind::Column(column) = &inner.kind
    {
        let steps: Vec<PathStep> =
            steps.iter().take_while(|step| step_text(step).is_some()).cloned().collect();
        let known = found.iter().any(|known| known.column == *column && known.steps == steps);
        if !steps.is_empty() && !known {
            found.push(Found { column: column.clone(), steps });
        }
    }
    // The body of a list may see an element of a column's name.
    let skipped = matches!(value.kind, ExpressionKind::ForEach { .. });
    value
        .children()
        .into_iter()
        .take(if skipped { 1 } else { usize::MAX })
        .for_each(|child| find(child, found));
}

/// A step as the reader's paths write it; none of what they cannot say.
fn step_text(step: &PathStep) -> Option<String> {
    match step {
        PathStep::Member(name) if !name.is_empty() && !name.contains(['{', '}']) => Some(format!(".{name}")),
        PathStep::Index(index) => Some(format!("{{{}}}", u32::try_from(*index).ok()?)),
        PathStep::Member(_) => None,
    }
}

/// Has the path read under a new name below, and handed on from there; false if that cannot be.
fn add(node: &mut Node, path: &Found, name: &ColumnName, catalog: &Catalog) -> bool {
    let span = node.span;
    let is_made = !matches!(node.operator, Operator::Source(_) | Operator::Project { .. })
        && node.operator.made().contains(&&path.column);
    if is_made {
        return false;
    }
    match &mut node.operator {
        Operator::Source(source) => read(source, path, name, catalog),
        Operator::Project { input, columns } => {
            let taken = columns.iter().find(|(known, _)| *known == path.column).map(|(_, value)| &value.kind);
            let Some(ExpressionKind::Column(inner)) = taken else { return false };
            let inner = Found { column: inner.clone(), steps: path.steps.clone() };
            let added = add(input, &inner, name, catalog);
            if added {
                columns.push((name.clone(), Expression::column(name, span)));
            }
            added
        }
        Operator::Filter { input, .. }
        | Operator::Extend { input, .. }
        | Operator::Window { input, .. }
        | Operator::Sort { input, .. }
        | Operator::Limit { input, .. }
        | Operator::Deduplicate { input, .. }
        | Operator::Expand { input, .. } => add(input, path, name, catalog),
        Operator::Lookup(lookup) => add(&mut lookup.input, path, name, catalog),
        _ => false,
    }
}

/// Adds the column to the source if it is a part of the record for every log type.
fn read(source: &mut Source, path: &Found, name: &ColumnName, catalog: &Catalog) -> bool {
    let Some(column) = source.columns.iter().find(|column| column.name == path.column) else { return false };
    let (SourceField::View(field), Type::Dynamic) = (&column.field, column.data_type) else { return false };
    let Some(view) = catalog.view(&source.view) else { return false };
    let is_read =
        view.chosen(&source.choices).into_iter().all(|chosen| match view.derivation(chosen, field) {
            Derivation::Constant(constant) => constant == Value::Null,
            // Steps mind the case of names.
            Derivation::Path(base) => !base.ignore_case && !base.is_multiple(),
            _ => false,
        });
    let steps: Option<String> = path.steps.iter().map(step_text).collect();
    let Some(steps) = steps.filter(|_| is_read) else { return false };
    let part = SourceField::Part { field: field.clone(), path: steps };
    source.columns.push(SourceColumn { name: name.clone(), field: part, data_type: Type::Dynamic });
    true
}

fn replace(value: &mut Expression, path: &Found, name: &ColumnName) {
    if let ExpressionKind::Path { value: inner, steps } = &mut value.kind
        && matches!(&inner.kind, ExpressionKind::Column(column) if *column == path.column)
        && steps.starts_with(&path.steps)
        && steps.get(path.steps.len()).is_none_or(|next| step_text(next).is_none())
    {
        let column = ExpressionKind::Column(name.clone());
        if steps.len() == path.steps.len() {
            value.kind = column;
        } else {
            inner.kind = column;
            steps.drain(..path.steps.len());
        }
        return;
    }
    let skipped = matches!(value.kind, ExpressionKind::ForEach { .. });
    value
        .children_mut()
        .into_iter()
        .take(if skipped { 1 } else { usize::MAX })
        .for_each(|child| replace(child, path, name));
}
