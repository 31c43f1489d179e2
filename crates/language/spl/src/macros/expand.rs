//! Expanding macro calls, with a map back to the user's text.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};

use super::{Macros, SourceMap};

/// Calls nested deeper than this are taken for a macro that calls itself.
const DEEPEST: usize = 32;
/// Expanded text larger than this is refused.
const LARGEST: usize = 4 << 20;

/// Text without macro calls.
#[derive(Debug, Clone, Default)]
pub struct Expanded {
    /// The text to parse.
    pub text: String,
    /// Back to the user's text.
    pub map: SourceMap,
    /// Unknown macros and the like.
    pub diagnostics: Vec<Diagnostic>,
}

/// Expands every macro call in `text`.
///
/// An unknown macro whose name ends in `_filter` passes everything (`search *`): detections call
/// such a macro for the user's own exceptions.
#[must_use]
pub fn expand(text: &str, macros: &Macros) -> Expanded {
    let mut expanded = Expanded::default();
    expand_into(text, macros, None, 0, &mut expanded);
    expanded
}

/// Appends the expansion of `text`. `origin` is the outermost call, if inside one.
fn expand_into(text: &str, macros: &Macros, origin: Option<Span>, depth: usize, out: &mut Expanded) {
    let mut copied = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("```") {
            at = rest[3..].find("```").map_or(text.len(), |end| at + end + 6);
        } else if rest.starts_with('"') {
            at += quoted_length(rest);
        } else if rest.starts_with('`') {
            let Some(length) = call_length(&rest[1..]) else {
                let span = origin.unwrap_or(Span::new(at, at + 1));
                let help = "close the macro call with another backtick";
                out.diagnostics.push(Diagnostic::error("SPL010", "this backtick is never closed", span).with_help(help));
                break;
            };
            copy(&text[copied..at], copied, origin, out);
            let span = origin.unwrap_or(Span::new(at, at + length + 2));
            call(&rest[1..=length], span, macros, depth, out);
            at += length + 2;
            copied = at;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    copy(&text[copied..], copied, origin, out);
}

fn copy(text: &str, start: usize, origin: Option<Span>, out: &mut Expanded) {
    if text.is_empty() {
        return;
    }
    let place = origin.unwrap_or(Span::new(start, start + text.len()));
    out.map.push(out.text.len(), place, origin.is_none());
    out.text.push_str(text);
}

/// Length of a double-quoted text with its quotes.
fn quoted_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// Length up to the closing backtick, quotes inside the arguments respected.
fn call_length(text: &str) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        match text.as_bytes()[at] {
            b'`' => return Some(at),
            b'"' => at += quoted_length(&text[at..]),
            _ => at += 1,
        }
    }
    None
}

fn call(call: &str, span: Span, macros: &Macros, depth: usize, out: &mut Expanded) {
    let (name, arguments) = match call.find('(') {
        Some(open) => {
            let inside = call[open + 1..].trim_end();
            (call[..open].trim(), split_arguments(inside.strip_suffix(')').unwrap_or(inside)))
        }
        None => (call.trim(), Vec::new()),
    };
    if depth >= DEEPEST || out.text.len() > LARGEST {
        let message = format!("macro `{name}` is nested too deep or grows too large");
        let found = Diagnostic::error("SPL012", message, span).with_help("a macro must not call itself");
        if !out.diagnostics.contains(&found) {
            out.diagnostics.push(found);
        }
        return;
    }
    if let Some(found) = macros.get(name, arguments.len()) {
        let mut definition = found.definition.clone();
        for (argument, value) in found.arguments.iter().zip(&arguments) {
            definition = definition.replace(&format!("${argument}$"), value);
        }
        expand_into(&definition, macros, Some(span), depth + 1, out);
        return;
    }
    if name.ends_with("_filter") && arguments.is_empty() {
        copy("search *", 0, Some(span), out);
        return;
    }
    out.diagnostics.push(unknown(name, arguments.len(), macros, span));
    // Something harmless in its place, so that the rest is still checked.
    copy("*", 0, Some(span), out);
}

fn unknown(name: &str, arguments: usize, macros: &Macros, span: Span) -> Diagnostic {
    let arities = macros.arities(name);
    if !arities.is_empty() {
        let known: Vec<String> = arities.iter().map(ToString::to_string).collect();
        let message = format!("macro `{name}` takes {} arguments, not {arguments}", known.join(" or "));
        return Diagnostic::error("SPL013", message, span);
    }
    let found = Diagnostic::error("SPL011", format!("no macro is named `{name}`"), span);
    let found = found.with_help("give its macros.conf or folder with `--macros`");
    match did_you_mean(name, macros.names()) {
        Some(near) => found.with_help(format!("did you mean `{near}`?")),
        None => found,
    }
}

/// The arguments of a call: split at commas outside quotes and parentheses, one pair of quotes taken off.
fn split_arguments(text: &str) -> Vec<String> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let (mut arguments, mut start, mut depth, mut at) = (Vec::new(), 0, 0_usize, 0);
    while at < text.len() {
        match text.as_bytes()[at] {
            b'"' => {
                at += quoted_length(&text[at..]);
                continue;
            }
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                arguments.push(unquote(&text[start..at]));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    arguments.push(unquote(text.get(start..).unwrap_or_default()));
    arguments
}

fn unquote(text: &str) -> String {
    let text = text.trim();
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(text).to_owned()
}
