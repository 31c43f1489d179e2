//! From a plan to rows: binding to views, lowering to DataFusion, running.
//!
//! ```text
//! plan ── bind ──> columns, derivations, pre-filters ──> LogTable ──┐
//!   └──── lower ─────────────────────────────────> DataFusion plan ─┴─> rows
//! ```

mod binding;
mod error;
mod explain;
mod lower;
mod names;
mod provenance;
mod prune;
mod push;
mod rewrite;
mod rows;
mod scan;
mod session;
mod survey;
mod top_rows;
mod why;

pub use binding::{BoundSource, bind, time_ranges};
pub use error::EngineError;
pub use explain::{
    Cause, Computed, EventTrace, Form, Judged, Read, Reason, Stage, StageKind, Wanted, explain_event,
};
pub use lower::Functions;
pub use names::{column_name, schema_name};
pub use provenance::{ALERT_FIELDS, provenance_column, with_provenance};
pub use prune::prune;
pub use push::push_paths;
pub use rewrite::raise_sorts;
pub use rows::rows_of;
pub use scan::{read_operator, write_operator};
pub use session::{Execution, Prepared, Session, SessionOptions};
pub use survey::{discover_fields, newest_event_time};
pub use why::{Blamed, Condition, Explanation, Involved, explain_empty};
