//! Turns PCRE and Java habits into what the regex crates read.
//!
//! Perl's engine takes a brace that is no quantifier, an unknown escape or a bracket inside a class
//! literally, and its `\d`, `\w` and `\s` are ASCII. The translation only rewrites these.

/// A pattern ready for the regex crates.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Translated {
    pub(crate) pattern: String,
    /// Possessive quantifiers need the backtracking engine; the linear one would misread them.
    pub(crate) possessive: bool,
    /// Bytes of the translation and of the original at which the same thing begins, in order.
    origins: Vec<(usize, usize)>,
}

impl Translated {
    /// The byte of the original that a byte of the translation came from.
    pub(crate) fn origin(&self, at: usize) -> usize {
        let after = self.origins.partition_point(|(translated, _)| *translated <= at);
        let found = after.checked_sub(1).and_then(|index| self.origins.get(index));
        found.map_or(0, |(_, origin)| *origin)
    }
}

/// Translates a pattern.
pub(crate) fn translate(pattern: &str) -> Translated {
    let mut writer = Writer {
        input: pattern.chars().collect(),
        at: 0,
        out: String::with_capacity(pattern.len() + 16),
        possessive: false,
    };
    let places: Vec<usize> = pattern.char_indices().map(|(place, _)| place).collect();
    let mut origins = Vec::new();
    while let Some(place) = places.get(writer.at) {
        origins.push((writer.out.len(), *place));
        writer.step();
    }
    origins.push((writer.out.len(), pattern.len()));
    Translated { pattern: writer.out, possessive: writer.possessive, origins }
}

struct Writer {
    input: Vec<char>,
    at: usize,
    out: String,
    possessive: bool,
}

impl Writer {
    fn peek(&self, offset: usize) -> Option<char> {
        self.input.get(self.at + offset).copied()
    }

    fn step(&mut self) {
        match self.input[self.at] {
            '\\' => self.escape(false),
            '[' => self.class(),
            '{' => self.brace(),
            '}' => self.put("\\}", 1),
            '(' => self.group(),
            '*' | '+' | '?' => self.quantifier(1),
            other => {
                self.out.push(other);
                self.at += 1;
            }
        }
    }

    fn put(&mut self, text: &str, consumed: usize) {
        self.out.push_str(text);
        self.at += consumed;
    }

    fn copy(&mut self, count: usize) {
        let end = (self.at + count).min(self.input.len());
        self.out.extend(&self.input[self.at..end]);
        self.at = end;
    }

    /// `(?'name'…)` becomes `(?<name>…)`; all other groups stay.
    fn group(&mut self) {
        if self.peek(1) == Some('?') && self.peek(2) == Some('\'') {
            let close = self.input[self.at + 3..].iter().position(|&found| found == '\'');
            if let Some(length) = close {
                let name: String = self.input[self.at + 3..self.at + 3 + length].iter().collect();
                self.out.push_str(&format!("(?<{name}>"));
                self.at += length + 4;
                return;
            }
        }
        let special = self.peek(1) == Some('?');
        self.copy(if special { 2 } else { 1 });
    }

    /// A quantifier of `length` characters, and the mark that makes it lazy or possessive.
    fn quantifier(&mut self, length: usize) {
        self.copy(length);
        match self.peek(0) {
            Some('?') => self.copy(1),
            Some('+') => {
                self.possessive = true;
                self.copy(1);
            }
            _ => {}
        }
    }

    /// `{2}`, `{2,}` and `{2,3}` are quantifiers, any other brace is itself.
    fn brace(&mut self) {
        let rest = &self.input[self.at + 1..];
        let close = rest.iter().position(|&found| found == '}');
        let inside: String = rest[..close.unwrap_or(0)].iter().collect();
        let (least, most) = inside.split_once(',').unwrap_or((&inside, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let quantifier = close.is_some() && !least.is_empty() && digits(least) && digits(most);
        match close {
            Some(length) if quantifier && !self.out.is_empty() => self.quantifier(length + 2),
            _ => self.put("\\{", 1),
        }
    }

    /// A class up to its bracket; brackets and set operators inside are literal.
    fn class(&mut self) {
        self.copy(1);
        if self.peek(0) == Some('^') {
            self.copy(1);
        }
        if self.peek(0) == Some(']') {
            self.put("\\]", 1);
        }
        while let Some(next) = self.peek(0) {
            match next {
                ']' => return self.copy(1),
                '\\' => self.escape(true),
                '[' if self.peek(1) == Some(':') => self.named_class(),
                '[' => self.put("\\[", 1),
                '&' | '~' => {
                    let literal = format!("\\{next}");
                    self.put(&literal, 1);
                }
                '-' if self.peek(1) == Some('-') => self.put("\\-", 1),
                _ => self.copy(1),
            }
        }
    }

    fn named_class(&mut self) {
        let end = self.input[self.at..].windows(2).position(|pair| pair == [':', ']']);
        match end {
            Some(length) if length > 1 => self.copy(length + 2),
            _ => self.put("\\[", 1),
        }
    }

    fn escape(&mut self, in_class: bool) {
        let Some(next) = self.peek(1) else {
            return self.put("\\\\", 1);
        };
        if next == 'Q' && !in_class {
            return self.quoted();
        }
        if let Some(replacement) = shorthand(next, in_class) {
            return self.put(replacement, 2);
        }
        match next {
            'E' => self.at += 2,
            // These may carry a name or number in braces, which is no quantifier.
            'x' | 'p' | 'P' | 'u' | 'U' | 'g' | 'k' | 'o' => self.named_escape(),
            'n' | 'r' | 't' | 'f' | 'v' | 'a' | 'b' | 'B' | 'A' | 'z' | 'K' | 'G' => self.copy(2),
            _ if next.is_ascii_digit() => self.copy(2),
            // An unknown escaped letter is itself.
            _ if next.is_ascii_alphabetic() || matches!(next, '<' | '>' | '_') => {
                self.out.push(next);
                self.at += 2;
            }
            _ if next.is_ascii() => self.copy(2),
            _ => {
                self.out.push(next);
                self.at += 2;
            }
        }
    }

    fn named_escape(&mut self) {
        if self.peek(2) != Some('{') {
            return self.copy(2);
        }
        match self.input[self.at..].iter().position(|&found| found == '}') {
            Some(length) => self.copy(length + 1),
            None => self.copy(2),
        }
    }

    /// `\Q…\E`: everything between is literal.
    fn quoted(&mut self) {
        let body = &self.input[self.at + 2..];
        let length = body.windows(2).position(|pair| pair == ['\\', 'E']).unwrap_or(body.len());
        let literal: String = body[..length].iter().collect();
        self.out.push_str(&regex::escape(&literal));
        self.at = (self.at + 4 + length).min(self.input.len());
    }
}

/// Classes that the regex crates lack or read as Unicode.
fn shorthand(letter: char, in_class: bool) -> Option<&'static str> {
    Some(match (letter, in_class) {
        ('d', false) => "[0-9]",
        ('d', true) => "0-9",
        ('D', _) => "[^0-9]",
        ('w', false) => "[0-9A-Za-z_]",
        ('w', true) => "0-9A-Za-z_",
        ('W', _) => "[^0-9A-Za-z_]",
        ('s', false) => "[ \\t\\n\\r\\x0B\\x0C]",
        ('s', true) => "\\x20\\t\\n\\r\\x0B\\x0C",
        ('S', _) => "[^ \\t\\n\\r\\x0B\\x0C]",
        ('h', false) => "[ \\t]",
        ('h', true) => "\\x20\\t",
        ('H', _) => "[^ \\t]",
        ('N', false) => "[^\\n]",
        ('R', false) => "(?:\\r\\n|[\\n\\r\\x0B\\x0C])",
        ('Z', false) => "(?:\\n?\\z)",
        ('b', true) => "\\x08",
        ('e', _) => "\\x1B",
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use super::*;

    #[test]
    fn habits_are_rewritten() {
        let cases = [
            ("(?<body>{.+})", "(?<body>\\{.+\\})"),
            ("a{2}b{2,}c{1,3}", "a{2}b{2,}c{1,3}"),
            ("a{,3}", "a\\{,3\\}"),
            ("{3}", "\\{3\\}"),
            ("\\p{Lu}\\x{41}", "\\p{Lu}\\x{41}"),
            ("[[:alpha:][]", "[[:alpha:]\\[]"),
            ("[]a]", "[\\]a]"),
            ("[a&&b]", "[a\\&\\&b]"),
            ("\\<tag\\>", "<tag>"),
            ("[\\w.-]+", "[0-9A-Za-z_.-]+"),
            ("\\Qa.b\\E+", "a\\.b+"),
            ("(?'x'a)", "(?<x>a)"),
            ("a\\", "a\\\\"),
            ("\\y", "y"),
        ];
        for (pattern, wanted) in cases {
            assert_eq!(translate(pattern).pattern, wanted, "{pattern}");
        }
    }

    #[test]
    fn possessive_quantifiers_are_noticed() {
        assert!(translate("a++b").possessive);
        assert!(translate("a{2}+").possessive);
        assert!(!translate("a+?b[+]+").possessive);
    }
}
