//! A physical plan over other objects and times than it was made for.

use std::sync::Arc;

use datafusion::{
    common::tree_node::{Transformed, TransformedResult, TreeNode},
    datasource::{
        physical_plan::{FileScanConfig, FileScanConfigBuilder},
        source::DataSourceExec,
    },
    error::Result,
    physical_plan::{ExecutionPlan, metrics::ExecutionPlanMetricsSet},
};
use quarry_logs::{Location, ScanReport};

use super::{source::LogSource, table::deal_to};

/// What the scans of a plan are to read.
pub struct Inputs<'a> {
    /// Time range of each source, as [`crate::bind`] counts them, in microseconds, the end exclusive.
    pub times: &'a [(Option<i64>, Option<i64>)],
    /// The objects.
    pub objects: &'a [Location],
    /// Counts what is read.
    pub report: &'a Arc<ScanReport>,
}

/// A copy of a plan that reads `inputs`. It has its own state, so that copies may run at the same time.
pub fn over(plan: &Arc<dyn ExecutionPlan>, inputs: &Inputs<'_>) -> Result<Arc<dyn ExecutionPlan>> {
    let renewed = Arc::clone(plan).transform_up(|node| {
        let scan = node.downcast_ref::<DataSourceExec>().and_then(|scan| scan_over(scan, inputs));
        Ok(Transformed::yes(match scan {
            Some(scan) => scan,
            None => node.reset_state()?,
        }))
    });
    renewed.data()
}

/// The scan over the inputs; none if it does not read logs.
fn scan_over(scan: &DataSourceExec, inputs: &Inputs<'_>) -> Option<Arc<dyn ExecutionPlan>> {
    let config = scan.data_source().downcast_ref::<FileScanConfig>()?;
    let source = config.file_source().downcast_ref::<LogSource>()?;
    let times = inputs.times.get(source.index).copied()?;
    let source = LogSource {
        plan: Arc::new(source.plan.within(times)),
        report: Arc::clone(inputs.report),
        metrics: ExecutionPlanMetricsSet::new(),
        ..source.clone()
    };
    let groups = deal_to(inputs.objects, config.file_groups.len());
    let config = FileScanConfigBuilder::from(config.clone())
        .with_source(Arc::new(source))
        .with_file_groups(groups)
        .build();
    Some(DataSourceExec::from_data_source(config))
}
