//! Laws of functions: what passes over a plan may rely on, besides names and types.

/// What a function does, as far as the pre-filter and the lints need to know it. Laws stand on the
/// functions' rows; whoever asks [`crate::necessary`] hands them in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// Of one argument: its text as it stands; of a list, its values.
    SameText,
    /// Of one argument: its text, maybe without some characters at its ends.
    Trimmed,
    /// Of one argument: its text in lower case.
    LowerCase,
    /// Of one argument: its text in upper case.
    UpperCase,
    /// Of one argument: a key that sorts as it does.
    SortKey,
    /// Whether the first argument matches the regular expression that is the second.
    MatchesRegex,
    /// Gives parts of a structured text (JSON, tables), whose names only the data knows.
    TakesApart,
    /// Writes an instant, the first argument, in the format that is the second.
    WritesTime,
}

/// Tells the law of a function by its name, if it has one.
pub type Laws<'a> = &'a dyn Fn(&str) -> Option<Law>;
