//! The two founding queries, and the detections that replace them.

use quarry_lint::Context;

use crate::common::{Linter, lines, shared};

#[test]
fn founding_spl() {
    let Some(path) = shared("seed/T1578.002.spl") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let context = Context { technique: Some("T1578.002"), ..Context::default() };
    let found = Linter::new().lint("spl", &text, context).unwrap();
    eprintln!("{}", lines(&text, &found));
}

#[test]
fn founding_aql() {
    let Some(path) = shared("seed/T1578.002.aql") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let context = Context { technique: Some("T1578.002"), ..Context::default() };
    let found = Linter::new().lint("aql", &text, context).unwrap();
    eprintln!("{}", lines(&text, &found));
}

#[test]
fn the_detections_of_the_pack_have_none() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/T1578.002");
    let described = std::fs::read_to_string(format!("{folder}/pack.yml")).unwrap();
    let context = Context { technique: Some("T1578.002"), scheduled: true, described: &described, ..Context::default() };
    for (name, language) in [("launch.spl", "spl"), ("launch.aql", "aql"), ("refused.spl", "spl"), ("refused.aql", "aql")] {
        let text = std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
        let found = Linter::new().lint(language, &text, context).unwrap();
        assert_eq!(lines(&text, &found), "", "{name}");
    }
}
