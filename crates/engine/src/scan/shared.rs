//! A plan that is computed once a run and read as often as the query says.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use arrow::{array::ArrayRef, datatypes::SchemaRef, record_batch::RecordBatch};
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    common::{internal_datafusion_err, tree_node::TreeNodeRecursion},
    datasource::TableType,
    error::{DataFusionError, Result},
    execution::{
        SendableRecordBatchStream, TaskContext,
        memory_pool::{MemoryConsumer, MemoryReservation},
    },
    logical_expr::{Expr, LogicalPlan},
    physical_expr::{PhysicalExpr, expressions::Column},
    physical_plan::{
        ChildrenPropertiesMode, DisplayAs, DisplayFormatType, Distribution, ExecutionPlan,
        ExecutionPlanProperties, InputDistributionRequirements, PlanProperties, ReplaceChildrenOptions,
        coalesce_partitions::CoalescePartitionsExec, execution_plan::reset_plan_states,
        projection::ProjectionExec, sorts::sort_preserving_merge::SortPreservingMergeExec,
        stream::RecordBatchStreamAdapter,
    },
};
use futures::{
    FutureExt, StreamExt, TryFutureExt,
    future::{BoxFuture, Shared, WeakShared},
    stream,
};
use tokio::sync::OnceCell;

use crate::error::SHARED_ROWS;

/// A shared plan as a table; its rows come in the order that the plan gives them.
pub struct SharedTable {
    name: String,
    plan: LogicalPlan,
    schema: SchemaRef,
    /// Planned when the first reference is.
    physical: OnceCell<Arc<dyn ExecutionPlan>>,
}

impl SharedTable {
    /// The table of a shared plan, whose name no other of the query has.
    #[must_use]
    pub fn new(name: &str, plan: LogicalPlan) -> Self {
        let schema = Arc::clone(plan.schema().inner());
        Self { name: name.to_owned(), plan, schema, physical: OnceCell::new() }
    }

    /// The plan in one partition, in its order.
    async fn planned(&self, state: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
        let input = state.create_physical_plan(&self.plan).await?;
        if input.output_partitioning().partition_count() == 1 {
            return Ok(input);
        }
        Ok(match input.output_ordering().cloned() {
            Some(ordering) => Arc::new(SortPreservingMergeExec::new(ordering, input)),
            None => Arc::new(CoalescePartitionsExec::new(input)),
        })
    }
}

impl fmt::Debug for SharedTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SharedTable").field("name", &self.name).finish_non_exhaustive()
    }
}

#[async_trait]
impl TableProvider for SharedTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let input = self.physical.get_or_try_init(|| self.planned(state)).await?;
        let shared = Arc::new(SharedExec { name: self.name.clone(), input: Arc::clone(input) });
        let Some(projection) = projection else { return Ok(shared) };
        let columns = projection.iter().filter_map(|index| {
            let name = self.schema.fields().get(*index)?.name();
            Some((Arc::new(Column::new(name, *index)) as Arc<dyn PhysicalExpr>, name.clone()))
        });
        Ok(Arc::new(ProjectionExec::try_new(columns.collect::<Vec<_>>(), shared)?))
    }
}

/// One reading of a shared plan. It is its name and its input: the rows belong to the run ([`SharedRows`]).
#[derive(Debug)]
pub struct SharedExec {
    pub name: String,
    pub input: Arc<dyn ExecutionPlan>,
}

impl DisplayAs for SharedExec {
    fn fmt_as(&self, _: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SharedExec: name={}", self.name)
    }
}

impl ExecutionPlan for SharedExec {
    fn name(&self) -> &'static str {
        "SharedExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        InputDistributionRequirements::new(vec![Distribution::SinglePartition])
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let input = children.into_iter().next();
        let input = input.ok_or_else(|| internal_datafusion_err!("a shared plan has an input"))?;
        Ok(Arc::new(Self { name: self.name.clone(), input }))
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, _: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let run = context.session_config().get_extension::<SharedRows>();
        let run = run.ok_or_else(|| internal_datafusion_err!("shared plans are read in a run"))?;
        let rows = run.rows(&self.name, &self.input, &context);
        let stream = rows.map_err(DataFusionError::Shared).map_ok(|kept| {
            let batches = (0..kept.batches.len()).map(move |index| Ok(kept.batches[index].clone()));
            stream::iter(batches)
        });
        let stream = futures::TryStreamExt::try_flatten(stream::once(stream));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), stream)))
    }
}

/// The rows of the shared plans of one run.
#[derive(Default)]
pub struct SharedRows {
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

/// Rows that are kept, and the memory that is set aside for them.
struct Kept {
    batches: Vec<RecordBatch>,
    _held: MemoryReservation,
}

type Outcome = Result<Arc<Kept>, Arc<DataFusionError>>;
type Pending = BoxFuture<'static, Outcome>;

/// What is known of one shared plan. While it is computed only its readers hold on to the work, so that nothing
/// goes on when they are gone; once it is done the run holds the rows.
#[derive(Default)]
struct Slot {
    done: OnceCell<Outcome>,
    pending: Mutex<Option<WeakShared<Pending>>>,
}

impl SharedRows {
    /// The rows of a plan, which the first to ask computes and all who ask wait for.
    fn rows(
        &self,
        name: &str,
        input: &Arc<dyn ExecutionPlan>,
        context: &Arc<TaskContext>,
    ) -> Shared<Pending> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = Arc::clone(slots.entry(name.to_owned()).or_default());
        drop(slots);
        let mut pending = slot.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = pending.as_ref().and_then(WeakShared::upgrade) {
            return running;
        }
        let (filled, input, context) = (Arc::clone(&slot), Arc::clone(input), Arc::clone(context));
        let work = async move {
            let compute = || async { keep(input, context).await.map(Arc::new).map_err(Arc::new) };
            filled.done.get_or_init(compute).await.clone()
        };
        let work = work.boxed().shared();
        *pending = work.downgrade();
        work
    }
}

/// What the rows of a batch hold: it may be a piece of one whose buffers it shares.
fn size(batch: &RecordBatch) -> usize {
    let of = |column: &ArrayRef| column.to_data().get_slice_memory_size();
    batch.columns().iter().map(of).sum::<Result<_, _>>().unwrap_or_else(|_| batch.get_array_memory_size())
}

async fn keep(input: Arc<dyn ExecutionPlan>, context: Arc<TaskContext>) -> Result<Kept> {
    let held = MemoryConsumer::new(SHARED_ROWS).register(context.memory_pool());
    let mut rows = reset_plan_states(input)?.execute(0, context)?;
    let mut batches = Vec::new();
    while let Some(batch) = rows.next().await {
        let batch = batch?;
        held.try_grow(size(&batch))?;
        batches.push(batch);
    }
    Ok(Kept { batches, _held: held })
}
