//! Looking up reference data.

use std::sync::Arc;

use datafusion::{
    common::{Column, plan_datafusion_err},
    error::Result,
    logical_expr::{Expr, LogicalPlan, expr::ScalarFunction},
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
        let find = quarry_functions::lookup_rows_udf(lookup).map_err(|reason| {
            plan_datafusion_err!("the table `{}` cannot be used: {reason}", lookup.table.name)
        })?;
        let find = Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(find), keys));
        let kept = names(input.schema());
        let column = |name: &str| Expr::Column(Column::new_unqualified(name));
        let mut found: Vec<(String, Expr)> = kept.iter().map(|name| (name.clone(), column(name))).collect();
        let rows = inside("rows that match");
        found.push((rows.clone(), find));
        let found = project(input, found)?;
        let mut columns: Vec<(String, Expr)> = kept.iter().map(|name| (name.clone(), column(name))).collect();
        for (name, table_column) in &lookup.outputs {
            let name = schema_name(name);
            let function = Arc::new(quarry_functions::lookup_value_udf(lookup, *table_column));
            let value = Expr::ScalarFunction(ScalarFunction::new_udf(function, vec![column(&rows)]));
            match columns.iter_mut().find(|(known, _)| *known == name) {
                Some(entry) => entry.1 = value,
                None => columns.push((name, value)),
            }
        }
        project(found, columns)
    }
}
