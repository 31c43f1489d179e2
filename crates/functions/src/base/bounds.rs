//! What the functions of a session may take together.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use datafusion_common::{Result, resources_err};

/// What begins the text of the error where too many values could not be judged.
pub const TOO_LONG: &str = "a regular expression of `";
/// Values of a session that may be given up before it ends with an error.
const MOST_GIVEN_UP: u64 = 1_000;

/// Bounds of what the functions of a session take together, and what was left undone for them.
#[derive(Debug)]
pub struct Bounds {
    /// Bytes that the values of one function over one batch may hold.
    pub most: usize,
    given_up: AtomicU64,
    first: Mutex<Option<&'static str>>,
}

impl Bounds {
    /// At most so many bytes of values.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, given_up: AtomicU64::new(0), first: Mutex::new(None) }
    }

    /// How many values a backtracking regular expression gave up on, and the function that did first.
    #[must_use]
    pub fn given_up(&self) -> Option<(u64, &'static str)> {
        let first = *self.first.lock().unwrap_or_else(PoisonError::into_inner);
        Some((self.given_up.load(Relaxed), first?))
    }

    /// Evaluates a function, called as `signature` says, and counts the values it gave up on.
    pub(crate) fn watch<T>(&self, signature: &'static str, evaluate: impl FnOnce() -> T) -> Result<T> {
        let before = quarry_plan::values_given_up();
        let made = evaluate();
        let more = quarry_plan::values_given_up().saturating_sub(before);
        if more > 0 {
            self.first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(signature);
            if self.given_up.fetch_add(more, Relaxed) + more > MOST_GIVEN_UP {
                return resources_err!("{TOO_LONG}{signature}`");
            }
        }
        Ok(made)
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self::new(usize::MAX)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use quarry_plan::compile_pattern;

    use super::*;

    #[test]
    fn values_given_up_are_counted_and_not_without_end() {
        let pattern = compile_pattern("^(a|aa)+\\1c", false).unwrap();
        let text = "a".repeat(60);
        let bounds = Bounds::default();
        assert!(!bounds.watch("match", || pattern.is_match(&text)).unwrap());
        assert!(bounds.watch("other", || pattern.is_match("aac")).unwrap());
        assert_eq!(bounds.given_up(), Some((1, "match")));
        bounds.given_up.store(MOST_GIVEN_UP, Relaxed);
        let error = bounds.watch("other", || pattern.is_match(&text)).unwrap_err();
        assert!(error.to_string().contains("a regular expression of `other`"), "{error}");
    }
}
