//! The commands that README.md and the guides show are commands, with options that exist.

use std::fs;

use crate::common::{quarry, root};

/// The files that show commands.
const PAGES: [&str; 5] =
    ["README.md", "CONTRIBUTING.md", "docs/add-a-technique.md", "docs/importers.md", "docs/splunk-apps.md"];
/// How a command line begins where only the clone is there.
const FROM_CLONE: &str = "cargo run --profile quick -- ";

/// The command lines in blocks of a page, without `quarry` and the comment after them.
fn commands(page: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in page.lines() {
        if line.starts_with("```") {
            inside = !inside;
            continue;
        }
        let line = line.strip_prefix("$ ").unwrap_or(line);
        let command = line.strip_prefix("quarry ").or_else(|| line.strip_prefix(FROM_CLONE));
        if let Some(command) = command.filter(|_| inside) {
            found.push(command.split("  #").next().unwrap_or(command).to_owned());
        }
    }
    found
}

/// What a command line asks of which command: its words, and its options without their values.
fn parts(command: &str) -> (Vec<&str>, Vec<&str>) {
    let words: Vec<&str> = command.split_whitespace().collect();
    let depth = if words.first() == Some(&"pack") { 2 } else { 1 };
    let name = words.iter().copied().take(depth).collect();
    let option = |word: &&str| word.starts_with('-') && word.len() > 1;
    (name, words.into_iter().filter(option).map(|word| word.split('=').next().unwrap_or(word)).collect())
}

#[test]
fn commands_on_pages_are_understood() {
    let mut count = 0;
    for page in PAGES {
        let text = fs::read_to_string(root().join(page)).expect("the page is there");
        for command in commands(&text) {
            let (name, options) = parts(&command);
            let help = quarry(name).with(["--help"]).run().exits(0);
            for option in options {
                let known = [format!("{option} "), format!("{option},"), format!("{option}\n")];
                assert!(
                    known.iter().any(|form| help.text().contains(form)),
                    "{page}: {option} of `{command}`"
                );
            }
            count += 1;
        }
    }
    assert!(count > 20, "{count} commands");
}

#[test]
fn the_first_command_names_a_profile_that_there_is() {
    let read = |file: &str| fs::read_to_string(root().join(file)).expect("the file is there");
    assert!(read("README.md").contains(&format!("\n{FROM_CLONE}hunt T1578.002 --logs examples/logs ")));
    assert!(read("Cargo.toml").contains("\n[profile.quick]\n"));
}
