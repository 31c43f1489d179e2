//! Query text as HTML, coloured by a small tokenizer that follows the language's [`Lexis`].

use quarry_language_definition::{Holds, Lexis};

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

/// The text as lines, each a `span` of class `l`; the text content is the text, byte for byte. Without a lexis nothing
/// is coloured.
pub fn highlight(lexis: Option<&Lexis>, text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    html.push_str("<span class=l>");
    match lexis {
        Some(lexis) => pieces(lexis, text, &mut |kind, piece| push(&mut html, kind, piece)),
        None => push(&mut html, Kind::Plain, text),
    }
    if text.ends_with('\n') && html.ends_with(NEXT_LINE) {
        html.truncate(html.len() - NEXT_LINE.len());
    }
    html.push_str("</span>");
    html
}

/// The pieces of a text one after the other.
fn pieces(lexis: &Lexis, text: &str, push: &mut dyn FnMut(Kind, &str)) {
    let mut rest = text;
    let mut before = None;
    let mut commands = !lexis.commands_after.is_empty();
    while !rest.is_empty() {
        let (kind, length) = next(lexis, before, rest, commands);
        let (piece, after) = rest.split_at(length);
        commands = command_follows(lexis, piece, kind, commands);
        push(kind, piece);
        before = piece.chars().next_back();
        rest = after;
    }
}

/// Whether the next word is a command's name.
fn command_follows(lexis: &Lexis, piece: &str, kind: Kind, before: bool) -> bool {
    if kind == Kind::Plain && piece.trim().is_empty() || kind == Kind::Comment {
        return before;
    }
    kind == Kind::Plain && piece.trim_end().ends_with(lexis.commands_after)
}

/// The kind and length of what `rest` begins with.
fn next(lexis: &Lexis, before: Option<char>, rest: &str, command: bool) -> (Kind, usize) {
    if let Some((length, _)) = lexis.comment(rest) {
        return (Kind::Comment, length);
    }
    if let Some(quote) = lexis.quote(before, rest) {
        let kind = match quote.holds {
            Holds::Text | Holds::Either => Kind::Text,
            Holds::Name | Holds::Other => Kind::Name,
        };
        return (kind, lexis.quoted(rest, quote.mark).0);
    }
    let first = rest.chars().next().unwrap_or(' ');
    if first.is_ascii_digit() {
        return (Kind::Number, length_of(rest, |one| one.is_ascii_alphanumeric() || one == '.'));
    }
    if first.is_alphabetic() || first == '_' {
        let length = length_of(rest, |one| one.is_alphanumeric() || matches!(one, '_' | '.' | '{' | '}'));
        return (word(lexis, &rest[..length], &rest[length..], command), length);
    }
    if first.is_whitespace() {
        return (Kind::Plain, length_of(rest, char::is_whitespace));
    }
    (Kind::Plain, first.len_utf8())
}

fn word(lexis: &Lexis, word: &str, after: &str, command: bool) -> Kind {
    let lower = word.to_lowercase();
    let assigned = after.starts_with('=');
    if lexis.keywords.contains(&lower.as_str()) && !assigned {
        return Kind::Keyword;
    }
    if command && !assigned && !after.trim_start().starts_with('=') {
        return Kind::Command;
    }
    if after.starts_with('(') { Kind::Function } else { Kind::Plain }
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
