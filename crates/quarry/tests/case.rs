//! A case that a person can read: a query, its events and the rows a reference demands. CONTRIBUTING.md says how
//! one is written.

use std::{fs, path::Path};

use serde_json::{Value, json};

const SECTIONS: [&str; 3] = ["query", "events", "expected"];
const SETTINGS: [&str; 7] = ["language", "rule", "options", "order", "macro", "events", "known-difference"];

pub struct Case {
    pub header: String,
    /// Files of an app of the case's own, by path, as `=== default/props.conf` begins them.
    pub files: Vec<(String, String)>,
    pub query: String,
    pub events: String,
    pub expected: String,
}

impl Case {
    /// Reads a file; says what is wrong with it, and where.
    pub fn read(path: &Path) -> Result<Self, String> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
        Self::parse(&text).map_err(|(line, message)| format!("{name}:{line}: {message}"))
    }

    /// A case, or the line that is wrong and why.
    pub fn parse(text: &str) -> Result<Self, (usize, String)> {
        // Each with its name and the number of its first line.
        let mut sections = vec![(String::new(), 1, String::new())];
        for (index, line) in text.lines().enumerate() {
            if let Some(name) = line.strip_prefix("=== ") {
                sections.push((name.to_owned(), index + 2, String::new()));
            } else if let Some((_, _, content)) = sections.last_mut() {
                content.push_str(line);
                content.push('\n');
            }
        }
        let (files, sections): (Vec<_>, Vec<_>) =
            sections.into_iter().partition(|(name, _, _)| name.contains('/'));
        let mut rest = sections.into_iter();
        let (_, _, header) = rest.next().unwrap_or_default();
        check_header(&header)?;
        let end = text.lines().count();
        let mut next = |wanted: &str| match rest.next() {
            Some((name, line, content)) if name == wanted => Ok((line, content)),
            Some((name, line, _)) => {
                let order = SECTIONS.join("`, `");
                Err((line - 1, format!("`{name}` stands here: the sections are `{order}`, in this order")))
            }
            None => Err((end, format!("the section `{wanted}` is missing"))),
        };
        let [query, events, expected] = SECTIONS.map(&mut next);
        let ((_, query), (line, events), (_, expected)) = (query?, events?, expected?);
        if let Some((name, line, _)) = rest.next() {
            return Err((line - 1, format!("`{name}` is no section and no path of a file of an app")));
        }
        check_events(&events, line)?;
        let files = files.into_iter().map(|(name, _, content)| (name, content)).collect();
        Ok(Self { header, files, query, events, expected })
    }

    /// Every value of a setting that may stand several times.
    pub fn settings(&self, name: &str) -> impl Iterator<Item = &str> {
        let lines = self.header.lines();
        lines.filter_map(move |line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings(name).next()
    }

    /// The macros of the header, `macro: name(argument) = definition`, as macros.conf has them.
    pub fn macros(&self) -> String {
        let stanza = |line: &str| {
            let (call, definition) = line.split_once(" = ").unwrap_or((line, ""));
            let (name, arguments) = call.trim_end_matches(')').split_once('(').unwrap_or((call, ""));
            let count = arguments.split(", ").filter(|argument| !argument.is_empty()).count();
            let head = if count == 0 { name.to_owned() } else { format!("{name}({count})") };
            format!("[{head}]\nargs = {arguments}\ndefinition = {definition}\n\n")
        };
        self.settings("macro").map(stanza).collect()
    }

    /// The case as a file has it.
    pub fn text(&self) -> String {
        let Self { header, files, query, events, expected } = self;
        let files: String = files.iter().map(|(name, text)| format!("=== {name}\n{text}")).collect();
        format!("{header}{files}=== query\n{query}=== events\n{events}=== expected\n{expected}")
    }

    /// The events as CloudTrail records: what a line leaves out is filled in, the first line is newest; or
    /// records of whatever log as they are.
    pub fn records(&self) -> String {
        let as_they_are = self.setting("events") == Some("as they are");
        let fill = |(number, mut event): (usize, Value)| {
            if let (false, Some(object)) = (as_they_are, event.as_object_mut()) {
                let second = 59 - number;
                let defaults = [
                    ("eventSource", json!("test.amazonaws.com")),
                    ("eventName", json!(format!("Event{number}"))),
                    ("eventTime", json!(format!("2024-01-01T00:00:{second:02}Z"))),
                ];
                for (name, value) in defaults {
                    object.entry(name).or_insert(value);
                }
            }
            format!("{event}\n")
        };
        let events = self.events.lines().filter_map(|line| serde_json::from_str(line).ok());
        events.enumerate().map(fill).collect()
    }

    /// Whether rows are those that are expected.
    pub fn agrees(&self, found: &str) -> bool {
        let lines = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            if self.setting("order") == Some("any") {
                lines[1..].sort();
            }
            lines
        };
        !found.is_empty() && !self.expected.is_empty() && lines(found) == lines(&self.expected)
    }
}

/// A sentence, then settings, of which the language must be there.
fn check_header(header: &str) -> Result<(), (usize, String)> {
    let known = SETTINGS.join("`, `");
    let mut settings = Vec::new();
    for (index, line) in header.lines().enumerate().skip(1) {
        match line.split_once(": ") {
            Some((name, value)) if SETTINGS.contains(&name) => {
                let allowed: &[&str] = match name {
                    "language" => &["spl", "aql", "kql"],
                    "order" => &["any"],
                    "events" => &["as they are"],
                    _ => &[value],
                };
                if !allowed.contains(&value) {
                    return Err((
                        index + 1,
                        format!("`{name}` is `{}`, not `{value}`", allowed.join("` or `")),
                    ));
                }
                if name == "macro" && !value.contains(" = ") {
                    return Err((index + 1, "a macro is `name(argument) = definition`".to_owned()));
                }
                settings.push(name);
            }
            _ => return Err((index + 1, format!("no setting: after the first line stand `{known}`"))),
        }
    }
    if settings.contains(&"language") {
        Ok(())
    } else {
        Err((1, "it has no line `language: …`".to_owned()))
    }
}

/// A JSON object in every line that is not empty.
fn check_events(events: &str, first: usize) -> Result<(), (usize, String)> {
    for (index, line) in events.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Value>(line) {
            Ok(event) if event.is_object() => {}
            Ok(_) => return Err((first + index, "an event is an object".to_owned())),
            Err(error) => return Err((first + index, format!("the event is no JSON: {error}"))),
        }
    }
    Ok(())
}

#[test]
fn a_bad_case_names_its_line() {
    let wrong = |text: &str| Case::parse(text).err().unwrap_or_else(|| panic!("no fault in {text}"));
    let good = "What it shows.\nlanguage: spl\n=== query\na\n=== events\n{}\n=== expected\na\n";
    assert_eq!(Case::parse(good).unwrap_or_else(|fault| panic!("{fault:?}")).text(), good);
    for (from, to, line) in [
        ("language: spl", "language: sql", 2),
        ("language: spl", "lanuage: spl", 2),
        ("language: spl\n", "", 1),
        ("{}", "{}\n\n{", 8),
        ("{}", "1", 6),
        ("=== events", "=== event", 5),
        ("=== query", "=== macros.conf\n=== query", 3),
        ("=== expected\na\n", "", 6),
        ("=== expected\na\n", "=== expected\n=== more\n", 8),
        ("language: spl", "language: spl\nmacro: a", 3),
    ] {
        let (found, message) = wrong(&good.replace(from, to));
        assert_eq!(found, line, "{to}: {message}");
    }
}
