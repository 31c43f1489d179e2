//! Watching a plan at work on few rows: every condition and computed value becomes a column.

use std::{collections::HashMap, sync::Arc};

use arrow::{array::AsArray, record_batch::RecordBatch};
use quarry_diagnostic::Span;
use quarry_logs::Location;
use quarry_plan::{ColumnName, Expression, ExpressionKind, Node, Operator, Role, Type};

use super::{Form, Judged, Read, Reason};
use crate::{EngineError, Session, schema_name};

/// Expressions of more parts than this are not taken apart.
const MOST_PROBES: usize = 1_500;

/// What running a plan needs.
pub struct Run<'a> {
    pub session: &'a Session,
    pub objects: &'a Arc<Vec<Location>>,
    pub now: i64,
}

impl Run<'_> {
    /// The rows of a plan.
    pub async fn rows(&self, plan: &Node) -> Result<Vec<RecordBatch>, EngineError> {
        let report = self.session.new_report();
        self.session.run(plan, Arc::clone(self.objects), self.now, report).await?.collect().await
    }
}

/// Where a truth or a text is found in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe(usize);

/// A condition whose parts are probes.
pub struct Condition {
    span: Span,
    truth: Probe,
    form: Form,
    parts: Vec<Condition>,
    values: Vec<Probed>,
}

/// A column that is read somewhere, and the probe of its text.
#[derive(Clone)]
pub struct Probed {
    column: ColumnName,
    span: Span,
    probe: Probe,
}

/// A value whose parts are probes.
pub enum Origin {
    Columns(Vec<Probed>),
    Case { arms: Vec<(Condition, Origin)>, otherwise: Box<Origin> },
}

impl Origin {
    /// Puts what a lookup looked up in place of its helper columns, which no query names.
    pub fn see_through(&mut self, helpers: &HashMap<ColumnName, Vec<Probed>>) {
        match self {
            Self::Columns(columns) => {
                let seen = std::mem::take(columns)
                    .into_iter()
                    .flat_map(|read| helpers.get(&read.column).cloned().unwrap_or_else(|| vec![read]));
                for read in seen {
                    if !columns.iter().any(|known| known.column == read.column) {
                        columns.push(read);
                    }
                }
            }
            Self::Case { arms, otherwise } => {
                arms.iter_mut().for_each(|(_, origin)| origin.see_through(helpers));
                otherwise.see_through(helpers);
            }
        }
    }
}

/// Adds probes to a plan.
#[derive(Default)]
pub struct Prober {
    count: usize,
    /// Probes to be computed at the present place.
    pending: Vec<(ColumnName, Expression)>,
    /// Texts of columns already probed at the present place.
    known: HashMap<ColumnName, Probe>,
}

impl Prober {
    /// All probes so far as columns of a projection.
    pub fn columns(&self) -> Vec<(ColumnName, Expression)> {
        let placed = self.count - self.pending.len();
        (0..placed).map(|index| (name(index), Expression::column(name(index), Span::default()))).collect()
    }

    /// Puts the pending probes above a node.
    pub fn place(&mut self, input: Node) -> Node {
        self.known.clear();
        if self.pending.is_empty() {
            return input;
        }
        let span = input.span;
        let columns = std::mem::take(&mut self.pending);
        Node::new(Operator::Extend { input: Box::new(input), columns }, span)
    }

    fn probe(&mut self, value: Expression) -> Probe {
        let probe = Probe(self.count);
        self.pending.push((name(self.count), value));
        self.count += 1;
        probe
    }

    /// The text of any value.
    pub fn text(&mut self, value: &Expression) -> Probe {
        self.probe(value.clone().cast(Type::Text))
    }

    fn column(&mut self, column: &ColumnName) -> Probe {
        if let Some(probe) = self.known.get(column) {
            return *probe;
        }
        let probe = self.text(&Expression::column(column, Span::default()));
        self.known.insert(column.clone(), probe);
        probe
    }

    /// The texts of the columns that a value uses, each once.
    pub fn columns_of(&mut self, value: &Expression) -> Vec<Probed> {
        let mut names: Vec<&ColumnName> = Vec::new();
        value.visit_columns(&mut |column| {
            if !names.contains(&column) {
                names.push(column);
            }
        });
        let read = names.into_iter().map(|column| Probed {
            column: column.clone(),
            span: place_of(value, column).unwrap_or(value.span),
            probe: self.column(column),
        });
        read.collect()
    }

    /// Takes a condition apart.
    pub fn condition(&mut self, condition: &Expression) -> Condition {
        let truth = self.probe(condition.clone());
        let (form, parts): (Form, Vec<&Expression>) = match &condition.kind {
            _ if self.count > MOST_PROBES => (Form::Leaf, Vec::new()),
            ExpressionKind::And(items) => (Form::And, items.iter().collect()),
            ExpressionKind::Or(items) => (Form::Or, items.iter().collect()),
            ExpressionKind::Not(inner) => (Form::Not, vec![inner.as_ref()]),
            _ => (Form::Leaf, Vec::new()),
        };
        let parts = parts.into_iter().map(|part| self.condition(part)).collect();
        let values = if form == Form::Leaf { self.columns_of(condition) } else { Vec::new() };
        Condition { span: condition.span, truth, form, parts, values }
    }

    /// Takes a value apart.
    pub fn origin(&mut self, value: &Expression) -> Origin {
        match &value.kind {
            ExpressionKind::Case { arms, otherwise } if self.count <= MOST_PROBES => {
                let arms =
                    arms.iter().map(|(when, then)| (self.condition(when), self.origin(then))).collect();
                let otherwise = otherwise.as_ref().map(|value| self.origin(value));
                let otherwise = Box::new(otherwise.unwrap_or(Origin::Columns(Vec::new())));
                Origin::Case { arms, otherwise }
            }
            ExpressionKind::Cast { value, .. } => self.origin(value),
            _ => Origin::Columns(self.columns_of(value)),
        }
    }
}

fn name(index: usize) -> ColumnName {
    ColumnName::new(Role::Probe, index.to_string())
}

/// Where a column is read first.
fn place_of(value: &Expression, column: &ColumnName) -> Option<Span> {
    match &value.kind {
        ExpressionKind::Column(name) => (name == column).then_some(value.span),
        _ => value.children().into_iter().find_map(|child| place_of(child, column)),
    }
}

/// One row of a probed plan.
pub struct Row<'a> {
    pub batch: &'a RecordBatch,
    pub row: usize,
}

impl Row<'_> {
    /// The text of a column by name.
    pub fn named(&self, column: &ColumnName) -> Option<String> {
        let array = self.batch.column_by_name(&schema_name(column))?;
        let texts = arrow::compute::cast(array, &arrow::datatypes::DataType::Utf8).ok()?;
        texts.as_string_opt::<i32>()?.iter().nth(self.row).flatten().map(str::to_owned)
    }

    /// The text of a probe.
    pub fn text(&self, probe: Probe) -> Option<String> {
        let array = self.batch.column_by_name(&schema_name(&name(probe.0)))?;
        array.as_string_opt::<i32>()?.iter().nth(self.row).flatten().map(str::to_owned)
    }

    fn truth(&self, probe: Probe) -> Option<bool> {
        let array = self.batch.column_by_name(&schema_name(&name(probe.0)))?;
        array.as_boolean_opt()?.iter().nth(self.row).flatten()
    }

    fn texts(&self, values: &[Probed]) -> Vec<Read> {
        let read = values.iter().map(|read| Read {
            column: read.column.clone(),
            span: read.span,
            value: self.text(read.probe),
        });
        read.collect()
    }

    /// How a condition came out.
    pub fn judge(&self, condition: &Condition) -> Judged {
        Judged {
            span: condition.span,
            truth: self.truth(condition.truth),
            form: condition.form,
            parts: condition.parts.iter().map(|part| self.judge(part)).collect(),
            values: self.texts(&condition.values),
        }
    }

    /// Where a value is from.
    pub fn reason(&self, origin: &Origin) -> Reason {
        match origin {
            Origin::Columns(values) => Reason::Columns(self.texts(values)),
            Origin::Case { arms, otherwise } => {
                let mut tried = Vec::new();
                for (when, then) in arms {
                    let judged = self.judge(when);
                    let held = judged.truth == Some(true);
                    tried.push(judged);
                    if held {
                        return Reason::Arm { tried, otherwise: false, value: Box::new(self.reason(then)) };
                    }
                }
                Reason::Arm { tried, otherwise: true, value: Box::new(self.reason(otherwise)) }
            }
        }
    }
}
