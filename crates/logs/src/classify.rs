//! Which log a record belongs to, by the members it has.

use quarry_views::{LogFormats, Path, Signature};

use crate::json::{Extractor, Kind, PathSet};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A wrapper: index into the formats' unwraps.
    Wrapper(usize),
    /// A log type: index into the formats' log types.
    Log(usize),
    /// A known object of another kind: index into the formats' foreign objects.
    Foreign(usize),
    /// None of these.
    Unknown,
}

/// The signatures, compiled against the first paths of every path set.
#[derive(Debug, Clone)]
pub(crate) struct Classifier {
    unwraps: Vec<Compiled>,
    log_types: Vec<Compiled>,
    foreign: Vec<Compiled>,
    /// Path of each unwrap's inner value.
    inner: Vec<usize>,
    /// The paths that signatures and unwraps name: every path set begins with them.
    base: PathSet,
}

#[derive(Debug, Clone)]
struct Compiled {
    /// A path that must be there: whether it is settles most signatures at once.
    key: Option<usize>,
    all: Vec<usize>,
    any: Vec<usize>,
    none: Vec<usize>,
    begins: Vec<(usize, String)>,
    kinds: Vec<(usize, String)>,
}

impl Classifier {
    pub(crate) fn new(formats: &LogFormats) -> Self {
        let mut base = PathSet::default();
        let unwraps =
            formats.unwraps.iter().map(|unwrap| Compiled::new(&unwrap.signature, &mut base)).collect();
        let log_types =
            formats.log_types.iter().map(|log| Compiled::new(&log.signature, &mut base)).collect();
        let foreign = formats.foreign.iter().map(|kind| Compiled::new(&kind.signature, &mut base)).collect();
        let inner = formats.unwraps.iter().map(|unwrap| base.add(&unwrap.inner)).collect();
        Self { unwraps, log_types, foreign, inner, base }
    }

    /// A path set that begins with the paths this classifier needs.
    pub(crate) fn path_set(&self) -> PathSet {
        self.base.clone()
    }

    /// Path of an unwrap's inner value.
    pub(crate) fn inner(&self, unwrap: usize) -> Option<usize> {
        self.inner.get(unwrap).copied()
    }

    /// What the record is whose values `found` holds.
    pub(crate) fn classify(&self, found: &Extractor, record: &str) -> Class {
        let first = |list: &[Compiled]| list.iter().position(|signature| signature.fits(found, record));
        if let Some(index) = first(&self.unwraps) {
            return Class::Wrapper(index);
        }
        if let Some(index) = first(&self.log_types) {
            return Class::Log(index);
        }
        first(&self.foreign).map_or(Class::Unknown, Class::Foreign)
    }
}

impl Compiled {
    fn new(signature: &Signature, set: &mut PathSet) -> Self {
        let mut add = |name: &String| set.add(&Path::new(name.as_str()));
        let mut compiled = Self {
            key: None,
            all: signature.all.iter().map(&mut add).collect(),
            any: signature.any.iter().map(&mut add).collect(),
            none: signature.none.iter().map(&mut add).collect(),
            begins: signature.begins.iter().map(|(path, text)| (add(path), text.clone())).collect(),
            kinds: signature.kinds.iter().map(|(path, kind)| (add(path), kind.clone())).collect(),
        };
        let first = |list: &[(usize, String)]| list.first().map(|(path, _)| *path);
        compiled.key = first(&compiled.kinds)
            .or_else(|| first(&compiled.begins))
            .or_else(|| compiled.all.first().copied());
        compiled
    }

    fn fits(&self, found: &Extractor, record: &str) -> bool {
        let exists = |path: &usize| !found.all(*path).is_empty();
        self.key.as_ref().is_none_or(exists)
            && self.all.iter().all(exists)
            && self
                .kinds
                .iter()
                .all(|(path, kind)| found.one(*path).is_some_and(|raw| is_kind(raw.kind, kind)))
            && self.begins.iter().all(|(path, beginning)| {
                let value = found.one(*path).filter(|raw| is_kind(raw.kind, "string"));
                value
                    .and_then(|raw| raw.text(record))
                    .is_some_and(|text| text.starts_with(beginning.as_str()))
            })
            && (self.any.is_empty() || self.any.iter().any(exists))
            && !self.none.iter().any(exists)
    }
}

fn is_kind(kind: Kind, name: &str) -> bool {
    match kind {
        Kind::Object => name == "object",
        Kind::Array => name == "array",
        Kind::Text | Kind::EscapedText => name == "string",
        Kind::Number => name == "number",
        Kind::True | Kind::False => name == "boolean",
        Kind::Null => name == "null",
    }
}
