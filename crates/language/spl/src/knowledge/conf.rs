//! Splunk's configuration files: stanzas of `key = value`.

/// A stanza: its name and settings, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Stanza {
    pub(crate) name: String,
    pub(crate) settings: Vec<(String, String)>,
}

impl Stanza {
    /// The last value of a setting.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.settings.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// A setting that is true or false.
    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        self.get(key).map(is_true)
    }
}

/// Whether a setting is on.
pub(crate) fn is_true(value: &str) -> bool {
    matches!(value.to_lowercase().as_str(), "1" | "true" | "t" | "yes" | "enabled")
}

/// Reads a file; a line that ends in a backslash goes on. Settings before the first stanza belong to
/// `default`.
///
/// # Errors
/// Names the line that is neither a setting nor a stanza.
pub(crate) fn read(text: &str) -> Result<Vec<Stanza>, String> {
    let mut found: Vec<Stanza> = Vec::new();
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            found.push(Stanza { name: name.trim().to_owned(), settings: Vec::new() });
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            return Err(format!("line {}: expected `key = value` or `[name]`", number + 1));
        };
        let mut value = value.trim().to_owned();
        while let Some(kept) = value.strip_suffix('\\') {
            let kept = kept.to_owned();
            let next = lines.next().map_or("", |(_, next)| next);
            value = format!("{kept}\n{next}");
        }
        if found.is_empty() {
            found.push(Stanza { name: "default".to_owned(), settings: Vec::new() });
        }
        if let Some(current) = found.last_mut() {
            current.settings.push((key.trim().to_owned(), value));
        }
    }
    Ok(found)
}

/// Adds stanzas to those known; of one name the later settings win.
pub(crate) fn merge(known: &mut Vec<Stanza>, more: Vec<Stanza>) {
    for stanza in more {
        match known.iter_mut().find(|have| have.name == stanza.name) {
            Some(have) => have.settings.extend(stanza.settings),
            None => known.push(stanza),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{merge, read};

    #[test]
    fn stanzas_hold_their_settings() {
        let mut read_twice = read("[a]\nx = 1\\\n2\n# no\ny=z\n").unwrap();
        merge(&mut read_twice, read("[a]\ny = w\n[b]\n").unwrap());
        assert_eq!(read_twice[0].get("x"), Some("1\n2"));
        assert_eq!(read_twice[0].get("y"), Some("w"));
        assert_eq!(read_twice.len(), 2);
        assert!(read("[a]\nnonsense").is_err());
    }
}
