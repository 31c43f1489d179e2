//! Query text as HTML, coloured by a small tokenizer that follows the language's [`Shape`].

use crate::language::Shape;

/// Ends a line and begins the next.
const NEXT_LINE: &str = "</span><span class=l>";

/// What a piece of text is; the word is the class in HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Comment,
    Text,
    Name,
    Number,
    Command,
    Keyword,
    Function,
}

impl Kind {
    const fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Comment => Some("c"),
            Self::Text => Some("s"),
            Self::Name => Some("n"),
            Self::Number => Some("m"),
            Self::Command => Some("o"),
            Self::Keyword => Some("k"),
            Self::Function => Some("f"),
        }
    }
}

/// The text as lines, each a `span` of class `l`; the text content is the text, byte for byte.
pub fn highlight(shape: Option<&Shape>, text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    html.push_str("<span class=l>");
    let mut rest = text;
    let mut commands = shape.is_some_and(|shape| !shape.commands_after.is_empty());
    while !rest.is_empty() {
        let (kind, length) = shape.map_or((Kind::Plain, rest.len()), |shape| next(shape, rest, commands));
        let (piece, after) = rest.split_at(length);
        if let Some(shape) = shape {
            commands = command_follows(shape, piece, kind, commands);
        }
        push(&mut html, kind, piece);
        rest = after;
    }
    if text.ends_with('\n') && html.ends_with(NEXT_LINE) {
        html.truncate(html.len() - NEXT_LINE.len());
    }
    html.push_str("</span>");
    html
}

/// Whether the next word is a command's name.
fn command_follows(shape: &Shape, piece: &str, kind: Kind, before: bool) -> bool {
    if kind == Kind::Plain && piece.trim().is_empty() || kind == Kind::Comment {
        return before;
    }
    kind == Kind::Plain && shape.commands_after.iter().any(|mark| piece.trim_end().ends_with(mark.as_str()))
}

/// The kind and length of what `rest` begins with.
fn next(shape: &Shape, rest: &str, command: bool) -> (Kind, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    for (open, close) in &shape.block_comments {
        if let Some(inside) = rest.strip_prefix(open.as_str()) {
            let end = inside.find(close.as_str()).map(|at| open.len() + at + close.len());
            return (Kind::Comment, end.unwrap_or(rest.len()));
        }
    }
    if shape.line_comments.iter().any(|mark| rest.starts_with(mark.as_str())) {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if shape.strings.contains(&first) {
        return (Kind::Text, quoted(rest, first, shape.backslash));
    }
    if shape.names.contains(&first) {
        return (Kind::Name, quoted(rest, first, shape.backslash));
    }
    if first.is_ascii_digit() {
        return (Kind::Number, length_of(rest, |one| one.is_ascii_alphanumeric() || one == '.'));
    }
    if first.is_alphabetic() || first == '_' {
        let length = length_of(rest, |one| one.is_alphanumeric() || matches!(one, '_' | '.' | '{' | '}'));
        return (word(shape, &rest[..length], &rest[length..], command), length);
    }
    if first.is_whitespace() {
        return (Kind::Plain, length_of(rest, char::is_whitespace));
    }
    (Kind::Plain, first.len_utf8())
}

fn word(shape: &Shape, word: &str, after: &str, command: bool) -> Kind {
    let lower = word.to_lowercase();
    let assigned = after.starts_with('=');
    if shape.keywords.contains(&lower) && !assigned {
        return Kind::Keyword;
    }
    if command && !assigned && !after.trim_start().starts_with('=') {
        return Kind::Command;
    }
    if after.starts_with('(') { Kind::Function } else { Kind::Plain }
}

fn quoted(rest: &str, mark: char, backslash: bool) -> usize {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, one)) = characters.next() {
        if backslash && one == '\\' {
            characters.next();
        } else if one == mark {
            if !backslash && characters.peek().is_some_and(|(_, next)| *next == mark) {
                characters.next();
                continue;
            }
            return at + mark.len_utf8();
        }
    }
    rest.len()
}

fn length_of(rest: &str, within: impl Fn(char) -> bool) -> usize {
    rest.char_indices().find(|(_, one)| !within(*one)).map_or(rest.len(), |(at, _)| at)
}

/// Adds a piece; a line break ends the line's span and begins the next.
fn push(html: &mut String, kind: Kind, piece: &str) {
    for part in piece.split_inclusive('\n') {
        let line = part.strip_suffix('\n').unwrap_or(part);
        match kind.class() {
            Some(class) if !line.is_empty() => {
                html.push_str("<i class=");
                html.push_str(class);
                html.push('>');
                escape(html, line);
                html.push_str("</i>");
            }
            _ => escape(html, line),
        }
        if line.len() < part.len() {
            html.push('\n');
            html.push_str(NEXT_LINE);
        }
    }
}

/// Adds text with what HTML reserves written out.
pub fn escape(html: &mut String, text: &str) {
    for one in text.chars() {
        match one {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(one),
        }
    }
}

/// Text with what HTML reserves written out.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape(&mut html, text);
    html
}

/// A sentence as HTML; what stands between backticks is code.
pub fn inline(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut parts = text.split('`').peekable();
    let mut code = false;
    while let Some(part) = parts.next() {
        // A backtick without a second one is itself.
        if code && parts.peek().is_none() {
            html.push('`');
            escape(&mut html, part);
            break;
        }
        if code {
            html.push_str("<code>");
            escape(&mut html, part);
            html.push_str("</code>");
        } else {
            escape(&mut html, part);
        }
        code = !code;
    }
    html
}
