//! Tests of the language at its outer edge.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod lower;
mod registry;
mod syntax;
