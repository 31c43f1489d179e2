//! Lints through the public edge.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod common;
mod corpus;
mod founding;
mod pages;
mod rules;
