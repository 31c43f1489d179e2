//! Options of commands, `name=value`: a row each, from which reading, completion, pages and tests follow.

/// An option of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionRow {
    /// Name in lower case.
    pub name: &'static str,
    /// What it may be set to.
    pub takes: Takes,
    /// What counts where nothing is said, as one would write it; empty where nothing does.
    pub default: &'static str,
    /// What it does, in a sentence; of one that changes nothing, why.
    pub meaning: &'static str,
    /// Whether the command needs it.
    pub required: bool,
    /// Whether it may be given several times.
    pub repeats: bool,
}

/// What an option may be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// True or false.
    Flag,
    /// A whole number.
    Count,
    /// A number above zero.
    Number,
    /// One of some words.
    Choice(&'static [&'static str]),
    /// Whatever it is called; the command looks at it.
    Text(&'static str),
    /// One of these words: anything else does not run yet.
    Only(&'static [&'static str]),
    /// Anything: it changes nothing here.
    Ignored,
    /// An eval expression, in quotes or parentheses.
    Condition,
    /// A search in parentheses, `eval(...)`, or a text.
    Search,
}

/// Words for true.
const TRUE: &[&str] = &["t", "true", "1", "yes"];
/// Words for false.
const FALSE: &[&str] = &["f", "false", "0", "no"];

/// What a word says that is true or false.
#[must_use]
pub fn truth(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(TRUE) { Some(true) } else { is(FALSE).then_some(false) }
}

impl OptionRow {
    const fn new(name: &'static str, takes: Takes, default: &'static str, meaning: &'static str) -> Self {
        Self { name, takes, default, meaning, required: false, repeats: false }
    }

    pub(crate) const fn flag(name: &'static str, default: bool, meaning: &'static str) -> Self {
        Self::new(name, Takes::Flag, if default { "t" } else { "f" }, meaning)
    }

    pub(crate) const fn count(name: &'static str, default: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Takes::Count, default, meaning)
    }

    pub(crate) const fn number(name: &'static str, default: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Takes::Number, default, meaning)
    }

    pub(crate) const fn choice(
        name: &'static str,
        words: &'static [&'static str],
        default: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self::new(name, Takes::Choice(words), default, meaning)
    }

    /// An option that is `what`, such as `field`.
    pub(crate) const fn text(
        name: &'static str,
        what: &'static str,
        default: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self::new(name, Takes::Text(what), default, meaning)
    }

    pub(crate) const fn only(
        name: &'static str,
        words: &'static [&'static str],
        meaning: &'static str,
    ) -> Self {
        Self::new(name, Takes::Only(words), "", meaning)
    }

    /// An option that must be true, if it is given.
    pub(crate) const fn only_true(name: &'static str, meaning: &'static str) -> Self {
        Self::only(name, TRUE, meaning)
    }

    /// An option that must be false, if it is given.
    pub(crate) const fn only_false(name: &'static str, meaning: &'static str) -> Self {
        Self::only(name, FALSE, meaning)
    }

    /// An option that changes nothing here, and why.
    pub(crate) const fn ignored(name: &'static str, why: &'static str) -> Self {
        Self::new(name, Takes::Ignored, "", why)
    }

    pub(crate) const fn condition(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Takes::Condition, "", meaning)
    }

    pub(crate) const fn search(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Takes::Search, "", meaning)
    }

    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) const fn repeatable(self) -> Self {
        Self { repeats: true, ..self }
    }

    /// Whether it is meant by a name.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Whether it can be set to a word.
    #[must_use]
    pub fn accepts(&self, word: &str) -> bool {
        let one_of = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
        match self.takes {
            Takes::Flag => truth(word).is_some(),
            Takes::Count => word.parse::<usize>().is_ok(),
            Takes::Number => word.parse().is_ok_and(|number: f64| number.is_finite() && number > 0.0),
            Takes::Choice(words) | Takes::Only(words) => one_of(words),
            Takes::Text(_) | Takes::Ignored | Takes::Search => true,
            Takes::Condition => false,
        }
    }

    /// What it may be set to, in words.
    #[must_use]
    pub fn values(&self) -> String {
        let listed = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>();
        match self.takes {
            Takes::Flag => "true or false".to_owned(),
            Takes::Count => "a whole number".to_owned(),
            Takes::Number => "a number above zero".to_owned(),
            Takes::Choice(words) => listed(words).join(", "),
            Takes::Only(words) => format!("only {}", listed(words).join(", ")),
            Takes::Text(what) => format!("<{what}>"),
            Takes::Ignored => "anything".to_owned(),
            Takes::Condition => "an eval expression".to_owned(),
            Takes::Search => "a search or an eval expression".to_owned(),
        }
    }

    /// How it is written, if it does something.
    #[must_use]
    pub fn written(&self) -> Option<String> {
        let value = match self.takes {
            Takes::Only(_) | Takes::Ignored => return None,
            _ if !self.default.trim().is_empty() => self.default.to_owned(),
            Takes::Count | Takes::Number => "<n>".to_owned(),
            Takes::Choice(words) => words.join("|"),
            Takes::Text(what) => format!("<{what}>"),
            Takes::Condition => "<condition>".to_owned(),
            Takes::Search => "<search>".to_owned(),
            Takes::Flag => "t".to_owned(),
        };
        let written = format!("{}={value}", self.name);
        Some(if self.required { written } else { format!("[{written}]") })
    }
}
