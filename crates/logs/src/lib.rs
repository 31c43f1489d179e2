//! Log objects to Arrow record batches, at machine speed.
//!
//! The way of the data inside this crate, stage by stage:
//!
//! | stage | folder or file | from | to |
//! |---|---|---|---|
//! | find | `location`, `prune`, `remote` | paths, globs, URLs | objects with sizes |
//! | inflate | `input`, `decode`, `block`, `archive`, `zip`, `cut_zip`, `wide`, `table` | an object's bytes | plain bytes, whole or in chunks |
//! | walk | `walk/`, `marks/` | plain bytes | spans of records |
//! | pre-filter | `need`, `finder`, `rarity` | a record's bytes | can it match at all |
//! | extract | `json/`, `classify` | a record's bytes | its log type and the named paths' raw values |
//! | build | `derive`, `columns` | raw values | Arrow columns |
//!
//! The crate knows neither a query language nor a query engine, and no vendor's field name: what
//! containers and log types look like is data ([`quarry_views::LogFormats`]). It never panics on
//! input; what cannot be read is skipped, counted and reported ([`ScanReport`]).

mod archive;
mod block;
mod classify;
mod columns;
mod cut_zip;
mod decode;
mod derive;
mod escape;
mod fields;
mod finder;
mod input;
mod inside;
mod json;
mod kind;
mod location;
mod marks;
mod measure;
mod mend;
mod need;
mod newest;
mod object;
mod plan;
mod prune;
mod rarity;
mod record;
#[cfg(feature = "cloud")]
mod remote;
mod report;
mod reshape;
mod resync;
mod scan;
mod table;
mod tally;
mod time;
mod time_forms;
mod unwrap;
mod walk;
mod wide;
mod zip;

pub use fields::{FieldCounts, FieldStatistics, discover_fields};
pub use input::{ObjectInput, ReadError};
pub use location::{ListError, Listing, Location, WrittenLocation, list_objects, read_locations};
pub use newest::newest_event_time;
pub use plan::{Limits, ScanColumn, ScanPlan, ScanSpec};
pub use report::{
    BadRecord, ForeignCount, NotUnderstood, Note, Noted, ObjectOutcome, ScanReport, Snapshot, Unread,
    Unreadable,
};
pub use scan::read_object;
pub use time::parse_time;
