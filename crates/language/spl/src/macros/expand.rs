//! Expanding macro calls, with a map back to the user's text.

use std::borrow::Cow;

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};

use super::evaluate::{Value, evaluate};
use super::{Macro, Macros, SourceMap};
use crate::codes;

/// Calls nested deeper than this are taken for a macro that calls itself.
const DEEPEST: usize = 32;
/// Expanded text larger than this is refused.
const LARGEST: usize = 4 << 20;
/// More calls than this are refused.
const MOST_CALLS: usize = 20_000;

/// Text without macro calls and comments.
#[derive(Debug, Clone, Default)]
pub struct Expanded {
    /// The text to parse.
    pub text: String,
    /// Back to the user's text.
    pub map: SourceMap,
    /// Unknown macros and the like.
    pub diagnostics: Vec<Diagnostic>,
    calls: usize,
}

/// Expands every macro call in `text`, and puts a space in place of every comment.
///
/// An unknown macro whose name ends in `_filter` passes everything (`search *`): detections call
/// such a macro for the user's own exceptions.
#[must_use]
pub fn expand(text: &str, macros: &Macros) -> Expanded {
    let mut expanded = Expanded::default();
    let joined = joined(text);
    expand_into(&joined, macros, None, 0, &mut expanded);
    expanded
}

/// The text without the backslashes that say, in a .conf file, that a value goes on in the next line; a blank
/// stands for each. They are such if every line but the last ends in one, or if blanks stand before it.
fn joined(text: &str) -> Cow<'_, str> {
    let is_continued = |line: &str| {
        let line = line.trim_end();
        (line.len() - line.trim_end_matches('\\').len()) % 2 == 1
    };
    let lines: Vec<&str> = text.trim_end().split('\n').collect();
    let Some((_, before)) = lines.split_last() else { return Cow::Borrowed(text) };
    let is_value = before.len() > 1 && before.iter().all(|line| is_continued(line));
    let mut joined = String::new();
    for line in text.split_inclusive('\n') {
        let sign = line.trim_end().strip_suffix('\\');
        let stands_apart = |sign: &str| sign.is_empty() || sign.ends_with([' ', '\t', ')', ']', '`']);
        match sign
            .filter(|sign| line.ends_with('\n') && is_continued(line) && (is_value || stands_apart(sign)))
        {
            Some(sign) => {
                joined.push_str(sign);
                joined.push(' ');
                joined.push_str(&line[sign.len() + 1..]);
            }
            None => joined.push_str(line),
        }
    }
    if joined == text { Cow::Borrowed(text) } else { Cow::Owned(joined) }
}

/// Appends the expansion of `text`. `origin` is the outermost call, if inside one.
fn expand_into(text: &str, macros: &Macros, origin: Option<Span>, depth: usize, out: &mut Expanded) {
    let (mut copied, mut at) = (0, 0);
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match letter {
            '"' => quoted_length(rest),
            // A quote after a backslash opens nothing.
            '\\' => {
                1 + rest[1..]
                    .chars()
                    .next()
                    .filter(|next| matches!(next, '"' | '\\'))
                    .map_or(0, char::len_utf8)
            }
            '`' => {
                copy(&text[copied..at], copied, origin, out);
                let length = backtick(rest, at, macros, origin, depth, out);
                copied = at + length;
                length
            }
            _ => letter.len_utf8(),
        };
        at += length;
    }
    copy(&text[copied..], copied, origin, out);
}

/// Expands the call or comment that begins `rest`; its length.
fn backtick(
    rest: &str,
    at: usize,
    macros: &Macros,
    origin: Option<Span>,
    depth: usize,
    out: &mut Expanded,
) -> usize {
    let place = |length: usize| origin.unwrap_or(Span::new(at, at + length));
    if let Some(comment) = rest.strip_prefix("```") {
        let Some(length) = comment.find("```") else {
            let found = Diagnostic::error(codes::UNCLOSED_COMMENT, "this comment is never closed", place(3));
            out.diagnostics.push(found.with_help("close it with three backticks"));
            harmless(place(3), out);
            return rest.len();
        };
        copy_as(" ", place(length + 6), out);
        return length + 6;
    }
    let Some(length) = call_length(&rest[1..]) else {
        let found = Diagnostic::error(codes::UNCLOSED_MACRO, "this backtick is never closed", place(1));
        out.diagnostics.push(found.with_help("close the macro call with another backtick"));
        harmless(place(1), out);
        return rest.len();
    };
    call(&rest[1..=length], place(length + 2), macros, depth, out);
    length + 2
}

fn copy(text: &str, start: usize, origin: Option<Span>, out: &mut Expanded) {
    if text.is_empty() {
        return;
    }
    match origin {
        Some(origin) => copy_as(text, origin, out),
        None => {
            out.map.push(out.text.len(), Span::new(start, start + text.len()), true);
            out.text.push_str(text);
        }
    }
}

/// Appends a text all of which stands for one place.
fn copy_as(text: &str, place: Span, out: &mut Expanded) {
    out.map.push(out.text.len(), place, false);
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

/// Length up to the closing backtick; quotes inside the arguments are respected, and backticks inside
/// their parentheses are calls of other macros.
fn call_length(text: &str) -> Option<usize> {
    let (mut at, mut depth, mut first) = (0, 0_usize, None);
    while at < text.len() {
        match text.as_bytes()[at] {
            b'`' if depth == 0 => return Some(at),
            b'`' => {
                first = first.or(Some(at));
                at += 1;
            }
            b'"' => at += quoted_length(&text[at..]),
            b'(' => {
                depth += 1;
                at += 1;
            }
            b')' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            _ => at += 1,
        }
    }
    // A parenthesis is not closed; the call ends as if it were.
    first
}

fn call(call: &str, span: Span, macros: &Macros, depth: usize, out: &mut Expanded) {
    let (name, arguments) = match call.find('(') {
        Some(open) => {
            let inside = call[open + 1..].trim_end();
            (call[..open].trim(), split_arguments(inside.strip_suffix(')').unwrap_or(inside)))
        }
        None => (call.trim(), Vec::new()),
    };
    out.calls += 1;
    if depth >= DEEPEST || out.text.len() > LARGEST || out.calls > MOST_CALLS {
        too_much(name, span, out);
        return;
    }
    let Some(found) = macros.get(name, arguments.len()) else {
        if name.ends_with("_filter") && arguments.is_empty() {
            harmless(span, out);
            return;
        }
        out.diagnostics.push(unknown(name, arguments.len(), macros, span));
        harmless(span, out);
        return;
    };
    if let Some(message) = refused(found, name, &arguments) {
        out.diagnostics.push(
            Diagnostic::error(codes::MACRO_VALIDATION, message, span)
                .with_help("give it other arguments, or mend `validation` in macros.conf"),
        );
        harmless(span, out);
        return;
    }
    let Some(definition) = substitute(&found.definition, found, &arguments) else {
        too_much(name, span, out);
        return;
    };
    let definition = if found.computed { computed(&definition, found, &arguments) } else { Ok(definition) };
    match definition {
        Ok(definition) => expand_into(&definition, macros, Some(span), depth + 1, out),
        Err(why) => {
            let message = format!("the eval expression that defines the macro `{name}` gives no text: {why}");
            out.diagnostics.push(Diagnostic::error(codes::COMPUTED_MACRO, message, span).with_help("mend `definition` in macros.conf: an expression such as `\"index=\" . name`, or set `iseval = 0`"));
            harmless(span, out);
        }
    }
}

fn named<'m>(found: &'m Macro, values: &'m [String]) -> Vec<(&'m str, &'m str)> {
    found.arguments.iter().map(String::as_str).zip(values.iter().map(String::as_str)).collect()
}

/// Why a macro does not take these arguments, if its validation says so: a condition that is not true, or
/// a text that says what is wrong (Splunk Admin Manual, macros.conf: validation, errormsg).
fn refused(found: &Macro, name: &str, values: &[String]) -> Option<String> {
    let validation = substitute(found.validation.as_ref()?, found, values)?;
    let complaint = || {
        let said = found.complaint.as_deref().and_then(|text| substitute(text, found, values));
        let said = said.unwrap_or_else(|| "its validation does not hold".to_owned());
        Some(format!("the macro `{name}` does not take these arguments: {said}"))
    };
    match evaluate(&validation, &named(found, values)) {
        Ok(Value::Truth(true)) => None,
        // An expression that gives texts is fine where it gives none.
        Ok(Value::Null) if gives_text(&validation) => None,
        Ok(Value::Null | Value::Truth(false)) => complaint(),
        Ok(value) => {
            let said = value.text().unwrap_or_default();
            Some(format!("the macro `{name}` does not take these arguments: {said}"))
        }
        Err(why) => Some(format!("the validation of the macro `{name}` cannot be computed: {why}")),
    }
}

fn gives_text(validation: &str) -> bool {
    let start = validation.trim_start().to_lowercase();
    ["validate", "case", "if", "coalesce"].iter().any(|name| start.starts_with(name))
}

fn computed(definition: &str, found: &Macro, values: &[String]) -> Result<String, String> {
    match evaluate(definition, &named(found, values))? {
        Value::Truth(_) => Err("it is true or false".to_owned()),
        value => value.text().ok_or_else(|| "it is null".to_owned()),
    }
}

/// What passes everything, where a command or where a term stands.
fn harmless(span: Span, out: &mut Expanded) {
    let commands = out.text.trim_end().ends_with(['|', '[']);
    copy_as(if commands { "search *" } else { "*" }, span, out);
}

fn too_much(name: &str, span: Span, out: &mut Expanded) {
    if !out.diagnostics.iter().any(|known| known.code == codes::MACRO_TOO_DEEP) {
        let message = format!("macro `{name}` is nested too deep or grows too large");
        let found = Diagnostic::error(codes::MACRO_TOO_DEEP, message, span);
        out.diagnostics.push(found.with_help("a macro must not call itself"));
    }
}

/// A text of the macro with `$name$` replaced by the arguments; none if it grows too large.
fn substitute(text: &str, found: &Macro, values: &[String]) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        let (before, after) = (&rest[..dollar], &rest[dollar + 1..]);
        out.push_str(before);
        let argument = found.arguments.iter().zip(values).find_map(|(name, value)| {
            let tail = after.strip_prefix(name.as_str())?.strip_prefix('$')?;
            Some((value, tail))
        });
        rest = match argument {
            Some((value, tail)) => {
                out.push_str(value);
                tail
            }
            None => {
                out.push('$');
                after
            }
        };
        if out.len() > LARGEST {
            return None;
        }
    }
    out.push_str(rest);
    Some(out)
}

fn unknown(name: &str, arguments: usize, macros: &Macros, span: Span) -> Diagnostic {
    let arities = macros.arities(name);
    if !arities.is_empty() {
        let known: Vec<String> = arities.iter().map(ToString::to_string).collect();
        let plural = if known.len() == 1 && known.iter().all(|count| count == "1") { "" } else { "s" };
        let message =
            format!("the macro `{name}` takes {} argument{plural}, found {arguments}", known.join(" or "));
        return Diagnostic::error(codes::MACRO_ARGUMENTS, message, span)
            .with_help("arguments are separated by commas; write one with a comma in quotes");
    }
    let found = Diagnostic::error(codes::UNKNOWN_MACRO, format!("no macro is named `{name}`"), span);
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
