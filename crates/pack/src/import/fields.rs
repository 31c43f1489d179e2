//! Reading the members of a node, with findings for what is not as the format wants it.

use std::cell::RefCell;

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};

use super::{Format, codes, node::Node};
use crate::{Interval, Severity};

/// Where findings go.
#[derive(Debug, Default)]
pub struct Findings(RefCell<Vec<Diagnostic>>);

impl Findings {
    /// Adds one.
    pub fn add(&self, finding: Diagnostic) {
        self.0.borrow_mut().push(finding);
    }

    /// All of them, by place.
    pub fn into_inner(self) -> Vec<Diagnostic> {
        let mut found = self.0.into_inner();
        found.sort_by_key(|finding| finding.span.start);
        found
    }

    /// Something required is not there.
    pub fn missing(&self, node: &Node, key: &str, help: &str) {
        let found = Diagnostic::error(codes::MISSING, format!("`{key}` is missing"), first_line(node));
        self.add(found.with_help(help));
    }

    /// A value that is left out because of its form.
    pub fn malformed(&self, span: Span, message: impl Into<String>, help: &str) {
        self.add(Diagnostic::warning(codes::MALFORMED, message, span).with_help(help));
    }

    /// Something that quarry does not do.
    pub fn no_effect(&self, span: Span, message: impl Into<String>) {
        self.add(Diagnostic::note(codes::NO_EFFECT, message, span));
    }

    /// Notes the keys that the format does not have, and those that are there twice.
    pub fn unknown_keys(&self, format: &Format, node: &Node) {
        let known = || format.reads.iter().copied().chain(format.ignores.iter().map(|(key, _)| *key));
        for (index, (key, _)) in node.entries().iter().enumerate() {
            let Some(name) = key.as_text() else { continue };
            if node.entries()[..index].iter().any(|(earlier, _)| earlier.as_text() == Some(name)) {
                let message = format!("`{name}` is there twice: the last counts");
                self.add(Diagnostic::warning(codes::MALFORMED, message, key.span));
            }
            if !known().any(|known| known == name) {
                let message = format!("`{name}` is no key of a {}: it is not read", format.title);
                let found = Diagnostic::note(codes::UNKNOWN_KEY, message, key.span);
                let near = did_you_mean(name, known());
                self.add(match near {
                    Some(near) => found.with_help(format!("did you mean `{near}`?")),
                    None => found,
                });
            }
        }
    }

    /// The text of a member; a list or map there is told.
    pub fn text(&self, node: &Node, key: &str) -> Option<String> {
        let value = node.get(key)?;
        if value.as_text().is_none() && !value.is_null() {
            self.malformed(value.span, format!("`{key}` is no text"), "write a text");
        }
        value.as_text().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The texts of a member that is a list of texts or one text.
    pub fn texts(&self, node: &Node, key: &str) -> Vec<String> {
        let Some(value) = node.get(key) else { return Vec::new() };
        if let Some(text) = value.as_text() {
            return if text.trim().is_empty() { Vec::new() } else { vec![text.trim().to_owned()] };
        }
        let mut texts = Vec::new();
        for item in value.items() {
            match item.as_text() {
                Some(text) => texts.push(text.trim().to_owned()),
                None => self.malformed(item.span, format!("an item of `{key}` is no text"), "write a text"),
            }
        }
        if value.items().is_empty() && !value.entries().is_empty() {
            self.malformed(value.span, format!("`{key}` is no list"), "write a list of texts");
        }
        texts
    }

    /// A number.
    pub fn number(&self, node: &Node, key: &str) -> Option<f64> {
        let value = node.get(key)?;
        let number = value.as_text().and_then(|text| text.trim().parse().ok());
        if number.is_none() && !value.is_null() {
            self.malformed(value.span, format!("`{key}` is no number"), "write a number");
        }
        number
    }

    /// A severity in the words of any product.
    pub fn severity(&self, node: &Node, key: &str) -> Option<Severity> {
        let value = node.get(key)?;
        let severity = value.as_text().and_then(|text| text.parse().ok());
        if severity.is_none() && !value.is_null() {
            let shown = value.as_text().unwrap_or("a list");
            self.malformed(
                value.span,
                format!("`{shown}` is no severity"),
                "severities are informational, low, medium, high and critical",
            );
        }
        severity
    }

    /// A length of time such as `5m`, `1h`, `PT5M`, `P1D`.
    pub fn interval(&self, node: &Node, key: &str) -> Option<Interval> {
        let value = node.get(key)?;
        let interval = value.as_text().and_then(interval);
        if interval.is_none() && !value.is_null() {
            let shown = value.as_text().unwrap_or("a list");
            let message = format!("`{shown}` is no length of time");
            self.malformed(value.span, message, "write it like `5m`, `1h`, `14d` or `PT5M`, `P1D`");
        }
        interval
    }
}

/// The first line of a node, to underline.
pub fn first_line(node: &Node) -> Span {
    let first = node.entries().first().map(|(key, _)| key).or(node.items().first());
    first.map_or(node.span, |first| first.span)
}

/// A length of time in short units or ISO 8601.
pub fn interval(text: &str) -> Option<Interval> {
    let text = text.trim();
    if let Ok(interval) = text.to_lowercase().parse() {
        return Some(interval);
    }
    let span: jiff::Span = text.parse().ok()?;
    let whole = [
        (i64::from(span.get_weeks()), 604_800),
        (i64::from(span.get_days()), 86_400),
        (i64::from(span.get_hours()), 3_600),
        (span.get_minutes(), 60),
        (span.get_seconds(), 1),
    ];
    let seconds: i64 = whole.iter().map(|(count, length)| count.saturating_mul(*length)).sum();
    let exact = span.get_years() == 0 && span.get_months() == 0 && seconds > 0;
    exact.then(|| Interval::of_seconds(seconds))
}

/// The ATT&CK techniques among some words: `T1098`, `attack.t1578.002`, `TA0005:T1562.008`.
pub fn techniques<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in words {
        let word = word.trim();
        let word = word.rsplit(':').next().unwrap_or(word).trim();
        let word =
            if word.len() > 7 && word[..7].eq_ignore_ascii_case("attack.") { &word[7..] } else { word };
        let word = word.split_whitespace().next().unwrap_or(word).to_uppercase();
        if crate::manifest::is_technique(&word) && !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{interval, techniques};

    #[test]
    fn lengths_of_time_are_short_or_iso() {
        let seconds = |text| interval(text).map(crate::Interval::seconds);
        assert_eq!(seconds("5m"), Some(300));
        assert_eq!(seconds("1D"), Some(86_400));
        assert_eq!(seconds("PT5M"), Some(300));
        assert_eq!(seconds("P1DT12H"), Some(129_600));
        assert_eq!(seconds("P14D"), Some(1_209_600));
        assert_eq!(seconds("P1M"), None);
        assert_eq!(seconds("soon"), None);
    }

    #[test]
    fn techniques_are_found_in_the_words_of_every_product() {
        let words = ["attack.t1578.002", "TA0005:T1562.008", "T1098", "attack.persistence", "t1098"];
        assert_eq!(techniques(words), ["T1578.002", "T1562.008", "T1098"]);
    }
}
