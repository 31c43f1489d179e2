//! Regular expressions of a search, tried before anything runs.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Expression, ExpressionKind, Value, cached_pattern, compile_pattern};

use super::{codes, context::Context};

/// Whether an expression compiles; reported at its place if it does not.
pub(crate) fn is_fine(context: &mut Context<'_>, pattern: &str, span: Span) -> bool {
    if cached_pattern(pattern, false).is_some() {
        return true;
    }
    let Err(fault) = compile_pattern(pattern, false) else { return true };
    let message = format!("the regular expression cannot be read: {}", fault.sentence(pattern));
    let place = fault.at.and_then(|at| inside(pattern, at, span)).unwrap_or(span);
    context.report(
        Diagnostic::error(codes::BAD_PATTERN, message, place)
            .with_help("write `\\` before a character that is to stand for itself"),
    );
    false
}

/// As [`is_fine`], if the expression is a constant.
pub(crate) fn check_constant(context: &mut Context<'_>, value: &Expression) {
    if let ExpressionKind::Literal(Value::Text(pattern)) = &value.kind {
        is_fine(context, pattern, value.span);
    }
}

/// The `s/regex/replacement/flags` or `y/from/to/` of `rex mode=sed`.
pub(crate) fn check_script(context: &mut Context<'_>, script: &str, span: Span) {
    let text = script.trim();
    let mut letters = text.chars();
    let (command, delimiter) = (letters.next(), letters.next());
    let parts = delimiter.map(|delimiter| sections(letters.as_str(), delimiter)).unwrap_or_default();
    let message = match (command, parts.as_slice()) {
        (Some('s'), [pattern, _, flags]) => match flags.chars().find(|flag| !is_flag(*flag)) {
            Some(flag) => format!("`{flag}` is no flag of `s///`"),
            None => {
                is_fine(context, pattern, span);
                return;
            }
        },
        (Some('y'), [from, to, _]) if from.chars().count() == to.chars().count() => return,
        (Some('y'), [_, _, _]) => "both parts of `y/from/to/` must have as many characters".to_owned(),
        _ => format!("expected `s/regex/replacement/flags` or `y/from/to/`, found `{script}`"),
    };
    context.report(
        Diagnostic::error(codes::BAD_PATTERN, message, span)
            .with_help("write `s/from/to/g` to replace, or `y/abc/xyz/` to translate letters"),
    );
}

fn is_flag(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter, 'g' | 'i' | ' ')
}

/// Cuts at the delimiter where no backslash stands before it.
fn sections(text: &str, delimiter: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for letter in text.chars() {
        if letter == delimiter && !escaped {
            parts.push(String::new());
            continue;
        }
        if let Some(last) = parts.last_mut() {
            if letter == delimiter {
                last.pop();
            }
            last.push(letter);
        }
        escaped = letter == '\\' && !escaped;
    }
    parts
}

/// The place of one character, where the text stands in quotes just as it reads.
fn inside(pattern: &str, at: usize, span: Span) -> Option<Span> {
    let verbatim = span.end.checked_sub(span.start)? == pattern.len() + 2;
    let length = pattern.get(at..)?.chars().next().map_or(1, char::len_utf8);
    let start = span.start + 1 + at;
    verbatim.then(|| Span::new(start, start + length))
}

/// The names of `(?<name>...)`, `(?P<name>...)` and `(?'name'...)`, each once.
pub(crate) fn group_names(pattern: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = pattern;
    while let Some(at) = rest.find("(?") {
        let escaped = rest[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
        rest = &rest[at + 2..];
        let inside = rest.strip_prefix('P').unwrap_or(rest);
        let name = match inside.chars().next() {
            Some('<') => inside[1..].split_once('>').map(|(name, _)| name),
            Some('\'') => inside[1..].split_once('\'').map(|(name, _)| name),
            _ => None,
        };
        let is_name = |name: &&str| {
            name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        };
        if let Some(name) = name.filter(is_name).filter(|_| !escaped)
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::group_names;

    #[test]
    fn named_groups_are_found_whatever_their_notation() {
        assert_eq!(group_names(r"(?<a>x)(?P<b>y)(?'c'z)(?i)(?<a>w)"), ["a", "b", "c"]);
        assert_eq!(group_names(r"(?<=a)(?<!b)(?:c)\(?<d>"), Vec::<String>::new());
    }
}
