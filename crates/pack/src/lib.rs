//! Detection packs: a folder for each technique, with a thin `pack.yml` and each detection in its platform's own
//! file, byte for byte what one would paste into the SIEM.
//!
//! * [`Packs`] finds packs: the embedded ones, a folder of the user's, or loose query files.
//! * [`Pack`] and [`Manifest`] are what a pack says.
//! * [`attack`], [`coverage`] and [`layer`] say what packs cover of MITRE ATT&CK.
//! * [`import`] reads rules, tests and recorded events in the formats of other products.
//! * [`Alert`] is what a row of a detection becomes.

mod alert;
pub mod attack;
pub mod cases;
pub mod coverage;
pub mod emulate;
mod error;
pub mod import;
mod interval;
pub mod layer;
mod manifest;
mod mapped;
mod metadata;
mod names;
mod pack;
mod packs;
mod pages;
pub mod results;
pub mod scaffold;
mod schema;
mod severity;
mod tally;
pub mod tuning;

pub use alert::Alert;
pub use cases::{Case, CaseFile, CaseKind, Provider};
pub use error::PackError;
pub use interval::Interval;
pub use manifest::{Attack, DataSource, Delay, DetectionEntry, Manifest, Schedule};
pub use metadata::{DataSet, Entity, Formats, Mapping, Metadata, Trigger};
pub use pack::{Detection, Pack};
pub use packs::Packs;
pub use results::TestResults;
pub use schema::schemas;
pub use severity::Severity;
pub use tally::Tally;
pub use tuning::Tuning;

/// Writes something as YAML.
///
/// # Errors
/// If it cannot be written, such as a map whose keys are no text.
pub fn to_yaml<T: serde::Serialize>(value: &T) -> Result<String, PackError> {
    serde_saphyr::to_string(value).map_err(|error| PackError::new("YAML", error.to_string()))
}
