//! Codes of the diagnostics; a released code is never reused.

/// A token that does not fit; the message says what was expected.
pub const UNEXPECTED: &str = "KQL001";
/// A string without its end.
pub const UNTERMINATED_TEXT: &str = "KQL002";
/// A character that KQL does not use.
pub const UNKNOWN_CHARACTER: &str = "KQL003";
/// A literal that cannot be read as one of its type.
pub const BAD_LITERAL: &str = "KQL004";
/// Expressions nested too deep to read.
pub const TOO_DEEP: &str = "KQL005";
/// A query without a tabular statement.
pub const NO_QUERY: &str = "KQL006";
/// An operator that KQL does not have.
pub const UNKNOWN_OPERATOR: &str = "KQL007";
/// A name that is no column, table, variable or function.
pub const UNKNOWN_NAME: &str = "KQL101";
/// A function that KQL does not have.
pub const UNKNOWN_FUNCTION: &str = "KQL102";
/// Too few or too many arguments.
pub const ARGUMENT_COUNT: &str = "KQL103";
/// A value of a type that cannot stand there.
pub const WRONG_TYPE: &str = "KQL104";
/// A column declared twice.
pub const DUPLICATE_COLUMN: &str = "KQL105";
/// Rows where a value is expected, or the other way round.
pub const WRONG_SHAPE: &str = "KQL106";
/// A value that must be a constant.
pub const NOT_CONSTANT: &str = "KQL107";
/// An aggregate where none can be.
pub const MISPLACED_AGGREGATE: &str = "KQL108";
/// A function that calls itself, or calls nested too deep.
pub const ENDLESS_CALL: &str = "KQL109";
/// A constant that is none of those that mean something there: a regular expression, a part of a date.
pub const BAD_CONSTANT: &str = "KQL110";
/// An operator that quarry does not run.
pub const OPERATOR_NOT_RUN: &str = "KQL201";
/// A function that quarry does not run.
pub const FUNCTION_NOT_RUN: &str = "KQL202";
/// A form of an operator or expression that quarry does not run.
pub const FORM_NOT_RUN: &str = "KQL203";
/// A table that these logs never carry: it has no rows.
pub const EMPTY_TABLE: &str = "KQL205";
