//! From a condition that failed to the fields that made it fail.

use std::collections::HashSet;

use quarry_diagnostic::Span;
use quarry_plan::ColumnName;

use super::{Computed, EventTrace, Form, Judged, Read, Reason, Stage, StageKind};

/// Computed columns are followed so far back.
const DEEPEST: usize = 24;
/// At most so many causes are named.
const MOST: usize = 8;

/// A field of the event whose value decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    /// The smallest condition that the value decided.
    pub span: Span,
    /// How that condition came out.
    pub truth: Option<bool>,
    /// The field (or a column of an aggregation).
    pub field: Read,
    /// The computed columns between the condition that dropped the event and the field, as users call them.
    pub through: Vec<String>,
}

impl EventTrace {
    /// Why the event was dropped, the likeliest cause first; empty if it passed, or was dropped by a
    /// stage that compares rows.
    #[must_use]
    pub fn causes(&self) -> Vec<Cause> {
        let Some(at) = self.stages.iter().position(|stage| stage.passed == Some(false)) else {
            return Vec::new();
        };
        let StageKind::Filter(judged) = &self.stages[at].kind else { return Vec::new() };
        let mut search = Search { stages: &self.stages, found: Vec::new(), seen: HashSet::new() };
        search.condition(judged, at, true, &mut Vec::new());
        search.found.truncate(MOST);
        search.found
    }

    /// The smallest parts of the stage's condition that let the event through: for OR the parts that
    /// held, for AND all of them.
    #[must_use]
    pub fn admitted_by<'a>(&self, stage: &'a Stage) -> Vec<&'a Judged> {
        let mut found = Vec::new();
        if let StageKind::Filter(judged) = &stage.kind
            && stage.passed == Some(true)
        {
            admitted(judged, &mut found);
        }
        found
    }
}

fn admitted<'a>(judged: &'a Judged, found: &mut Vec<&'a Judged>) {
    match judged.form {
        Form::And => judged.parts.iter().for_each(|part| admitted(part, found)),
        Form::Or => {
            judged
                .parts
                .iter()
                .filter(|part| part.truth == Some(true))
                .for_each(|part| admitted(part, found));
        }
        Form::Not | Form::Leaf => found.push(judged),
    }
}

struct Search<'a> {
    stages: &'a [Stage],
    found: Vec<Cause>,
    seen: HashSet<(usize, ColumnName)>,
}

impl<'a> Search<'a> {
    /// Why `judged` at stage `at` did not come out as `wanted`.
    fn condition(&mut self, judged: &'a Judged, at: usize, wanted: bool, through: &mut Vec<ColumnName>) {
        let decides_alone = matches!((judged.form, wanted), (Form::And, true) | (Form::Or, false));
        let missed = |part: &&Judged| part.truth != Some(wanted);
        match judged.form {
            Form::Not => {
                if let Some(part) = judged.parts.first() {
                    self.condition(part, at, !wanted, through);
                }
            }
            Form::And | Form::Or if decides_alone => {
                if let Some(part) = judged.parts.iter().find(missed) {
                    self.condition(part, at, wanted, through);
                }
            }
            Form::And | Form::Or => self.nearest(judged.parts.iter().collect(), at, wanted, through),
            Form::Leaf => self.leaf(judged, at, through),
        }
    }

    /// All of `parts` missed: those that came nearest are to blame.
    fn nearest(&mut self, parts: Vec<&'a Judged>, at: usize, wanted: bool, through: &mut Vec<ColumnName>) {
        let best = parts.iter().map(|part| progress(part, wanted)).max().unwrap_or(0);
        for part in parts.into_iter().filter(|part| progress(part, wanted) == best) {
            self.condition(part, at, wanted, through);
        }
    }

    fn leaf(&mut self, judged: &'a Judged, at: usize, through: &mut Vec<ColumnName>) {
        for field in &judged.values {
            let cause = Cause {
                span: judged.span,
                truth: judged.truth,
                field: field.clone(),
                through: through.iter().filter_map(|column| Some(column.user()?.to_owned())).collect(),
            };
            self.column(cause, at, through);
        }
    }

    /// Follows a column to where it was computed, or names it as the cause.
    fn column(&mut self, cause: Cause, at: usize, through: &mut Vec<ColumnName>) {
        let Some((place, computed)) = self.computed(&cause.field.column, at) else {
            if !self.found.contains(&cause) {
                self.found.push(cause);
            }
            return;
        };
        if through.len() >= DEEPEST || !self.seen.insert((place, cause.field.column.clone())) {
            return;
        }
        let before = self.found.len();
        through.push(cause.field.column.clone());
        self.reason(&computed.reason, place, &cause, through);
        through.pop();
        if self.found.len() == before {
            self.found.push(cause);
        }
    }

    fn reason(&mut self, reason: &'a Reason, at: usize, cause: &Cause, through: &mut Vec<ColumnName>) {
        match reason {
            Reason::Columns(columns) => {
                for field in columns {
                    let way = through.iter().filter_map(|column| Some(column.user()?.to_owned())).collect();
                    let cause = Cause { field: field.clone(), through: way, ..cause.clone() };
                    self.column(cause, at, through);
                }
            }
            Reason::Arm { tried, otherwise, value } => match value.as_ref() {
                Reason::Columns(columns) if columns.is_empty() => {
                    let skipped = if *otherwise { tried.len() } else { tried.len().saturating_sub(1) };
                    let (skipped, taken) = tried.split_at(skipped);
                    if skipped.is_empty() {
                        taken.iter().for_each(|held| self.condition(held, at, false, through));
                    } else {
                        self.nearest(skipped.iter().collect(), at, true, through);
                    }
                }
                deeper => self.reason(deeper, at, cause, through),
            },
        }
    }

    /// The last stage before `at` that computed a column.
    fn computed(&self, column: &ColumnName, at: usize) -> Option<(usize, &'a Computed)> {
        self.stages[..at].iter().enumerate().rev().find_map(|(place, stage)| match &stage.kind {
            StageKind::Compute(columns) => {
                columns.iter().find(|computed| computed.name == *column).map(|computed| (place, computed))
            }
            _ => None,
        })
    }
}

/// How many parts in a row came out as wanted.
fn progress(judged: &Judged, wanted: bool) -> usize {
    let joins = if wanted { Form::And } else { Form::Or };
    if judged.form != joins {
        return 0;
    }
    judged.parts.iter().take_while(|part| part.truth == Some(wanted)).count()
}
