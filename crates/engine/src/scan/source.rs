//! The file source: opens one log object after another and yields record batches.

use std::{ops::ControlFlow, sync::Arc};

use arrow::record_batch::RecordBatch;
use datafusion::{
    common::tree_node::TreeNodeRecursion,
    datasource::{
        listing::PartitionedFile,
        physical_plan::{FileOpenFuture, FileOpener, FileScanConfig, FileSource},
        table_schema::TableSchema,
    },
    error::{DataFusionError, Result},
    physical_plan::{PhysicalExpr, metrics::ExecutionPlanMetricsSet},
};
use futures::{StreamExt, stream};
use object_store::ObjectStore;
use quarry_logs::{Location, ReadError, ScanPlan, ScanReport};
use tokio::sync::mpsc;

/// How many batches may wait between the reader and the rest of the query.
const BATCHES_AHEAD: usize = 2;

/// The reader of one scan.
#[derive(Clone)]
pub struct LogSource {
    /// Which source of the plan it reads for, as [`crate::bind`] counts them.
    pub index: usize,
    pub schema: TableSchema,
    pub plan: Arc<ScanPlan>,
    pub report: Arc<ScanReport>,
    /// Whether the first bad record ends the scan with an error.
    pub strict: bool,
    pub metrics: ExecutionPlanMetricsSet,
}

impl FileSource for LogSource {
    fn create_file_opener(
        &self,
        _object_store: Arc<dyn ObjectStore>,
        _base_config: &FileScanConfig,
        _partition: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        let (plan, report) = (Arc::clone(&self.plan), Arc::clone(&self.report));
        Ok(Arc::new(LogOpener { plan, report, strict: self.strict }))
    }

    fn table_schema(&self) -> &TableSchema {
        &self.schema
    }

    fn with_batch_size(&self, _batch_size: usize) -> Arc<dyn FileSource> {
        Arc::new(self.clone())
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        &self.metrics
    }

    fn file_type(&self) -> &'static str {
        "log"
    }

    /// A compressed object cannot be entered in the middle, and an object may be one JSON document.
    fn supports_repartitioning(&self) -> bool {
        false
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }
}

struct LogOpener {
    plan: Arc<ScanPlan>,
    report: Arc<ScanReport>,
    strict: bool,
}

impl FileOpener for LogOpener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        if file.range.is_some() {
            return Err(DataFusionError::Internal("a log object cannot be read in part".to_owned()));
        }
        let object = file
            .extensions
            .get::<Location>()
            .ok_or_else(|| DataFusionError::Internal("a file of the scan has no log object".to_owned()))?
            .clone();
        let (plan, report, strict) = (Arc::clone(&self.plan), Arc::clone(&self.report), self.strict);
        // The object is opened when its first batch is asked for, not when the one before it is
        // still being read: else two objects a thread would be inflated at once.
        let batches = stream::once(async move { read(object, plan, report, strict) }).flatten();
        Ok(Box::pin(async move { Ok(batches.boxed()) }))
    }
}

/// Reads one object on a blocking thread; at most [`BATCHES_AHEAD`] batches wait.
fn read(
    object: Location,
    plan: Arc<ScanPlan>,
    report: Arc<ScanReport>,
    strict: bool,
) -> impl futures::Stream<Item = Result<RecordBatch>> {
    let (sender, receiver) = mpsc::channel::<Result<RecordBatch>>(BATCHES_AHEAD);
    tokio::spawn(async move {
        let input = match object.open().await {
            Ok(input) => input,
            Err(error) => {
                if let Err(error) = not_read(error, &object.name, &report, strict) {
                    let _ = sender.send(Err(error)).await;
                }
                return;
            }
        };
        let task = tokio::task::spawn_blocking(move || {
            let mut emit = |batch: RecordBatch| match sender.blocking_send(Ok(batch)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            };
            let outcome = quarry_logs::read_object(&plan, &object.name, input, &report, &mut emit);
            let outcome = match outcome {
                Ok(()) if strict => first_bad(&report),
                Ok(()) => Ok(()),
                Err(error) => not_read(error, &object.name, &report, strict),
            };
            if let Err(error) = outcome {
                let _ = sender.blocking_send(Err(error));
            }
        });
        // A panic in the reader would otherwise look like the end of the object.
        if let Err(error) = task.await
            && error.is_panic()
        {
            std::panic::resume_unwind(error.into_panic());
        }
    });
    stream::unfold(
        receiver,
        |mut receiver| async move { receiver.recv().await.map(|batch| (batch, receiver)) },
    )
}

/// Notes an object that could not be read, which is an error only where all must be read.
fn not_read(error: ReadError, object: &str, report: &ScanReport, strict: bool) -> Result<()> {
    match error {
        ReadError::Io { error, .. } if !strict => {
            report.unread().add(object, &error.to_string());
            Ok(())
        }
        error => Err(external(error)),
    }
}

/// An error for the first bad record, if there is one.
fn first_bad(report: &ScanReport) -> Result<()> {
    match report.snapshot().bad_records.first() {
        Some(bad) => {
            let message = format!("bad record in `{}` at byte {}: {}", bad.object, bad.offset, bad.reason);
            Err(external(std::io::Error::other(message)))
        }
        None => Ok(()),
    }
}

fn external(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
