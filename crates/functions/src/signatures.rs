//! Writes `crates/plan/src/signature/table.rs` from the rows of all functions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fmt::Write, fs, path::Path};

use quarry_plan::{MANY, Returns, Signature};

use crate::{aggregate_table, scalar_table};

const HEAD: &str = "\
//! Written by `UPDATE=1 cargo test -p quarry-functions signatures` from the rows of `crates/functions`; not
//! edited by hand.

use super::{MANY, Returns::*, Signature};
use crate::Type::*;
";

fn lines(name: &str, mut rows: Vec<Signature>) -> String {
    rows.sort_by_key(|row| row.name);
    let mut text = format!("\n#[rustfmt::skip]\npub(super) static {name}: &[Signature] = &[\n");
    for Signature { name, written, meaning, source, least, most, result } in rows {
        let most = if most == MANY { "MANY".to_owned() } else { most.to_string() };
        let _ = write!(
            text,
            "    Signature {{\n        name: {name:?}, least: {least}, most: {most}, result: {result:?},\n        \
             written: {written:?},\n        meaning: {meaning:?},\n        source: {source:?},\n    }},\n",
        );
    }
    text + "];\n"
}

fn signature(
    name: &'static str,
    [written, meaning, source]: [&'static str; 3],
    least: usize,
    most: usize,
    result: Returns,
) -> Signature {
    Signature { name, written, meaning, source, least, most, result }
}

#[test]
fn signatures_of_the_plan_are_those_of_the_rows() {
    let scalar = scalar_table().map(|row| {
        let (least, most) = row.arity;
        signature(row.name, [row.signature, row.meaning, row.source], least, most, row.result)
    });
    let aggregate = aggregate_table().map(|row| {
        signature(row.name, [row.signature, row.meaning, row.source], row.arity, row.arity, row.result)
    });
    let text = [HEAD, &lines("SCALAR", scalar.collect()), &lines("AGGREGATE", aggregate.collect())].concat();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plan/src/signature/table.rs");
    if fs::read_to_string(&path).unwrap() == text {
        return;
    }
    assert!(
        std::env::var_os("UPDATE").is_some(),
        "`UPDATE=1 cargo test -p quarry-functions signatures` writes {}",
        path.display()
    );
    fs::write(&path, text).unwrap();
}
