//! Splunk's configuration files: stanzas of `key = value`.

/// The stanza whose settings all others have.
pub(crate) const DEFAULT: &str = "default";

/// A stanza: its name and settings, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Stanza {
    pub(crate) name: String,
    pub(crate) settings: Vec<(String, String)>,
}

impl Stanza {
    /// The value of a setting.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.settings.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// Sets a value; a former one is gone.
    fn set(&mut self, key: &str, value: String) {
        match self.settings.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => *old = value,
            None => self.settings.push((key.to_owned(), value)),
        }
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

/// What a file says.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) stanzas: Vec<Stanza>,
    /// Lines, from 1, that are neither a setting nor a stanza. The platform passes over them.
    pub(crate) passed_over: Vec<usize>,
}

/// Reads a file; a line that ends in a backslash goes on. Settings before the first stanza belong to
/// `default`; of one setting written twice in a stanza the last wins (Splunk Admin Manual, props.conf.spec).
pub(crate) fn read(text: &str) -> Read {
    let mut read = Read::default();
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = stanza_name(line) {
            read.stanzas.push(Stanza { name: name.to_owned(), settings: Vec::new() });
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            read.passed_over.push(number + 1);
            continue;
        };
        let mut value = value.trim().to_owned();
        while let Some(kept) = value.strip_suffix('\\') {
            let kept = kept.to_owned();
            let Some((_, next)) = lines.next() else {
                value = kept;
                break;
            };
            value = format!("{kept}\n{}", next.trim_end());
        }
        if read.stanzas.is_empty() {
            read.stanzas.push(Stanza { name: DEFAULT.to_owned(), settings: Vec::new() });
        }
        if let Some(current) = read.stanzas.last_mut() {
            current.set(key.trim(), value);
        }
    }
    let mut merged = Vec::new();
    merge(&mut merged, read.stanzas);
    Read { stanzas: merged, ..read }
}

/// The name in `[name]`; what follows the last bracket is no part of it.
fn stanza_name(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix('[')?.rsplit_once(']')?;
    Some(name.trim())
}

/// Adds stanzas to those known: of one setting of one stanza the later value wins.
pub(crate) fn merge(known: &mut Vec<Stanza>, more: Vec<Stanza>) {
    for stanza in more {
        match known.iter_mut().find(|have| have.name == stanza.name) {
            Some(have) => stanza.settings.into_iter().for_each(|(key, value)| have.set(&key, value)),
            None => known.push(stanza),
        }
    }
}

/// Puts a stanza in place of one of its name.
pub(crate) fn replace(known: &mut Vec<Stanza>, stanza: Stanza) {
    known.retain(|have| have.name != stanza.name);
    known.push(stanza);
}

/// Gives every stanza the settings of `default` that it does not have itself, and takes `default` out.
pub(crate) fn inherit(stanzas: &mut Vec<Stanza>) {
    let Some(at) = stanzas.iter().position(|stanza| stanza.name == DEFAULT) else { return };
    let default = stanzas.remove(at);
    for stanza in stanzas {
        for (key, value) in &default.settings {
            if stanza.get(key).is_none() {
                stanza.set(key, value.clone());
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{inherit, merge, read};

    #[test]
    fn stanzas_hold_their_settings() {
        let mut known = read("[a]\nx = 1\\\n2 \\\n3\n# no\ny=z\n").stanzas;
        merge(&mut known, read("[a]\ny = w\n[b] # a remark\n").stanzas);
        assert_eq!(known[0].get("x"), Some("1\n2 \n3"));
        assert_eq!(known[0].settings.len(), 2);
        assert_eq!(known[0].get("y"), Some("w"));
        assert_eq!(known[1].name, "b");
    }

    #[test]
    fn what_is_no_setting_is_passed_over() {
        let found = read("before = 1\n[a]\nnonsense\n[unclosed\nlast = 1\\");
        assert_eq!(found.passed_over, [3, 4]);
        let mut stanzas = found.stanzas;
        inherit(&mut stanzas);
        assert_eq!(stanzas.len(), 1);
        assert_eq!((stanzas[0].get("before"), stanzas[0].get("last")), (Some("1"), Some("1")));
    }
}
