//! From search to plan.

mod cases;
mod check;
mod corpus;
mod dump;
mod layers;
mod prefilter;
mod robust;
mod view;

use quarry_plan::{TimeRange, Type};
use quarry_spl::lower::{LowerOptions, Lowered, lower};
use quarry_spl::{Macros, parse};
use quarry_views::View;

/// Reads and lowers a search without macros.
fn plan(text: &str, view: &View, discovered: Option<&[(String, Type)]>) -> (Lowered, Vec<String>) {
    let parsed = parse(text, &Macros::default());
    let options = LowerOptions { view, discovered, default_time: TimeRange::default() };
    let lowered = lower(&parsed, &options);
    if let Some(plan) = &lowered.plan {
        assert_eq!(check::faults(plan), Vec::<String>::new(), "{text}");
    }
    let all = parsed.diagnostics.iter().chain(&lowered.diagnostics);
    let found = all.map(|found| format!("{:?} {} {}", found.severity, found.code, found.message)).collect();
    (lowered, found)
}
