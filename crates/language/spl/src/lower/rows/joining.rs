//! The rows of another pipeline, all fields of which are known, beside those here.

use quarry_plan::{ColumnName, Comparison, Expression, JoinKind, Node, Operator, Type};

use super::super::build;
use super::super::context::{Column, Context, convert, wider};
use super::subsearch::Rows;

/// What limits partners by time: the number of a row here, and its second; of a partner its second and number.
pub(crate) struct Limit {
    pub(crate) left: [ColumnName; 2],
    pub(crate) right: [ColumnName; 2],
    pub(crate) earlier: bool,
}

/// Puts the rows of another pipeline beside those with the same number in a hidden column.
pub(crate) fn beside<'a>(
    context: &mut Context<'a>,
    inner: Context<'a>,
    number: &ColumnName,
    overwrite: bool,
) {
    let rows = finish(context, inner, std::slice::from_ref(number));
    pair(context, rows, &[(number.clone(), number.clone())], JoinKind::Left, overwrite, None);
}

/// Puts rows beside those that agree; what limits them is given back with the names of its columns here.
pub(crate) fn pair(
    context: &mut Context<'_>,
    rows: Rows,
    fields: &[(ColumnName, ColumnName)],
    kind: JoinKind,
    overwrite: bool,
    limit: Option<Limit>,
) -> Option<Limit> {
    let span = context.span;
    let names: Vec<(Column, ColumnName)> =
        rows.columns.into_iter().map(|column| (column, context.fresh_name("joined"))).collect();
    let mut on = Vec::new();
    for (field, theirs) in fields {
        let left = context.field(field, span);
        let left_type = context.type_of(&left);
        if let Some((column, name)) = names.iter().find(|(column, _)| column.name == *theirs) {
            let right = convert(Expression::column(name, span), shown_type(column), Type::Text);
            on.push((convert(left, left_type, Type::Text), right));
        } else {
            // Null equals nothing.
            on.push((convert(left, left_type, Type::Text), build::null(span).cast(Type::Text)));
        }
    }
    let renamed =
        names.iter().map(|(column, name)| (name.clone(), Expression::column(&column.name, span))).collect();
    let right = Node::new(Operator::Project { input: Box::new(rows.plan), columns: renamed }, span);
    context.join(right, kind, on);
    let limit = limit.map(|limit| {
        let here = |theirs: &ColumnName| {
            let found = names.iter().find(|(column, _)| column.name == *theirs);
            found.map_or_else(|| theirs.clone(), |(_, name)| name.clone())
        };
        Limit { right: limit.right.each_ref().map(here), ..limit }
    });
    let fits = limit.as_ref().map(|limit| in_time(context, limit));
    // A key of the same name on both sides is one field.
    let is_key = |name: &ColumnName| fields.iter().any(|(field, theirs)| field == theirs && theirs == name);
    let is_helper = |name: &ColumnName| limit.as_ref().is_some_and(|limit| limit.right.contains(name));
    let values = names.iter().filter(|(column, name)| !is_key(&column.name) && !is_helper(name));
    let mut joined = Vec::new();
    for (column, name) in values {
        joined.push((column.name.clone(), merged(context, column, name, fits.as_ref(), overwrite)));
    }
    context.assign(joined);
    let helpers: Vec<ColumnName> =
        names.iter().map(|(_, name)| name.clone()).filter(|name| !is_helper(name)).collect();
    context.hide(&helpers);
    limit
}

/// The value of a field that both sides may have.
fn merged(
    context: &mut Context<'_>,
    column: &Column,
    name: &ColumnName,
    fits: Option<&Expression>,
    overwrite: bool,
) -> Expression {
    let span = context.span;
    let new_type = shown_type(column);
    let new = Expression::column(name, span);
    let new = match fits {
        Some(fits) => build::case(vec![(fits.clone(), new)], None, span),
        None => new,
    };
    let Some(old) = context.find(&column.name).filter(|old| !old.empty) else { return new };
    let data_type = wider(new_type, old.data_type);
    let old = convert(Expression::column(&column.name, span), old.data_type, data_type);
    let new = convert(new, new_type, data_type);
    build::coalesce(if overwrite { vec![new, old] } else { vec![old, new] }, span)
}

/// A column without values is written as empty text.
fn shown_type(column: &Column) -> Type {
    if column.empty { Type::Text } else { column.data_type }
}

/// Whether a row's partner is in time.
pub(crate) fn in_time(context: &Context<'_>, limit: &Limit) -> Expression {
    let span = context.span;
    let operator = if limit.earlier { Comparison::LessOrEqual } else { Comparison::GreaterOrEqual };
    let (right, left) = (Expression::column(&limit.right[0], span), Expression::column(&limit.left[1], span));
    build::coalesce(vec![build::compare(operator, right, left, span), build::boolean(false, span)], span)
}

/// The finished rows of another pipeline, with some of its helper columns.
pub(crate) fn finish<'a>(context: &mut Context<'a>, inner: Context<'a>, helpers: &[ColumnName]) -> Rows {
    let mut columns = inner.visible();
    columns.extend(inner.columns().iter().filter(|column| helpers.contains(&column.name)).cloned());
    let span = context.span;
    let (plan, diagnostics, discovery) = inner.finish(&columns, span);
    context.needs_discovery |= discovery;
    for diagnostic in diagnostics {
        context.report(diagnostic);
    }
    Rows { plan, columns }
}
