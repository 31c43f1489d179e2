//! Counting what each of several conditions lets through, alone and with the others.

use arrow::{array::AsArray, datatypes::Int64Type, record_batch::RecordBatch};
use quarry_diagnostic::Span;
use quarry_plan::{
    Aggregate, AggregateCall, Arithmetic, ColumnName, Comparison, ComparisonRule, Expression, ExpressionKind,
    Node, Operator, Role, Type, Value,
};

use super::Reader;
use crate::EngineError;

/// More conditions than this are counted as one.
const MOST: usize = 200;

/// One of several conditions of which every one must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// Its place in the query.
    pub span: Span,
    /// Rows that fulfil all before it.
    pub reached: u64,
    /// Rows that fulfil it and all before it.
    pub passed: u64,
    /// Rows that fulfil it.
    pub alone: u64,
    /// Rows that fulfil every other condition, but not this one.
    pub without: u64,
    /// Whether it reads no column, so that it is the same for every row.
    pub reads_nothing: bool,
}

/// The conditions that must all hold, each of its own; parts of one place are one.
pub fn conjuncts(predicates: &[Expression]) -> Vec<Expression> {
    let mut all: Vec<Expression> = Vec::new();
    for predicate in predicates {
        let mut parts = Vec::new();
        gather(predicate, &mut parts);
        all.extend(parts);
    }
    if all.len() > MOST {
        let rest = all.split_off(MOST - 1);
        let span = rest.iter().fold(rest[0].span, |span, part| span.join(part.span));
        all.push(Expression::new(ExpressionKind::And(rest), span));
    }
    all
}

fn gather(predicate: &Expression, all: &mut Vec<Expression>) {
    match &predicate.kind {
        ExpressionKind::And(items) if items.iter().any(|item| item.span != predicate.span) => {
            items.iter().for_each(|item| gather(item, all));
        }
        _ => match all.iter_mut().find(|known| known.span == predicate.span) {
            Some(known) => {
                let both = vec![known.clone(), predicate.clone()];
                known.kind = ExpressionKind::And(both);
            }
            None => all.push(predicate.clone()),
        },
    }
}

/// Counts the rows of a node, and what each condition lets through.
pub(super) async fn count_conditions(
    reader: Reader<'_>,
    input: &Node,
    predicates: &[Expression],
) -> Result<Option<(u64, Vec<Condition>)>, EngineError> {
    let held = held(input, predicates);
    let wanted = |index: usize, failed: i64| {
        let this = equal(integer(column("held", index)), 0);
        all(vec![this, equal(integer(whole("failed")), failed)])
    };
    let mut calls = vec![(whole("rows"), count(None))];
    for index in 0..predicates.len() {
        let number = i64::try_from(index).unwrap_or(i64::MAX);
        calls.push((column("alone", index), count(Some(equal(integer(column("held", index)), 1)))));
        calls.push((column("without", index), count(Some(wanted(index, 1)))));
        calls.push((column("first", index), count(Some(equal(integer(whole("first")), number)))));
    }
    let counts = reader.counts(aggregate(held, Vec::new(), calls)).await?;
    let Some((rows, counts)) = counts.split_first() else { return Ok(None) };
    let mut reached = *rows;
    let mut conditions = Vec::new();
    for (predicate, counts) in predicates.iter().zip(counts.chunks(3)) {
        let [alone, without, first] = *counts else { return Ok(None) };
        let mut reads_nothing = true;
        predicate.visit_columns(&mut |_| reads_nothing = false);
        let passed = reached.saturating_sub(first);
        let span = predicate.span;
        conditions.push(Condition { span, reached, passed, alone, without, reads_nothing });
        reached = passed;
    }
    Ok(Some((*rows, conditions)))
}

/// The rows with a column a condition (1 where it holds, else 0), the number of those that fail, and which is the first.
fn held(input: &Node, predicates: &[Expression]) -> Node {
    let number = |value: i64| Expression::literal(Value::Integer(value), Span::default());
    let case = |arms, otherwise| {
        Expression::new(ExpressionKind::Case { arms, otherwise: Some(Box::new(otherwise)) }, Span::default())
    };
    let columns = predicates.iter().enumerate().map(|(index, predicate)| {
        (column("held", index), case(vec![(predicate.clone(), number(1))], number(0)))
    });
    let columns = columns.collect();
    let held = new(Operator::Extend { input: Box::new(input.clone()), columns });
    let failed: Vec<Expression> =
        (0..predicates.len()).map(|index| minus(number(1), integer(column("held", index)))).collect();
    let first = (0..predicates.len()).map(|index| {
        let fails = equal(integer(column("held", index)), 0);
        (fails, number(i64::try_from(index).unwrap_or(i64::MAX)))
    });
    let first = case(first.collect(), number(-1));
    let columns = vec![(whole("failed"), sum(failed)), (whole("first"), first)];
    new(Operator::Extend { input: Box::new(held), columns })
}

/// A sum as a tree of the least height.
fn sum(mut items: Vec<Expression>) -> Expression {
    if items.len() < 2 {
        return items.pop().unwrap_or_else(|| Expression::literal(Value::Integer(0), Span::default()));
    }
    let right = items.split_off(items.len().div_ceil(2));
    arithmetic(Arithmetic::Add, sum(items), sum(right))
}

fn minus(left: Expression, right: Expression) -> Expression {
    arithmetic(Arithmetic::Subtract, left, right)
}

fn arithmetic(operator: Arithmetic, left: Expression, right: Expression) -> Expression {
    let (left, right) = (Box::new(left), Box::new(right));
    Expression::new(ExpressionKind::Arithmetic { operator, left, right }, Span::default())
}

fn equal(left: Expression, right: i64) -> Expression {
    let right = Expression::literal(Value::Integer(right), Span::default());
    Expression::compare(Comparison::Equal, ComparisonRule::Exact, left, right, Span::default())
}

fn all(items: Vec<Expression>) -> Expression {
    Expression::new(ExpressionKind::And(items), Span::default())
}

fn integer(name: ColumnName) -> Expression {
    Expression::column(name, Span::default())
}

fn column(what: &str, index: usize) -> ColumnName {
    ColumnName::new(Role::Probe, format!("{what}_{index}"))
}

fn whole(what: &str) -> ColumnName {
    ColumnName::new(Role::Probe, what)
}

/// How many rows a node gives.
pub(super) async fn count_rows(reader: Reader<'_>, node: &Node) -> Result<u64, EngineError> {
    let counted = aggregate(node.clone(), Vec::new(), vec![(whole("rows"), count(None))]);
    Ok(reader.counts(counted).await?.first().copied().unwrap_or(0))
}

impl Reader<'_> {
    /// The rows of a plan.
    pub(super) async fn rows(self, plan: Node) -> Result<Vec<RecordBatch>, EngineError> {
        let report = self.session.new_report();
        let running = self.session.run(&plan, std::sync::Arc::clone(self.objects), self.now, report).await?;
        running.collect().await
    }

    /// The integers of the only row of a plan.
    pub(super) async fn counts(self, plan: Node) -> Result<Vec<u64>, EngineError> {
        let batches = self.rows(plan).await?;
        let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else { return Ok(Vec::new()) };
        Ok((0..batch.num_columns()).map(|column| number_at(batch, column, 0)).collect())
    }
}

/// A count in a batch.
pub(super) fn number_at(batch: &RecordBatch, column: usize, row: usize) -> u64 {
    let counts = batch.column(column).as_primitive_opt::<Int64Type>();
    counts.map_or(0, |counts| u64::try_from(counts.value(row)).unwrap_or(0))
}

pub(super) fn new(operator: Operator) -> Node {
    Node::new(operator, Span::default())
}

pub(super) fn aggregate(
    input: Node,
    groups: Vec<(ColumnName, Expression)>,
    aggregates: Vec<(ColumnName, AggregateCall)>,
) -> Node {
    new(Operator::Aggregate(Aggregate { input: Box::new(input), groups, aggregates }))
}

pub(super) fn count(filter: Option<Expression>) -> AggregateCall {
    AggregateCall {
        function: "count".to_owned(),
        arguments: Vec::new(),
        filter,
        order: Vec::new(),
        result: Type::Integer,
    }
}
