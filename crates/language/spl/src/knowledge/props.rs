//! Which stanza of props.conf an event's setting is of, and what its name matches
//! (Splunk Admin Manual, props.conf.spec: stanza precedence, stanza patterns, pattern collisions).

use super::conf::{DEFAULT, Stanza};

/// What a stanza is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    /// Every event.
    All,
    SourceType,
    Host,
    Source,
}

/// A stanza and its rank among those that match one event.
#[derive(Debug)]
pub(crate) struct Layer<'a> {
    pub(crate) stanza: &'a Stanza,
    pub(crate) subject: Subject,
    /// The text or pattern of the name.
    pub(crate) pattern: &'a str,
    priority: i64,
}

/// A setting, with the layers that have it, the one that wins first.
pub(crate) type Setting<'a> = (&'a str, Vec<(&'a Layer<'a>, &'a str)>);

/// Ranks of names that match as they stand, and of patterns, where a stanza has no `priority`.
const LITERAL: i64 = 100;
const PATTERN: i64 = 0;

/// Begins the name of a source type that is a pattern: a regular expression that matches nothing, which
/// add-ons write to have the name read as one.
const PATTERN_MARK: &str = "(?::){0}";

impl<'a> Layer<'a> {
    fn of(stanza: &'a Stanza) -> Option<Self> {
        let (subject, pattern) = match stanza.name.split_once("::") {
            _ if stanza.name == DEFAULT => (Subject::All, ""),
            _ if stanza.name.starts_with(PATTERN_MARK) => (Subject::SourceType, stanza.name.as_str()),
            Some(("source", pattern)) => (Subject::Source, pattern),
            Some(("host", pattern)) => (Subject::Host, pattern),
            // Rules that tell source types when data comes in.
            Some(("rule" | "delayedrule", _)) => return None,
            _ => (Subject::SourceType, stanza.name.as_str()),
        };
        let mut layer = Self { stanza, subject, pattern, priority: 0 };
        let usual = if layer.is_literal() { LITERAL } else { PATTERN };
        layer.priority = stanza.get("priority").and_then(|text| text.trim().parse().ok()).unwrap_or(usual);
        Some(layer)
    }

    /// Whether the name matches itself alone.
    pub(crate) fn is_literal(&self) -> bool {
        match self.subject {
            Subject::All => true,
            Subject::SourceType => !self.pattern.starts_with(PATTERN_MARK),
            Subject::Host | Subject::Source => {
                !self.pattern.contains(['*', '|', '(', '[', '\\']) && !self.pattern.contains("...")
            }
        }
    }

    /// The name as a regular expression of the whole text: `...` is anything, `*` anything but a separator of
    /// folders, `.` a dot; the rest is regular.
    pub(crate) fn expression(&self) -> String {
        let pattern = self.pattern.strip_prefix(PATTERN_MARK).unwrap_or(self.pattern);
        let mut out = String::new();
        let mut rest = pattern;
        while let Some(letter) = rest.chars().next() {
            let mut length = letter.len_utf8();
            match letter {
                '.' if rest.starts_with("...") => {
                    out.push_str(".*");
                    length = 3;
                }
                '.' => out.push_str("\\."),
                '*' => out.push_str("[^/\\\\]*"),
                '\\' => {
                    length += rest[1..].chars().next().map_or(0, char::len_utf8);
                    out.push_str(&rest[..length]);
                }
                _ => out.push(letter),
            }
            rest = &rest[length..];
        }
        format!("^(?s:{out})$")
    }

    /// Whether no event can be of both.
    fn excludes(&self, other: &Self) -> bool {
        let literals = self.is_literal() && other.is_literal();
        literals && self.subject == other.subject && self.pattern != other.pattern
    }
}

/// The stanzas, the strongest first: of a source, of a host, of a source type, of all; among those the greater
/// priority, then the name that sorts first.
pub(crate) fn layers(stanzas: &[Stanza]) -> Vec<Layer<'_>> {
    let mut layers: Vec<Layer<'_>> = stanzas.iter().filter_map(Layer::of).collect();
    layers.sort_by(|left, right| {
        let strength = |layer: &Layer<'_>| (layer.subject, layer.priority);
        strength(right).cmp(&strength(left)).then_with(|| left.pattern.cmp(right.pattern))
    });
    layers
}

/// The settings whose names begin so, sorted by the rest of the name, which is how the platform orders those
/// of a class.
pub(crate) fn settings<'a>(
    layers: &'a [Layer<'a>],
    class: &dyn Fn(&str) -> Option<&str>,
) -> Vec<Setting<'a>> {
    let mut found: std::collections::BTreeMap<&str, Vec<(&Layer<'_>, &str)>> =
        std::collections::BTreeMap::new();
    for layer in layers {
        for (key, value) in &layer.stanza.settings {
            if class(key).is_some() {
                found.entry(key).or_default().push((layer, value));
            }
        }
    }
    found.into_iter().collect()
}

/// The layers that come before one and can match the same event.
pub(crate) fn stronger<'a>(holders: &[(&'a Layer<'a>, &str)], at: usize) -> Vec<&'a Layer<'a>> {
    let own = holders[at].0;
    holders[..at].iter().map(|(layer, _)| *layer).filter(|layer| !layer.excludes(own)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::conf;
    use super::layers;

    #[test]
    fn stanzas_are_ranked() {
        let text = "[default]\n[web]\n[source::...z...]\n[source::...a...]\n[source::/var/log/x]\n[host::h]\n\
                    [source::*b*]\npriority = 101\n[rule::r]\n[(?::){0}we*]\n";
        let stanzas = conf::read(text).stanzas;
        let names: Vec<&str> = layers(&stanzas).iter().map(|layer| layer.stanza.name.as_str()).collect();
        let wanted = [
            "source::*b*",
            "source::/var/log/x",
            "source::...a...",
            "source::...z...",
            "host::h",
            "web",
            "(?::){0}we*",
            "default",
        ];
        assert_eq!(names, wanted);
    }

    #[test]
    fn patterns_are_regular() {
        let stanzas =
            conf::read("[source::....(?<!tar.)(gz|bz2)]\n[source::...(/|\\\\)log(/|\\\\)*a.log]\n").stanzas;
        let found: Vec<regex::Regex> =
            layers(&stanzas).iter().filter_map(|layer| regex::Regex::new(&layer.expression()).ok()).collect();
        assert!(found.iter().any(|pattern| pattern.is_match("/var/log/x-a.log")));
        assert!(!found.iter().any(|pattern| pattern.is_match("/var/log/x/a.log")));
        assert!(!found.iter().any(|pattern| pattern.is_match("/var/log/xablog")));
    }
}
