//! Why a plan gave no rows: the first condition that dropped everything, and what it saw.

use std::sync::Arc;

use arrow::{array::AsArray, datatypes::Int64Type, record_batch::RecordBatch};
use quarry_diagnostic::Span;
use quarry_logs::Location;
use quarry_plan::{
    Aggregate, AggregateCall, ColumnName, Expression, ExpressionKind, Node, Operator, SortKey, Source, Type,
    Value,
};

use crate::{EngineError, Session, binding::scans};

/// At most so many fields are looked into.
const FIELDS_SHOWN: usize = 8;
/// At most so many values of a field are shown.
const VALUES_SHOWN: usize = 3;

/// Where the events of a source were lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Events of the view's log types in the time range.
    pub events: u64,
    /// Place in the query of each condition, and how many events fulfil it and all before it.
    pub passed: Vec<(Span, u64)>,
    /// Index in `passed` of the first condition that nothing passed.
    pub culprit: usize,
    /// The fields that the condition uses, as the events that reached it have them.
    pub involved: Vec<Involved>,
}

/// One field of the condition to blame.
#[derive(Debug, Clone, PartialEq)]
pub struct Involved {
    /// Name of the field in the view.
    pub field: String,
    /// The commonest values and how often they occur; none is null.
    pub values: Vec<(Option<String>, u64)>,
    /// How many events would pass if the field had no value.
    pub would_pass_without: u64,
}

impl Explanation {
    /// How many events reached the condition to blame.
    #[must_use]
    pub fn reached(&self) -> u64 {
        match self.culprit.checked_sub(1) {
            Some(before) => self.passed.get(before).map_or(0, |(_, count)| *count),
            None => self.events,
        }
    }
}

/// Explains an empty result of `plan`; none if no condition on single events dropped everything.
///
/// # Errors
/// If the logs cannot be read again.
pub async fn explain_empty(
    session: &Session,
    plan: &Node,
    objects: &Arc<Vec<Location>>,
    now: i64,
) -> Result<Option<Explanation>, EngineError> {
    let found = scans(plan);
    let Some(scan) = found.into_iter().find(|scan| !scan.predicates.is_empty()) else {
        return Ok(None);
    };
    let Some((events, passed)) = count_passed(session, &scan.predicates, scan.source, objects, now).await?
    else {
        return Ok(None);
    };
    let spans = scan.predicates.iter().map(|predicate| predicate.span);
    let passed: Vec<(Span, u64)> = spans.zip(passed).collect();
    let Some(culprit) = passed.iter().position(|(_, count)| *count == 0) else {
        return Ok(None);
    };
    let mut explanation = Explanation { events, passed, culprit, involved: Vec::new() };
    if explanation.reached() > 0 {
        explanation.involved =
            involved(session, &scan.predicates, culprit, scan.source, objects, now).await?;
    }
    Ok(Some(explanation))
}

/// Counts the events that fulfil the first k predicates, for every k, in one scan.
async fn count_passed(
    session: &Session,
    predicates: &[Expression],
    source: &Source,
    objects: &Arc<Vec<Location>>,
    now: i64,
) -> Result<Option<(u64, Vec<u64>)>, EngineError> {
    let mut calls = vec![("events".into(), count(None))];
    for index in 0..predicates.len() {
        let all = Expression::new(ExpressionKind::And(predicates[..=index].to_vec()), Span::default());
        calls.push((format!("passed_{index}").into(), count(Some(all))));
    }
    let plan = aggregate(source_node(source), Vec::new(), calls);
    let batches = session.run(&plan, Arc::clone(objects), now, session.new_report()).await?.collect().await?;
    let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else {
        return Ok(None);
    };
    let counts: Vec<u64> = (0..batch.num_columns()).map(|column| number(batch, column, 0)).collect();
    Ok(counts.split_first().map(|(events, passed)| (*events, passed.to_vec())))
}

/// The fields that the predicate to blame uses, the likeliest cause first.
async fn involved(
    session: &Session,
    predicates: &[Expression],
    culprit: usize,
    source: &Source,
    objects: &Arc<Vec<Location>>,
    now: i64,
) -> Result<Vec<Involved>, EngineError> {
    let mut names: Vec<&ColumnName> = Vec::new();
    predicates[culprit].visit_columns(&mut |name| {
        if !names.contains(&name) {
            names.push(name);
        }
    });
    names.truncate(FIELDS_SHOWN);
    let before = Expression::new(ExpressionKind::And(predicates[..culprit].to_vec()), Span::default());
    let reached = || {
        let input = Box::new(source_node(source));
        Node::new(Operator::Filter { input, predicate: before.clone() }, Span::default())
    };
    let without = names.iter().enumerate().map(|(index, name)| {
        let predicate = without_value(&predicates[culprit], name);
        (format!("without_{index}").into(), count(Some(predicate)))
    });
    let run = async |plan: Node| {
        session.run(&plan, Arc::clone(objects), now, session.new_report()).await?.collect().await
    };
    let counted = run(aggregate(reached(), Vec::new(), without.collect())).await?;
    let mut involved = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let would_pass_without =
            counted.iter().find(|batch| batch.num_rows() > 0).map_or(0, |batch| number(batch, index, 0));
        let values = values(&run(commonest(reached(), name)).await?);
        let column = source.columns.iter().find(|column| column.name == *name);
        let field = column.map_or(name.text(), |column| column.field.text()).to_owned();
        involved.push(Involved { field, values, would_pass_without });
    }
    involved.sort_by_key(|field| std::cmp::Reverse(field.would_pass_without));
    Ok(involved)
}

/// A plan for the commonest values of a column.
fn commonest(input: Node, name: &ColumnName) -> Node {
    let span = Span::default();
    let value = Expression::column(name, span).cast(Type::Text);
    let counted = aggregate(input, vec![("value".into(), value)], vec![("count".into(), count(None))]);
    let keys = vec![
        SortKey::new(Expression::column("count", span), true),
        SortKey::new(Expression::column("value", span), false),
    ];
    let sorted = Node::new(Operator::Sort { input: Box::new(counted), keys }, span);
    Node::new(Operator::Limit { input: Box::new(sorted), skip: 0, fetch: Some(VALUES_SHOWN) }, span)
}

fn values(batches: &[RecordBatch]) -> Vec<(Option<String>, u64)> {
    let mut found = Vec::new();
    for batch in batches {
        let texts = batch.column(0).as_string_opt::<i32>();
        for row in 0..batch.num_rows() {
            let text = texts.and_then(|texts| texts.iter().nth(row).flatten()).map(str::to_owned);
            found.push((text, number(batch, 1, row)));
        }
    }
    found
}

fn number(batch: &RecordBatch, column: usize, row: usize) -> u64 {
    let counts = batch.column(column).as_primitive_opt::<Int64Type>();
    counts.map_or(0, |counts| u64::try_from(counts.value(row)).unwrap_or(0))
}

fn source_node(source: &Source) -> Node {
    Node::new(Operator::Source(source.clone()), Span::default())
}

fn aggregate(
    input: Node,
    groups: Vec<(ColumnName, Expression)>,
    aggregates: Vec<(ColumnName, AggregateCall)>,
) -> Node {
    Node::new(Operator::Aggregate(Aggregate { input: Box::new(input), groups, aggregates }), Span::default())
}

fn count(filter: Option<Expression>) -> AggregateCall {
    AggregateCall {
        function: "count".to_owned(),
        arguments: Vec::new(),
        filter,
        order: Vec::new(),
        result: Type::Integer,
    }
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
