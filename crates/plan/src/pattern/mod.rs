//! Regular expressions: a linear-time engine first, a backtracking one for look-around and
//! back-references, with a limit on its work. Languages check patterns with what later runs them.

mod dialect;
mod fault;
mod word;

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use dialect::translate;
pub use fault::PatternFault;
pub use word::word_expression;

/// Steps the backtracking engine may take on one text; beyond them the text does not match, which is counted.
const BACKTRACK_LIMIT: usize = 200_000;
/// Compiled size limit of a pattern in bytes.
const SIZE_LIMIT: usize = 16 << 20;
/// How many compiled patterns are remembered.
const CACHE_ENTRIES: usize = 512;

/// A compiled regular expression.
#[derive(Debug)]
pub struct Pattern {
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(Box<fancy_regex::Regex>),
}

/// Where the groups of one match lie in the text; group 0 is the whole match.
#[derive(Debug)]
pub struct Groups {
    spans: Vec<Option<Range<usize>>>,
}

impl Groups {
    /// The text of a group, if it took part in the match.
    #[must_use]
    pub fn get<'t>(&self, text: &'t str, group: usize) -> Option<&'t str> {
        text.get(self.spans.get(group)?.clone()?)
    }

    /// Where the whole match lies.
    #[must_use]
    pub fn whole(&self) -> Range<usize> {
        self.spans.first().cloned().flatten().unwrap_or(0..0)
    }
}

/// Compiles a regular expression in PCRE or Java syntax, as far as the engines go.
///
/// # Errors
/// What is wrong with the pattern, and where.
///
/// ```
/// let pattern = quarry_plan::compile_pattern("(?<json>{.+})", false).unwrap();
/// assert!(pattern.is_match("x {\"a\":1}"));
/// assert_eq!(quarry_plan::compile_pattern("ab(", false).unwrap_err().at, Some(2));
/// ```
pub fn compile_pattern(pattern: &str, ignore_case: bool) -> Result<Pattern, PatternFault> {
    let translated = translate(pattern);
    if !translated.possessive {
        let linear = regex::RegexBuilder::new(&translated.pattern)
            .case_insensitive(ignore_case)
            .size_limit(SIZE_LIMIT)
            .build();
        match linear {
            Ok(found) => return Ok(Pattern { engine: Engine::Linear(found) }),
            Err(regex::Error::CompiledTooBig(limit)) => {
                let message = format!("the regular expression compiles to more than {limit} bytes");
                return Err(PatternFault { message, at: None });
            }
            Err(_) => {}
        }
    }
    fancy_regex::RegexBuilder::new(&translated.pattern)
        .case_insensitive(ignore_case)
        .backtrack_limit(BACKTRACK_LIMIT)
        .delegate_size_limit(SIZE_LIMIT)
        .build()
        .map(|found| Pattern { engine: Engine::Backtracking(Box::new(found)) })
        .map_err(|error| fault::find(&translated, &error))
}

/// A compiled pattern from a memory shared by all queries; none if it does not compile.
#[must_use]
pub fn cached_pattern(pattern: &str, ignore_case: bool) -> Option<Arc<Pattern>> {
    type Known = HashMap<(String, bool), Option<Arc<Pattern>>>;
    static KNOWN: Mutex<Option<Known>> = Mutex::new(None);
    let key = (pattern.to_owned(), ignore_case);
    {
        let guard = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = guard.as_ref().and_then(|known| known.get(&key)) {
            return found.clone();
        }
    }
    let compiled = compile_pattern(pattern, ignore_case).ok().map(Arc::new);
    let mut guard = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = guard.get_or_insert_with(HashMap::new);
    if known.len() >= CACHE_ENTRIES {
        known.clear();
    }
    known.insert(key, compiled.clone());
    compiled
}

thread_local! {
    static GIVEN_UP: Cell<u64> = const { Cell::new(0) };
}

/// How many values a backtracking expression has given up on in this thread: they count as not matching. Who
/// evaluates says so, from the difference.
#[must_use]
pub fn values_given_up() -> u64 {
    GIVEN_UP.get()
}

/// An answer within the limit of steps.
fn kept<T, E>(answer: Result<T, E>) -> Option<T> {
    if answer.is_err() {
        GIVEN_UP.set(GIVEN_UP.get() + 1);
    }
    answer.ok()
}

impl Pattern {
    /// Whether the pattern is found anywhere in the text.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        match &self.engine {
            Engine::Linear(found) => found.is_match(text),
            Engine::Backtracking(found) => kept(found.is_match(text)).unwrap_or(false),
        }
    }

    /// Whether it needs no look-around and no back-references, as expressions of RE2 do.
    #[must_use]
    pub fn is_linear(&self) -> bool {
        matches!(self.engine, Engine::Linear(_))
    }

    /// How many groups it has, the whole match not counted.
    #[must_use]
    pub fn group_count(&self) -> usize {
        self.names().len().saturating_sub(1)
    }

    /// The named groups, in order.
    #[must_use]
    pub fn group_names(&self) -> Vec<String> {
        self.names().into_iter().flatten().collect()
    }

    /// The number of a named group.
    #[must_use]
    pub fn group_index(&self, name: &str) -> Option<usize> {
        self.names().iter().position(|found| found.as_deref() == Some(name))
    }

    fn names(&self) -> Vec<Option<String>> {
        match &self.engine {
            Engine::Linear(found) => found.capture_names().map(|name| name.map(str::to_owned)).collect(),
            Engine::Backtracking(found) => {
                found.capture_names().map(|name| name.map(str::to_owned)).collect()
            }
        }
    }

    /// The groups of the first match at or after a position.
    #[must_use]
    pub fn groups_at(&self, text: &str, start: usize) -> Option<Groups> {
        if start > text.len() {
            return None;
        }
        match &self.engine {
            Engine::Linear(found) => {
                let captures = found.captures_at(text, start)?;
                Some(Groups { spans: captures.iter().map(|group| group.map(|span| span.range())).collect() })
            }
            Engine::Backtracking(found) => {
                let captures = kept(found.captures_from_pos(text, start)).flatten()?;
                Some(Groups { spans: captures.iter().map(|group| group.map(|span| span.range())).collect() })
            }
        }
    }

    /// All matches from left to right, not overlapping.
    pub fn matches<'p>(&'p self, text: &'p str) -> impl Iterator<Item = Groups> + 'p {
        let mut next = Some(0);
        std::iter::from_fn(move || {
            let groups = self.groups_at(text, next?)?;
            let whole = groups.whole();
            // An empty match moves on by one character.
            let step = text.get(whole.end..).and_then(|rest| rest.chars().next()).map(char::len_utf8);
            next = if whole.is_empty() { step.map(|length| whole.end + length) } else { Some(whole.end) };
            Some(groups)
        })
    }

    /// The text with matches replaced: `skip` matches stay, then at most `limit` are replaced by
    /// what `expand` writes.
    pub fn replace<'t>(
        &self,
        text: &'t str,
        skip: usize,
        limit: usize,
        expand: impl Fn(&Groups, &mut String),
    ) -> Cow<'t, str> {
        let mut out = String::new();
        let mut copied = 0;
        for groups in self.matches(text).skip(skip).take(limit) {
            let whole = groups.whole();
            out.push_str(text.get(copied..whole.start).unwrap_or_default());
            expand(&groups, &mut out);
            copied = whole.end;
        }
        if copied == 0 && out.is_empty() && !self.is_match(text) {
            return Cow::Borrowed(text);
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        Cow::Owned(out)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use super::*;

    #[test]
    fn look_around_and_back_references_work() {
        let pattern = compile_pattern("(?<!x)a(b)\\1", false).unwrap();
        assert!(pattern.is_match("cabb"));
        assert!(!pattern.is_match("xabb"));
        assert!(compile_pattern("^(?!root$)", true).unwrap().is_match("Alice"));
    }

    #[test]
    fn runaway_patterns_stop() {
        let pattern = compile_pattern("^(a+)+\\1$", false).unwrap();
        assert!(!pattern.is_match(&format!("{}b", "a".repeat(60))));
    }

    #[test]
    fn errors_are_sentences() {
        let cases = [
            ("a(b", "unclosed group (at character 2)"),
            ("{x}*+(b", "Opening parenthesis without closing parenthesis (at character 8)"),
            ("ä[b", "unclosed character class (at character 2)"),
            ("(?=a)*b)", "Target of repeat operator is invalid (at character 6)"),
            ("*a", "repetition operator missing expression (at character 1)"),
        ];
        for (pattern, wanted) in cases {
            let fault = compile_pattern(pattern, false).unwrap_err();
            assert_eq!(fault.sentence(pattern), wanted, "{pattern}");
        }
    }

    #[test]
    fn empty_matches_advance() {
        let pattern = compile_pattern("x*", false).unwrap();
        assert_eq!(pattern.matches("éx").count(), 3);
        let replaced = pattern.replace("éx", 0, usize::MAX, |_, out| out.push('-'));
        assert_eq!(replaced, "-é--");
    }

    #[test]
    fn names_and_groups_are_found() {
        let pattern = compile_pattern("(?<user>\\w+)@(?<host>\\w+)?", false).unwrap();
        assert_eq!(pattern.group_names(), ["user", "host"]);
        let groups = pattern.groups_at("to a@ b", 0).unwrap();
        assert_eq!(groups.get("to a@ b", pattern.group_index("user").unwrap()), Some("a"));
        assert_eq!(groups.get("to a@ b", pattern.group_index("host").unwrap()), None);
    }
}
