//! String literals in all their forms.

/// A string literal at the start of a text.
pub(crate) struct Found {
    /// What it says.
    pub value: String,
    /// How long it is as written.
    pub length: usize,
    /// Whether it ends.
    pub ends: bool,
}

/// The literal that a text begins with: plain, verbatim (`@`), hidden (`h`), or of several lines.
pub(crate) fn literal(text: &str) -> Option<Found> {
    let (hidden, rest) = match text.strip_prefix(['h', 'H']) {
        Some(rest) if rest.starts_with(['"', '\'', '@', '`', '~']) => (1, rest),
        _ => (0, text),
    };
    let mut found = if let Some(verbatim) = rest.strip_prefix('@') {
        let mark = verbatim.chars().next().filter(|mark| matches!(mark, '"' | '\''))?;
        let mut found = verbatim_text(verbatim, mark);
        found.length += 1;
        found
    } else if rest.starts_with("```") {
        fenced(rest, "```")
    } else if rest.starts_with("~~~") {
        fenced(rest, "~~~")
    } else {
        let mark = rest.chars().next().filter(|mark| matches!(mark, '"' | '\''))?;
        escaped(rest, mark)
    };
    found.length += hidden;
    Some(found)
}

fn fenced(text: &str, fence: &str) -> Found {
    let inside = &text[fence.len()..];
    let end = inside.find(fence);
    let value = inside[..end.unwrap_or(inside.len())].to_owned();
    let length = end.map_or(text.len(), |end| end + 2 * fence.len());
    Found { value, length, ends: end.is_some() }
}

/// Ends at a line's end if the mark does not come before.
fn verbatim_text(text: &str, mark: char) -> Found {
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != mark {
            value.push(letter);
        } else if letters.peek().is_some_and(|(_, next)| *next == mark) {
            letters.next();
            value.push(mark);
        } else {
            return Found { value, length: at + 1, ends: true };
        }
    }
    Found { value, length: text.len(), ends: false }
}

fn escaped(text: &str, mark: char) -> Found {
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            _ if letter == mark => return Found { value, length: at + 1, ends: true },
            '\n' => return Found { value, length: at, ends: false },
            '\\' => {
                let Some((_, escape)) = letters.next() else { break };
                match escape {
                    'n' => value.push('\n'),
                    't' => value.push('\t'),
                    'r' => value.push('\r'),
                    'a' => value.push('\u{7}'),
                    'b' => value.push('\u{8}'),
                    'f' => value.push('\u{c}'),
                    'v' => value.push('\u{b}'),
                    '0' => value.push('\0'),
                    'u' => value.extend(code_point(&mut letters, 4)),
                    'U' => value.extend(code_point(&mut letters, 8)),
                    'x' => value.extend(code_point(&mut letters, 2)),
                    other => value.push(other),
                }
            }
            _ => value.push(letter),
        }
    }
    Found { value, length: text.len(), ends: false }
}

fn code_point(
    letters: &mut std::iter::Peekable<impl Iterator<Item = (usize, char)>>,
    most: usize,
) -> Option<char> {
    let mut code = 0_u32;
    for _ in 0..most {
        let Some(digit) = letters.peek().and_then(|(_, letter)| letter.to_digit(16)) else { break };
        code = code.wrapping_mul(16).wrapping_add(digit);
        letters.next();
    }
    char::from_u32(code)
}
