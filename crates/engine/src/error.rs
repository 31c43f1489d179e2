//! What can go wrong between a plan and its rows.

use std::fmt;

use datafusion::error::DataFusionError;

/// An error of the engine, with a stable code.
#[derive(Debug)]
pub struct EngineError {
    /// `ENG001` and so on.
    pub code: &'static str,
    /// What happened, one sentence without a full stop.
    pub message: String,
}

impl EngineError {
    /// A plan names a view that the catalog lacks.
    #[must_use]
    pub fn unknown_view(name: &str) -> Self {
        Self { code: "ENG001", message: format!("no view is named `{name}`") }
    }

    /// A plan that was made ready is run with the times of another one, a defect of ours.
    #[must_use]
    pub fn other_plan() -> Self {
        Self { code: "ENG002", message: "the plan was made ready for another one".to_owned() }
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for EngineError {}

impl From<DataFusionError> for EngineError {
    /// Errors of reading and computing keep their own text; what DataFusion says of a plan is a defect of ours.
    fn from(error: DataFusionError) -> Self {
        let root = error.find_root();
        match root {
            DataFusionError::ResourcesExhausted(reason) => exhausted(reason),
            DataFusionError::External(error) => Self { code: "ENG004", message: error.to_string() },
            DataFusionError::Execution(message) => Self { code: "ENG005", message: message.clone() },
            DataFusionError::ArrowError(error, _) => Self { code: "ENG005", message: error.to_string() },
            DataFusionError::IoError(error) => Self { code: "ENG004", message: error.to_string() },
            root => {
                let message = root.strip_backtrace();
                Self {
                    code: "ENG002",
                    message: format!("quarry planned this query wrongly, a defect to report: {message}"),
                }
            }
        }
    }
}

fn exhausted(reason: &str) -> EngineError {
    let told = first_line(reason);
    let (code, message) = if reason.starts_with(quarry_functions::TOO_LONG) {
        ("ENG006", format!("{told} takes too many steps on too many values: give it fewer ways to match"))
    } else if reason.starts_with(quarry_functions::TOO_LARGE) {
        ("ENG003", format!("{told} need more memory than `--memory` allows"))
    } else {
        ("ENG003", format!("{} needs more memory than `--memory` allows", memory_work(reason)))
    };
    EngineError { code, message }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Words in DataFusion's names of what holds memory, and what they do; the first that fits.
const MEMORY_WORK: &[(&str, &str)] = &[
    ("Sort", "sorting"),
    ("TopK", "sorting"),
    ("Aggregate", "grouping"),
    ("Join", "joining"),
    ("Window", "numbering or comparing rows"),
    (HELD_ROWS, "holding rows that decide how the query goes on, or that are written to a table,"),
    (SHARED_ROWS, "holding rows that are read more than once"),
    (COLLECTED_ROWS, "holding all rows at once"),
];

/// The name of the memory of rows that are held for what follows.
pub(crate) const HELD_ROWS: &str = "HeldRows";
/// The name of the memory of rows that are wanted all at once, as alerts are.
pub(crate) const COLLECTED_ROWS: &str = "CollectedRows";
/// The name of the memory of rows that several parts of a query read.
pub(crate) const SHARED_ROWS: &str = "SharedRows";

/// What ran out of memory, from the name of the one that asked for more.
fn memory_work(reason: &str) -> &'static str {
    // One of its pools says `allocation failed for NAME`, the other `Failed to allocate additional SIZE for NAME`.
    let after = reason.split_once(" failed for ").or_else(|| reason.split_once(" for "));
    let after = after.map_or(reason, |(_, rest)| rest);
    let name = after.split([' ', '[', '\n']).next().unwrap_or_default();
    MEMORY_WORK.iter().find(|(word, _)| name.contains(word)).map_or("the query", |(_, work)| work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_told_by_what_needs_it() {
        let reason = |name: &str| {
            let text = format!("Additional allocation failed for {name} with top memory consumers (across");
            EngineError::from(DataFusionError::ResourcesExhausted(text)).to_string()
        };
        assert_eq!(reason("ExternalSorter[0]"), "ENG003: sorting needs more memory than `--memory` allows");
        assert_eq!(
            reason("GroupedHashAggregateStream[0] (count(1))"),
            "ENG003: grouping needs more memory than `--memory` allows"
        );
        let text = "Failed to allocate additional 4.5 KB for HeldRows with 0.0 B already allocated";
        let held = EngineError::from(DataFusionError::ResourcesExhausted(text.to_owned())).to_string();
        assert!(held.contains("holding rows that decide"), "{held}");
        assert_eq!(reason("odd"), "ENG003: the query needs more memory than `--memory` allows");
    }
}
