//! JSON string escapes.

/// The text of a JSON string's inside. A lone surrogate becomes U+FFFD; a wrong escape is kept.
pub(crate) fn unescape(inside: &str) -> String {
    let mut text = String::with_capacity(inside.len());
    unescape_into(inside, &mut text);
    text
}

/// Appends the text of a JSON string's inside.
pub(crate) fn unescape_into(inside: &str, text: &mut String) {
    let mut rest = inside;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let Some(kind) = escape.chars().next() else { return };
        rest = escape.get(kind.len_utf8()..).unwrap_or_default();
        match kind {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'u' => rest = unicode(rest, text),
            other => text.push(other),
        }
    }
    text.push_str(rest);
}

/// Appends the character of a `\u` escape whose digits `rest` begins with; gives what follows.
fn unicode<'a>(rest: &'a str, text: &mut String) -> &'a str {
    let Some((first, after)) = hexadecimal(rest) else {
        text.push(char::REPLACEMENT_CHARACTER);
        return rest;
    };
    if let Some(character) = char::from_u32(first) {
        text.push(character);
        return after;
    }
    let low = after.strip_prefix("\\u").and_then(hexadecimal);
    match low {
        Some((second, behind)) if (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(&second) => {
            let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            behind
        }
        _ => {
            text.push(char::REPLACEMENT_CHARACTER);
            after
        }
    }
}

/// Four hexadecimal digits and what follows.
pub(crate) fn hexadecimal(rest: &str) -> Option<(u32, &str)> {
    let digits = rest.get(..4)?;
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    Some((u32::from_str_radix(digits, 16).ok()?, rest.get(4..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_their_characters() {
        assert_eq!(unescape(r#"a\"b\\c\/d\n\u0052\ud83d\ude00"#), "a\"b\\c/d\nR😀");
    }

    #[test]
    fn lone_surrogates_are_replaced() {
        assert_eq!(unescape(r"x\ud83dy"), "x\u{fffd}y");
        assert_eq!(unescape(r"\ud83d\u0041"), "\u{fffd}A");
    }
}
