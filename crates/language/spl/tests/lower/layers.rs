//! Modules of lowering use those above them only, and no command's file another's.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The modules from the top down, as the documentation of `lower` says.
const LAYERS: &[&[&str]] = &[
    &["build", "codes", "time", "wildcard"],
    &["context"],
    &["options"],
    &["arguments", "pattern"],
    &["rows"],
    &["search"],
    &["expression", "data_model"],
    &["aggregation", "prepare"],
    &["commands"],
];

/// What a command's file may take from the table of commands.
const OF_THE_TABLE: &[&str] = &["lower_one"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lower")
}

/// The files of a module and how many `super::` lead from them to `lower`.
fn files(folder: &Path, depth: usize) -> Vec<(PathBuf, usize)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, depth + 1));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let up = if path.file_name().unwrap() == "mod.rs" { depth } else { depth + 1 };
            found.push((path, up));
        }
    }
    found
}

/// The modules of `lower` that a file names.
fn used(text: &str, up: usize) -> Vec<String> {
    let prefix = "super::".repeat(up);
    let mut found = Vec::new();
    for (at, _) in text.match_indices(&prefix) {
        let rest = &text[at + prefix.len()..];
        if text[..at].ends_with("super::") || rest.starts_with("super::") {
            continue;
        }
        let listed =
            rest.strip_prefix('{').and_then(|rest| rest.split_once("};")).map_or(rest, |(list, _)| list);
        let names = if listed.len() == rest.len() { vec![rest] } else { listed.split(", ").collect() };
        let word = |name: &str| -> String {
            let name = name.trim_start();
            name.chars().take_while(|letter| letter.is_ascii_lowercase() || *letter == '_').collect()
        };
        found.extend(names.into_iter().map(word));
    }
    found
}

#[test]
fn modules_use_those_above_them() {
    let layer = |module: &str| LAYERS.iter().position(|layer| layer.contains(&module));
    let mut wrong = Vec::new();
    for (path, up) in files(&root(), 0) {
        let inside = path.strip_prefix(root()).unwrap();
        let module =
            inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
        if module == "mod" {
            continue;
        }
        let own = layer(module).unwrap_or_else(|| panic!("{module} stands in no layer"));
        for name in used(&fs::read_to_string(&path).unwrap(), up) {
            if name != module && layer(&name).is_some_and(|other| other >= own) {
                wrong.push(format!("{}: {name}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_command_uses_the_file_of_another() {
    for (path, _) in files(&root().join("commands"), 0) {
        if path.file_name().unwrap() == "mod.rs" {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for line in
            text.lines().filter(|line| line.starts_with("use super::") && !line.contains("super::super"))
        {
            let names = line.trim_start_matches("use super::").trim_matches(['{', '}', ';']);
            let fine = names.split(", ").all(|name| OF_THE_TABLE.contains(&name));
            assert!(fine, "{}: {line}", path.display());
        }
    }
}
