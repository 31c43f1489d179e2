//! Identifiers as the providers make them, from patterns such as `i-0{hex:16}`.

use std::collections::BTreeMap;

use super::random::Random;

/// Patterns by the name of their kind.
#[derive(Debug, Clone, Default)]
pub struct Identifiers(BTreeMap<String, String>);

/// Makes `length` characters, or a number below it.
type Piece = fn(&mut Random, usize) -> String;

const PIECES: &[(&str, Piece)] = &[
    ("hex", |random, length| random.letters(b"0123456789abcdef", length)),
    ("HEX", |random, length| random.letters(b"0123456789ABCDEF", length)),
    ("digits", |random, length| random.letters(b"0123456789", length)),
    ("number", |random, length| {
        let first = random.letters(b"123456789", 1);
        first + &random.letters(b"0123456789", length.saturating_sub(1))
    }),
    ("key", |random, length| random.letters(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length)),
    ("word", |random, length| random.letters(b"abcdefghijklmnopqrstuvwxyz0123456789", length)),
    ("below", |random, limit| random.index(limit).to_string()),
    ("uuid", |random, _| random.uuid()),
];

impl Identifiers {
    /// Adds kinds.
    ///
    /// # Errors
    /// If a pattern has an unknown piece, told as the message.
    pub fn extend(&mut self, kinds: BTreeMap<String, String>) -> Result<(), String> {
        for (name, pattern) in kinds {
            make(&mut Random::of(0, &[]), &pattern)?;
            self.0.insert(name, pattern);
        }
        Ok(())
    }

    /// Makes an identifier of a kind; a text with `{` is a pattern itself.
    ///
    /// # Errors
    /// If the kind or a piece is unknown, told as the message.
    pub fn fresh(&self, random: &mut Random, kind: &str) -> Result<String, String> {
        if let Some(pattern) = self.0.get(kind) {
            return make(random, pattern);
        }
        if kind.contains('{') {
            return make(random, kind);
        }
        let near = quarry_diagnostic::did_you_mean(kind, self.0.keys().map(String::as_str));
        let help = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        Err(format!("no kind of identifier is called `{kind}`{help}"))
    }
}

fn make(random: &mut Random, pattern: &str) -> Result<String, String> {
    let mut made = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (piece, behind) =
            after.split_once('}').ok_or_else(|| format!("`{pattern}` has a `{{` without `}}`"))?;
        let (name, length) = piece.split_once(':').unwrap_or((piece, "0"));
        let unknown = || {
            let names: Vec<&str> = PIECES.iter().map(|(name, _)| *name).collect();
            format!("`{{{piece}}}` in `{pattern}` is none of {}", names.join(", "))
        };
        let (_, piece) = PIECES.iter().find(|(known, _)| *known == name).ok_or_else(unknown)?;
        let length = length.parse().map_err(|_| unknown())?;
        made.push_str(before);
        made.push_str(&piece(random, length));
        rest = behind;
    }
    made.push_str(rest);
    Ok(made)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn patterns_make_what_they_say() {
        let mut random = Random::of(1, &["a"]);
        let made = make(&mut random, "i-0{hex:16}/{below:1}/{digits:3}").unwrap();
        let parts: Vec<&str> = made.split('/').collect();
        assert_eq!((parts[0].len(), parts[1], parts[2].len()), (19, "0", 3));
        let uuid = make(&mut random, "{uuid}").unwrap();
        assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
        assert!(make(&mut random, "{hexes:3}").unwrap_err().contains("none of hex"));
        assert!(Identifiers::default().fresh(&mut random, "inst").is_err());
    }
}
