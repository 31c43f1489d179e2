//! Packs as the binary uses them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod attack;
mod cases;
mod emulate;
mod emulate_fields;
mod emulate_properties;
mod emulate_rules;
mod import;
mod pack;
mod tuning;

/// A file of the shared inputs beside the repository; says so and gives none if absent.
#[allow(clippy::print_stderr)]
pub fn shared(name: &str) -> Option<std::path::PathBuf> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is absent", path.display());
    None
}
