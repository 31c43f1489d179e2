//! Looks back for the name of the member whose value begins.

use std::borrow::Cow;

use crate::escape::unescape;

/// The name of the member whose value follows directly behind `before`.
pub(crate) fn name_before(before: &[u8]) -> Option<Cow<'_, str>> {
    let before = before.trim_ascii_end().strip_suffix(b":")?;
    let before = before.trim_ascii_end().strip_suffix(b"\"")?;
    let mut search = before;
    loop {
        let quote = memchr::memrchr(b'"', search)?;
        search = search.get(..quote)?;
        let backslashes = search.iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 0 {
            let name = std::str::from_utf8(before.get(quote + 1..)?).ok()?;
            return Some(if name.contains('\\') { Cow::Owned(unescape(name)) } else { Cow::Borrowed(name) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_unescaped() {
        assert_eq!(name_before(br#"{"a":1,"items" : "#).as_deref(), Some("items"));
        assert_eq!(name_before(br#"{"it\u0065m\"s":"#).as_deref(), Some("item\"s"));
        assert_eq!(name_before(b"[1,"), None);
    }
}
