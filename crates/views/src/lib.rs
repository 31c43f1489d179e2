//! What each platform calls each field of each log.
//!
//! Views are data (`crates/views/data/*.toml`), loaded into the types of this crate; users extend
//! them in `quarry.toml`. No vendor's field name stands in Rust code.
//!
//! * [`LogFormats`] says how records are found in objects and which [`LogType`] a record is.
//! * [`View`] says, for one platform (Splunk, QRadar), which field name is which path of the raw
//!   record of each log type, its type, and how derived fields come about.

mod field;
mod formats;
mod load;
mod path;
mod view;

pub use field::{Derivation, Field, LookupTable};
pub use formats::{Encoding, Foreign, LogFormats, LogType, Reshape, ReshapedMember, Signature, Unwrap};
pub use load::{Catalog, LoadError, NamedFile, UserFiles};
pub use path::{Path, Step};
pub use view::{Pairs, Resolved, View, ViewSource};
