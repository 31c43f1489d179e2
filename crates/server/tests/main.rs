//! Pages made from packs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod http;
mod pages;
