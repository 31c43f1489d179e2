//! Wildcards in field names: `*` stands for any run of characters.

/// Whether a name has a wildcard.
pub(crate) fn is_wildcard(name: &str) -> bool {
    name.contains('*')
}

/// The texts that the stars of `pattern` stand for in `name`, or none if it does not match.
///
/// Each star takes as little as possible, the last one the rest.
pub(crate) fn captures(pattern: &str, name: &str) -> Option<Vec<String>> {
    let mut parts = pattern.split('*');
    let mut rest = name.strip_prefix(parts.next()?)?;
    let parts: Vec<&str> = parts.collect();
    let mut found = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let at = if index + 1 == parts.len() {
            rest.ends_with(part).then(|| rest.len() - part.len())?
        } else {
            rest.find(part)?
        };
        found.push(rest[..at].to_owned());
        rest = &rest[at + part.len()..];
    }
    if parts.is_empty() && !rest.is_empty() {
        return None;
    }
    Some(found)
}

/// Whether the pattern matches the name.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    captures(pattern, name).is_some()
}

/// The pattern with its stars replaced, in order.
pub(crate) fn fill(pattern: &str, texts: &[String]) -> String {
    let mut filled = String::new();
    for (index, part) in pattern.split('*').enumerate() {
        if index > 0 {
            filled.push_str(texts.get(index - 1).map_or("", String::as_str));
        }
        filled.push_str(part);
    }
    filled
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{captures, fill, matches};

    #[test]
    fn stars_capture_and_fill() {
        assert_eq!(captures("a.*.c*", "a.b.cd"), Some(vec!["b".to_owned(), "d".to_owned()]));
        assert_eq!(fill("*-*", &captures("a.*.c*", "a.b.cd").unwrap()), "b-d");
        assert_eq!(captures("*", ""), Some(vec![String::new()]));
        assert_eq!(captures("*x", "axxx"), Some(vec!["axx".to_owned()]));
    }

    #[test]
    fn a_name_without_stars_matches_itself_only() {
        assert!(matches("abc", "abc"));
        assert!(!matches("abc", "abcd"));
        assert!(!matches("a*c", "ab"));
        assert!(!matches("a*a", "a"));
    }
}
