//! Text files of searches and the plans they become: a search, `----`, the plan and what was found;
//! `====` between cases. `UPDATE=1` writes what is found now.

use std::{fs, path::Path};

use super::{dump, plan, view};

#[test]
fn searches_become_the_plans_on_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lower");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let cases: Vec<&str> = text.split("\n====\n").collect();
        let now: Vec<String> = cases.iter().map(|case| run(case)).collect();
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
    let view = view::small();
    let (lowered, found) = plan(query, &view, None);
    let mut lines = vec![query.to_owned(), "----".to_owned()];
    lines.extend(lowered.plan.as_ref().map(dump::plan));
    if lowered.needs_discovery {
        lines.push("needs the names of all fields".to_owned());
    }
    lines.extend(found);
    lines.join("\n")
}
