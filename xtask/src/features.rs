//! Whether a part of the workspace is built with the features of the whole (`crates/features`).

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    path::Path,
    process::Command,
};

/// Parts whose dependencies must be those of the whole workspace: what developers test alone.
const PARTS: [&str; 3] = ["quarry-functions", "quarry-engine", "quarry"];

/// Package and version to features.
type Features = BTreeMap<String, BTreeSet<String>>;

/// A finding for each dependency that one of [`PARTS`] alone builds with other features than the workspace does.
pub fn findings(root: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let whole = features(root, &["--workspace"])?;
    let mut findings = Vec::new();
    for part in PARTS {
        for (package, found) in features(root, &["-p", part])? {
            if let Some(wanted) = whole.get(&package).filter(|wanted| **wanted != found) {
                findings.push(format!(
                    "crates/features/Cargo.toml: `{package}` has {wanted:?} in the workspace and {found:?} below \
                     `{part}` alone, so it would be built twice"
                ));
            }
        }
    }
    Ok(findings)
}

fn features(root: &Path, selection: &[&str]) -> Result<Features, Box<dyn Error>> {
    let run = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["tree", "--locked", "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}|{f}"])
        .args(selection)
        .output()?;
    if !run.status.success() {
        return Err(String::from_utf8_lossy(&run.stderr).into());
    }
    let mut all = Features::new();
    for line in String::from_utf8_lossy(&run.stdout).lines() {
        let Some((package, features)) = line.split_once('|') else { continue };
        if !package.starts_with("quarry") {
            let package = package.trim_end_matches(" (proc-macro)").to_owned();
            all.entry(package).or_default().insert(features.trim_end_matches(" (*)").to_owned());
        }
    }
    Ok(all)
}
