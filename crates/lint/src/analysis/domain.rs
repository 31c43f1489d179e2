//! What a value can be, for one log type.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use quarry_plan::{
    Comparison, ComparisonRule, Operand, TextMatcher, TextPattern, Value, order, parse_number,
    word_expression,
};
use regex::{Regex, RegexBuilder};

/// All values an expression can have.
#[derive(Debug, Clone)]
pub struct Domain {
    /// Whether there may be no value.
    pub null: bool,
    /// The texts there may be; numbers and truth values count as their text.
    pub texts: Texts,
}

/// A set of texts.
#[derive(Debug, Clone)]
pub enum Texts {
    /// Only these (none: never a value).
    Words(Vec<String>),
    /// Any text, but maybe not the empty one, and maybe only of a shape.
    Any {
        /// Whether the empty text is possible.
        empty: bool,
        /// What every text matches.
        shape: Option<Arc<Regex>>,
    },
}

/// More words than this are any text.
const MOST_WORDS: usize = 200;

impl Domain {
    /// Nothing is known.
    pub fn any() -> Self {
        Self { null: true, texts: Texts::Any { empty: true, shape: None } }
    }

    /// Any text, never null.
    pub fn some() -> Self {
        Self { null: false, texts: Texts::Any { empty: true, shape: None } }
    }

    /// Never a value.
    pub fn null() -> Self {
        Self { null: true, texts: Texts::Words(Vec::new()) }
    }

    /// One text.
    pub fn word(text: impl Into<String>) -> Self {
        Self { null: false, texts: Texts::Words(vec![text.into()]) }
    }

    /// A constant.
    pub fn constant(value: &Value) -> Self {
        match value {
            Value::Null => Self::null(),
            Value::Boolean(truth) => Self::word(truth.to_string()),
            Value::Integer(number) => Self::word(number.to_string()),
            Value::Double(number) => Self::word(number.to_string()),
            Value::Text(text) => Self::word(text.clone()),
            Value::TextList(texts) if texts.is_empty() => Self::null(),
            Value::TextList(texts) => Self { null: false, texts: Texts::Words(texts.clone()) },
            Value::Decimal(number) => Self::word(number.to_string()),
            _ => Self::some(),
        }
    }

    /// Whether it never has a value.
    pub fn is_null(&self) -> bool {
        matches!(&self.texts, Texts::Words(words) if words.is_empty())
    }

    /// The only value, where there is just one.
    pub fn single(&self) -> Option<&str> {
        match &self.texts {
            Texts::Words(words) if !self.null && words.len() == 1 => words.first().map(String::as_str),
            _ => None,
        }
    }

    /// Either this or the other.
    pub fn or(self, other: Self) -> Self {
        let null = self.null || other.null;
        let texts = match (self.texts, other.texts) {
            (Texts::Words(words), known @ Texts::Any { .. })
            | (known @ Texts::Any { .. }, Texts::Words(words))
                if words.is_empty() =>
            {
                known
            }
            (Texts::Words(mut words), Texts::Words(more)) if words.len() + more.len() <= MOST_WORDS => {
                for word in more {
                    if !words.contains(&word) {
                        words.push(word);
                    }
                }
                Texts::Words(words)
            }
            (left, right) => {
                let empty = left.may_be_empty() || right.may_be_empty();
                Texts::Any { empty, shape: None }
            }
        };
        Self { null, texts }
    }

    /// The same with another null rule.
    pub fn nullable(mut self, null: bool) -> Self {
        self.null |= null;
        self
    }

    /// Every word changed; other sets lose their shape.
    pub fn map(self, change: impl Fn(&str) -> String) -> Self {
        let texts = match self.texts {
            Texts::Words(words) => Texts::Words(words.iter().map(|word| change(word)).collect()),
            Texts::Any { empty, .. } => Texts::Any { empty, shape: None },
        };
        Self { null: self.null, texts }
    }
}

impl Texts {
    fn may_be_empty(&self) -> bool {
        match self {
            Self::Words(words) => words.iter().any(String::is_empty),
            Self::Any { empty, .. } => *empty,
        }
    }
}

/// How a condition can come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truths {
    /// It can be true.
    pub yes: bool,
    /// It can be false.
    pub no: bool,
    /// It can be null.
    pub null: bool,
}

impl Truths {
    /// Nothing is known.
    pub const ANY: Self = Self { yes: true, no: true, null: true };
    /// Impossible.
    pub const NONE: Self = Self { yes: false, no: false, null: false };

    /// Certain.
    pub fn of(truth: bool) -> Self {
        Self { yes: truth, no: !truth, null: false }
    }

    /// The same, and null where `null`.
    pub fn nullable(mut self, null: bool) -> Self {
        self.null |= null;
        self
    }

    /// Either.
    pub fn or(self, other: Self) -> Self {
        Self { yes: self.yes || other.yes, no: self.no || other.no, null: self.null || other.null }
    }

    /// Negated.
    pub fn negate(self) -> Self {
        Self { yes: self.no, no: self.yes, null: self.null }
    }

    /// Whether it always holds.
    pub fn always(self) -> bool {
        self.yes && !self.no && !self.null
    }

    /// The conjunction of independent conditions.
    pub fn all(items: &[Self]) -> Self {
        Self {
            yes: items.iter().all(|item| item.yes),
            no: items.iter().any(|item| item.no),
            null: items.iter().any(|item| item.null) && items.iter().all(|item| item.null || item.yes),
        }
    }

    /// The disjunction of independent conditions.
    pub fn any(items: &[Self]) -> Self {
        let negated: Vec<Self> = items.iter().map(|item| item.negate()).collect();
        Self::all(&negated).negate()
    }
}

/// Compiled patterns, kept.
#[derive(Default)]
pub struct Matchers(RefCell<HashMap<(String, bool), Option<Regex>>>);

impl Matchers {
    /// Whether a text matches; none where the pattern is beyond the `regex` crate.
    pub fn fits(&self, matcher: &TextMatcher, text: &str) -> Option<bool> {
        let fold = |text: &str| if matcher.ignore_case { text.to_lowercase() } else { text.to_owned() };
        match &matcher.pattern {
            TextPattern::Equals(wanted) => Some(fold(text) == fold(wanted)),
            TextPattern::Contains(wanted) => Some(fold(text).contains(&fold(wanted))),
            TextPattern::Wildcard(wanted) => self.regex(&glob(wanted), matcher.ignore_case, text),
            TextPattern::Like(wanted) => self.regex(&like(wanted), matcher.ignore_case, text),
            TextPattern::StartsWith(wanted) => Some(fold(text).starts_with(&fold(wanted))),
            TextPattern::EndsWith(wanted) => Some(fold(text).ends_with(&fold(wanted))),
            pattern @ (TextPattern::Word(wanted)
            | TextPattern::WordStart(wanted)
            | TextPattern::WordEnd(wanted)) => {
                self.regex(&word_expression(pattern, wanted), matcher.ignore_case, text)
            }
            TextPattern::Term(_) | TextPattern::Network(_) => None,
            TextPattern::Regex(wanted) => self.regex(wanted, matcher.ignore_case, text),
        }
    }

    fn regex(&self, pattern: &str, ignore_case: bool, text: &str) -> Option<bool> {
        let mut known = self.0.borrow_mut();
        let compiled = known
            .entry((pattern.to_owned(), ignore_case))
            .or_insert_with(|| RegexBuilder::new(pattern).case_insensitive(ignore_case).build().ok());
        compiled.as_ref().map(|regex| regex.is_match(text))
    }
}

fn glob(pattern: &str) -> String {
    format!("(?s)^{}$", regex::escape(pattern).replace(r"\*", ".*"))
}

fn like(pattern: &str) -> String {
    format!("(?s)^{}$", regex::escape(pattern).replace('%', ".*").replace('_', "."))
}

/// How a match can come out.
pub fn match_truths(matchers: &Matchers, matcher: &TextMatcher, value: &Domain) -> Truths {
    let texts = match &value.texts {
        Texts::Words(words) => words.iter().fold(Truths::NONE, |known, word| {
            let outcome =
                matchers.fits(matcher, word).map_or(Truths { null: false, ..Truths::ANY }, Truths::of);
            known.or(outcome)
        }),
        Texts::Any { empty, shape } => any_match(matcher, *empty, shape.as_deref()),
    };
    texts.nullable(value.null)
}

fn any_match(matcher: &TextMatcher, empty: bool, shape: Option<&Regex>) -> Truths {
    match &matcher.pattern {
        TextPattern::Equals(wanted) if wanted.is_empty() && !empty => Truths::of(false),
        TextPattern::Equals(wanted) if shape.is_some_and(|shape| !shape.is_match(wanted)) => {
            Truths::of(false)
        }
        TextPattern::Wildcard(wanted) if wanted.chars().all(|letter| letter == '*') && !wanted.is_empty() => {
            Truths::of(true)
        }
        TextPattern::Like(wanted) if wanted.chars().all(|letter| letter == '%') && !wanted.is_empty() => {
            Truths::of(true)
        }
        _ => Truths { yes: true, no: true, null: false },
    }
}

/// How an equality of two values can come out.
pub fn equal_truths(rule: ComparisonRule, left: &Domain, right: &Domain) -> Truths {
    let null = left.null || right.null;
    if left.is_null() || right.is_null() {
        return Truths { null: true, ..Truths::NONE };
    }
    let texts = match (&left.texts, &right.texts) {
        (Texts::Words(left), Texts::Words(right)) => {
            let mut known = Truths::NONE;
            for one in left {
                for two in right {
                    known = known.or(text_truths(Comparison::Equal, rule, one, two));
                }
            }
            known
        }
        (Texts::Words(words), Texts::Any { empty, shape })
        | (Texts::Any { empty, shape }, Texts::Words(words)) => {
            let possible = words.iter().any(|word| {
                (*empty || !word.is_empty()) && shape.as_ref().is_none_or(|shape| shape.is_match(word))
            });
            Truths { yes: possible, no: true, null: false }
        }
        _ => Truths { yes: true, no: true, null: false },
    };
    texts.nullable(null)
}

/// How two values compare whose texts are known; whether they are texts or numbers is not.
pub fn text_truths(operator: Comparison, rule: ComparisonRule, left: &str, right: &str) -> Truths {
    if rule == ComparisonRule::Address {
        let found = order(rule, Operand::Text(left), Operand::Text(right));
        return found.map_or(Truths::ANY, |found| Truths::of(operator.holds(found)));
    }
    let as_texts = Truths::of(operator.holds(left.cmp(right)));
    let (Some(left), Some(right)) = (parse_number(left), parse_number(right)) else { return as_texts };
    let by_size = left.partial_cmp(&right).map_or(Truths::ANY, |order| Truths::of(operator.holds(order)));
    match rule {
        ComparisonRule::NumbersElseText => by_size,
        ComparisonRule::Exact | ComparisonRule::NumberAsText | ComparisonRule::Address => {
            by_size.or(as_texts)
        }
    }
}

/// Whether two texts are the same text, or the same number.
pub fn same(left: &str, right: &str) -> bool {
    text_truths(Comparison::Equal, ComparisonRule::NumbersElseText, left, right).yes
}
