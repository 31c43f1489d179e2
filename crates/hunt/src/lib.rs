//! Detections over logs: from query text of any language to rows and alerts.
//!
//! * [`Compiler`] makes a plan of a query's text.
//! * [`Workspace`] holds the logs, lists them, and settles times.
//! * [`detect`] runs one detection and gives its alerts; a [`ReadyDetection`] is one to run often.

mod cells;
mod compile;
mod detect;
mod failure;
pub mod files;
mod lookups;
pub mod moment;
mod within;
mod workspace;

pub use cells::cell_text;
pub use compile::{CompileOptions, Compiler, QueryText, cut, language_options, queries_of, read_query};
pub use detect::{Detected, ReadyDetection, detect};
pub use failure::{Failure, Outcome};
pub use quarry_language_definition::{Compiled, OutputColumn, Resources, Store};
pub use within::Within;
pub use workspace::{LogOptions, NO_LOGS, Runnable, Settled, Workspace, runnable};
