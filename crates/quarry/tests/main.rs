//! Command lines, end to end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod apps;
mod aql;
mod case;
mod cases;
mod check;
mod common;
mod containers;
mod diagnostic_paths;
mod differential;
mod emulate;
mod events;
mod explain;
mod founding;
mod hostile;
mod hunt;
mod import;
mod kinds;
mod large;
mod lint;
mod lsp;
mod oracle;
mod order;
mod output;
mod packs;
mod readme;
mod reference;
mod shapes;
mod shown;
mod truth_table;
mod tuning;
mod views;
