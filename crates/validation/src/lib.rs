//! Whether detections hold: adversary tests of packs, run over emulated telemetry or real logs.
//!
//! * [`test_packs`] emulates every case of some packs, runs the detections and judges them.
//! * [`tune::tune`] weighs exclusions for the alerts on someone's own logs against those tests.
//! * [`check_signals`] looks for the telemetry of cases in real logs.

mod attacks;
mod bench;
mod claims;
mod judge;
mod runner;
mod schedule;
mod signals;
mod stage;
pub mod tune;
mod why;

pub use runner::{Setup, test_packs};
pub use signals::{SignalFound, check_signals};
