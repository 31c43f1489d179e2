//! What an object is of which nothing was understood, by its first bytes, and what would help.

/// Beginnings of files that are no logs as they are: (offset, bytes, what it is).
const MAGIC: [(usize, &[u8], &str); 26] = [
    (0, b"PK\x03\x04", "zip archive that cannot be read: unpack it"),
    (0, b"PK\x05\x06", "empty zip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z archive: unpack it"),
    (0, b"Rar!", "rar archive: unpack it"),
    (257, b"ustar", "tar archive that cannot be read: unpack it"),
    (0, b"PAR1", "Parquet: convert it to JSON lines"),
    (0, b"Obj\x01", "Avro: convert it to JSON lines"),
    (0, b"ORC", "ORC: convert it to JSON lines"),
    (0, b"SQLite format 3", "SQLite database"),
    (0, b"%PDF", "PDF"),
    (0, b"\x1f\x8b", "gzip that holds nothing, or is cut off"),
    (0, b"BZh", "bzip2: decompress it with `bunzip2`"),
    (0, b"\xfd7zXZ\x00", "xz: decompress it with `unxz`"),
    (0, b"\x5d\x00\x00", "lzma: decompress it with `unlzma`"),
    (0, b"\x04\x22\x4d\x18", "lz4: decompress it with `unlz4`"),
    (0, b"\x02\x21\x4c\x18", "lz4 of the legacy format: decompress it with `unlz4`"),
    (0, b"\x28\xb5\x2f\xfd", "zstd that cannot be read"),
    (0, b"\xff\x06\x00\x00sNaPpY", "snappy that cannot be read"),
    (0, b"\x82SNAPPY\x00", "snappy that cannot be read"),
    (0, b"\x78\x9c", "zlib: decompress it"),
    (0, b"\x78\x01", "zlib: decompress it"),
    (0, b"\x78\xda", "zlib: decompress it"),
    (0, b"\xff\xfe", "UTF-16: convert it to UTF-8"),
    (0, b"\xfe\xff", "UTF-16: convert it to UTF-8"),
    (0, b"\xd0\xcf\x11\xe0", "old Office document: save it as CSV"),
    (0, b"ElfFile\x00", "Windows event log (evtx)"),
];

/// Beginnings of texts: (bytes, what it is).
const TEXTS: [(&str, &str); 4] = [
    ("version https://git-lfs.github.com", "Git LFS pointer: fetch the file with `git lfs pull`"),
    ("version account-id interface-id", "VPC flow log"),
    ("<?xml", "XML"),
    ("#TYPE ", "CSV of PowerShell"),
];

/// What other systems leave beside logs: no reason to warn.
const BESIDE: [(usize, &[u8], &str); 3] = [
    (4, b"Bud1", "settings of a folder (macOS)"),
    (0, b"\x00\x05\x16\x07", "attributes of a file (macOS)"),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "shortcut (Windows)"),
];

/// What an object looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kind {
    pub name: String,
    /// Whether logs may be in it, so that not understanding it is worth a warning.
    pub may_be_log: bool,
}

/// What the first bytes of an object look like; `is_binary` if it has bytes that no text has, `is_table` if
/// they are the rows of a table as lines of JSON.
pub(crate) fn of(head: &[u8], is_binary: bool, is_table: bool) -> Kind {
    let begins = |&&(offset, magic, _): &&(usize, &[u8], &str)| {
        head.get(offset..).is_some_and(|rest| rest.starts_with(magic))
    };
    if let Some((_, _, name)) = BESIDE.iter().find(begins) {
        return Kind { name: (*name).to_owned(), may_be_log: false };
    }
    if let Some((_, _, name)) = MAGIC.iter().find(begins) {
        return Kind { name: (*name).to_owned(), may_be_log: true };
    }
    if is_binary {
        return Kind { name: "binary file".to_owned(), may_be_log: true };
    }
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if let Some((_, name)) = TEXTS.iter().find(|(beginning, _)| text.starts_with(beginning)) {
        return Kind { name: (*name).to_owned(), may_be_log: true };
    }
    let kind = of_text(text);
    if !is_table {
        return kind;
    }
    let name = kind.name.replacen("JSON of an unknown kind, with", "CSV with unknown columns, among them", 1);
    Kind { name, ..kind }
}

fn of_text(text: &str) -> Kind {
    if text.starts_with(['{', '[']) {
        let names = members(text);
        let name = if names.is_empty() {
            "JSON of an unknown kind".to_owned()
        } else {
            format!("JSON of an unknown kind, with {}", names.join(", "))
        };
        return Kind { name, may_be_log: true };
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let is_yaml = |line: &str| line.trim_end().ends_with(':') || line.contains(": ");
    let is_listed = second.starts_with("- ") || second.starts_with("  ");
    if first == "---" || (is_yaml(first) && (is_listed || (is_yaml(second) && !second.contains("://")))) {
        return Kind { name: "YAML: write it as JSON (`--output json`)".to_owned(), may_be_log: true };
    }
    for separator in [',', ';', '\t'] {
        let columns = first.split(separator).count();
        if columns > 2 && second.split(separator).count() >= columns {
            let shown: Vec<&str> = first.split(separator).take(5).map(str::trim).collect();
            return Kind { name: format!("looks like CSV, columns {}", shown.join(", ")), may_be_log: true };
        }
    }
    Kind { name: "text that is no log known here".to_owned(), may_be_log: false }
}

/// The names of the first members of a JSON text.
fn members(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\":") {
        if let Some(name) = before.rsplit('"').next().filter(|name| name.len() < 40) {
            names.push(format!("`{name}`"));
        }
        if names.len() == 4 {
            break;
        }
        rest = after;
    }
    names
}
