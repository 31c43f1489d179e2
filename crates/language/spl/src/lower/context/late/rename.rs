//! `rename from as to` with stars.

use super::super::super::wildcard;
use super::{Context, Late, LateRule, Place};

/// Fields of one name pattern get names of another, both with the same number of stars.
#[derive(Debug)]
pub(crate) struct Rename {
    pub(crate) from: String,
    pub(crate) to: String,
}

impl LateRule for Rename {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        let source = wildcard::captures(&self.to, name).map(|texts| wildcard::fill(&self.from, &texts));
        let value = source.and_then(|source| place.before(context, &source.into()));
        // `*` matches no internal field, as little as in `rename` itself.
        let is_internal = name.starts_with('_') && !self.from.starts_with('_');
        let stays = is_internal || !wildcard::matches(&self.from, name);
        Late::Values(value, if stays { place.before(context, &name.into()) } else { None })
    }

    fn names_internal(&self) -> bool {
        true
    }

    fn renamed(&self, name: String) -> Option<String> {
        let texts = wildcard::captures(&self.from, &name);
        Some(texts.map_or(name, |texts| wildcard::fill(&self.to, &texts)))
    }
}
