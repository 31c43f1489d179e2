//! A scan as plain data: the only operator of a physical plan that is ours, so the only one that says how it is
//! written down.

use std::sync::Arc;

use datafusion::{
    datasource::{
        object_store::ObjectStoreUrl,
        physical_plan::{FileScanConfig, FileScanConfigBuilder},
        source::DataSourceExec,
        table_schema::TableSchema,
    },
    error::{DataFusionError, Result},
    physical_plan::{ExecutionPlan, metrics::ExecutionPlanMetricsSet},
};
use quarry_logs::{Location, ScanPlan, ScanReport, ScanSpec, WrittenLocation, read_locations};
use serde::{Deserialize, Serialize};

use super::{source::LogSource, table::file};

#[derive(Serialize, Deserialize)]
struct Written {
    source: usize,
    spec: ScanSpec,
    strict: bool,
    /// The objects of each partition.
    groups: Vec<Vec<WrittenLocation>>,
    limit: Option<usize>,
    batch_size: Option<usize>,
}

/// A scan of logs as bytes; none for another operator.
///
/// # Errors
/// If it reads standard input, which no other process has.
pub fn write_scan(plan: &dyn ExecutionPlan) -> Option<Result<Vec<u8>>> {
    let config = plan.downcast_ref::<DataSourceExec>()?.data_source().downcast_ref::<FileScanConfig>()?;
    let source = config.file_source().downcast_ref::<LogSource>()?;
    let location = |location: &Location| {
        let missing = || DataFusionError::Plan(format!("`{}` is in this process only", location.name));
        location.written().ok_or_else(missing)
    };
    let groups = config.file_groups.iter().map(|group| {
        let objects = group.files().iter().filter_map(|file| file.extensions.get::<Location>());
        objects.map(location).collect::<Result<Vec<_>>>()
    });
    let written = groups.collect::<Result<Vec<_>>>().map(|groups| Written {
        source: source.index,
        spec: source.plan.spec(),
        strict: source.strict,
        groups,
        limit: config.limit,
        batch_size: config.batch_size,
    });
    Some(written.and_then(|written| serde_json::to_vec(&written).map_err(unusable)))
}

/// The scan that [`write_scan`] wrote, compiled. What it meets goes to `report`.
///
/// # Errors
/// If the bytes are none of a scan, or a bucket cannot be opened.
pub fn read_scan(bytes: &[u8], report: &Arc<ScanReport>) -> Result<Arc<dyn ExecutionPlan>> {
    let written: Written = serde_json::from_slice(bytes).map_err(unusable)?;
    let objects = read_locations(written.groups).map_err(DataFusionError::Plan)?;
    let plan = Arc::new(ScanPlan::new(written.spec));
    let source = LogSource {
        index: written.source,
        schema: TableSchema::from(plan.schema()),
        plan,
        report: Arc::clone(report),
        strict: written.strict,
        metrics: ExecutionPlanMetricsSet::new(),
    };
    let mut number = 0;
    let mut next = |object: &Location| {
        number += 1;
        file(number, object)
    };
    let groups = objects.iter().map(|group| group.iter().map(&mut next).collect::<Vec<_>>().into()).collect();
    let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
        .with_file_groups(groups)
        .with_limit(written.limit)
        .with_batch_size(written.batch_size)
        .build();
    Ok(DataSourceExec::from_data_source(config))
}

fn unusable(error: serde_json::Error) -> DataFusionError {
    DataFusionError::Plan(format!("a scan cannot be written down or read: {error}"))
}
