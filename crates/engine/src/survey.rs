//! Looking through all logs before a query: their newest event, their fields. One thread an object.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use quarry_logs::{FieldCounts, Location, ObjectInput, ReadError, ScanPlan, ScanReport};
use quarry_views::LogFormats;

use crate::EngineError;

/// The newest event time in the logs, microseconds since 1970-01-01 UTC; none without events. An object that cannot
/// be read is passed over: the run that follows names it.
///
/// # Errors
/// If a thread ends unexpectedly.
pub async fn newest_event_time(
    formats: &Arc<LogFormats>,
    objects: &Arc<Vec<Location>>,
    threads: usize,
) -> Result<Option<i64>, EngineError> {
    let report = Arc::new(ScanReport::new(formats));
    let plan = Arc::new(ScanPlan::counting(Arc::clone(formats)));
    let shared = Arc::clone(&report);
    each_object(objects, &report, threads, move |name, input, (): &mut ()| {
        quarry_logs::read_object(&plan, name, input, &shared, &mut |_| ControlFlow::Continue(()))
    })
    .await?;
    Ok(report.snapshot().newest)
}

/// The fields of all events by log type; what was read on the way, and what could not be, goes to the report.
///
/// # Errors
/// If rows cannot be built.
pub async fn discover_fields(
    formats: &Arc<LogFormats>,
    objects: &Arc<Vec<Location>>,
    report: &Arc<ScanReport>,
    threads: usize,
) -> Result<FieldCounts, EngineError> {
    let (formats, shared) = (Arc::clone(formats), Arc::clone(report));
    let found = each_object(objects, report, threads, move |name, input, counts: &mut FieldCounts| {
        quarry_logs::discover_fields(&formats, name, input, &shared, counts)
    })
    .await?;
    let mut all = FieldCounts::new();
    for (log_type, fields) in found.into_iter().flatten() {
        let known = all.entry(log_type).or_default();
        for (name, statistics) in fields {
            let entry = known.entry(name).or_default();
            entry.events += statistics.events;
            for value in statistics.values {
                if entry.values.len() < VALUES_KEPT && !entry.values.contains(&value) {
                    entry.values.push(value);
                }
            }
        }
    }
    Ok(all)
}

/// Distinct values kept of a field.
const VALUES_KEPT: usize = 3;

/// Calls `work` for every object on so many threads; gives what each thread gathered.
async fn each_object<T: Default + Send + 'static>(
    objects: &Arc<Vec<Location>>,
    report: &Arc<ScanReport>,
    threads: usize,
    work: impl Fn(&str, ObjectInput, &mut T) -> Result<(), ReadError> + Send + Sync + 'static,
) -> Result<Vec<T>, EngineError> {
    let work = Arc::new(work);
    let next = Arc::new(AtomicUsize::new(0));
    let failed = |error: ReadError| EngineError { code: "ENG004", message: error.to_string() };
    let workers = (0..threads.max(1)).map(|_| {
        let (objects, work, next) = (Arc::clone(objects), Arc::clone(&work), Arc::clone(&next));
        let report = Arc::clone(report);
        tokio::spawn(async move {
            let mut gathered = T::default();
            while let Some(object) = objects.get(next.fetch_add(1, Relaxed)) {
                let outcome = match object.open().await {
                    Ok(input) => {
                        let (work, name) = (Arc::clone(&work), object.name.clone());
                        let task = tokio::task::spawn_blocking(move || {
                            let outcome = work(&name, input, &mut gathered);
                            (gathered, outcome)
                        });
                        let (all, outcome) =
                            task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
                        gathered = all;
                        outcome
                    }
                    Err(error) => Err(error),
                };
                match outcome {
                    Err(ReadError::Io { error, .. }) => {
                        report.unread().add(&object.name, &error.to_string());
                    }
                    outcome => outcome?,
                }
            }
            Ok::<T, ReadError>(gathered)
        })
    });
    let mut all = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        match worker.await {
            Ok(outcome) => all.push(outcome.map_err(failed)?),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
    Ok(all)
}
