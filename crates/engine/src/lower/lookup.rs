//! Looking up reference data.

use datafusion::{
    common::Column,
    error::Result,
    logical_expr::{Expr, LogicalPlan},
};
use quarry_functions::{
    LOOKUP_ROWS, LOOKUP_TEXT, LOOKUP_TEXTS, lookup_rows_arguments, lookup_value_arguments,
};
use quarry_plan::Lookup;

use crate::names::{inside, schema_name};

use super::{
    Lowering,
    operator::{names, project},
};

impl Lowering {
    /// Finds the matching rows of the table once, then takes each output from them.
    pub(super) fn lookup(&mut self, lookup: &Lookup) -> Result<LogicalPlan> {
        let input = self.node(&lookup.input)?;
        let keys: Vec<_> = lookup.keys.iter().map(|key| key.value.clone()).collect();
        let keys = self.expressions(&keys, input.schema())?;
        let find = self.with_constants(LOOKUP_ROWS, keys, &lookup_rows_arguments(lookup), input.schema());
        let find = find.map_err(|error| error.context(format!("table `{}`", lookup.table.name)))?;
        let kept = names(input.schema());
        let column = |name: &str| Expr::Column(Column::new_unqualified(name));
        let mut found: Vec<(String, Expr)> = kept.iter().map(|name| (name.clone(), column(name))).collect();
        let rows = inside("rows that match");
        found.push((rows.clone(), find));
        let found = project(input, found)?;
        let mut columns: Vec<(String, Expr)> = kept.iter().map(|name| (name.clone(), column(name))).collect();
        for (name, table_column) in &lookup.outputs {
            let name = schema_name(name);
            let constants = lookup_value_arguments(lookup, *table_column);
            let function = if lookup.most == 1 { LOOKUP_TEXT } else { LOOKUP_TEXTS };
            let value = self.with_constants(function, vec![column(&rows)], &constants, found.schema())?;
            match columns.iter_mut().find(|(known, _)| *known == name) {
                Some(entry) => entry.1 = value,
                None => columns.push((name, value)),
            }
        }
        project(found, columns)
    }
}
