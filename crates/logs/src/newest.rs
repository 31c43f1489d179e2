//! The newest event time of objects, for windows that are relative to it.

use std::{ops::ControlFlow, sync::Arc};

use quarry_plan::Need;
use quarry_views::LogFormats;

use crate::{ObjectInput, ReadError, ScanPlan, ScanReport, ScanSpec, read_object};

/// The newest event time over objects, in microseconds since 1970-01-01 UTC: exact, by a scan that
/// counts every event and extracts nothing else. The report gets the counts of this scan.
///
/// # Errors
/// If an object cannot be read at all.
pub fn newest_event_time(
    formats: &Arc<LogFormats>,
    objects: impl IntoIterator<Item = (String, ObjectInput)>,
    report: &ScanReport,
) -> Result<Option<i64>, ReadError> {
    let plan = Arc::new(ScanPlan::counting(Arc::clone(formats)));
    for (name, input) in objects {
        read_object(&plan, &name, input, report, &mut |_| ControlFlow::Continue(()))?;
    }
    Ok(report.snapshot().newest)
}

impl ScanPlan {
    /// A scan that only counts: no columns, no rows, but event counts, times and what is bad.
    #[must_use]
    pub fn counting(formats: Arc<LogFormats>) -> Self {
        let needs: Vec<_> = formats.log_types.iter().map(|log| (log.id.clone(), Need::Never)).collect();
        Self::new(ScanSpec { needs, ..ScanSpec::new(formats, Vec::new()) })
    }
}
