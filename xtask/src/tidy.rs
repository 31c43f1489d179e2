//! `xtask tidy`: rules of the repository that the compiler does not check.

use std::{
    collections::BTreeSet,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use quarry_languages::Language;

/// Longest Rust file, in lines.
const LONGEST: usize = 600;

/// Files that may be longer, with the reason.
const LONG_FILES: &[(&str, &str)] =
    &[("crates/plan/src/signature/table.rs", "written from the rows of all functions")];

/// Names of providers' fields; they belong in view files, packs and tests.
const VENDOR_NAMES: &[&str] = &[
    "eventName",
    "eventSource",
    "userIdentity",
    "sourceIPAddress",
    "recipientAccountId",
    "requestParameters",
    "operationName",
    "correlationId",
    "callerIpAddress",
    "protoPayload",
    "methodName",
    "principalEmail",
];

/// Files that may name them, with the reason.
const NAMING_FILES: &[(&str, &str)] = &[];

/// Folders that know functions by their laws alone, never by a name or a part of one.
const LAWFUL: &[&str] = &["crates/plan/src/", "crates/lint/src/", "crates/engine/src/", "crates/hunt/src/"];

/// What tells one query language from another; only the table of languages may ask.
const LANGUAGES: &[&str] = &["Language::SPL", "Language::AQL", "Language::KQL", "Language::SIGMA"];

/// Where languages may be named: the table, and the readers of formats that hold one of them.
const NAMING_LANGUAGES: &[&str] = &["crates/languages/src/", "crates/pack/src/import/"];

/// Texts by which the name of a column once told whose it is, or a field where it is read from. Roles and kinds are types
/// (`plan::ColumnName`, `plan::SourceField`).
const TELLING_NAMES: &[&str] =
    &["\"__", "'\\u{1}'", "\"json:", "\"alert:", "\"#group", "ends_with(\"_equal", "ends_with(\"_greater"];

/// Files that may hold them, with the reason.
const TELLING_FILES: &[(&str, &str)] = &[
    ("crates/engine/src/names.rs", "the one place that writes columns as schema texts"),
    ("crates/pack/src/emulate/engine.rs", "kinds of templates"),
];

/// Checks everything below `root`; prints each finding.
pub fn check(root: &Path) -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    walk(root, root, &mut files)?;
    files.sort();
    let mut findings = Vec::new();
    for file in &files {
        let Ok(text) = fs::read_to_string(root.join(file)) else { continue };
        findings.extend(file_findings(file, &text));
    }
    findings.extend(pack_findings(root, &files)?);
    findings.extend(crate::features::findings(root)?);
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("tidy: {} files", files.len());
        return Ok(());
    }
    Err(format!("{} findings", findings.len()).into())
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == ".git" || name == "target" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(root, &entry.path(), files)?;
        } else {
            files.push(entry.path().strip_prefix(root)?.to_owned());
        }
    }
    Ok(())
}

fn file_findings(file: &Path, text: &str) -> Vec<String> {
    let name = file.display().to_string();
    let mut findings = machine_paths(&name, text);
    if !name.ends_with(".rs") {
        return findings;
    }
    let lines = text.lines().count();
    if lines > LONGEST && !LONG_FILES.iter().any(|(long, _)| *long == name) {
        findings.push(format!("{name}: {lines} lines, more than {LONGEST}"));
    }
    let exempt = name.ends_with("tests.rs") || NAMING_FILES.iter().any(|(naming, _)| *naming == name);
    if name.starts_with("crates/") && name.contains("/src/") && !exempt {
        findings.extend(named_in_code(&name, text, VENDOR_NAMES, "a provider's field name in code"));
    }
    if name.starts_with("crates/")
        && name.contains("/src/")
        && !NAMING_LANGUAGES.iter().any(|folder| name.starts_with(folder))
    {
        findings.extend(named_in_code(&name, text, LANGUAGES, "asks which language it is"));
        let ids: Vec<String> = Language::all().map(|language| format!("\"{}\"", language.id)).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let is_above = !name.starts_with("crates/language/");
        if is_above {
            findings.extend(named_in_code(&name, text, &ids, "the id of a language in code"));
        }
    }
    if name.starts_with("crates/")
        && name.contains("/src/")
        && !TELLING_FILES.iter().any(|(file, _)| *file == name)
    {
        findings.extend(named_in_code(&name, text, TELLING_NAMES, "a name that tells what a type should"));
    }
    // Signatures are written by a test, from the functions' rows.
    let generated = name == "crates/plan/src/signature/table.rs";
    if !generated && LAWFUL.iter().any(|folder| name.starts_with(folder)) {
        findings.extend(function_names(&name, text));
    }
    findings
}

/// Functions of languages named in code, and names of functions taken apart, but for tests.
fn function_names(name: &str, text: &str) -> Vec<String> {
    let code =
        text.lines().enumerate().take_while(|(_, line)| !line.trim_start().starts_with("#[cfg(test)]"));
    let code = code.filter(|(_, line)| !line.trim_start().starts_with("//"));
    let parts = ["starts_with", "ends_with", "contains", "strip_prefix", "split_once"]
        .map(|method| format!("function.{method}("));
    let mut findings = Vec::new();
    for (number, line) in code {
        let named = ["\"spl_", "\"aql_"].iter().any(|prefix| line.contains(prefix));
        if named || parts.iter().any(|part| line.contains(part)) {
            findings.push(format!("{name}:{}: a function known by its name, not by a law", number + 1));
        }
    }
    findings
}

/// Paths of a developer's machine.
fn machine_paths(name: &str, text: &str) -> Vec<String> {
    let traces = [["/wo", "rk/"], ["/ro", "ot/"], ["/tmp/", "target"]].map(|parts| parts.concat());
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if let Some(trace) = traces.iter().find(|trace| line.contains(trace.as_str())) {
            findings.push(format!("{name}:{}: path of a machine: {trace}", number + 1));
        }
    }
    findings
}

/// Words in code; comments and what follows `#[cfg(test)]` may name them.
fn named_in_code(name: &str, text: &str, words: &[&str], what: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        if line.trim_start().starts_with("//") {
            continue;
        }
        if let Some(word) = words.iter().find(|word| line.contains(**word)) {
            findings.push(format!("{name}:{}: {what}: {word}", number + 1));
        }
    }
    findings
}

/// Every detection file is listed in its `pack.yml`, and every listed file exists. Hunting queries lie deeper.
fn pack_findings(root: &Path, files: &[PathBuf]) -> Result<Vec<String>, Box<dyn Error>> {
    let mut findings = Vec::new();
    let manifests = files.iter().filter(|file| file.starts_with("packs") && file.ends_with("pack.yml"));
    for manifest in manifests {
        let folder = manifest.parent().unwrap_or(Path::new(""));
        let text = fs::read_to_string(root.join(manifest))?;
        let listed: BTreeSet<PathBuf> = text
            .lines()
            .filter_map(|line| line.trim_start().trim_start_matches("- ").strip_prefix("file:"))
            .map(|file| folder.join(file.trim().trim_matches(['"', '\''])))
            .collect();
        let present: BTreeSet<PathBuf> =
            files.iter().filter(|file| file.parent() == Some(folder) && is_query(file)).cloned().collect();
        for missing in listed.iter().filter(|file| !files.contains(file)) {
            findings.push(format!(
                "{}: lists {}, which does not exist",
                manifest.display(),
                missing.display()
            ));
        }
        for unlisted in present.difference(&listed) {
            findings.push(format!("{}: does not list {}", manifest.display(), unlisted.display()));
        }
    }
    Ok(findings)
}

fn is_query(file: &Path) -> bool {
    Language::of_file(file).is_some()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn vendor_names_are_found_in_code_only() {
        let code = "// eventName in a comment\nlet a = \"userIdentity.arn\";\n#[cfg(test)]\nmod tests { \"eventName\" }";
        let findings = file_findings(Path::new("crates/logs/src/a.rs"), code);
        assert_eq!(findings, ["crates/logs/src/a.rs:2: a provider's field name in code: userIdentity"]);
        assert!(file_findings(Path::new("xtask/src/a.rs"), code).is_empty());
    }

    #[test]
    fn only_the_table_tells_languages_apart() {
        let code =
            "if language == Language::SPL {}\nif id == \"aql\" {}\n#[cfg(test)]\nlet a = Language::AQL;";
        assert_eq!(
            file_findings(Path::new("crates/hunt/src/a.rs"), code),
            [
                "crates/hunt/src/a.rs:1: asks which language it is: Language::SPL",
                "crates/hunt/src/a.rs:2: the id of a language in code: \"aql\""
            ]
        );
        assert!(file_findings(Path::new("crates/languages/src/table.rs"), code).is_empty());
    }

    #[test]
    fn functions_are_known_by_laws_where_meaning_is_read() {
        let code = "match name { \"spl_equal\" => 1 }\nif call.function.ends_with(\"_less\") {}\nif function.contains(\"kv\") {}";
        for file in ["crates/plan/src/necessary/a.rs", "crates/lint/src/a.rs", "crates/engine/src/a.rs"] {
            let expected =
                [1, 2, 3].map(|line| format!("{file}:{line}: a function known by its name, not by a law"));
            assert_eq!(file_findings(Path::new(file), code), expected);
        }
        assert!(file_findings(Path::new("crates/functions/src/spl/a.rs"), code).is_empty());
    }

    #[test]
    fn prefixes_that_tell_whose_a_column_is_are_found() {
        for planted in TELLING_NAMES {
            let code =
                format!("// {planted}\nlet a = f({planted}x\"));\n#[cfg(test)]\nlet b = f({planted}x\"));");
            let findings = file_findings(Path::new("crates/hunt/src/a.rs"), &code);
            assert_eq!(findings.len(), 1, "{planted}: {findings:?}");
            assert!(findings[0].starts_with("crates/hunt/src/a.rs:2: a name that tells"), "{findings:?}");
        }
        let code = "const MARK: char = '\\u{1}';";
        assert!(file_findings(Path::new("crates/engine/src/names.rs"), code).is_empty());
    }

    #[test]
    fn long_files_and_machine_paths_are_found() {
        let long = "\n".repeat(LONGEST + 1);
        assert_eq!(file_findings(Path::new("crates/logs/src/a.rs"), &long).len(), 1);
        let path = ["see /wo", "rk/main"].concat();
        assert_eq!(file_findings(Path::new("README.md"), &path).len(), 1);
    }

    #[test]
    fn packs_and_their_manifests_must_agree() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("packs/X");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("pack.yml"), "detections:\n  - id: a\n    file: a.spl\n").unwrap();
        fs::write(folder.join("b.aql"), "SELECT 1").unwrap();
        let mut files = Vec::new();
        walk(root.path(), root.path(), &mut files).unwrap();
        let findings = pack_findings(root.path(), &files).unwrap();
        assert_eq!(findings.len(), 2, "{findings:?}");
    }
}
