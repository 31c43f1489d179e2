//! The reader from the outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod account;
mod archives;
mod common;
mod containers;
mod hostile;
mod recorded;
mod shapes;
