//! Running plans.

use std::sync::Arc;

use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use datafusion::{
    catalog::TableProvider,
    datasource::provider_as_source,
    execution::{
        SendableRecordBatchStream, SessionStateBuilder, TaskContext,
        disk_manager::DiskManagerBuilder,
        memory_pool::{FairSpillPool, MemoryConsumer, MemoryPool},
        runtime_env::RuntimeEnvBuilder,
    },
    optimizer::{Optimizer, OptimizerRule},
    physical_optimizer::{PhysicalOptimizerRule, optimizer::PhysicalOptimizer},
    physical_plan::{ExecutionPlan, displayable, execute_stream},
    prelude::{SessionConfig, SessionContext},
};
use futures::StreamExt;
use quarry_functions::{Bounds, Places};
use quarry_logs::{Limits, Location, ScanReport, Unread};
use quarry_plan::{Node, Rows, Value, WriteOut};
use quarry_views::Catalog;

use crate::{
    EngineError, bind,
    error::{COLLECTED_ROWS, HELD_ROWS},
    lower::{Functions, Lowering},
    prune, push_paths, raise_sorts, rows_of,
    scan::{Inputs, LogTable, SharedRows, over},
    time_ranges,
    top_rows::TopRows,
};

/// Operators hand on batches of a row for each so many bytes of memory, within bounds: what sorts and merges must hold
/// of wide rows at once, a batch of each run, has to fit.
const ROW_SHARE: usize = 128 << 10;
const FEWEST_ROWS: usize = 256;
const MOST_ROWS: usize = 8192;
/// The reader's batches hold at most this part of the memory.
const BATCH_SHARE: usize = 64;
const LEAST_BATCH: usize = 256 << 10;

/// A sort keeps this part of a thread's memory free for merging.
const MERGE_SHARE: usize = 32;
const MOST_OF_MERGE: usize = 10 << 20;
/// The values of one function over one batch may hold at least and at most so many bytes, whatever the memory is.
const LEAST_OF_VALUES: usize = 16 << 20;
const MOST_OF_VALUES: usize = 1 << 30;
/// At most so many spilled runs are merged at once. Without a bound a merge holds all memory there is, until its last
/// row is out, and the next sort of the same query has nothing left.
const FAN_IN: usize = 4;

/// How to run.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Threads that read and compute.
    pub threads: usize,
    /// Bytes that sorts and aggregations may hold before they spill to disk.
    pub memory: usize,
    /// Bounds on what a record may be.
    pub limits: Limits,
    /// Whether the first bad record ends a query with an error.
    pub strict: bool,
}

/// Runs plans over log objects; a copy shares the memory pool.
#[derive(Clone)]
pub struct Session {
    catalog: Arc<Catalog>,
    context: SessionContext,
    limits: Limits,
    strict: bool,
    functions: Arc<Functions>,
    bounds: Arc<Bounds>,
    unread: Unread,
}

/// A plan at work.
pub struct Execution {
    stream: SendableRecordBatchStream,
    /// What the reader met so far.
    pub report: Arc<ScanReport>,
    physical: Arc<dyn ExecutionPlan>,
    memory: Arc<dyn MemoryPool>,
}

/// A plan made ready once, to be run often over various objects and times.
pub struct Prepared {
    physical: Arc<dyn ExecutionPlan>,
    sources: usize,
}

impl Session {
    /// A session over a catalog of views.
    ///
    /// # Errors
    /// If the runtime cannot be made (no temporary folder, for instance).
    pub fn new(catalog: Arc<Catalog>, options: &SessionOptions) -> Result<Self, EngineError> {
        let config = SessionConfig::new()
            .with_target_partitions(options.threads.max(1))
            .with_batch_size((options.memory / ROW_SHARE).clamp(FEWEST_ROWS, MOST_ROWS))
            .with_sort_spill_reservation_bytes(most_of_merge(options))
            .with_information_schema(false)
            .set_bool("datafusion.optimizer.prefer_hash_join", true)
            .set_bool("datafusion.sql_parser.enable_ident_normalization", false);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(options.memory)))
            .with_disk_manager_builder(DiskManagerBuilder::default().with_max_spill_merge_fan_in(FAN_IN))
            .build_arc()?;
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(runtime)
            .with_default_features()
            .with_optimizer_rules(optimizer_rules())
            .with_physical_optimizer_rules(physical_rules())
            .build();
        let context = SessionContext::new_with_state(state);
        let most = (options.memory / BATCH_SHARE).max(LEAST_BATCH);
        let limits = Limits { batch_bytes: options.limits.batch_bytes.min(most), ..options.limits };
        let bounds = Arc::new(Bounds::new(most_of_values(options)));
        let functions = Arc::new(Functions::new(None, &bounds));
        functions.register(&context);
        let (strict, unread) = (options.strict, Unread::default());
        Ok(Self { catalog, context, limits, strict, functions, bounds, unread })
    }

    /// The same session over another catalog.
    #[must_use]
    pub fn with_catalog(&self, catalog: Arc<Catalog>) -> Self {
        Self {
            catalog,
            context: self.context.clone(),
            limits: self.limits,
            strict: self.strict,
            functions: Arc::clone(&self.functions),
            bounds: Arc::clone(&self.bounds),
            unread: self.unread.clone(),
        }
    }

    /// How many values a regular expression gave up on, in all runs so far, and how the function that did first is
    /// written: they count as not matching.
    #[must_use]
    pub fn given_up(&self) -> Option<(u64, &'static str)> {
        self.bounds.given_up()
    }

    /// Whether there is a database of places.
    #[must_use]
    pub fn has_places(&self) -> bool {
        self.functions.has_places()
    }

    /// The session with a database that says where addresses are.
    #[must_use]
    pub fn with_places(mut self, places: Option<Places>) -> Self {
        if places.is_some() {
            self.functions = Arc::new(Functions::new(places, &self.bounds));
            self.functions.register(&self.context);
        }
        self
    }

    /// The session with a list of what of its logs cannot be read, to which its runs add.
    #[must_use]
    pub fn with_unread(self, unread: Unread) -> Self {
        Self { unread, ..self }
    }

    /// What could not be read in any run of the session.
    #[must_use]
    pub fn unread(&self) -> &Unread {
        &self.unread
    }

    /// An empty report for a run.
    #[must_use]
    pub fn new_report(&self) -> Arc<ScanReport> {
        Arc::new(ScanReport::sharing(&self.catalog.formats, self.unread.clone()))
    }

    /// Starts a plan over objects; `now` is in microseconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// If the plan does not bind or lower.
    pub async fn run(
        &self,
        plan: &Node,
        objects: Arc<Vec<Location>>,
        now: i64,
        report: Arc<ScanReport>,
    ) -> Result<Execution, EngineError> {
        let (physical, _) = self.physical(plan, objects, now, &report).await?;
        self.execute(physical, report)
    }

    /// Makes a plan ready to be run often. It must not ask for the present moment
    /// ([`quarry_functions::depends_on_now`]), which is settled here.
    ///
    /// # Errors
    /// If the plan does not bind or lower.
    pub async fn prepare(&self, plan: &Node) -> Result<Prepared, EngineError> {
        let report = self.new_report();
        let (physical, sources) = self.physical(plan, Arc::default(), 0, &report).await?;
        Ok(Prepared { physical, sources })
    }

    /// Starts a plan that was made ready, with the time ranges of `settled`: the same plan with its times.
    ///
    /// # Errors
    /// If `settled` is another plan, or the run does not start.
    pub fn run_prepared(
        &self,
        prepared: &Prepared,
        settled: &Node,
        objects: &[Location],
        now: i64,
        report: Arc<ScanReport>,
    ) -> Result<Execution, EngineError> {
        let times = time_ranges(&settled.clone().written_out(WriteOut::ReadOnce), now);
        if times.len() != prepared.sources {
            return Err(EngineError::other_plan());
        }
        let physical = over(&prepared.physical, &Inputs { times: &times, objects, report: &report })?;
        self.execute(physical, report)
    }

    /// The physical plan and how many sources it reads.
    async fn physical(
        &self,
        plan: &Node,
        objects: Arc<Vec<Location>>,
        now: i64,
        report: &Arc<ScanReport>,
    ) -> Result<(Arc<dyn ExecutionPlan>, usize), EngineError> {
        let plan = plan.clone().written_out(WriteOut::ReadOnce);
        let mut plan = prune(raise_sorts(push_paths(plan, &self.catalog)));
        let formats = Arc::new(self.catalog.formats.clone());
        let tables: Vec<_> = bind(&plan, &self.catalog, now)?
            .into_iter()
            .enumerate()
            .map(|bound| {
                let (formats, objects) = (Arc::clone(&formats), Arc::clone(&objects));
                let table =
                    LogTable::new(bound, formats, objects, self.limits, self.strict, Arc::clone(report));
                provider_as_source(Arc::new(table) as Arc<dyn TableProvider>)
            })
            .collect();
        let sources = tables.len();
        self.functions.settle(&mut plan, now);
        let logical = Lowering::new(&self.functions, tables).lower(&plan)?;
        Ok((self.context.state().create_physical_plan(&logical).await?, sources))
    }

    /// The physical plan of a query over objects, to be written down: all of it is built-in operators, functions by
    /// name and [`crate::write_operator`].
    ///
    /// # Errors
    /// If the plan does not bind or lower.
    pub async fn physical_plan(
        &self,
        plan: &Node,
        objects: Arc<Vec<Location>>,
        now: i64,
    ) -> Result<Arc<dyn ExecutionPlan>, EngineError> {
        Ok(self.physical(plan, objects, now, &self.new_report()).await?.0)
    }

    /// What reading a physical plan needs: functions by name.
    #[must_use]
    pub fn task_context(&self) -> Arc<TaskContext> {
        self.context.task_ctx()
    }

    /// Starts a physical plan, such as one that was read; its scans count to `report`.
    ///
    /// # Errors
    /// If it does not start.
    pub fn execute(
        &self,
        physical: Arc<dyn ExecutionPlan>,
        report: Arc<ScanReport>,
    ) -> Result<Execution, EngineError> {
        let task = TaskContext::from(&*self.context.state_ref().read());
        let config = task.session_config().clone().with_extension(Arc::new(SharedRows::default()));
        let task = Arc::new(task.with_session_config(config));
        let memory = Arc::clone(task.memory_pool());
        let stream = execute_stream(Arc::clone(&physical), task)?;
        Ok(Execution { stream, report, physical, memory })
    }
}

/// What the values of one function over one batch may hold: all memory, and never more than a column of texts can.
fn most_of_values(options: &SessionOptions) -> usize {
    options.memory.clamp(LEAST_OF_VALUES, MOST_OF_VALUES)
}

/// What each sort keeps free for merging what it spilled, a small part of its share: all of it would leave nothing to
/// sort in where memory is scarce.
fn most_of_merge(options: &SessionOptions) -> usize {
    (options.memory / (MERGE_SHARE * options.threads.max(1))).clamp(LEAST_BATCH, MOST_OF_MERGE)
}

/// What a value holds, with what it is kept in.
fn size_of_value(value: &Value) -> usize {
    let text = |text: &String| size_of::<String>() + text.len();
    size_of::<Value>()
        + match value {
            Value::Text(text) => text.len(),
            Value::TextList(texts) => texts.iter().map(text).sum(),
            _ => 0,
        }
}

/// The logical rules without those that push a filter through computed columns: each step would
/// write the column's expression out again, which doubles with every `eval` that names a field
/// twice. The reader has its pre-filter already ([`quarry_plan::necessary`]).
fn optimizer_rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    Optimizer::new().rules.into_iter().filter(|rule| rule.name() != "push_down_filter").collect()
}

/// The physical rules without filter push-down, for the same reason.
fn physical_rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let all = PhysicalOptimizer::new().rules.into_iter();
    let kept = all.filter(|rule| !rule.name().starts_with("FilterPushdown"));
    kept.chain([Arc::new(TopRows) as Arc<dyn PhysicalOptimizerRule + Send + Sync>]).collect()
}

/// What a plan and its inputs have put on disk.
fn spilled(plan: &Arc<dyn ExecutionPlan>) -> u64 {
    let own = plan.metrics().and_then(|metrics| metrics.spilled_bytes()).unwrap_or_default();
    own as u64 + plan.children().into_iter().map(spilled).sum::<u64>()
}

impl Execution {
    /// The columns of the rows.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        self.stream.schema()
    }

    /// The physical plan, for `--explain`.
    #[must_use]
    pub fn physical_plan(&self) -> String {
        displayable(self.physical.as_ref()).indent(false).to_string()
    }

    /// Bytes that sorts and aggregations have put on disk so far.
    #[must_use]
    pub fn spilled(&self) -> u64 {
        spilled(&self.physical)
    }

    /// The next rows, or none at the end.
    ///
    /// # Errors
    /// If reading fails (with `--strict`: at the first bad record) or memory runs out.
    pub async fn next(&mut self) -> Option<Result<RecordBatch, EngineError>> {
        self.stream.next().await.map(|batch| batch.map_err(EngineError::from))
    }

    /// All remaining rows as rows of the waist, which may hold as much memory as is left.
    ///
    /// # Errors
    /// As [`Execution::next`].
    pub async fn rows(mut self) -> Result<Rows, EngineError> {
        let held = MemoryConsumer::new(HELD_ROWS).register(&self.memory);
        let mut rows = rows_of(&self.schema(), &[]);
        while let Some(batch) = self.next().await {
            let more = rows_of(&self.schema(), &[batch?]).rows;
            held.try_grow(more.iter().flatten().map(size_of_value).sum())?;
            rows.rows.extend(more);
        }
        Ok(rows)
    }

    /// All remaining rows, which may hold as much memory as is left.
    ///
    /// # Errors
    /// As [`Execution::next`].
    pub async fn collect(mut self) -> Result<Vec<RecordBatch>, EngineError> {
        let held = MemoryConsumer::new(COLLECTED_ROWS).register(&self.memory);
        let mut batches = Vec::new();
        while let Some(batch) = self.next().await {
            let batch = batch?;
            held.try_grow(size_of_batch(&batch))?;
            batches.push(batch);
        }
        Ok(batches)
    }
}

/// What a batch holds, without what others share with it.
fn size_of_batch(batch: &RecordBatch) -> usize {
    let sizes = batch.columns().iter().map(|column| column.to_data().get_slice_memory_size());
    sizes.map(Result::unwrap_or_default).sum()
}
