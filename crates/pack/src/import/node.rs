//! YAML as a tree that remembers where everything is.

use std::collections::HashMap;

use quarry_diagnostic::{Diagnostic, Span};
use serde::Deserialize;
use serde_json::{Map, Value};
use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, ScanError, Span as Place};

use super::codes;

/// Nodes that aliases may multiply a document to.
const MOST_NODES: usize = 1_000_000;

/// A value of a YAML document.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it is, in bytes.
    pub span: Span,
    /// What it is.
    pub content: Content,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Text, a number, a truth value or nothing; `plain` if it was written without quotes.
    Scalar {
        /// The text.
        text: String,
        /// Whether it has no quotes and is no block.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// Keys and values in the order of the file.
    Map(Vec<(Node, Node)>),
}

/// One document of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its text with the comments above it.
    pub span: Span,
    /// Its value.
    pub root: Node,
}

impl Node {
    /// The value of a key; of a key that is there twice, the last.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().rev().find(|(known, _)| known.as_text() == Some(key)).map(|(_, value)| value)
    }

    /// The value at the end of a path of keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Whether a key is there.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Keys and values; none unless it is a map.
    #[must_use]
    pub fn entries(&self) -> &[(Self, Self)] {
        if let Content::Map(entries) = &self.content { entries } else { &[] }
    }

    /// Items; none unless it is a list.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        if let Content::List(items) = &self.content { items } else { &[] }
    }

    /// The text of a scalar; none for a null.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, plain } if !(*plain && is_null(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether it is a null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, plain: true } if is_null(text))
    }

    /// A text member with this name: the outermost one, and of those the first.
    #[must_use]
    pub fn outermost(&self, key: &str) -> Option<&Self> {
        let mut level = vec![self];
        while !level.is_empty() {
            if let Some(found) =
                level.iter().find_map(|node| node.get(key).filter(|it| it.as_text().is_some()))
            {
                return Some(found);
            }
            level = level.iter().flat_map(|node| node.entries()).map(|(_, value)| value).collect();
        }
        None
    }

    /// The value as JSON, by the core schema of YAML 1.2.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Scalar { text, plain: false } => Value::from(text.as_str()),
            Content::Scalar { text, plain: true } => plain_scalar(text),
            Content::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Content::Map(entries) => {
                let mut members = Map::new();
                for (key, value) in entries {
                    let key = if let Content::Scalar { text, .. } = &key.content {
                        text.clone()
                    } else {
                        String::new()
                    };
                    members.insert(key, value.to_json());
                }
                Value::Object(members)
            }
        }
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn plain_scalar(text: &str) -> Value {
    match text {
        _ if is_null(text) => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.trim_start_matches(['+', '-']);
    let number_like = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    if number_like && text.len() - digits.len() <= 1 {
        if let Ok(whole) = text.trim_start_matches('+').parse::<i64>() {
            return Value::from(whole);
        }
        if let Ok(whole) = digits.parse::<u64>() {
            return Value::from(whole);
        }
        if let Ok(real) = text.parse::<f64>()
            && real.is_finite()
        {
            return Value::from(real);
        }
    }
    Value::from(text)
}

/// A list or map that is being read.
enum Open {
    List(Vec<Node>),
    Map(Vec<(Node, Node)>, Option<Node>),
}

struct Builder {
    open: Vec<(usize, usize, Open)>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    documents: Vec<Document>,
    start: usize,
}

/// Reads the documents of a text; empty documents are left out.
///
/// # Errors
/// Where the text stops being YAML.
pub fn parse(text: &str) -> Result<Vec<Document>, Box<Diagnostic>> {
    strictly(text).or_else(|error| leniently(text).ok_or(error))
}

fn strictly(text: &str) -> Result<Vec<Document>, Box<Diagnostic>> {
    let mut builder =
        Builder { open: Vec::new(), anchors: HashMap::new(), nodes: 0, documents: Vec::new(), start: 0 };
    for next in Parser::new_from_str(text) {
        let (event, place) = next.map_err(|error| Box::new(unreadable(text, &error)))?;
        builder.take(text, event, place)?;
    }
    Ok(builder.documents)
}

/// The tools of most authors read YAML with libyaml, which takes some texts that the standard forbids, such as
/// quoted text that goes on at the beginning of a line.
fn leniently(text: &str) -> Option<Vec<Document>> {
    let values = yaml_serde::Deserializer::from_str(text).map(|document| Value::deserialize(document).ok());
    let values: Vec<Value> = values.collect::<Option<_>>()?;
    let known = values.iter().filter(|value| !value.is_null());
    Some(known.map(|value| of_json(text, value)).collect())
}

impl Builder {
    fn take(&mut self, text: &str, event: Event<'_>, place: Place) -> Result<(), Box<Diagnostic>> {
        let span = span_of(text, place);
        match event {
            Event::DocumentStart(..) => self.anchors.clear(),
            Event::DocumentEnd => {
                let end = text.len().min(span.end);
                if let Some(document) = self.documents.last_mut().filter(|document| document.span.end == 0) {
                    document.span.end = end.max(document.root.span.end);
                    self.start = document.span.end;
                }
            }
            Event::Scalar(value, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let content = Content::Scalar { text: value.into_owned(), plain };
                self.add(anchor, Node { span, content })?;
            }
            Event::SequenceStart(_, anchor, _) => {
                self.open.push((span.start, anchor, Open::List(Vec::new())))
            }
            Event::MappingStart(_, anchor, _) => {
                self.open.push((span.start, anchor, Open::Map(Vec::new(), None)));
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span.end)?,
            Event::Alias(anchor) => self.repeat(anchor, span)?,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, end: usize) -> Result<(), Box<Diagnostic>> {
        let Some((start, anchor, open)) = self.open.pop() else { return Ok(()) };
        let content = match open {
            Open::List(items) => Content::List(items),
            Open::Map(entries, _) => Content::Map(merged(entries)),
        };
        self.add(anchor, Node { span: Span::new(start, end.max(start)), content })
    }

    fn repeat(&mut self, anchor: usize, span: Span) -> Result<(), Box<Diagnostic>> {
        let Some((node, size)) = self.anchors.get(&anchor).cloned() else { return Ok(()) };
        self.nodes += size;
        self.add(0, Node { span, ..node })
    }

    fn add(&mut self, anchor: usize, node: Node) -> Result<(), Box<Diagnostic>> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            let found =
                Diagnostic::error(codes::UNREADABLE, "the file has more than a million values", node.span);
            return Err(Box::new(found.with_help("split it, or write less with aliases")));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), size(&node)));
        }
        match self.open.last_mut() {
            Some((_, _, Open::List(items))) => items.push(node),
            Some((_, _, Open::Map(entries, key))) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => *key = Some(node),
            },
            None if node.is_null() => {}
            None => self.documents.push(Document { span: Span::new(self.start, 0), root: node }),
        }
        Ok(())
    }
}

/// A document of a value whose places are not known, but for the keys at the beginnings of lines.
pub fn of_json(text: &str, value: &Value) -> Document {
    let span = Span::new(0, text.len());
    let mut root = of_value(value, span);
    if let Content::Map(entries) = &mut root.content {
        for (key, value) in entries {
            let Some(name) = key.as_text() else { continue };
            let start = format!("{name}:");
            let at = if text.starts_with(&start) {
                Some(0)
            } else {
                text.find(&format!("\n{start}")).map(|at| at + 1)
            };
            if let Some(at) = at {
                let place = Span::new(at, at + name.len());
                (key.span, value.span) = (place, place);
            }
        }
    }
    Document { span, root }
}

fn of_value(value: &Value, span: Span) -> Node {
    let scalar = |text: String, plain| Content::Scalar { text, plain };
    let content = match value {
        Value::Array(items) => Content::List(items.iter().map(|item| of_value(item, span)).collect()),
        Value::Object(members) => {
            let key = |name: &str| Node { span, content: scalar(name.to_owned(), false) };
            Content::Map(members.iter().map(|(name, value)| (key(name), of_value(value, span))).collect())
        }
        Value::String(text) => scalar(text.clone(), false),
        other => scalar(other.to_string(), true),
    };
    Node { span, content }
}

fn size(node: &Node) -> usize {
    let (mut found, mut pending) = (0, vec![node]);
    while let Some(node) = pending.pop() {
        found += 1;
        pending.extend(node.items());
        pending.extend(node.entries().iter().flat_map(|(key, value)| [key, value]));
    }
    found
}

/// The entries with those of `<<` in the place of it; the map's own win.
fn merged(entries: Vec<(Node, Node)>) -> Vec<(Node, Node)> {
    let is_merge = |key: &Node| matches!(&key.content, Content::Scalar { text, plain: true } if text == "<<");
    if !entries.iter().any(|(key, _)| is_merge(key)) {
        return entries;
    }
    let (merges, own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| is_merge(key));
    let inherited = merges.into_iter().flat_map(|(_, value)| match value.content {
        Content::List(items) => items.into_iter().rev().flat_map(|item| item.entries().to_vec()).collect(),
        _ => value.entries().to_vec(),
    });
    inherited.chain(own).collect()
}

fn span_of(text: &str, place: Place) -> Span {
    let range = place.byte_range().unwrap_or(0..0);
    Span::new(range.start.min(text.len()), range.end.min(text.len()))
}

fn unreadable(text: &str, error: &ScanError) -> Diagnostic {
    let marker = error.marker();
    let at = marker
        .byte_offset()
        .unwrap_or_else(|| text.char_indices().nth(marker.index()).map_or(text.len(), |(offset, _)| offset));
    let end = text[floor(text, at)..].chars().next().map_or(at, |next| at + next.len_utf8());
    let message = format!("this is no YAML: {}", error.info());
    let help = "mend the line's indentation or quotes; a value with `: ` or ` #` in it stands in quotes";
    Diagnostic::error(codes::UNREADABLE, message, Span::new(at, end)).with_help(help)
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn documents_know_their_places_and_values() {
        let text = "# one\na: [1, '1', 1.5, no, true, ~]\nb: &x {c: d}\n---\n# two\ne:\n  <<: *x\n";
        let text = text.replace("*x", "{c: f}");
        let documents = parse(&text).unwrap();
        assert_eq!(documents.len(), 2);
        assert_eq!(
            documents[0].root.to_json(),
            json!({"a": [1, "1", 1.5, "no", true, null], "b": {"c": "d"}})
        );
        assert_eq!(documents[1].root.to_json(), json!({"e": {"c": "f"}}));
        let c = documents[0].root.at(&["b", "c"]).unwrap();
        assert_eq!(&text[c.span.start..c.span.end], "d");
        let second = &text[documents[1].span.start..documents[1].span.end];
        assert!(second.contains("# two") && !second.contains("b:"), "{second}");
    }

    #[test]
    fn what_is_no_yaml_has_a_place() {
        let text = "a: b\nc: 'd\n";
        let error = parse(text).unwrap_err();
        assert!(error.message.starts_with("this is no YAML"), "{}", error.message);
        assert!(error.span.start >= 5, "{:?}", error.span);
    }

    #[test]
    fn aliases_cannot_blow_up() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let before = level - 1;
            let list = vec![format!("*a{before}"); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
        }
        assert!(parse(&text).unwrap_err().message.contains("million"));
    }
}
