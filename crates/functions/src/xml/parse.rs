//! Reads XML: elements, attributes and text. Comments, declarations and instructions are passed over.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    escape::{resolve_predefined_entity, unescape},
    events::{BytesRef, BytesStart, Event},
};

/// Elements nested deeper than this are read as text.
const DEEPEST: usize = 256;

/// The elements of a text, in the order in which they begin.
#[derive(Debug, Default)]
pub(crate) struct Document<'t> {
    text: &'t str,
    elements: Vec<Element<'t>>,
    /// Those that lie in no other.
    pub(crate) roots: Vec<usize>,
    /// Whether every element is closed, in order.
    pub(crate) is_whole: bool,
    /// Whether a declaration or a document type stands before the elements.
    pub(crate) has_prologue: bool,
}

/// One element.
#[derive(Debug)]
pub(crate) struct Element<'t> {
    pub(crate) name: &'t str,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<usize>,
    pub(crate) parent: Option<usize>,
    /// The text before the first element inside.
    pub(crate) text: String,
    /// Where it begins, its content begins and ends, and it ends.
    places: [usize; 4],
}

impl<'t> Element<'t> {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl<'t> Document<'t> {
    /// Reads a text. What does not fit is passed over and leaves the document not whole.
    pub(crate) fn read(text: &'t str) -> Self {
        let document = Self { text, is_whole: true, ..Self::default() };
        let mut builder = Builder { document, open: Vec::new() };
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        // Ends are matched here, so that what follows a wrong one is still read.
        (config.check_end_names, config.allow_unmatched_ends, config.allow_dangling_amp) =
            (false, true, true);
        loop {
            let at = place(&reader);
            match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(event) => builder.add(&event, (at, place(&reader))),
                Err(_) => {
                    builder.document.is_whole = false;
                    break;
                }
            }
        }
        let left = builder.open.len();
        builder.document.is_whole &= left == 0;
        for _ in 0..left {
            builder.close_last(text.len(), text.len());
        }
        builder.document
    }

    pub(crate) fn element(&self, index: usize) -> Option<&Element<'t>> {
        self.elements.get(index)
    }

    /// The value of an element: its text, or what is written between its tags where elements lie in it.
    pub(crate) fn content(&self, element: &Element<'t>) -> String {
        if element.children.is_empty() {
            return element.text.trim().to_owned();
        }
        let [_, begin, end, _] = element.places;
        self.text.get(begin..end).unwrap_or_default().trim().to_owned()
    }

    /// The value of an element: its text, or the element as written where elements lie in it.
    pub(crate) fn written(&self, element: &Element<'t>) -> String {
        if element.children.is_empty() {
            return element.text.trim().to_owned();
        }
        let [begin, _, _, end] = element.places;
        self.text.get(begin..end).unwrap_or_default().to_owned()
    }
}

fn place(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

struct Builder<'t> {
    document: Document<'t>,
    /// The elements around this place, the innermost last.
    open: Vec<usize>,
}

impl<'t> Builder<'t> {
    fn add(&mut self, event: &Event<'t>, (at, end): (usize, usize)) {
        match event {
            Event::Start(tag) => self.begin(tag, (at, end), false),
            Event::Empty(tag) => self.begin(tag, (at, end), true),
            Event::End(tag) => self.close(tag.name().into_inner(), at, end),
            Event::Text(text) => self.add_text(text, false),
            Event::CData(text) => self.add_text(text, true),
            Event::GeneralRef(reference) => self.add_reference(reference),
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {
                self.document.has_prologue |= self.document.elements.is_empty();
            }
            Event::Comment(_) | Event::Eof => {}
        }
    }

    /// Adds text to the element around it; behind another element inside only if it is `quoted` as character data.
    fn add_text(&mut self, text: &[u8], quoted: bool) {
        if let Some(element) = self.open.last().and_then(|index| self.document.elements.get_mut(*index))
            && (quoted || element.children.is_empty())
        {
            element.text.push_str(&String::from_utf8_lossy(text));
        }
    }

    /// `&lt;` and `&#60;` are the characters they stand for; others stay as written.
    fn add_reference(&mut self, reference: &BytesRef<'t>) {
        let name = String::from_utf8_lossy(reference);
        let character = reference.resolve_char_ref().ok().flatten().map(String::from);
        let known = character.or_else(|| resolve_predefined_entity(&name).map(str::to_owned));
        self.add_text(known.unwrap_or_else(|| format!("&{name};")).as_bytes(), false);
    }

    fn begin(&mut self, tag: &BytesStart<'t>, (at, end): (usize, usize), is_empty: bool) {
        let name = tag.name().into_inner();
        let name = self.document.text.get(at + 1..at + 1 + name.len()).unwrap_or_default();
        if !name.starts_with(|first: char| first.is_alphabetic() || first == '_')
            || self.open.len() >= DEEPEST
        {
            self.document.is_whole = false;
            return;
        }
        let index = self.document.elements.len();
        let parent = self.open.last().copied();
        let attributes = attributes(tag);
        self.document.is_whole &= attributes.is_some();
        self.document.elements.push(Element {
            name,
            attributes: attributes.unwrap_or_default(),
            children: Vec::new(),
            parent,
            text: String::new(),
            places: [at, end, end, end],
        });
        match parent.and_then(|parent| self.document.elements.get_mut(parent)) {
            Some(parent) => parent.children.push(index),
            None => self.document.roots.push(index),
        }
        if !is_empty {
            self.open.push(index);
        }
    }

    fn close(&mut self, name: &[u8], at: usize, end: usize) {
        let named = |index: &usize| {
            self.document.elements.get(*index).is_some_and(|found| found.name.as_bytes() == name)
        };
        let Some(place) = self.open.iter().rposition(named) else {
            self.document.is_whole = false;
            return;
        };
        self.document.is_whole &= place + 1 == self.open.len();
        while self.open.len() > place + 1 {
            self.close_last(at, at);
        }
        self.close_last(at, end);
    }

    fn close_last(&mut self, at: usize, end: usize) {
        if let Some(element) = self.open.pop().and_then(|index| self.document.elements.get_mut(index)) {
            element.places[2] = at;
            element.places[3] = end;
        }
    }
}

/// Names and values; none where something else stands between them.
fn attributes(tag: &BytesStart<'_>) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.ok()?;
        let name = String::from_utf8_lossy(attribute.key.into_inner()).into_owned();
        let written = String::from_utf8_lossy(&attribute.value);
        found.push((name, unescape(&written).map_or_else(|_| written.to_string(), Cow::into_owned)));
    }
    Some(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::Document;

    #[test]
    fn elements_attributes_and_text_are_read() {
        let document =
            Document::read("<a x='1>2' y=\"&lt;\">t<b/><!-- <c> --><b>u &amp; <![CDATA[<v>]]></b></a>");
        assert!(document.is_whole && !document.has_prologue);
        let root = document.element(document.roots[0]).unwrap();
        assert_eq!((root.name, root.text.as_str()), ("a", "t"));
        assert_eq!((root.attribute("x"), root.attribute("y")), (Some("1>2"), Some("<")));
        let last = document.element(root.children[1]).unwrap();
        assert_eq!(document.content(last), "u & <v>");
        assert!(document.content(root).starts_with("t<b/>") && document.written(root).starts_with("<a x="));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        for text in ["<a>", "<a></b>", "</a>", "<a><b></a>", "<a x=1></a>", "<a", "<!-- x", "<1/>"] {
            assert!(!Document::read(text).is_whole, "{text}");
        }
        assert!(Document::read("<?xml version='1.0'?><a/>").has_prologue);
        assert!(Document::read("").roots.is_empty());
        assert!(!Document::read(&"<a>".repeat(100_000)).is_whole);
    }
}
