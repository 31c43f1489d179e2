//! From the waist to a DataFusion logical plan.

mod aggregate;
mod compiled;
mod expression;
mod for_each;
mod functions;
mod lookup;
mod operator;
mod program;
mod written;

use std::{collections::HashMap, sync::Arc};

pub(crate) use aggregate::FIRST_ROW;
use datafusion::logical_expr::{LogicalPlan, TableSource};
pub use functions::Functions;
use functions::OfExpressions;

/// What lowering needs to know: functions by name and the table each source became.
pub struct Lowering {
    functions: Arc<Functions>,
    of_expressions: OfExpressions,
    /// The scans of the plan, in the order in which a walk (inputs first, left to right) meets them.
    tables: Vec<Arc<dyn TableSource>>,
    next_table: usize,
    /// The shared plans above, by name.
    shared: HashMap<String, Arc<dyn TableSource>>,
    references: usize,
}

impl Lowering {
    /// Prepares lowering for one query.
    #[must_use]
    pub fn new(functions: &Arc<Functions>, tables: Vec<Arc<dyn TableSource>>) -> Self {
        let of_expressions = OfExpressions::new(functions);
        let functions = Arc::clone(functions);
        Self { functions, of_expressions, tables, next_table: 0, shared: HashMap::new(), references: 0 }
    }

    /// Lowers a whole plan, which must be settled ([`Functions::settle`]).
    ///
    /// # Errors
    /// If the plan names a function or column that does not exist, or types do not fit: a defect of
    /// the language that made the plan.
    pub fn lower(mut self, root: &quarry_plan::Node) -> datafusion::error::Result<LogicalPlan> {
        self.node(root)
    }
}
