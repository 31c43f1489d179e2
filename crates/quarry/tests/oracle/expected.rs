//! The readable file of what becomes of each example.

use std::{fmt, fs, path::Path};

const HEAD: &str = "\
# What becomes of the example event that is published with each detection, of the event and of its benign twin.
# `dropped` and `because` are what `quarry explain` says: the place in the query, the command, the fields to blame.
# `why` is found by hand from detection and event, and says what the label of the examples leaves open.
# UPDATE=1 rewrites all but the lines `why`.
";

/// One detection and its example.
#[derive(Debug, Default, Clone)]
pub struct Entry {
    pub name: String,
    /// Whether the examples say that the base search selects the event.
    pub labelled: bool,
    pub selected: bool,
    pub rows: usize,
    pub twin_is_silent: bool,
    /// Where it was dropped; empty where nothing is to be explained.
    pub dropped: String,
    pub because: Vec<String>,
    pub why: String,
}

impl Entry {
    /// Whether something happens to the event that the label does not say.
    pub fn asks_for_reason(&self, has_threshold: bool) -> bool {
        !self.labelled || !self.selected || (self.rows == 0 && !has_threshold)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, labelled, selected, rows, .. } = self;
        let word = |selected: bool| if selected { "selected" } else { "not selected" };
        writeln!(formatter, "\n{name}")?;
        write!(formatter, "  base search  {}", word(*selected))?;
        if labelled != selected {
            write!(formatter, " (labelled: {})", word(*labelled))?;
        }
        writeln!(formatter, "\n  rows         {rows}")?;
        if !self.dropped.is_empty() {
            writeln!(formatter, "  dropped      {}", self.dropped)?;
            if !self.because.is_empty() {
                writeln!(formatter, "  because      {}", self.because.join(", "))?;
            }
            writeln!(formatter, "  why          {}", self.why)?;
        }
        Ok(())
    }
}

/// The file.
pub struct Expected {
    text: String,
    found: Vec<Entry>,
}

impl Expected {
    pub fn read(path: &Path) -> Self {
        Self { text: fs::read_to_string(path).unwrap_or_default(), found: Vec::new() }
    }

    /// The part of a detection, as it stands.
    fn part(&self, name: &str) -> Option<&str> {
        let start = self.text.find(&format!("\n\n{name}\n"))? + 1;
        let rest = &self.text[start..];
        Some(&rest[..rest[1..].find("\n\n").map_or(rest.len(), |end| end + 2)])
    }

    /// What differs from the file, and which reasons are missing.
    pub fn compare(&mut self, mut found: Entry, has_threshold: bool) -> Vec<String> {
        let part = self.part(&found.name).unwrap_or_default();
        let why = part.lines().find_map(|line| line.trim().strip_prefix("why"));
        found.why = why.unwrap_or_default().trim().to_owned();
        let mut wrong = Vec::new();
        if found.to_string().trim() != part.trim() {
            wrong.push(format!("expected:{part}\nfound:{found}"));
        }
        if found.asks_for_reason(has_threshold) && found.why.is_empty() {
            wrong.push(format!("{}: a line `why` is missing", found.name));
        }
        self.found.push(found);
        wrong
    }

    /// Parts of the file that no example has.
    pub fn without(&self, names: &[&str]) -> Vec<String> {
        let heads = self.text.lines().filter(|line| !line.is_empty() && !line.starts_with([' ', '#']));
        heads
            .filter(|head| !names.contains(head))
            .map(|head| format!("{head}: no example has this name"))
            .collect()
    }

    /// Rewrites the file if `UPDATE` is set.
    pub fn update(&self, path: &Path) {
        if std::env::var_os("UPDATE").is_some() {
            let entries: String = self.found.iter().map(ToString::to_string).collect();
            fs::write(path, format!("{HEAD}{entries}")).expect("the file can be written");
        }
    }
}
