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
    /// Reading errors keep their own text; what DataFusion says of a plan is a defect of ours.
    fn from(error: DataFusionError) -> Self {
        let message = match error.find_root() {
            DataFusionError::ResourcesExhausted(reason) => {
                return Self {
                    code: "ENG003",
                    message: format!("the query needs more memory than allowed (see `--memory`): {reason}"),
                };
            }
            root => root.strip_backtrace(),
        };
        Self { code: "ENG002", message }
    }
}
