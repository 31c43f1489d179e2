//! Reads XML: elements, attributes and text. Comments, declarations and instructions are passed over.

use std::borrow::Cow;

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
    pub(crate) attributes: Vec<(&'t str, Cow<'t, str>)>,
    pub(crate) children: Vec<usize>,
    pub(crate) parent: Option<usize>,
    /// The text before the first element inside.
    pub(crate) text: String,
    /// Where it begins, its content begins and ends, and it ends.
    places: [usize; 4],
}

impl<'t> Element<'t> {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }
}

impl<'t> Document<'t> {
    /// Reads a text. What does not fit is passed over and leaves the document not whole.
    pub(crate) fn read(text: &'t str) -> Self {
        let mut reader =
            Reader { document: Self { text, is_whole: true, ..Self::default() }, open: Vec::new() };
        let mut at = 0;
        while let Some(next) = text.get(at..).and_then(|rest| rest.find('<')) {
            reader.add_text(&text[at..at + next]);
            at = reader.markup(at + next);
        }
        reader.add_text(text.get(at..).unwrap_or_default());
        let left = reader.open.len();
        reader.document.is_whole &= left == 0;
        for _ in 0..left {
            reader.close_last(text.len(), text.len());
        }
        reader.document
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

struct Reader<'t> {
    document: Document<'t>,
    /// The elements around this place, the innermost last.
    open: Vec<usize>,
}

impl<'t> Reader<'t> {
    fn add_text(&mut self, text: &str) {
        if let Some(element) = self.open.last().and_then(|index| self.document.elements.get_mut(*index))
            && element.children.is_empty()
        {
            element.text.push_str(&unescaped(text));
        }
    }

    /// Reads what begins with `<` and gives the place after it.
    fn markup(&mut self, at: usize) -> usize {
        let text = self.document.text;
        let rest = &text[at..];
        let after = |ending: &str| rest.find(ending).map(|found| at + found + ending.len());
        if rest.starts_with("<!--") {
            return self.or_end(after("-->"));
        }
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            let end = data.find("]]>");
            let written = &data[..end.unwrap_or(data.len())];
            if let Some(element) = self.open.last().and_then(|index| self.document.elements.get_mut(*index)) {
                element.text.push_str(written);
            }
            return self.or_end(after("]]>"));
        }
        if rest.starts_with("<?") {
            self.document.has_prologue |= self.document.elements.is_empty();
            return self.or_end(after("?>"));
        }
        if rest.starts_with("<!") {
            self.document.has_prologue |= self.document.elements.is_empty();
            return self.or_end(after(">"));
        }
        let Some(end) = tag_end(rest).map(|end| at + end) else { return self.or_end(None) };
        match text[at + 1..end - 1].strip_prefix('/') {
            Some(name) => self.close(name.trim(), at, end),
            None => self.begin(at, end),
        }
        end
    }

    fn or_end(&mut self, found: Option<usize>) -> usize {
        self.document.is_whole &= found.is_some();
        found.unwrap_or(self.document.text.len())
    }

    fn begin(&mut self, at: usize, end: usize) {
        let inside = &self.document.text[at + 1..end - 1];
        let (inside, is_empty) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
        let name_end = inside.find(char::is_whitespace).unwrap_or(inside.len());
        let (name, rest) = inside.split_at(name_end);
        if !name.starts_with(|first: char| first.is_alphabetic() || first == '_')
            || self.open.len() >= DEEPEST
        {
            self.document.is_whole = false;
            return;
        }
        let index = self.document.elements.len();
        let parent = self.open.last().copied();
        let attributes = attributes(rest);
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

    fn close(&mut self, name: &str, at: usize, end: usize) {
        let named =
            |index: &usize| self.document.elements.get(*index).is_some_and(|found| found.name == name);
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

/// How long a tag is; a `>` inside quotes does not end it.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in rest.char_indices().skip(1) {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None => match letter {
                '"' | '\'' => quote = Some(letter),
                '>' => return Some(at + 1),
                _ => {}
            },
        }
    }
    None
}

/// `name="value"` in turn; none where something else stands between them.
fn attributes(text: &str) -> Option<Vec<(&str, Cow<'_, str>)>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        found.push((name.trim(), unescaped(value)));
        rest = after.trim_start();
    }
    Some(found)
}

/// The names of characters that XML knows without a document type.
const ENTITIES: &[(&str, &str)] = &[("amp", "&"), ("lt", "<"), ("gt", ">"), ("quot", "\""), ("apos", "'")];

/// Text with `&lt;` and `&#60;` as the characters they stand for; others stay as written.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        found.push_str(before);
        let entity = after.split_once(';').and_then(|(name, after)| Some((character(name)?, after)));
        match entity {
            Some((character, after)) => {
                found.push_str(&character);
                rest = after;
            }
            None => {
                found.push('&');
                rest = after;
            }
        }
    }
    found.push_str(rest);
    Cow::Owned(found)
}

fn character(name: &str) -> Option<String> {
    if let Some((_, character)) = ENTITIES.iter().find(|(known, _)| *known == name) {
        return Some((*character).to_owned());
    }
    let digits = name.strip_prefix('#')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(code).map(String::from)
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
