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
    /// In this order the first that fits tells what a record is.
    signatures: Vec<(Compiled, Class)>,
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
    /// Whether records built alike may differ in whether it fits.
    reads_values: bool,
}

impl Classifier {
    pub(crate) fn new(formats: &LogFormats) -> Self {
        let mut base = PathSet::default();
        let unwraps = (0..).map(Class::Wrapper).zip(formats.unwraps.iter().map(|unwrap| &unwrap.signature));
        let log_types = (0..).map(Class::Log).zip(formats.log_types.iter().map(|log| &log.signature));
        let foreign = (0..).map(Class::Foreign).zip(formats.foreign.iter().map(|kind| &kind.signature));
        let signatures = unwraps
            .chain(log_types)
            .chain(foreign)
            .map(|(class, signature)| (Compiled::new(signature, &mut base), class))
            .collect();
        let inner = formats.unwraps.iter().map(|unwrap| base.add(&unwrap.inner)).collect();
        Self { signatures, inner, base }
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
    pub(crate) fn classify(&self, found: &mut Extractor, record: &str) -> Class {
        if let Some(class) = found.class_of_alike() {
            return class;
        }
        let mut is_by_shape = true;
        let first = self.signatures.iter().find(|(signature, _)| {
            let may_fit = signature.may_fit(found);
            is_by_shape &= !(may_fit && signature.reads_values);
            may_fit && signature.fits(found, record)
        });
        let class = first.map_or(Class::Unknown, |(_, class)| *class);
        if is_by_shape {
            found.keep_class(class);
        }
        class
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
            reads_values: !signature.begins.is_empty()
                || signature.kinds.iter().any(|(_, kind)| !is_told_by_shape(kind)),
        };
        let first = |list: &[(usize, String)]| list.first().map(|(path, _)| *path);
        compiled.key = first(&compiled.kinds)
            .or_else(|| first(&compiled.begins))
            .or_else(|| compiled.all.first().copied());
        compiled
    }

    /// Whether what settles most signatures at once is there.
    #[inline]
    fn may_fit(&self, found: &Extractor) -> bool {
        self.key.is_none_or(|path| !found.all(path).is_empty())
    }

    fn fits(&self, found: &Extractor, record: &str) -> bool {
        let exists = |path: &usize| !found.all(*path).is_empty();
        self.all.iter().all(exists)
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

/// Whether records built alike have a value of this kind at the same places.
fn is_told_by_shape(kind: &str) -> bool {
    matches!(kind, "string" | "object" | "array")
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
