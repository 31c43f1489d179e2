//! Following an event from its source up to the output.

use std::collections::HashMap;

use quarry_diagnostic::Span;
use quarry_plan::{ColumnName, Expression, ExpressionKind, Node, Operator, Role, TimeRange, Type};

use super::{
    Computed, Judged, Read, equals, of_record,
    probe::{Condition, Origin, Probe, Probed, Prober, Row, Run},
};
use crate::{ALERT_FIELDS, EngineError, provenance_column};

/// What became of one event.
#[derive(Debug, Clone, PartialEq)]
pub struct EventTrace {
    /// The fields of the alert view that have a value: time, provider, actor, action, event_id and so on.
    pub event: Vec<(String, String)>,
    /// The stages in order, up to and with the one whose condition dropped the event. An event outside
    /// the time range is followed on, up to the first stage that looks at other events too.
    pub stages: Vec<Stage>,
}

/// One stage of the pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Where it stands in the query.
    pub span: Span,
    /// Whether the event passed; none where the stage does not choose.
    pub passed: Option<bool>,
    /// What it does.
    pub kind: StageKind,
}

/// What a stage does.
#[derive(Debug, Clone, PartialEq)]
pub enum StageKind {
    /// The query's time range, in microseconds since 1970-01-01 UTC.
    Time {
        /// The event's time.
        event: Option<i64>,
        /// First instant that counts.
        earliest: Option<i64>,
        /// First instant that no longer counts.
        latest: Option<i64>,
    },
    /// A condition.
    Filter(Judged),
    /// Computed columns.
    Compute(Vec<Computed>),
    /// Events become one row a group; from here on the row of the event's group is followed.
    Group {
        /// The event's group.
        keys: Vec<Read>,
        /// What the group's events give, in the columns that users can name.
        values: Vec<(String, Option<String>)>,
    },
    /// Rows are compared with others (duplicates, joins, limits): the event's row stays, or goes for
    /// this reason.
    Rows(&'static str),
}

impl EventTrace {
    /// Whether the event, or the row it became part of, reached the output.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.dropped_at().is_none()
    }

    /// The stage that dropped the event.
    #[must_use]
    pub fn dropped_at(&self) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.passed == Some(false))
    }
}

/// A stage whose outcome stands in probes.
enum Step {
    Filter(Span, Condition),
    Compute(Span, Vec<(ColumnName, Span, Probe, Origin)>),
}

/// Stages that work on single rows, over some rows.
struct Segment {
    plan: Node,
    steps: Vec<Step>,
    /// Group keys of the aggregation after it.
    groups: Vec<(ColumnName, Span, Probe)>,
    /// What the base computed.
    base: Vec<(ColumnName, Probe)>,
    /// How many nodes of the way it covers.
    length: usize,
}

/// The traces of the events that `selector` finds in `base`, along the nodes `rest`.
pub async fn follow(
    run: &Run<'_>,
    source: &Node,
    base: Node,
    selector: Expression,
    rest: &[&Node],
    limit: usize,
) -> Result<Vec<EventTrace>, EngineError> {
    let first = segment(base, &selector, rest, limit, &[(provenance_column("time"), Type::Integer)]);
    let mut traces = Vec::new();
    for batch in run.rows(&first.plan).await? {
        for row in 0..batch.num_rows() {
            let row = Row { batch: &batch, row };
            let mut trace = EventTrace { event: identity(&row), stages: Vec::new() };
            trace.stages.extend(time_stage(source, &first, &row, run.now));
            // What lies outside the time range is judged all the same: the range is easily changed.
            trace.stages.extend(stages(&first, &row));
            if trace.passed() {
                beyond(run, &mut trace, &first, &row, rest).await?;
            }
            traces.push(trace);
        }
    }
    traces.truncate(limit);
    Ok(traces)
}

/// Follows an event through the nodes that look at more than its own row.
async fn beyond(
    run: &Run<'_>,
    trace: &mut EventTrace,
    first: &Segment,
    row: &Row<'_>,
    rest: &[&Node],
) -> Result<(), EngineError> {
    let mut at = first.length;
    let mut selector = selector_after(first, row);
    let mut keys = group_keys(first, row);
    while let Some(node) = rest.get(at) {
        let grouped = matches!(node.operator, Operator::Aggregate(_));
        let shown: Vec<(ColumnName, Type)> = match &node.operator {
            Operator::Aggregate(aggregate) => {
                let names = aggregate.aggregates.iter().map(|(name, _)| name.clone());
                names.filter(ColumnName::is_user).map(|name| (name, Type::Text)).collect()
            }
            _ => Vec::new(),
        };
        let next = segment((*node).clone(), &selector, &rest[at + 1..], 1, &shown);
        let batches = run.rows(&next.plan).await?;
        let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else {
            trace.stages.push(Stage {
                span: node.span,
                passed: Some(false),
                kind: StageKind::Rows(reason(node)),
            });
            return Ok(());
        };
        let row = Row { batch, row: 0 };
        if grouped {
            let values = next.base.iter().map(|(name, probe)| (name.text().to_owned(), row.text(*probe)));
            let values = values.collect();
            let kind = StageKind::Group { keys: std::mem::take(&mut keys), values };
            trace.stages.push(Stage { span: node.span, passed: None, kind });
        } else if !matches!(node.operator, Operator::Union { .. } | Operator::Window { .. }) {
            trace.stages.push(Stage {
                span: node.span,
                passed: Some(true),
                kind: StageKind::Rows(reason(node)),
            });
        }
        trace.stages.extend(stages(&next, &row));
        if !trace.passed() {
            return Ok(());
        }
        selector = selector_after(&next, &row);
        keys = group_keys(&next, &row);
        at += 1 + next.length;
    }
    Ok(())
}

/// The group of a row, by the aggregation after a segment.
fn group_keys(segment: &Segment, row: &Row<'_>) -> Vec<Read> {
    let keys = segment.groups.iter().map(|(column, span, probe)| Read {
        column: column.clone(),
        span: *span,
        value: row.text(*probe),
    });
    keys.collect()
}

/// Why a node that looks at several rows lets one go.
fn reason(node: &Node) -> &'static str {
    match &node.operator {
        Operator::Join { .. } => "no row of the other side fits it",
        Operator::Deduplicate { .. } => "another event with the same values comes first",
        Operator::Limit { .. } => "it is not among the rows that are kept",
        Operator::Aggregate(_) => "its group gives no row",
        _ => "no row of it is left",
    }
}

/// What finds the event's row after the node that ends a segment.
fn selector_after(segment: &Segment, row: &Row<'_>) -> Expression {
    if segment.groups.is_empty() {
        let named = |field| row.named(&provenance_column(field));
        return of_record(named("object").as_deref(), named("record").as_deref());
    }
    let items =
        segment.groups.iter().map(|(name, _, probe)| equals(name, row.text(*probe).as_deref())).collect();
    Expression::new(ExpressionKind::And(items), Span::default())
}

fn segment(
    base: Node,
    selector: &Expression,
    rest: &[&Node],
    limit: usize,
    shown: &[(ColumnName, Type)],
) -> Segment {
    let span = base.span;
    let mut prober = Prober::default();
    let chosen = Operator::Filter { input: Box::new(base), predicate: selector.clone() };
    let few = Operator::Limit { input: Box::new(Node::new(chosen, span)), skip: 0, fetch: Some(limit) };
    let mut plan = Node::new(few, span);
    let base = shown
        .iter()
        .map(|(name, data_type)| {
            (name.clone(), prober.text(&Expression::column(name.clone(), span).cast(*data_type)))
        })
        .collect();
    plan = prober.place(plan);
    let (mut steps, mut length) = (Vec::new(), 0);
    let mut helpers = HashMap::new();
    for node in rest {
        match &node.operator {
            Operator::Filter { predicate, .. } => {
                steps.push(Step::Filter(node.span, prober.condition(predicate)));
                plan = prober.place(plan);
            }
            Operator::Extend { columns, .. } | Operator::Project { columns, .. } => {
                let keeps = matches!(node.operator, Operator::Extend { .. });
                plan = computed(&mut prober, &mut steps, plan, node.span, (columns, keeps), &helpers);
            }
            Operator::Lookup(lookup) => {
                plan = looked_up(&mut prober, &mut steps, plan, node.span, lookup, &mut helpers);
            }
            Operator::Sort { .. } => {}
            _ => break,
        }
        length += 1;
    }
    let mut groups = Vec::new();
    if let Some(Operator::Aggregate(aggregate)) = rest.get(length).map(|node| &node.operator) {
        let keys = aggregate.groups.iter();
        groups = keys.map(|(name, value)| (name.clone(), value.span, prober.text(value))).collect();
        plan = prober.place(plan);
    }
    Segment { plan, steps, groups, base, length }
}

/// What the helper columns of lookups are from.
type Helpers = HashMap<ColumnName, Vec<Probed>>;

/// Adds an Extend (`keeps`) or a Project with its probes.
fn computed(
    prober: &mut Prober,
    steps: &mut Vec<Step>,
    plan: Node,
    span: Span,
    (columns, keeps): (&[(ColumnName, Expression)], bool),
    helpers: &Helpers,
) -> Node {
    let is_new = |name: &ColumnName, value: &Expression| {
        matches!(name.role(), Role::User | Role::Helper)
            && !matches!(&value.kind, ExpressionKind::Column(same) if same == name)
    };
    let shown: Vec<&(ColumnName, Expression)> =
        columns.iter().filter(|(name, value)| is_new(name, value)).collect();
    let mut origins: Vec<Origin> = shown.iter().map(|(_, value)| prober.origin(value)).collect();
    origins.iter_mut().for_each(|origin| origin.see_through(helpers));
    let input = Box::new(prober.place(plan));
    let mut columns = columns.to_vec();
    let operator = if keeps {
        Operator::Extend { input, columns }
    } else {
        columns.extend(prober.columns());
        Operator::Project { input, columns }
    };
    let plan = Node::new(operator, span);
    let values = shown.iter().zip(origins).map(|((name, value), origin)| {
        let probe = prober.text(&Expression::column(name.clone(), span));
        (name.clone(), value.span, probe, origin)
    });
    let values: Vec<_> = values.collect();
    if !values.is_empty() {
        steps.push(Step::Compute(span, values));
    }
    prober.place(plan)
}

/// Adds a Lookup with probes of what it gave; its values are from the columns that were looked up.
fn looked_up(
    prober: &mut Prober,
    steps: &mut Vec<Step>,
    plan: Node,
    span: Span,
    lookup: &quarry_plan::Lookup,
    helpers: &mut Helpers,
) -> Node {
    let keys: Vec<Vec<_>> = lookup.keys.iter().map(|key| prober.columns_of(&key.value)).collect();
    let input = Box::new(prober.place(plan));
    let plan = Node::new(Operator::Lookup(quarry_plan::Lookup { input, ..lookup.clone() }), span);
    let shown = lookup.outputs.iter().filter(|(name, _)| name.is_user());
    for (name, _) in lookup.outputs.iter().filter(|(name, _)| !name.is_user()) {
        helpers.insert(name.clone(), keys.concat());
    }
    let values: Vec<_> = shown
        .map(|(name, _)| {
            let probe = prober.text(&Expression::column(name.clone(), span));
            (name.clone(), span, probe, Origin::Columns(keys.concat()))
        })
        .collect();
    if !values.is_empty() {
        steps.push(Step::Compute(span, values));
    }
    prober.place(plan)
}

fn identity(row: &Row<'_>) -> Vec<(String, String)> {
    let fields = ALERT_FIELDS.iter().filter_map(|(field, _)| {
        let value = row.named(&provenance_column(field))?;
        Some(((*field).to_owned(), value))
    });
    fields.collect()
}

fn time_stage(source: &Node, segment: &Segment, row: &Row<'_>, now: i64) -> Option<Stage> {
    let Operator::Source(read) = &source.operator else { return None };
    let TimeRange { earliest, latest } = &read.time;
    if read.time.is_unbounded() {
        return None;
    }
    let bound = |bound: &Option<quarry_plan::TimeBound>| bound.as_ref().and_then(|bound| bound.resolve(now));
    let (earliest, latest) = (bound(earliest), bound(latest));
    let milliseconds = segment.base.first().and_then(|(_, probe)| row.text(*probe));
    let event = milliseconds.and_then(|text| text.parse::<i64>().ok()).map(|time| time.saturating_mul(1_000));
    let inside = event.is_some_and(|event| {
        // The probe is in milliseconds; what it cuts off must not count.
        earliest.is_none_or(|earliest| event + 999 >= earliest) && latest.is_none_or(|latest| event < latest)
    });
    let kind = StageKind::Time { event, earliest, latest };
    Some(Stage { span: source.span, passed: Some(inside), kind })
}

/// The stages of a segment for one row, up to the first that drops it.
fn stages(segment: &Segment, row: &Row<'_>) -> Vec<Stage> {
    let mut stages = Vec::new();
    for step in &segment.steps {
        match step {
            Step::Filter(span, condition) => {
                let judged = row.judge(condition);
                let passed = judged.truth == Some(true);
                stages.push(Stage { span: *span, passed: Some(passed), kind: StageKind::Filter(judged) });
                if !passed {
                    return stages;
                }
            }
            Step::Compute(span, columns) => {
                let columns = columns.iter().map(|(name, span, probe, origin)| Computed {
                    name: name.clone(),
                    value: row.text(*probe),
                    span: *span,
                    reason: row.reason(origin),
                });
                let kind = StageKind::Compute(columns.collect());
                stages.push(Stage { span: *span, passed: None, kind });
            }
        }
    }
    stages
}
