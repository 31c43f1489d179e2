//! Where the rows come from: the scan or fixed rows, the steps so far, other pipelines beside them.

use quarry_diagnostic::Span;
use quarry_plan::{Expression, ExpressionKind, Node};

use super::branch::Branch;
use super::source::{RAW, Scan};
use super::step::{Step, StepKind};

/// The plan of a pipeline while it is being built.
#[derive(Debug, Clone)]
pub(crate) struct RowSteps<'a> {
    pub(crate) scan: Scan<'a>,
    /// Rows that stand in place of events.
    pub(super) base: Option<Node>,
    pub(super) steps: Vec<Step>,
    /// Other pipelines of raw events that were joined to this one.
    pub(super) branches: Vec<Branch<'a>>,
}

impl<'a> RowSteps<'a> {
    pub(super) fn new(scan: Scan<'a>) -> Self {
        Self { scan, base: None, steps: Vec::new(), branches: Vec::new() }
    }

    pub(super) fn push(&mut self, kind: StepKind, span: Span) {
        self.steps.push(Step { kind, span });
    }

    /// Whether the rows are events, be they changed.
    pub(super) fn are_events(&self) -> bool {
        self.base.is_none() && !self.steps.iter().any(|step| matches!(step.kind, StepKind::Aggregate { .. }))
    }

    /// Whether `_raw` is the text that the event was logged with.
    pub(super) fn has_own_text(&self) -> bool {
        let is_same = |value: &Expression| value.kind == ExpressionKind::Column(RAW.into());
        let changes = |step: &Step| match &step.kind {
            StepKind::Extend(columns) | StepKind::Project(columns) => {
                columns.iter().any(|(name, value)| *name == RAW && !is_same(value))
            }
            StepKind::Aggregate { aggregates, .. } => aggregates.iter().any(|(name, _)| *name == RAW),
            _ => false,
        };
        self.base.is_none()
            && !self.steps.iter().any(changes)
            && self.branches.iter().all(Branch::has_own_text)
    }
}
