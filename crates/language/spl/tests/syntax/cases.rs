//! Text files of searches and their trees: a search, `----`, the tree and what was found; `====`
//! between cases. `UPDATE=1` writes what is found now.

use std::{fs, path::Path};

use super::{line, read};

#[test]
fn searches_become_the_trees_on_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let now: Vec<String> = text.split("\n====\n").map(run).collect();
        let now = format!("{}\n", now.join("\n====\n"));
        if now.trim_end() == text.trim_end() {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, now).unwrap();
        } else {
            let difference = text.lines().zip(now.lines()).find(|(was, is)| was != is);
            wrong.push(format!("{}: {difference:?}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}\n(UPDATE=1 rewrites)", wrong.join("\n"));
}

fn run(case: &str) -> String {
    let query = case.split("\n----").next().unwrap_or_default().trim();
    let parsed = read(query);
    let mut lines = vec![query.to_owned(), "----".to_owned(), parsed.pipeline.to_string()];
    lines.extend(parsed.diagnostics.iter().map(|found| line(found, query)));
    lines.join("\n")
}
