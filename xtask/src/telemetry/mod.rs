//! Records as the providers write them.

pub mod aws;
pub mod azure;
pub mod gcp;

use jiff::Timestamp;
use serde_json::Value;

/// One provider record with what decides its place in a log.
#[derive(Debug, Clone)]
pub struct Record {
    /// When it happened.
    pub time: Timestamp,
    /// The record.
    pub body: Value,
}

/// Adds milliseconds to a time.
pub fn after(time: Timestamp, milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond() + milliseconds).unwrap_or(time)
}

/// RFC 3339 with a number of decimals.
pub fn rfc3339(time: Timestamp, decimals: usize) -> String {
    format!("{time:.decimals$}")
}
