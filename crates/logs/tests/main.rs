//! The reader from the outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod common;
mod hostile;
mod recorded;
mod shapes;
