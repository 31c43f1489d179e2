//! The embedded views from the outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod evaluate;
mod names;
mod recorded;
mod sentinel;
