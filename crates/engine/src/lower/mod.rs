//! From the waist to a DataFusion logical plan.

mod aggregate;
mod compiled;
mod expression;
mod for_each;
mod lookup;
mod operator;
mod program;

use std::{collections::HashMap, sync::Arc};

use datafusion::{
    common::config::ConfigOptions,
    logical_expr::{AggregateUDF, LogicalPlan, ScalarUDF, TableSource, WindowUDF},
};
use quarry_functions::QueryContext;

/// What lowering needs to know: functions by name and the table each source became.
pub struct Lowering {
    scalars: HashMap<String, Arc<ScalarUDF>>,
    aggregates: HashMap<String, Arc<AggregateUDF>>,
    windows: HashMap<String, Arc<WindowUDF>>,
    config: Arc<ConfigOptions>,
    /// The scans of the plan, in the order in which a walk (inputs first, left to right) meets them.
    tables: Vec<Arc<dyn TableSource>>,
    next_table: usize,
}

impl Lowering {
    /// Prepares lowering for one query.
    #[must_use]
    pub fn new(context: &QueryContext, tables: Vec<Arc<dyn TableSource>>) -> Self {
        let scalars = quarry_functions::scalar_functions(context);
        let aggregates = quarry_functions::aggregate_functions();
        Self {
            scalars: scalars.into_iter().map(|function| (function.name().to_owned(), function)).collect(),
            aggregates: aggregates
                .into_iter()
                .map(|function| (function.name().to_owned(), function))
                .collect(),
            windows: quarry_functions::window_functions()
                .into_iter()
                .map(|function| (function.name().to_owned(), function))
                .collect(),
            config: Arc::default(),
            tables,
            next_table: 0,
        }
    }

    /// Lowers a whole plan.
    ///
    /// # Errors
    /// If the plan names a function or column that does not exist, or types do not fit: a defect of
    /// the language that made the plan.
    pub fn lower(mut self, root: &quarry_plan::Node) -> datafusion::error::Result<LogicalPlan> {
        self.node(root)
    }
}
