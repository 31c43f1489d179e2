//! How records are found in objects, and which log a record belongs to.

use serde::{Deserialize, Serialize};

use crate::Path;

/// Everything the reader must know of containers and log types.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LogFormats {
    /// Names of members of a top-level object whose array value holds the records.
    pub record_arrays: Vec<String>,
    /// Ways a record may be wrapped in another, tried in order, repeatedly.
    pub unwraps: Vec<Unwrap>,
    /// Records of a log under the names of another product, tried in order after the wrappers.
    #[serde(default)]
    pub reshapes: Vec<Reshape>,
    /// The log types, tried in order.
    pub log_types: Vec<LogType>,
    /// Known objects that are no audit records, tried after the log types.
    pub foreign: Vec<Foreign>,
}

/// A record inside another value.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Unwrap {
    /// Name of the container, for reports.
    pub name: String,
    /// The wrapper is recognised by this.
    pub signature: Signature,
    /// Where the inner value is.
    pub inner: Path,
    /// How the inner value is written.
    pub encoding: Encoding,
}

/// A record of a log whose members have the names that another product gives them, such as the columns of a table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reshape {
    /// What it is, for reports.
    pub name: String,
    /// It is recognised by this.
    pub signature: Signature,
    /// Identifier of the log type that the record is of.
    pub log_type: String,
    /// The log's own members, and where each comes from. What is not named keeps its name.
    pub members: Vec<ReshapedMember>,
}

/// A member of a reshaped record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReshapedMember {
    /// Its path in the log's own record.
    pub target: String,
    /// Where its value is: the first of these that is there. `.` is the whole record.
    pub sources: Vec<String>,
    /// What it is where none of these is there.
    pub constant: Option<String>,
}

/// How a wrapped value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// As JSON, in place.
    Json,
    /// As JSON text in a JSON string.
    Text,
    /// As tables in an array, each with `columns` and `rows`.
    Table,
    /// As JSON text in base64 (maybe gzip inside) in a JSON string.
    Base64,
}

/// What tells one kind of object from another: its top-level members (paths with dots reach deeper). A member that
/// is null is absent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Signature {
    /// All of these exist.
    pub all: Vec<String>,
    /// At least one of these exists, if any is named.
    pub any: Vec<String>,
    /// None of these exists.
    pub none: Vec<String>,
    /// These exist and are texts that begin so: (path, beginning).
    pub begins: Vec<(String, String)>,
    /// These exist and are one of these texts, in any case.
    pub values: Vec<(String, Vec<String>)>,
    /// These exist and are texts that hold this, in any case.
    pub contains: Vec<(String, String)>,
    /// These exist and are of a kind: (path, `object`, `array`, `string`, `number`).
    pub kinds: Vec<(String, String)>,
}

/// One kind of audit record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LogType {
    /// Stable identifier such as `aws.cloudtrail`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// `aws`, `azure` or `gcp`.
    pub provider: String,
    /// How it is recognised: by any of these.
    pub signatures: Vec<Signature>,
    /// Where the event's time is; the first that exists and parses counts.
    pub time: Vec<Path>,
}

/// A known kind of object that holds no audit record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Foreign {
    /// What it is, for reports.
    pub name: String,
    /// How it is recognised.
    pub signature: Signature,
}
