//! Tests of the language from the outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod cases;
mod corpus;
mod dump;
mod foreign;
mod founding;
mod prefilter;
mod robust;
