//! Going through the conditions of a plan, each with the log types that come to it.

use std::collections::HashMap;

use quarry_plan::{Expression, ExpressionKind, Operator, Value};

use super::{Analysis, Stage, domain::Truths};

/// A condition and what comes to it.
pub struct Site<'e> {
    /// The condition, or part of one.
    pub condition: &'e Expression,
    /// Indexes of the log types that come to it.
    pub logs: Vec<usize>,
    /// Whether a NOT stands before it.
    pub negated: bool,
    /// Whether it is (part of) what a filter asks, rather than of an arm of a case.
    pub filters: bool,
    /// Index of the stage.
    pub stage: usize,
    /// Those of `logs` for which an alternative (another operand of an OR) can hold.
    pub spared: Vec<usize>,
}

/// Whether to go into the parts of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Descend {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// Which of some conditions can hold.
struct Held {
    each: Vec<bool>,
    count: usize,
}

impl Held {
    fn of(each: impl Iterator<Item = bool>) -> Self {
        let each: Vec<bool> = each.collect();
        Self { count: each.iter().filter(|holds| **holds).count(), each }
    }

    /// Whether one can hold beside the one of this index.
    fn beside(&self, index: usize) -> bool {
        self.count > usize::from(self.each.get(index).copied().unwrap_or(false))
    }

    /// The indexes of those that cannot.
    fn fails(&self) -> impl Iterator<Item = usize> {
        self.each.iter().enumerate().filter(|(_, holds)| !**holds).map(|(index, _)| index)
    }
}

/// The condition itself, where what is unknown counts as false, as it does below a search's NOT.
pub fn settled(condition: &Expression) -> &Expression {
    match &condition.kind {
        ExpressionKind::Coalesce(items) => match items.as_slice() {
            [inner, last] if matches!(last.kind, ExpressionKind::Literal(Value::Boolean(false))) => {
                settled(inner)
            }
            _ => condition,
        },
        _ => condition,
    }
}

type Visit<'v, 'e> = &'v mut dyn FnMut(&Site<'e>) -> Descend;

impl<'a> Analysis<'a> {
    /// How a condition at a stage can come out for a log type.
    pub fn truths(&self, stage: &Stage<'a>, log: usize, condition: &Expression) -> Truths {
        match stage.before.get(log) {
            Some(Some(columns)) => self.scope(columns).truths(condition),
            _ => Truths::NONE,
        }
    }

    /// The log types that come to a stage.
    pub fn coming(&self, stage: &Stage<'a>) -> Vec<usize> {
        (0..stage.before.len()).filter(|log| stage.before.get(*log).is_some_and(Option::is_some)).collect()
    }

    /// Visits every condition of every stage of one source, from the outside in.
    pub fn visit_conditions(&self, visit: Visit<'_, 'a>) {
        for (index, stage) in self.stages.iter().enumerate() {
            if stage.mixed {
                continue;
            }
            let logs = self.coming(stage);
            match &stage.node.operator {
                Operator::Filter { predicate, .. } => {
                    self.condition((index, true), predicate, (logs, Vec::new()), false, visit);
                }
                Operator::Extend { columns, .. } | Operator::Project { columns, .. } => {
                    for (_, value) in columns {
                        self.value((index, false), value, &logs, visit);
                    }
                }
                Operator::Aggregate(aggregate) => {
                    for (_, value) in &aggregate.groups {
                        self.value((index, false), value, &logs, visit);
                    }
                    for (_, call) in &aggregate.aggregates {
                        for value in &call.arguments {
                            self.value((index, false), value, &logs, visit);
                        }
                        if let Some(filter) = &call.filter {
                            self.condition((index, false), filter, (logs.clone(), Vec::new()), false, visit);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn condition(
        &self,
        (stage, filters): (usize, bool),
        written: &'a Expression,
        (logs, spared): (Vec<usize>, Vec<usize>),
        negated: bool,
        visit: Visit<'_, 'a>,
    ) {
        let condition = settled(written);
        let site = Site { condition, logs, negated, filters, stage, spared };
        if visit(&site) == Descend::No {
            return;
        }
        let (logs, spared) = (site.logs, site.spared);
        let Some(at) = self.stages.get(stage) else { return };
        match &condition.kind {
            ExpressionKind::And(items) => {
                for (item, logs) in items.iter().zip(self.past(at, items, &logs)) {
                    self.condition((stage, filters), item, (logs, spared.clone()), negated, visit);
                }
            }
            ExpressionKind::Or(items) => {
                let held = self.held(at, items, &logs);
                for (index, item) in items.iter().enumerate() {
                    let possible = |log: &usize| held.get(log).is_some_and(|held| held.beside(index));
                    let spared = logs.iter().copied().filter(|log| spared.contains(log) || possible(log));
                    let spared = spared.collect();
                    self.condition((stage, filters), item, (logs.clone(), spared), negated, visit);
                }
            }
            ExpressionKind::Not(inner) => {
                self.condition((stage, filters), inner, (logs, spared), !negated, visit)
            }
            ExpressionKind::Case { .. } => self.value((stage, false), condition, &logs, visit),
            _ => {
                for child in condition.children() {
                    self.value((stage, false), child, &logs, visit);
                }
            }
        }
    }

    /// The log types that come to each operand of an AND: those for which what stands before it can
    /// hold, and what picks logs anywhere beside it.
    fn past(&self, at: &Stage<'a>, items: &[Expression], logs: &[usize]) -> Vec<Vec<usize>> {
        let picks: Vec<bool> = items.iter().map(|item| self.picks_logs(at, item, logs)).collect();
        let mut past = vec![Vec::new(); items.len()];
        for log in logs {
            let held = Held::of(items.iter().map(|item| self.truths(at, *log, item).yes));
            let last = held.fails().filter(|index| picks.get(*index).copied().unwrap_or(false)).last();
            let first = held.fails().next().unwrap_or(items.len());
            let comes = |index: usize| index <= first && last.is_none_or(|last| last <= index);
            for (_, past) in past.iter_mut().enumerate().filter(|(index, _)| comes(*index)) {
                past.push(*log);
            }
        }
        past
    }

    /// Which of some conditions can hold, for each log type.
    fn held(&self, at: &Stage<'a>, items: &[Expression], logs: &[usize]) -> HashMap<usize, Held> {
        let of = |log: &usize| (*log, Held::of(items.iter().map(|item| self.truths(at, *log, item).yes)));
        logs.iter().map(of).collect()
    }

    /// Whether a condition reads only columns that have one value in each log.
    fn picks_logs(&self, at: &Stage<'a>, condition: &Expression, logs: &[usize]) -> bool {
        let mut picks = true;
        condition.visit_columns(&mut |name| {
            picks &= logs.iter().all(|log| match at.before.get(*log) {
                Some(Some(columns)) => columns.get(name).is_some_and(|domain| domain.single().is_some()),
                _ => true,
            });
        });
        picks
    }

    /// Looks for conditions inside a value.
    fn value(&self, place: (usize, bool), value: &'a Expression, logs: &[usize], visit: Visit<'_, 'a>) {
        let ExpressionKind::Case { arms, otherwise } = &value.kind else {
            for child in value.children() {
                self.value(place, child, logs, visit);
            }
            return;
        };
        let Some(at) = self.stages.get(place.0) else { return };
        let mut left = logs.to_vec();
        for (when, then) in arms {
            self.condition(place, when, (left.clone(), Vec::new()), false, visit);
            let taken: Vec<usize> =
                left.iter().copied().filter(|log| self.truths(at, *log, when).yes).collect();
            self.value(place, then, &taken, visit);
            left.retain(|log| !self.truths(at, *log, when).always());
        }
        if let Some(otherwise) = otherwise {
            self.value(place, otherwise, &left, visit);
        }
    }
}
