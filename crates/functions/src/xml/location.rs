//! Paths into XML as `spath` writes them: `a.b{2}.c{@name}`; elements are counted from 1
//! (Splunk search reference, spath).

use super::{Document, Element};

/// The values that a path leads to, in the order of the text.
pub(crate) fn follow_location(document: &Document<'_>, path: &str) -> Option<Vec<String>> {
    let mut here: Option<Vec<usize>> = None;
    let mut steps = path.split('.').peekable();
    while let Some(part) = steps.next() {
        let (name, braces) = part.split_at(part.find('{').unwrap_or(part.len()));
        let inside = |index: &usize| document.element(*index).map(|found| found.children.clone());
        let from: Vec<Vec<usize>> = match &here {
            None => vec![document.roots.clone()],
            Some(found) => found.iter().filter_map(inside).collect(),
        };
        let index = brace(braces)?;
        let mut next = Vec::new();
        for siblings in from {
            let named = siblings.into_iter().filter(|index| is_named(document, *index, name));
            match index {
                Index::Place(place) => next.extend(named.skip(place.checked_sub(1)?).take(1)),
                Index::Every | Index::Attribute(_) => next.extend(named),
            }
        }
        if let Index::Attribute(name) = index {
            // Nothing lies below an attribute.
            let value = |index: &usize| document.element(*index)?.attribute(name).map(str::to_owned);
            return steps.peek().is_none().then(|| next.iter().filter_map(value).collect());
        }
        here = Some(next);
    }
    let elements = here?.into_iter().filter_map(|index| document.element(index));
    Some(elements.map(|element: &Element<'_>| document.content(element)).collect())
}

fn is_named(document: &Document<'_>, index: usize, name: &str) -> bool {
    document.element(index).is_some_and(|element| element.name == name)
}

/// What stands in braces after a name.
#[derive(Clone, Copy)]
enum Index<'p> {
    Every,
    Place(usize),
    Attribute(&'p str),
}

fn brace(text: &str) -> Option<Index<'_>> {
    if text.is_empty() {
        return Some(Index::Every);
    }
    let inside = text.strip_prefix('{')?.strip_suffix('}')?;
    match inside.strip_prefix('@') {
        Some(name) => Some(Index::Attribute(name)),
        None if inside.is_empty() => Some(Index::Every),
        None => inside.parse().ok().map(Index::Place),
    }
}
