//! The first rows of several parts, by all keys.
//!
//! A key that is one constant in each part (which part it is) is left out of the parts' own sorts. Where these keep the
//! first rows only, they share what the worst of those is, over all parts: without that key, rows of one part push out
//! rows of another that come before them. So each part sorts by all keys again.

use std::sync::Arc;

use datafusion::{
    common::{
        config::ConfigOptions,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{
        ExecutionPlan,
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
    let sort = merge.input().downcast_ref::<SortExec>()?;
    if sort.fetch().is_none() || sort.expr() == merge.expr() {
        return None;
    }
    let whole = SortExec::new(merge.expr().clone(), Arc::clone(sort.input()))
        .with_fetch(sort.fetch())
        .with_preserve_partitioning(sort.preserve_partitioning());
    Some(Arc::new(
        SortPreservingMergeExec::new(merge.expr().clone(), Arc::new(whole)).with_fetch(merge.fetch()),
    ))
}
