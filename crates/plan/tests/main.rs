//! The pre-filter and the calendar of the waist.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod columns;
mod necessary;
mod text;
mod time;
