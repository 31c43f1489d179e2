//! Expressions compiled on their own, outside of a plan.

use std::sync::Arc;

use datafusion::{
    common::DFSchema,
    error::Result,
    logical_expr::{
        Expr, execution_props::ExecutionProps, physical_planning_context::PhysicalPlanningContext,
        simplify::SimplifyContext,
    },
    optimizer::simplify_expressions::ExprSimplifier,
    physical_expr::{PhysicalExpr, create_physical_expr},
};

/// The expression, ready to be evaluated over batches of the schema. Some functions exist only as what
/// they are simplified to, so this is no mere matter of speed.
pub(super) fn compile(value: Expr, schema: &DFSchema) -> Result<Arc<dyn PhysicalExpr>> {
    let context = SimplifyContext::builder().with_schema(Arc::new(schema.clone())).build();
    let simplifier = ExprSimplifier::new(context);
    let value = simplifier.simplify(simplifier.coerce(value, schema)?)?;
    create_physical_expr(&value, schema, &ExecutionProps::new(), &PhysicalPlanningContext::default())
}
