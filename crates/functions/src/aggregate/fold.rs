//! What an aggregate does with the rows of one group.

use std::borrow::Cow;
use std::fmt::Debug;

use quarry_plan::Value;

use super::state::{Reader, Writer};
use crate::base::{Cell, Row, parse_number};

/// The running state of one group.
pub(crate) trait Fold: Debug + Send + Sync {
    /// Takes a row; `order` sorts by bytes as the engine asked rows to be seen.
    fn add(&mut self, row: Row<'_>, order: &[u8]);
    /// Writes the state.
    fn save(&self, out: &mut Writer);
    /// Takes in a state that another fold of this kind saved; none if the bytes are no such state.
    fn merge(&mut self, saved: &mut Reader<'_>) -> Option<()>;
    /// The result so far.
    fn result(&self) -> Outcome;
    /// Bytes held beyond the struct itself.
    fn held(&self) -> usize {
        0
    }
}

/// A result before it has an Arrow type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Null,
    Number(f64),
    Integer(u64),
    List(Vec<String>),
    /// A value of the result's type.
    Value(Value),
}

impl From<Option<f64>> for Outcome {
    fn from(number: Option<f64>) -> Self {
        number.filter(|number| number.is_finite()).map_or(Self::Null, Self::Number)
    }
}

impl From<Vec<String>> for Outcome {
    fn from(values: Vec<String>) -> Self {
        if values.is_empty() { Self::Null } else { Self::List(values) }
    }
}

/// Calls `take` with every number in a cell.
pub(super) fn each_number(cell: Cell<'_>, take: &mut dyn FnMut(f64)) {
    match cell {
        Cell::List(list) => list.iter().filter_map(parse_number).for_each(take),
        other => other.number().into_iter().for_each(take),
    }
}

/// All values of a cell as owned texts.
pub(super) fn owned_values(cell: Cell<'_>) -> Vec<String> {
    cell.values().map(Cow::into_owned).collect()
}
