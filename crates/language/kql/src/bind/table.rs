//! Columns of rows.

use crate::{syntax::tree::Name, types::Kind};

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
}

/// Rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// Whether there may be more columns, which only the data tells.
    pub open: bool,
}

impl Table {
    /// Rows of which nothing is known.
    pub(crate) fn open() -> Self {
        Self { columns: Vec::new(), open: true }
    }

    pub(crate) fn of(columns: &[(Name, Kind)]) -> Self {
        let mut table = Self::default();
        columns.iter().for_each(|(name, kind)| table.set(&name.text, *kind));
        table
    }

    pub(crate) fn known(columns: crate::registry::Columns) -> Self {
        let columns = columns.into_iter().map(|(name, kind)| Column { name: name.to_owned(), kind });
        Self { columns: columns.collect(), open: false }
    }

    pub(crate) fn find(&self, name: &str) -> Option<Kind> {
        self.columns.iter().find(|column| column.name == name).map(|column| column.kind)
    }

    /// Adds a column, or replaces that of its name.
    pub(crate) fn set(&mut self, name: &str, kind: Kind) {
        match self.columns.iter_mut().find(|column| column.name == name) {
            Some(column) => column.kind = kind,
            None => self.columns.push(Column { name: name.to_owned(), kind }),
        }
    }

    /// Adds a column under a name that none has.
    pub(crate) fn add(&mut self, name: &str, kind: Kind) -> String {
        let name = self.free(name, &[]);
        self.columns.push(Column { name: name.clone(), kind });
        name
    }

    /// The name, or with the first number behind it that makes it one that no column has.
    pub(crate) fn free(&self, name: &str, others: &[Column]) -> String {
        let taken = |name: &str| self.find(name).is_some() || others.iter().any(|column| column.name == name);
        if self.find(name).is_none() {
            return name.to_owned();
        }
        (1_usize..).map(|number| format!("{name}{number}")).find(|name| !taken(name)).unwrap_or_default()
    }
}
