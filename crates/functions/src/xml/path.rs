//! The part of XPath that `xpath` knows: that of Python's ElementTree, to which its page refers, with
//! an attribute or `text()` as the last step.

use super::Document;

/// A path that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct XmlPath {
    steps: Vec<Step>,
    /// What is taken of the elements found.
    take: Take,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    /// Whether elements at any depth count (`//`).
    deep: bool,
    axis: Axis,
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Axis {
    Named(String),
    Any,
    Here,
    Parent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// `[@name]`, `[@name='value']`.
    Attribute(String, Option<String>),
    /// `[name]`, `[name='text']`.
    Child(String, Option<String>),
    /// `[2]`, from 1.
    Place(usize),
    /// `[last()]`, `[last()-1]`.
    FromEnd(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Take {
    Value,
    Text,
    Attribute { name: String, deep: bool },
}

impl XmlPath {
    /// Reads a path; none if it is no path of this kind.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut take = Take::Value;
        let mut rest = text.trim();
        let mut first = true;
        while first || !rest.is_empty() {
            let (deep, after) = match (rest.strip_prefix("//"), rest.strip_prefix('/')) {
                (Some(after), _) => (true, after),
                (None, Some(after)) => (false, after),
                (None, None) if first => (false, rest),
                (None, None) => return None,
            };
            first = false;
            if !matches!(take, Take::Value) {
                return None;
            }
            let end = step_end(after);
            let (step, left) = after.split_at(end);
            rest = left;
            if let Some(name) = step.strip_prefix('@') {
                take = Take::Attribute { name: name_of(name)?, deep };
            } else if step == "text()" {
                take = Take::Text;
            } else {
                steps.push(read_step(step, deep)?);
            }
        }
        Some(Self { steps, take })
    }

    /// What the path leads to, in the order of the text.
    pub(crate) fn values(&self, document: &Document<'_>) -> Vec<String> {
        let mut here: Vec<Place> = vec![None];
        for step in &self.steps {
            here = follow(document, &here, step);
        }
        let elements = here.iter().flatten().filter_map(|index| document.element(*index));
        match &self.take {
            Take::Value => elements.map(|element| document.written(element)).collect(),
            Take::Text => elements
                .map(|element| element.text.trim().to_owned())
                .filter(|text| !text.is_empty())
                .collect(),
            Take::Attribute { name, deep } => {
                let all;
                let places = if *deep {
                    all = below(document, &here);
                    &all
                } else {
                    &here
                };
                let elements = places.iter().flatten().filter_map(|index| document.element(*index));
                elements.filter_map(|element| element.attribute(name).map(str::to_owned)).collect()
            }
        }
    }
}

/// An element, or what lies around all of them.
type Place = Option<usize>;

/// Where a step ends: at a `/` that stands neither in brackets nor in quotes.
fn step_end(text: &str) -> usize {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '/') if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

fn read_step(text: &str, deep: bool) -> Option<Step> {
    let (name, mut rest) = text.split_at(text.find('[').unwrap_or(text.len()));
    let axis = match name {
        "*" => Axis::Any,
        "." => Axis::Here,
        ".." => Axis::Parent,
        name => Axis::Named(name_of(name)?),
    };
    let mut conditions = Vec::new();
    while let Some(open) = rest.strip_prefix('[') {
        let end = condition_end(open)?;
        conditions.push(read_condition(open[..end].trim())?);
        rest = &open[end + 1..];
    }
    rest.is_empty().then_some(Step { deep, axis, conditions })
}

fn condition_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, ']') => return Some(at),
            _ => {}
        }
    }
    None
}

fn read_condition(text: &str) -> Option<Condition> {
    if let Ok(place) = text.parse::<usize>() {
        return (place > 0).then_some(Condition::Place(place));
    }
    if let Some(rest) = text.strip_prefix("last()") {
        let back = rest.trim();
        let back = if back.is_empty() { Some(0) } else { back.strip_prefix('-')?.trim().parse().ok() };
        return back.map(Condition::FromEnd);
    }
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name.trim(), Some(unquoted(value.trim())?)),
        None => (text, None),
    };
    Some(match name.strip_prefix('@') {
        Some(name) => Condition::Attribute(name_of(name)?, value),
        None => Condition::Child(name_of(name)?, value),
    })
}

fn unquoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    text[1..].strip_suffix(quote).map(str::to_owned)
}

fn name_of(text: &str) -> Option<String> {
    let fits = |letter: char| letter.is_alphanumeric() || "_-.:".contains(letter);
    (text.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && text.chars().all(fits)
        && !text.contains("::"))
    .then(|| text.to_owned())
}

fn follow(document: &Document<'_>, here: &[Place], step: &Step) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    let starts = if step.deep { below(document, here) } else { here.to_vec() };
    for place in starts {
        let candidates: Vec<Place> = match &step.axis {
            Axis::Here => vec![place],
            Axis::Parent => place
                .and_then(|index| document.element(index))
                .map(|found| found.parent)
                .into_iter()
                .collect(),
            Axis::Any => children(document, place).iter().copied().map(Some).collect(),
            Axis::Named(name) => children(document, place)
                .iter()
                .copied()
                .filter(|index| document.element(*index).is_some_and(|found| found.name == name))
                .map(Some)
                .collect(),
        };
        for kept in step.conditions.iter().fold(candidates, |kept, condition| keep(document, kept, condition))
        {
            if !found.contains(&kept) {
                found.push(kept);
            }
        }
    }
    found
}

fn children<'d>(document: &'d Document<'_>, place: Place) -> &'d [usize] {
    match place {
        None => &document.roots,
        Some(index) => document.element(index).map_or(&[], |element| element.children.as_slice()),
    }
}

/// These and all that lie in them.
fn below(document: &Document<'_>, here: &[Place]) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut open: Vec<Place> = here.iter().rev().copied().collect();
    while let Some(place) = open.pop() {
        if seen.insert(place) {
            found.push(place);
            open.extend(children(document, place).iter().rev().copied().map(Some));
        }
    }
    found
}

fn keep(document: &Document<'_>, places: Vec<Place>, condition: &Condition) -> Vec<Place> {
    let count = places.len();
    let holds = |(number, place): &(usize, Place)| {
        let element = place.and_then(|index| document.element(index));
        match condition {
            Condition::Place(wanted) => number + 1 == *wanted,
            Condition::FromEnd(back) => number + 1 + back == count,
            Condition::Attribute(name, value) => element
                .and_then(|element| element.attribute(name))
                .is_some_and(|found| value.as_deref().is_none_or(|value| value == found)),
            Condition::Child(name, value) => children(document, *place)
                .iter()
                .filter_map(|index| document.element(*index))
                .filter(|child| child.name == name)
                .any(|child| value.as_deref().is_none_or(|value| value == child.text.trim())),
        }
    };
    places.into_iter().enumerate().filter(holds).map(|(_, place)| place).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{Document, XmlPath};

    const TEXT: &str = "<a n='1'><b>x</b><b k='v'>y</b><c><b>z</b></c></a><a><b>w</b></a>";

    #[track_caller]
    fn check(path: &str, expected: &[&str]) {
        assert_eq!(XmlPath::read(path).unwrap().values(&Document::read(TEXT)), expected, "{path}");
    }

    #[test]
    fn paths_lead_to_values() {
        check("a/b", &["x", "y", "w"]);
        check("/a/c/b", &["z"]);
        check("//b", &["x", "y", "z", "w"]);
        check("//a//b[1]", &["x", "z", "w"]);
        check("//b/@k", &["v"]);
        check("//@n", &["1"]);
        check("a[@n]/b[@k='v']", &["y"]);
        check("a[b='w']/b", &["w"]);
        check("a/b[last()]", &["y", "w"]);
        check("a/b[last()-1]", &["x"]);
        check("//c/../b/text()", &["x", "y"]);
        check("./a/*[c]", &[]);
        check("//c", &["<c><b>z</b></c>"]);
    }

    #[test]
    fn other_xpath_is_refused() {
        for path in ["", "/", "a//", "count(a)", "a[b>1]", "a|b", "child::a", "a/@b/c", "a[0]", "a[b", "a b"]
        {
            assert_eq!(XmlPath::read(path), None, "{path}");
        }
    }
}
