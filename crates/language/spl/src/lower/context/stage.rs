//! Stages: where a search can go on only when the rows so far are known.
//!
//! Which fields `chart count by x` makes, and which searches `map` runs, is known when the rows before
//! are. The search is then lowered again with those rows in place of the commands that made them.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{ColumnName, Node, Rows, Type, Value};

use super::super::{Store, codes, time};
use super::{Column, Context, TIME};
use crate::tree::Pipeline;

/// At most so many columns are made of values: what is planned and computed with them grows with their square.
pub(crate) const MOST_COLUMNS: usize = 10_000;

impl Context<'_> {
    /// Whether so many columns may be made of values; it is said if not.
    pub(crate) fn allows_columns(&mut self, count: usize) -> bool {
        if count > MOST_COLUMNS {
            let message = format!("more than {MOST_COLUMNS} columns would be made of values");
            let found = Diagnostic::error(codes::TOO_COMPLEX, message, self.span);
            self.report(
                found.with_help("keep fewer rows or values first, with `head`, `top` or a condition"),
            );
        }
        count <= MOST_COLUMNS
    }

    /// The rows here, with these columns; none if they are not known yet. Then they are asked for,
    /// and what follows is planned without knowing which fields there are.
    pub(crate) fn settle(&mut self, columns: &[Column]) -> Option<Rows> {
        let mut progress = self.shared.progress.borrow_mut();
        if progress.pending.is_some() {
            return None;
        }
        if let Some(answer) = self.shared.environment.answers.get(progress.used) {
            progress.used += 1;
            return Some(answer.clone());
        }
        drop(progress);
        let (plan, diagnostics, needs_discovery) = self.clone().finish(columns, self.span);
        self.needs_discovery |= needs_discovery;
        for diagnostic in diagnostics {
            self.report(diagnostic);
        }
        self.shared.progress.borrow_mut().pending = Some(plan);
        None
    }

    /// Whether rows that are not known yet decide which fields there are.
    pub(crate) fn is_vague(&self) -> bool {
        self.shared.progress.borrow().pending.is_some()
    }

    /// The columns that are shown, of raw events those known so far.
    pub(crate) fn visible(&self) -> Vec<Column> {
        self.columns().iter().filter(|column| !column.is_hidden()).cloned().collect()
    }

    /// Goes on from fixed rows, in the order in which they are.
    pub(crate) fn restart(&mut self, mut rows: Rows) {
        type_times(&mut rows);
        let place = (rows.rows.len() > 1).then(|| self.fresh_name("row"));
        let node = rows.into_node(place, self.span);
        let (columns, order) = (node.columns(), node.order());
        self.restart_from(node, columns);
        self.order.sorted = order.is_empty();
        self.order.keys = order;
    }

    /// Goes on from the rows of another plan.
    pub(crate) fn restart_from(&mut self, node: Node, columns: Vec<(ColumnName, Type)>) {
        self.rows.base = Some(node);
        self.rows.steps.clear();
        self.fields.rules.clear();
        self.rows.branches.clear();
        self.order.keys.clear();
        self.order.sorted = true;
        self.fields.internal = false;
        let columns =
            columns.into_iter().map(|(name, data_type)| Column { name, data_type, empty: false }).collect();
        self.close(columns, false);
    }

    /// Lowers every command of a pipeline, in order.
    pub(crate) fn lower_pipeline(&mut self, pipeline: &Pipeline) {
        (self.shared.lower)(self, pipeline);
    }

    /// Remembers a table to write.
    pub(crate) fn store(&mut self, store: Store) {
        self.shared.progress.borrow_mut().stores.push(store);
    }
}

/// Gives `_time` its type where every row that has one has a time: seconds, or a date as tables hold it.
fn type_times(rows: &mut Rows) {
    let Some(at) =
        rows.columns.iter().position(|(name, data_type)| *name == TIME && *data_type == Type::Text)
    else {
        return;
    };
    let times: Option<Vec<Value>> = rows.rows.iter().map(|row| row.get(at).and_then(instant)).collect();
    let Some(times) = times else { return };
    rows.columns[at].1 = Type::Timestamp;
    for (row, time) in rows.rows.iter_mut().zip(times) {
        row[at] = time;
    }
}

fn instant(value: &Value) -> Option<Value> {
    match value {
        Value::Null => Some(Value::Null),
        Value::Text(text) => time::instant(text).map(Value::Timestamp),
        _ => None,
    }
}
