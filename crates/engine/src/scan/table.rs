//! A table over log objects.

use std::{fmt, sync::Arc};

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    datasource::{
        TableType,
        listing::PartitionedFile,
        object_store::ObjectStoreUrl,
        physical_plan::{FileGroup, FileScanConfigBuilder},
        source::DataSourceExec,
        table_schema::TableSchema,
    },
    error::Result,
    logical_expr::Expr,
    physical_plan::{ExecutionPlan, metrics::ExecutionPlanMetricsSet},
};
use quarry_logs::{Limits, Location, ScanPlan, ScanReport, ScanSpec};
use quarry_views::LogFormats;

use super::source::LogSource;
use crate::binding::BoundSource;

/// One source of a plan over a list of log objects.
///
/// The objects are dealt out to as many groups as the session has partitions, each read by one
/// thread; an object is never split. Only the columns that the optimiser leaves are extracted.
pub struct LogTable {
    index: usize,
    bound: BoundSource,
    formats: Arc<LogFormats>,
    objects: Arc<Vec<Location>>,
    limits: Limits,
    strict: bool,
    report: Arc<ScanReport>,
    schema: SchemaRef,
}

impl LogTable {
    /// A table of what the source at `index` asks of objects.
    #[must_use]
    pub fn new(
        (index, bound): (usize, BoundSource),
        formats: Arc<LogFormats>,
        objects: Arc<Vec<Location>>,
        limits: Limits,
        strict: bool,
        report: Arc<ScanReport>,
    ) -> Self {
        let schema = plan(&bound, &formats, &limits, None).schema();
        Self { index, bound, formats, objects, limits, strict, report, schema }
    }
}

fn plan(
    bound: &BoundSource,
    formats: &Arc<LogFormats>,
    limits: &Limits,
    projection: Option<&Vec<usize>>,
) -> ScanPlan {
    let columns = match projection {
        Some(indices) => indices.iter().filter_map(|index| bound.columns.get(*index).cloned()).collect(),
        None => bound.columns.clone(),
    };
    ScanPlan::new(ScanSpec {
        formats: Arc::clone(formats),
        columns,
        needs: bound.needs.clone(),
        null_is_text: bound.null_is_text.clone(),
        time_range: bound.time_range,
        limits: *limits,
    })
}

impl fmt::Debug for LogTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LogTable").field("objects", &self.objects.len()).finish_non_exhaustive()
    }
}

#[async_trait]
impl TableProvider for LogTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = Arc::new(plan(&self.bound, &self.formats, &self.limits, projection));
        let source = LogSource {
            index: self.index,
            schema: TableSchema::from(plan.schema()),
            plan,
            report: Arc::clone(&self.report),
            strict: self.strict,
            metrics: ExecutionPlanMetricsSet::new(),
        };
        let groups = deal(&self.objects, state.config().target_partitions());
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(groups)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

/// How long an object takes to read, for dealing out: its size, or nothing much where that is unknown.
fn weight(object: &Location) -> u64 {
    object.size.unwrap_or(0).max(1)
}

/// Deals objects out to at most so many groups.
fn deal(objects: &[Location], groups: usize) -> Vec<FileGroup> {
    deal_to(objects, groups.max(1).min(objects.len().max(1)))
}

/// Deals objects out so that groups weigh about the same, largest first.
pub fn deal_to(objects: &[Location], groups: usize) -> Vec<FileGroup> {
    let mut order: Vec<usize> = (0..objects.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(weight(&objects[*index])));
    let mut dealt: Vec<(u64, Vec<usize>)> = vec![(0, Vec::new()); groups];
    for index in order {
        if let Some(lightest) = dealt.iter_mut().min_by_key(|(weight, _)| *weight) {
            lightest.0 += weight(&objects[index]);
            lightest.1.push(index);
        }
    }
    dealt
        .into_iter()
        .map(|(_, mut indices)| {
            // In listing order within a group, as the disk likes it.
            indices.sort_unstable();
            FileGroup::new(indices.into_iter().map(|index| file(index, &objects[index])).collect())
        })
        .collect()
}

/// An object as the engine's scan carries it.
pub fn file(number: usize, object: &Location) -> PartitionedFile {
    PartitionedFile::new(format!("{number}"), weight(object)).with_extension(object.clone())
}
