//! Stable codes of the diagnostics of lowering. A released code is never reused.

/// A command of the language that cannot be planned yet.
pub(crate) const UNSUPPORTED_COMMAND: &str = "SPL200";
/// An eval function that cannot be planned yet or does not exist.
pub(crate) const UNKNOWN_FUNCTION: &str = "SPL202";
/// Too few or too many arguments, or an argument of the wrong kind.
pub(crate) const BAD_ARGUMENT: &str = "SPL203";
/// An option that a command does not have, or that cannot be planned yet.
pub(crate) const UNKNOWN_OPTION: &str = "SPL204";
/// An aggregation that cannot be planned yet or does not exist.
pub(crate) const UNKNOWN_AGGREGATION: &str = "SPL205";
/// A truth value where a field value is wanted.
pub(crate) const BOOLEAN_VALUE: &str = "SPL206";
/// A field value where a condition is wanted.
pub(crate) const NOT_A_CONDITION: &str = "SPL207";
/// A field that no longer exists at this place of the pipeline.
pub(crate) const MISSING_FIELD: &str = "SPL208";
/// An unquoted dotted name in an expression is a concatenation.
pub(crate) const DOTTED_NAME: &str = "SPL209";
/// An index restriction, which every event fulfils.
pub(crate) const INDEX_IGNORED: &str = "SPL210";
/// A source type that no log type of the view has.
pub(crate) const UNKNOWN_SOURCE_TYPE: &str = "SPL211";
/// A time that cannot be read.
pub(crate) const BAD_TIME: &str = "SPL212";
/// Something the command needs is missing.
pub(crate) const MISSING_ARGUMENT: &str = "SPL213";
/// A regular expression that does not compile or captures nothing.
pub(crate) const BAD_PATTERN: &str = "SPL214";
/// A subsearch where none can be planned yet.
pub(crate) const UNSUPPORTED_SUBSEARCH: &str = "SPL215";
/// A part of the query that was not understood by the parser, met again here.
pub(crate) const NOT_UNDERSTOOD: &str = "SPL216";
/// An option that changes nothing here.
pub(crate) const OPTION_IGNORED: &str = "SPL217";
/// A data model that no log type of the view fills.
pub(crate) const EMPTY_DATA_MODEL: &str = "SPL218";
/// A result column that is produced twice.
pub(crate) const DUPLICATE_COLUMN: &str = "SPL219";
/// A data model that is not known.
pub(crate) const UNKNOWN_DATA_MODEL: &str = "SPL220";
/// More commands or deeper nesting than can be planned.
pub(crate) const TOO_COMPLEX: &str = "SPL221";
/// A lookup that is not known or cannot be read.
pub(crate) const UNKNOWN_LOOKUP: &str = "SPL222";
/// A lookup without rows.
pub(crate) const EMPTY_LOOKUP: &str = "SPL223";
/// A field that a lookup's table does not have.
pub(crate) const UNKNOWN_LOOKUP_FIELD: &str = "SPL224";
/// A saved search that is not known.
pub(crate) const UNKNOWN_SAVED_SEARCH: &str = "SPL225";
/// A command would write or send rows.
pub(crate) const NOT_WRITTEN: &str = "SPL230";
/// An aggregation draws what rows cannot hold.
pub(crate) const NOT_DRAWN: &str = "SPL231";
