//! The registry's statuses are what lowering does.

mod strict;

use quarry_plan::TimeRange;
use quarry_spl::lower::{LowerOptions, lower};
use quarry_spl::registry::{COMMANDS, FUNCTIONS, Status, aggregation_names};
use quarry_spl::{Macros, parse};
use quarry_views::{Catalog, View};

/// Whether lowering the search reports one of these codes.
fn reports(text: &str, view: &View, codes: &[&str]) -> bool {
    let parsed = parse(text, &Macros::default());
    let options = LowerOptions { view, discovered: None, default_time: TimeRange::default() };
    let lowered = lower(&parsed, &options);
    lowered.diagnostics.iter().any(|found| codes.contains(&found.code.as_ref()))
}

/// The names whose status differs from what lowering does.
fn wrong<'a>(rows: impl Iterator<Item = (&'a str, Status, String)>, codes: &[&str]) -> Vec<String> {
    let catalog = Catalog::load(None).unwrap();
    let view = catalog.view("splunk").unwrap();
    rows.filter(|(_, status, text)| reports(text, view, codes) == (*status == Status::Supported))
        .map(|(name, status, _)| format!("{name} is {status:?}"))
        .collect()
}

#[test]
fn statuses_of_commands_hold() {
    let rows = COMMANDS.iter().map(|row| (row.name, row.status, format!("* | {} a", row.name)));
    assert_eq!(wrong(rows, &["SPL200", "SPL201"]), Vec::<String>::new());
}

#[test]
fn what_is_refused_is_named_with_help() {
    let catalog = Catalog::load(None).unwrap();
    let view = catalog.view("splunk").unwrap();
    let options = LowerOptions { view, discovered: None, default_time: TimeRange::default() };
    let lacks_help = |name: &str| {
        let parsed = parse(&format!("* | {name} a"), &Macros::default());
        let found = lower(&parsed, &options).diagnostics;
        !found.iter().any(|one| one.message.contains(&format!("`{name}`")) && !one.help.is_empty())
    };
    let planned = COMMANDS.iter().filter(|row| row.status == Status::Planned).map(|row| row.name);
    assert_eq!(planned.filter(|name| lacks_help(name)).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn statuses_of_functions_hold() {
    let rows = FUNCTIONS.iter().map(|row| {
        let arguments = vec!["a"; row.description().map_or(1, |row| row.least)].join(",");
        (row.name, row.status, format!("* | eval x={}({arguments})", row.name))
    });
    assert_eq!(wrong(rows, &["SPL202"]), Vec::<String>::new());
}

#[test]
fn statuses_of_aggregations_hold() {
    let rows = aggregation_names().into_iter().map(|row| {
        let number = if ["perc", "p", "exactperc", "upperperc"].contains(&row.name) { "95" } else { "" };
        (row.name, row.row.status, format!("* | stats {}{number}(a)", row.name))
    });
    assert_eq!(wrong(rows, &["SPL205"]), Vec::<String>::new());
}
