//! Why a plan gave no rows: the one condition that leaves nothing, and what it saw.
//!
//! Each condition is left out in turn: the one without which there would be rows is to blame. All of it is counted in
//! one scan; only where the conditions on single events let some pass, what comes after them is looked into.

mod conditions;
mod involved;

use std::sync::Arc;

use quarry_diagnostic::Span;
use quarry_logs::Location;
use quarry_plan::{JoinKind, Node, Operator, WriteOut};

use crate::{EngineError, Session, binding::record_scan};
pub use conditions::Condition;
use conditions::{conjuncts, count_conditions, count_rows};
pub use involved::Involved;

/// Where the rows were lost.
#[derive(Debug, Clone, PartialEq)]
pub enum Explanation {
    /// By conditions of which each row must fulfil every one.
    Conditions(Blamed),
    /// By a join: no row of one side has a partner on the other.
    Join {
        /// Where it stands.
        span: Span,
        /// Rows of either side.
        rows: [u64; 2],
    },
    /// By an anti-join: every row has a partner.
    AllExcluded {
        /// Where it stands.
        span: Span,
        /// Rows of the side that was left out.
        rows: u64,
    },
    /// By a limit that takes none of the rows.
    Limit {
        /// Where it stands.
        span: Span,
        /// The rows there were.
        rows: u64,
    },
}

/// Conditions that together leave nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Blamed {
    /// Rows that come to the conditions.
    pub rows: u64,
    /// Whether the rows are events as the logs have them, in the time range.
    pub are_events: bool,
    /// The conditions, in the order of the query.
    pub conditions: Vec<Condition>,
    /// Index of the one to blame.
    pub culprit: usize,
    /// The fields that it uses, as the rows that all but it would have let pass have them.
    pub involved: Vec<Involved>,
}

impl Blamed {
    /// The condition to blame.
    #[must_use]
    pub fn condition(&self) -> Option<&Condition> {
        self.conditions.get(self.culprit)
    }

    /// Other conditions without which there would be rows as well, those with the most rows first.
    #[must_use]
    pub fn others(&self) -> Vec<&Condition> {
        let others = self.conditions.iter().enumerate().filter(|(index, _)| *index != self.culprit);
        let mut found: Vec<&Condition> =
            others.map(|(_, condition)| condition).filter(|condition| condition.without > 0).collect();
        found.sort_by_key(|condition| std::cmp::Reverse(condition.without));
        found
    }

    /// How many rows come to the condition to blame: those that fulfil every other, or all that come before it.
    #[must_use]
    pub fn reached(&self) -> u64 {
        self.condition().map_or(
            0,
            |condition| {
                if condition.without > 0 { condition.without } else { condition.reached }
            },
        )
    }
}

/// Explains an empty result of `plan`; none if no operator can be named that dropped everything.
///
/// # Errors
/// If the logs cannot be read again.
pub async fn explain_empty(
    session: &Session,
    plan: &Node,
    objects: &Arc<Vec<Location>>,
    now: i64,
) -> Result<Option<Explanation>, EngineError> {
    let plan = plan.clone().written_out(WriteOut::All);
    Reader { session, objects, now }.explain(&plan).await
}

/// Reads the logs again.
#[derive(Clone, Copy)]
struct Reader<'a> {
    session: &'a Session,
    objects: &'a Arc<Vec<Location>>,
    now: i64,
}

impl Reader<'_> {
    /// Explains why a node gives no rows.
    async fn explain(self, node: &Node) -> Result<Option<Explanation>, EngineError> {
        if let Some(scan) = record_scan(node)
            && !scan.predicates.is_empty()
        {
            let source = Node::new(Operator::Source(scan.source.clone()), node.span);
            return self.conditions(&source, conjuncts(&scan.predicates), true).await;
        }
        match &node.operator {
            Operator::Source(_) | Operator::Values { .. } | Operator::Reference { .. } => Ok(None),
            Operator::Filter { input, predicate } => {
                let predicates = conjuncts(std::slice::from_ref(predicate));
                match self.conditions(input, predicates, false).await? {
                    Some(found) => Ok(Some(found)),
                    None => self.below(input).await,
                }
            }
            Operator::Limit { input, .. } => match count_rows(self, input).await? {
                0 => self.below(input).await,
                rows => Ok(Some(Explanation::Limit { span: node.span, rows })),
            },
            Operator::Join { left, right, kind, .. } => self.join(node.span, left, right, *kind).await,
            _ => match node.inputs().first() {
                Some(input) => self.below(input).await,
                None => Ok(None),
            },
        }
    }

    /// The same, on the heap: an explanation goes as deep as the plan.
    async fn below(self, node: &Node) -> Result<Option<Explanation>, EngineError> {
        Box::pin(self.explain(node)).await
    }

    async fn join(
        self,
        span: Span,
        left: &Node,
        right: &Node,
        kind: JoinKind,
    ) -> Result<Option<Explanation>, EngineError> {
        let (kept, other) = match kind {
            JoinKind::Right | JoinKind::RightSemi | JoinKind::RightAnti => (right, left),
            JoinKind::Inner | JoinKind::Left | JoinKind::Full | JoinKind::Semi | JoinKind::Anti => {
                (left, right)
            }
        };
        let rows = count_rows(self, kept).await?;
        if rows == 0 || matches!(kind, JoinKind::Left | JoinKind::Right | JoinKind::Full) {
            return self.below(kept).await;
        }
        if matches!(kind, JoinKind::Anti | JoinKind::RightAnti) {
            return Ok(Some(Explanation::AllExcluded { span, rows }));
        }
        match count_rows(self, other).await? {
            0 => self.below(other).await,
            others => Ok(Some(Explanation::Join { span, rows: [rows, others] })),
        }
    }

    /// The condition to blame among those that the rows of `input` must all fulfil; none if some rows do, or
    /// there are no rows.
    async fn conditions(
        self,
        input: &Node,
        predicates: Vec<quarry_plan::Expression>,
        are_events: bool,
    ) -> Result<Option<Explanation>, EngineError> {
        let Some((rows, conditions)) = count_conditions(self, input, &predicates).await? else {
            return Ok(None);
        };
        let Some(culprit) = culprit(rows, &conditions) else { return Ok(None) };
        let mut blamed = Blamed { rows, are_events, conditions, culprit, involved: Vec::new() };
        if blamed.reached() > 0 {
            let alone = blamed.condition().is_some_and(|condition| condition.without > 0);
            let others = predicates.iter().enumerate();
            let others = others.filter(|(index, _)| if alone { *index != culprit } else { *index < culprit });
            let others = others.map(|(_, other)| other.clone()).collect();
            blamed.involved = involved::involved(self, input, others, &predicates[culprit]).await?;
        }
        Ok(Some(Explanation::Conditions(blamed)))
    }
}

/// What reads nothing and never holds; else what is to blame alone; else what no row fulfils; else what the
/// conditions before it leave nothing for.
fn culprit(rows: u64, conditions: &[Condition]) -> Option<usize> {
    if rows == 0 || conditions.iter().all(|condition| condition.passed > 0) {
        return None;
    }
    let position = |wanted: &dyn Fn(&Condition) -> bool| conditions.iter().position(wanted);
    let alone = || {
        let best = conditions.iter().map(|condition| condition.without).max().filter(|most| *most > 0)?;
        position(&|condition| condition.without == best)
    };
    position(&|condition| condition.reads_nothing && condition.alone == 0)
        .or_else(alone)
        .or_else(|| position(&|condition| condition.alone == 0))
        .or_else(|| position(&|condition| condition.passed == 0))
}
