//! Which log a record belongs to, by the members it has.

use std::cell::Cell;

use quarry_views::{LogFormats, Path, Signature};

use crate::json::{Extractor, Kind, PathSet, Raw};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A wrapper: index into the formats' unwraps.
    Wrapper(usize),
    /// A log's record under other names: index into the formats' reshapes.
    Shaped(usize),
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
    values: Vec<(usize, Vec<String>)>,
    contains: Vec<(usize, String)>,
    kinds: Vec<(usize, String)>,
    /// Whether records built alike may differ in whether it fits.
    reads_values: bool,
}

impl Classifier {
    pub(crate) fn new(formats: &LogFormats) -> Self {
        let mut base = PathSet::default();
        let unwraps = (0..).map(Class::Wrapper).zip(formats.unwraps.iter().map(|unwrap| &unwrap.signature));
        let reshapes = (0..).map(Class::Shaped).zip(formats.reshapes.iter().map(|shape| &shape.signature));
        let log_types = (0..)
            .map(Class::Log)
            .zip(&formats.log_types)
            .flat_map(|(class, log)| log.signatures.iter().map(move |signature| (class, signature)));
        let foreign = (0..).map(Class::Foreign).zip(formats.foreign.iter().map(|kind| &kind.signature));
        let signatures = unwraps
            .chain(reshapes)
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
        let reads_scalars = Cell::new(false);
        let mut is_by_shape = true;
        let first = self.signatures.iter().find(|(signature, _)| {
            let may_fit = signature.may_fit(found);
            is_by_shape &= !(may_fit && signature.reads_values);
            may_fit && signature.fits(found, record, &reads_scalars)
        });
        is_by_shape &= !reads_scalars.get();
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
            values: signature.values.iter().map(|(path, known)| (add(path), known.clone())).collect(),
            contains: signature.contains.iter().map(|(path, text)| (add(path), text.clone())).collect(),
            kinds: signature.kinds.iter().map(|(path, kind)| (add(path), kind.clone())).collect(),
            reads_values: !signature.begins.is_empty()
                || !signature.values.is_empty()
                || !signature.contains.is_empty()
                || signature.kinds.iter().any(|(_, kind)| !is_told_by_shape(kind)),
        };
        let first = |list: &[(usize, String)]| list.first().map(|(path, _)| *path);
        compiled.key = first(&compiled.kinds)
            .or_else(|| first(&compiled.begins))
            .or_else(|| first(&compiled.contains))
            .or_else(|| compiled.values.first().map(|(path, _)| *path))
            .or_else(|| compiled.all.first().copied());
        compiled
    }

    /// Whether what settles most signatures at once is there.
    #[inline]
    fn may_fit(&self, found: &Extractor) -> bool {
        self.key.is_none_or(|path| !found.all(path).is_empty())
    }

    /// Whether the signature fits; `reads_scalars` if that hangs on whether a scalar is null, which the shape of
    /// a record does not tell.
    fn fits(&self, found: &Extractor, record: &str, reads_scalars: &Cell<bool>) -> bool {
        let exists = |path: &usize| exists(found.all(*path), reads_scalars);
        let text = |path: usize| {
            let value = found.one(path).filter(|raw| is_kind(raw.kind, "string"));
            value.and_then(|raw| raw.text(record))
        };
        self.all.iter().all(exists)
            && self
                .kinds
                .iter()
                .all(|(path, kind)| found.one(*path).is_some_and(|raw| is_kind(raw.kind, kind)))
            && self
                .begins
                .iter()
                .all(|(path, beginning)| text(*path).is_some_and(|text| text.starts_with(beginning.as_str())))
            && self.values.iter().all(|(path, known)| {
                text(*path).is_some_and(|text| known.iter().any(|known| known.eq_ignore_ascii_case(&text)))
            })
            && self.contains.iter().all(|(path, part)| {
                text(*path).is_some_and(|text| text.to_ascii_lowercase().contains(part.as_str()))
            })
            && (self.any.is_empty() || self.any.iter().any(exists))
            && !self.none.iter().any(exists)
    }
}

/// Whether one of these values is there: a null is absent.
fn exists(values: &[Raw], reads_scalars: &Cell<bool>) -> bool {
    let is_scalar = |raw: &Raw| matches!(raw.kind, Kind::Null | Kind::True | Kind::False | Kind::Number);
    if !values.is_empty() && values.iter().all(is_scalar) {
        reads_scalars.set(true);
    }
    values.iter().any(|raw| raw.kind != Kind::Null)
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
