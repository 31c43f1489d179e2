//! The fields of the condition to blame, and what they hold.

use arrow::{array::AsArray, record_batch::RecordBatch};
use quarry_diagnostic::Span;
use quarry_plan::{
    ColumnName, Expression, ExpressionKind, Node, Operator, Role, SortKey, SourceField, Type, Value,
};

use super::{
    Reader,
    conditions::{aggregate, count, new, number_at},
};
use crate::EngineError;

/// At most so many fields are looked into.
const FIELDS_SHOWN: usize = 8;
/// At most so many values of a field are shown.
const VALUES_SHOWN: usize = 3;

/// One field of the condition to blame.
#[derive(Debug, Clone, PartialEq)]
pub struct Involved {
    /// Name of the field in the view, or of the column; none for a value that has no name.
    pub field: Option<String>,
    /// Where the query reads it.
    pub span: Span,
    /// Whether it is a field of the view.
    pub of_view: bool,
    /// The commonest values and how often they occur; none is null.
    pub values: Vec<(Option<String>, u64)>,
    /// How many rows would pass if the field had no value.
    pub would_pass_without: u64,
}

/// The fields that a condition uses, as the rows that fulfil `others` have them; the likeliest cause first.
pub(super) async fn involved(
    reader: Reader<'_>,
    input: &Node,
    others: Vec<Expression>,
    condition: &Expression,
) -> Result<Vec<Involved>, EngineError> {
    let mut found: Vec<(ColumnName, Span)> = Vec::new();
    places(condition, &mut found);
    found.truncate(FIELDS_SHOWN);
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let predicate = Expression::new(ExpressionKind::And(others), Span::default());
    let reached = || new(Operator::Filter { input: Box::new(input.clone()), predicate: predicate.clone() });
    let without = found.iter().enumerate().map(|(index, (name, _))| {
        let name_of_count = ColumnName::new(Role::Probe, format!("without_{index}"));
        (name_of_count, count(Some(without_value(condition, name))))
    });
    let counts = reader.counts(aggregate(reached(), Vec::new(), without.collect())).await?;
    let mut involved = Vec::new();
    for (index, (name, span)) in found.iter().enumerate() {
        let values = values(&reader.rows(commonest(reached(), name)).await?);
        let source = match &input.operator {
            Operator::Source(source) => source.columns.iter().find(|column| column.name == *name),
            _ => None,
        };
        let field = source.map_or(name.user(), |column| Some(column.field.text())).map(str::to_owned);
        let of_view = source.is_some_and(|column| matches!(column.field, SourceField::View(_)));
        let would_pass_without = counts.get(index).copied().unwrap_or(0);
        involved.push(Involved { field, span: *span, of_view, values, would_pass_without });
    }
    involved.sort_by_key(|field| std::cmp::Reverse(field.would_pass_without));
    Ok(involved)
}

/// The columns that an expression reads, each once with its first place.
fn places(expression: &Expression, found: &mut Vec<(ColumnName, Span)>) {
    let mut read = Vec::new();
    expression.visit_columns(&mut |name| read.push(name));
    columns(expression, &read, found);
}

fn columns(expression: &Expression, read: &[&ColumnName], found: &mut Vec<(ColumnName, Span)>) {
    if let ExpressionKind::Column(name) = &expression.kind {
        // An element of a list has no value outside of it.
        if read.contains(&name) && !found.iter().any(|(known, _)| known == name) {
            found.push((name.clone(), expression.span));
        }
    }
    expression.children().into_iter().for_each(|child| columns(child, read, found));
}

/// A plan for the commonest values of a column.
fn commonest(input: Node, name: &ColumnName) -> Node {
    let span = Span::default();
    let probe = |what: &str| ColumnName::new(Role::Probe, what);
    let value = Expression::column(name, span).cast(Type::Text);
    let counted = aggregate(input, vec![(probe("value"), value)], vec![(probe("count"), count(None))]);
    let keys = vec![
        SortKey::new(Expression::column(probe("count"), span), true),
        SortKey::new(Expression::column(probe("value"), span), false),
    ];
    let sorted = new(Operator::Sort { input: Box::new(counted), keys });
    new(Operator::Limit { input: Box::new(sorted), skip: 0, fetch: Some(VALUES_SHOWN) })
}

fn values(batches: &[RecordBatch]) -> Vec<(Option<String>, u64)> {
    let mut found = Vec::new();
    for batch in batches {
        let texts = batch.column(0).as_string_opt::<i32>();
        for row in 0..batch.num_rows() {
            let text = texts.and_then(|texts| texts.iter().nth(row).flatten()).map(str::to_owned);
            found.push((text, number_at(batch, 1, row)));
        }
    }
    found
}

/// The expression with a column replaced by null.
fn without_value(expression: &Expression, name: &ColumnName) -> Expression {
    let mut changed = expression.clone();
    replace(&mut changed, name);
    changed
}

fn replace(expression: &mut Expression, name: &ColumnName) {
    if matches!(&expression.kind, ExpressionKind::Column(known) if known == name) {
        expression.kind = ExpressionKind::Literal(Value::Null);
        return;
    }
    for child in expression.children_mut() {
        replace(child, name);
    }
}
