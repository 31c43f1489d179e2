//! JSON paths as Splunk flattens them: `a.b`, `list{}.name`, `list{0}`.

use serde::{Deserialize, Serialize};

/// A path into a record.
///
/// Written as the flattened name: members joined by `.`, `{}` after the name of an array for "every
/// element", `{N}` for one element, counted from 0. Member names may themselves contain dots and
/// slashes (Azure claims), so a path is kept as text and matched member by member: a member fits if
/// the rest of the path begins with its name followed by `.`, `{` or the end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Path {
    /// The flattened name.
    pub text: String,
    /// Whether member names are compared without case (ASCII).
    pub ignore_case: bool,
}

/// What follows after a member or element was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// The path ends here: this is the value.
    End,
    /// A member of the object here, by this rest of the path.
    Member(&'a str),
    /// Every element of the array here, then this.
    Every(&'a str),
    /// One element of the array here, then this.
    Index(usize, &'a str),
}

impl Path {
    /// A case-sensitive path.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ignore_case: false }
    }

    /// Whether it may give several values.
    #[must_use]
    pub fn is_multiple(&self) -> bool {
        self.text.contains("{}")
    }

    /// Takes the member `name` off the front of `rest`, if the rest of a path begins with it.
    ///
    /// ```
    /// use quarry_views::{Path, Step};
    /// let path = Path::new("items{}.id");
    /// assert_eq!(path.enter("items{}.id", "items"), Some(Step::Every(".id")));
    /// assert_eq!(path.enter("items{}.id", "item"), None);
    /// ```
    #[must_use]
    pub fn enter<'a>(&self, rest: &'a str, name: &str) -> Option<Step<'a>> {
        let head = rest.get(..name.len())?;
        let fits = if self.ignore_case { head.eq_ignore_ascii_case(name) } else { head == name };
        if !fits {
            return None;
        }
        Self::after(rest.get(name.len()..)?)
    }

    /// What the rest of a path asks for once a member or an element was taken.
    #[must_use]
    pub fn after(rest: &str) -> Option<Step<'_>> {
        if rest.is_empty() {
            return Some(Step::End);
        }
        if let Some(member) = rest.strip_prefix('.') {
            return Some(Step::Member(member));
        }
        let inside = rest.strip_prefix('{')?;
        let close = inside.find('}')?;
        let (index, next) = (&inside[..close], &inside[close + 1..]);
        if index.is_empty() {
            return Some(Step::Every(next));
        }
        index.parse().ok().map(|index| Step::Index(index, next))
    }
}
