//! No code: its dependencies switch on the features that the workspace as a whole uses.
//!
//! Cargo switches on what the packages of one command ask for, so `cargo test -p quarry-functions` would build
//! another DataFusion than `cargo test` did. `quarry-functions` depends on this crate, and with it whatever builds
//! DataFusion; `cargo run -p xtask -- tidy` says when the list has fallen behind.
