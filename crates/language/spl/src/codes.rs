//! Stable codes of the diagnostics of reading. A released code is never reused.

/// A parenthesis or bracket that is not closed, or never opened.
pub(crate) const UNBALANCED: &str = "SPL001";
/// Nested deeper than is read.
pub(crate) const TOO_DEEP: &str = "SPL002";
/// A quote that is not closed.
pub(crate) const UNCLOSED_QUOTE: &str = "SPL003";
/// Nothing to run.
pub(crate) const EMPTY: &str = "SPL004";
/// No command where one must stand.
pub(crate) const MISSING_COMMAND: &str = "SPL005";
/// A word in command position that is no command.
pub(crate) const UNKNOWN_COMMAND: &str = "SPL006";
/// A generating command without the bar before it.
pub(crate) const MISSING_BAR: &str = "SPL007";
/// A macro call that is not closed.
pub(crate) const UNCLOSED_MACRO: &str = "SPL010";
/// No macro of that name.
pub(crate) const UNKNOWN_MACRO: &str = "SPL011";
/// Macros nested too deep or grown too large.
pub(crate) const MACRO_TOO_DEEP: &str = "SPL012";
/// A macro with another number of arguments.
pub(crate) const MACRO_ARGUMENTS: &str = "SPL013";
/// A comment that is not closed.
pub(crate) const UNCLOSED_COMMENT: &str = "SPL014";
/// A macro whose definition is an eval expression that gives no text.
pub(crate) const COMPUTED_MACRO: &str = "SPL015";
/// Arguments that a macro's validation does not accept.
pub(crate) const MACRO_VALIDATION: &str = "SPL016";
/// No list after IN.
pub(crate) const MISSING_LIST: &str = "SPL020";
/// No value in an eval expression.
pub(crate) const MISSING_VALUE: &str = "SPL021";
/// Not `field = expression`.
pub(crate) const MISSING_ASSIGNMENT: &str = "SPL022";
/// Something after a complete expression.
pub(crate) const AFTER_EXPRESSION: &str = "SPL023";
/// A character that begins no search term.
pub(crate) const STRAY_IN_SEARCH: &str = "SPL030";
/// No search term beside an operator.
pub(crate) const MISSING_TERM: &str = "SPL031";
/// No value after a comparison of a search.
pub(crate) const MISSING_SEARCH_VALUE: &str = "SPL032";
/// An operator of a search in lower case, which is a word to find.
pub(crate) const LOWER_CASE_OPERATOR: &str = "SPL033";
/// A function in a search, which is a word to find.
pub(crate) const FUNCTION_IN_SEARCH: &str = "SPL034";
/// A token of a dashboard, for which nothing is put in.
pub(crate) const UNFILLED_TOKEN: &str = "SPL035";
/// A typographic quote or the sign of another language's comment, which are letters here.
pub(crate) const FOREIGN_SIGN: &str = "SPL036";
/// A character that begins no argument.
pub(crate) const STRAY_ARGUMENT: &str = "SPL040";
/// No value after `option=`.
pub(crate) const MISSING_OPTION_VALUE: &str = "SPL041";
/// `rename` without AS or new name.
pub(crate) const MISSING_NAME: &str = "SPL042";
/// A command without the arguments it needs.
pub(crate) const MISSING_ARGUMENTS: &str = "SPL043";
/// No aggregation where one must stand.
pub(crate) const MISSING_AGGREGATION: &str = "SPL050";
/// No field after BY or OVER.
pub(crate) const MISSING_BY_FIELD: &str = "SPL051";
/// An expression as argument of an aggregation, without `eval(…)`.
pub(crate) const NEEDS_EVAL: &str = "SPL052";
/// A clause the command does not have.
pub(crate) const FOREIGN_CLAUSE: &str = "SPL053";
