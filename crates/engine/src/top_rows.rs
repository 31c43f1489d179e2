//! The first rows of several parts, by all keys.
//!
//! A key that is one constant in each part (which part it is) is left out of the parts' own sorts. Where these keep the
//! first rows only, they share what the worst of those is, over all parts: without that key, rows of one part push out
//! rows of another that come before them. So each part sorts by all keys again.

use std::sync::Arc;

use datafusion::{
    common::{
        config::ConfigOptions,
        internal_err,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    physical_expr::{LexOrdering, PhysicalExpr, PhysicalSortExpr, expressions::Column},
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{
        ExecutionPlan,
        projection::ProjectionExec,
        sorts::{sort::SortExec, sort_preserving_merge::SortPreservingMergeExec},
    },
};

/// Gives sorts of parts the keys by which they are merged.
#[derive(Debug)]
pub(crate) struct TopRows;

impl PhysicalOptimizerRule for TopRows {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_down(|node| {
            Ok(match with_all_keys(&node) {
                Some(merged) => Transformed::yes(merged),
                None => Transformed::no(node),
            })
        })
        .map(|changed| changed.data)
    }

    fn name(&self) -> &str {
        "TopRows"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn with_all_keys(node: &Arc<dyn ExecutionPlan>) -> Option<Arc<dyn ExecutionPlan>> {
    let merge = node.downcast_ref::<SortPreservingMergeExec>()?;
    let input = sorted_by(merge.input(), merge.expr())?;
    Some(Arc::new(SortPreservingMergeExec::new(merge.expr().clone(), input).with_fetch(merge.fetch())))
}

/// The parts, sorted by all keys; none if they are already, or keep all rows. Columns may be computed between the sorts and
/// the merge: the keys are what they are computed from.
fn sorted_by(parts: &Arc<dyn ExecutionPlan>, keys: &LexOrdering) -> Option<Arc<dyn ExecutionPlan>> {
    if let Some(projection) = parts.downcast_ref::<ProjectionExec>() {
        let below = keys.iter().map(|key| {
            let expression = below(&key.expr, projection)?;
            Some(PhysicalSortExpr { expr: expression, options: key.options })
        });
        let below: Option<Vec<PhysicalSortExpr>> = below.collect();
        let input = sorted_by(projection.input(), &LexOrdering::new(below?)?)?;
        let made = ProjectionExec::try_new(projection.expr().to_vec(), input).ok()?;
        return Some(Arc::new(made));
    }
    let sort = parts.downcast_ref::<SortExec>()?;
    if sort.fetch().is_none() || sort.expr() == keys {
        return None;
    }
    let whole = SortExec::new(keys.clone(), Arc::clone(sort.input()))
        .with_fetch(sort.fetch())
        .with_preserve_partitioning(sort.preserve_partitioning());
    Some(Arc::new(whole))
}

/// An expression over a projection's columns as one over its input's.
fn below(expression: &Arc<dyn PhysicalExpr>, projection: &ProjectionExec) -> Option<Arc<dyn PhysicalExpr>> {
    let replaced = Arc::clone(expression).transform_up(|part| {
        let Some(column) = part.downcast_ref::<Column>() else { return Ok(Transformed::no(part)) };
        match projection.expr().get(column.index()) {
            Some(made) => Ok(Transformed::yes(Arc::clone(&made.expr))),
            None => internal_err!("a sort key is no column of its input"),
        }
    });
    replaced.ok().map(|replaced| replaced.data)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use arrow::datatypes::{DataType, Field, Schema};
    use datafusion::physical_plan::{displayable, empty::EmptyExec, expressions::col};

    use super::*;

    /// Parts sorted by one key, of which a computed column and the merge see two.
    fn merged(fetch: Option<usize>) -> Arc<dyn ExecutionPlan> {
        let field = |name: &str| Field::new(name, DataType::Int64, true);
        let schema = Arc::new(Schema::new(vec![field("part"), field("time")]));
        let keys = |names: &[&str], schema: &Schema| {
            let keys = names.iter().map(|name| PhysicalSortExpr::new_default(col(name, schema).unwrap()));
            LexOrdering::new(keys).unwrap()
        };
        let input = Arc::new(EmptyExec::new(Arc::clone(&schema)).with_partitions(2));
        let sort =
            SortExec::new(keys(&["time"], &schema), input).with_fetch(fetch).with_preserve_partitioning(true);
        let made =
            [("when", "time"), ("of", "part")].map(|(name, of)| (col(of, &schema).unwrap(), name.to_owned()));
        let projection = ProjectionExec::try_new(made, Arc::new(sort)).unwrap();
        let keys = keys(&["of", "when"], &projection.schema());
        Arc::new(SortPreservingMergeExec::new(keys, Arc::new(projection)).with_fetch(fetch))
    }

    fn optimized(plan: Arc<dyn ExecutionPlan>) -> String {
        let plan = TopRows.optimize(plan, &ConfigOptions::new()).unwrap();
        displayable(plan.as_ref()).indent(false).to_string()
    }

    #[test]
    fn parts_behind_a_projection_are_sorted_by_all_keys_too() {
        let plan = optimized(merged(Some(3)));
        assert!(plan.contains("fetch=3), expr=[part@0 ASC, time@1 ASC]"), "{plan}");
    }

    #[test]
    fn sorts_that_keep_all_rows_stay() {
        let plan = optimized(merged(None));
        assert!(plan.contains("expr=[time@1 ASC]"), "{plan}");
    }
}
