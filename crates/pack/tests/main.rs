//! Packs as the binary uses them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod cases;
mod emulate;
mod emulate_properties;
mod pack;
mod tuning;
