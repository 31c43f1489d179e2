//! Tests of the language from the outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod columns;
mod corpus;
mod robust;
