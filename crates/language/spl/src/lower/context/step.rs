//! Steps: the plan while it is being built, without inputs.

use quarry_diagnostic::Span;
use quarry_plan::{
    Aggregate, AggregateCall, ColumnName, Expression, JoinKind, Lookup, Node, Operator, SortKey, WindowCall,
};

/// One operator; its input is the step before. Kept in a list so that an earlier step can still
/// gain a column that a later command asks for.
#[derive(Debug, Clone)]
pub(crate) enum StepKind {
    Filter(Expression),
    Extend(Vec<(ColumnName, Expression)>),
    Project(Vec<(ColumnName, Expression)>),
    Aggregate {
        groups: Vec<(ColumnName, Expression)>,
        aggregates: Vec<(ColumnName, AggregateCall)>,
    },
    Window(Vec<(ColumnName, WindowCall)>),
    Sort(Vec<SortKey>),
    Limit {
        skip: usize,
        fetch: Option<usize>,
    },
    Deduplicate {
        keys: Vec<Expression>,
        keep: usize,
        order: Vec<SortKey>,
    },
    Expand {
        column: ColumnName,
        limit: Option<usize>,
        position: ColumnName,
    },
    Union(Vec<Node>),
    Join {
        right: Box<Node>,
        kind: JoinKind,
        on: Vec<(Expression, Expression)>,
    },
    Lookup(Box<Lookup>),
    /// The rows of the branches from the first up to the second number; replaced when they are finished.
    Branches(usize, usize),
    /// A branch beside the rows; replaced when it is finished.
    JoinBranch {
        branch: usize,
        kind: JoinKind,
        on: Vec<(Expression, Expression)>,
    },
}

/// A step and the command it came from.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) kind: StepKind,
    pub(crate) span: Span,
}

impl Step {
    /// The operator over an input; an extension by nothing is the input itself.
    pub(crate) fn over(self, input: Node) -> Node {
        let input = Box::new(input);
        let operator = match self.kind {
            StepKind::Extend(columns) if columns.is_empty() => return *input,
            StepKind::Branches(..) | StepKind::JoinBranch { .. } => return *input,
            StepKind::Lookup(lookup) => Operator::Lookup(Lookup { input, ..*lookup }),
            StepKind::Filter(predicate) => Operator::Filter { input, predicate },
            StepKind::Extend(columns) => Operator::Extend { input, columns },
            StepKind::Project(columns) => Operator::Project { input, columns },
            StepKind::Aggregate { groups, aggregates } => {
                Operator::Aggregate(Aggregate { input, groups, aggregates })
            }
            StepKind::Window(calls) => Operator::Window { input, calls },
            StepKind::Sort(keys) => Operator::Sort { input, keys },
            StepKind::Limit { skip, fetch } => Operator::Limit { input, skip, fetch },
            StepKind::Deduplicate { keys, keep, order } => Operator::Deduplicate { input, keys, keep, order },
            StepKind::Expand { column, limit, position } => {
                Operator::Expand { input, column, limit, position: Some(position) }
            }
            StepKind::Union(others) => {
                Operator::Union { inputs: std::iter::once(*input).chain(others).collect(), place: None }
            }
            StepKind::Join { right, kind, on } => {
                Operator::Join { left: input, right, kind, on, residual: None, nulls_match: false }
            }
        };
        Node::new(operator, self.span)
    }
}
