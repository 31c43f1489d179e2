//! Our operators of a physical plan as plain data: all others are DataFusion's, which says how those are written down.

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

use super::{shared::SharedExec, source::LogSource, table::file};

#[derive(Serialize, Deserialize)]
enum Written {
    Scan(Box<WrittenScan>),
    /// A reading of the shared plan of this name, which is its input.
    Shared(String),
}

#[derive(Serialize, Deserialize)]
struct WrittenScan {
    source: usize,
    spec: ScanSpec,
    strict: bool,
    /// The objects of each partition.
    groups: Vec<Vec<WrittenLocation>>,
    limit: Option<usize>,
    batch_size: Option<usize>,
}

/// An operator of ours as bytes, without its inputs; none for another one.
///
/// # Errors
/// If it reads standard input, which no other process has.
pub fn write_operator(plan: &dyn ExecutionPlan) -> Option<Result<Vec<u8>>> {
    let written = match plan.downcast_ref::<SharedExec>() {
        Some(shared) => Ok(Written::Shared(shared.name.clone())),
        None => write_scan(plan)?.map(|scan| Written::Scan(Box::new(scan))),
    };
    Some(written.and_then(|written| serde_json::to_vec(&written).map_err(unusable)))
}

/// The operator that [`write_operator`] wrote, over its inputs. What its scan meets goes to `report`.
///
/// # Errors
/// If the bytes are none of an operator, or a bucket cannot be opened.
pub fn read_operator(
    bytes: &[u8],
    inputs: &[Arc<dyn ExecutionPlan>],
    report: &Arc<ScanReport>,
) -> Result<Arc<dyn ExecutionPlan>> {
    match (serde_json::from_slice(bytes).map_err(unusable)?, inputs) {
        (Written::Scan(scan), []) => read_scan(*scan, report),
        (Written::Shared(name), [input]) => Ok(Arc::new(SharedExec { name, input: Arc::clone(input) })),
        _ => Err(DataFusionError::Plan("an operator was written with other inputs".to_owned())),
    }
}

fn write_scan(plan: &dyn ExecutionPlan) -> Option<Result<WrittenScan>> {
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
    Some(groups.collect::<Result<Vec<_>>>().map(|groups| WrittenScan {
        source: source.index,
        spec: source.plan.spec(),
        strict: source.strict,
        groups,
        limit: config.limit,
        batch_size: config.batch_size,
    }))
}

fn read_scan(written: WrittenScan, report: &Arc<ScanReport>) -> Result<Arc<dyn ExecutionPlan>> {
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
    DataFusionError::Plan(format!("an operator cannot be written down or read: {error}"))
}
