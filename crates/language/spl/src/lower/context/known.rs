//! Which fields are known, and which can still come up.

use std::{collections::BTreeMap, rc::Rc};

use quarry_plan::{ColumnName, Expression, Type};

use super::column::{Column, Gone};
use super::late::Rule;

/// The fields at one point of a pipeline.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    /// Fields known by name, in the order in which they came up.
    pub(super) columns: Vec<Column>,
    pub(super) gone: BTreeMap<ColumnName, Gone>,
    /// Whether any field of the raw event can still be asked for.
    pub(super) open: bool,
    /// Whether `_time`, `_raw` and the like of the raw event can still be asked for.
    pub(super) internal: bool,
    pub(super) rules: Vec<Rc<Rule>>,
    /// Rules before this one are out of reach: the rows were closed after them.
    pub(super) floor: usize,
    /// Names that stand for the element of a list, the innermost last, and their columns.
    pub(super) elements: Vec<(ColumnName, ColumnName)>,
}

impl Default for Fields {
    /// Those of raw events, none of which is known yet.
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            gone: BTreeMap::new(),
            open: true,
            internal: true,
            rules: Vec::new(),
            floor: 0,
            elements: Vec::new(),
        }
    }
}

impl Fields {
    /// The type of an expression over the rows here.
    pub(super) fn type_of(&self, value: &Expression) -> Type {
        value.type_of(&|name| {
            self.columns.iter().find(|column| column.name == name).map(|column| column.data_type)
        })
    }

    /// Makes a physical column a known field.
    pub(super) fn show(&mut self, name: impl Into<ColumnName>, data_type: Type) {
        let name = name.into();
        self.gone.remove(&name);
        let column = Column { name: name.clone(), data_type, empty: false };
        match self.columns.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = column,
            None => self.columns.push(column),
        }
    }

    /// Drops helper columns from what is known; they stay in the plan.
    pub(super) fn hide(&mut self, names: &[ColumnName]) {
        self.columns.retain(|column| !names.contains(&column.name));
    }

    /// Takes a field away.
    pub(super) fn forget(&mut self, name: impl Into<ColumnName>, why: Gone) {
        let name = name.into();
        self.columns.retain(|column| column.name != name);
        self.gone.insert(name, why);
    }

    /// Puts the column `to` where `from` is, which goes.
    pub(super) fn move_column(&mut self, from: impl Into<ColumnName>, to: impl Into<ColumnName>) {
        let (from, to) = (from.into(), to.into());
        let Some(at) = self.columns.iter().position(|column| column.name == from) else { return };
        let new = self.columns.iter().find(|column| column.name == to).cloned();
        self.columns[at] = match new {
            Some(new) => new,
            None => Column { name: to.clone(), ..self.columns[at].clone() },
        };
        let mut seen = 0;
        self.columns.retain(|column| {
            seen += usize::from(column.name == to);
            column.name != to || seen == 1
        });
        self.gone.remove(&to);
        self.gone.insert(from, Gone::Renamed(to));
    }

    /// Leaves exactly these fields, in this order; `internal` keeps `_time` and the like within reach.
    pub(super) fn close(&mut self, columns: Vec<Column>, internal: bool) {
        self.columns = columns;
        self.gone.clear();
        self.internal = internal && self.internal;
        self.open = false;
        self.floor = self.rules.len();
    }
}
