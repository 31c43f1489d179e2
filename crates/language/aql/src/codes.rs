//! Codes of the diagnostics; a released code is never reused.

/// A token that does not fit; the message says what was expected.
pub const UNEXPECTED: &str = "AQL001";
/// A string or quoted name without its closing quote.
pub const UNTERMINATED_QUOTE: &str = "AQL002";
/// A block comment without its end.
pub const UNTERMINATED_COMMENT: &str = "AQL003";
/// A character that AQL does not use.
pub const UNKNOWN_CHARACTER: &str = "AQL004";
/// A placeholder of a template language that was never filled.
pub const PLACEHOLDER: &str = "AQL005";
/// Expressions nested too deep to read.
pub const TOO_DEEP: &str = "AQL006";
/// A number that cannot be read.
pub const BAD_NUMBER: &str = "AQL007";
/// More than one statement.
pub const SECOND_STATEMENT: &str = "AQL008";
/// A statement other than SELECT.
pub const NOT_A_SELECT: &str = "AQL009";
/// No FROM clause.
pub const MISSING_FROM: &str = "AQL010";
/// A clause written twice.
pub const DUPLICATE_CLAUSE: &str = "AQL011";
/// JOIN, or several tables in FROM.
pub const JOIN: &str = "AQL020";
/// UNION, INTERSECT, EXCEPT, MINUS.
pub const SET_OPERATION: &str = "AQL021";
/// An INTERVAL literal.
pub const INTERVAL: &str = "AQL022";
/// A number with a unit of time.
pub const DURATION: &str = "AQL023";
/// A window function.
pub const WINDOW: &str = "AQL024";
/// CAST(x AS type).
pub const CAST: &str = "AQL025";
/// EXISTS.
pub const EXISTS: &str = "AQL026";
/// SELECT DISTINCT.
pub const DISTINCT: &str = "AQL027";
/// OFFSET.
pub const OFFSET: &str = "AQL028";
/// x::type.
pub const COLON_CAST: &str = "AQL029";
/// A second name for a table.
pub const TABLE_ALIAS: &str = "AQL030";
/// IN without a list.
pub const IN_WITHOUT_LIST: &str = "AQL031";
/// LIKE ANY and the like.
pub const LIKE_ANY: &str = "AQL032";
/// DISTINCT inside a function call.
pub const DISTINCT_ARGUMENT: &str = "AQL033";
/// WITH ... AS (...).
pub const COMMON_TABLE: &str = "AQL034";
/// An alias without AS.
pub const ALIAS_WITHOUT_AS: &str = "AQL035";
/// A field qualified by a source.
pub const QUALIFIED_NAME: &str = "AQL036";
/// A clause in another place than the documented one.
pub const CLAUSE_ORDER: &str = "AQL050";
/// A comment; the guide has none.
pub const COMMENT: &str = "AQL051";
/// A field that neither the view nor the catalog has.
pub const UNKNOWN_FIELD: &str = "AQL101";
/// A name that is read as a path of the record.
pub const JSON_PATH: &str = "AQL102";
/// A function that AQL does not have.
pub const UNKNOWN_FUNCTION: &str = "AQL103";
/// A function that cannot be run here; the message says why.
pub const REFUSED_FUNCTION: &str = "AQL104";
/// Too few or too many arguments.
pub const ARGUMENT_COUNT: &str = "AQL105";
/// An argument of the wrong kind.
pub const ARGUMENT_KIND: &str = "AQL106";
/// A lookup of another column than the one it works on.
pub const LOOKUP_COLUMN: &str = "AQL107";
/// A function whose data is not in log files.
pub const NO_DATA: &str = "AQL108";
/// A documented field that these logs never carry.
pub const EMPTY_FIELD: &str = "AQL109";
/// The raw payload used as text.
pub const RAW_PAYLOAD: &str = "AQL110";
/// A value where a condition is needed.
pub const NOT_A_CONDITION: &str = "AQL111";
/// An aggregate where none can be.
pub const MISPLACED_AGGREGATE: &str = "AQL112";
/// An alias defined by itself.
pub const CIRCULAR_ALIAS: &str = "AQL113";
/// An expression that grows too large when its aliases are written out.
pub const TOO_LARGE: &str = "AQL114";
/// A source other than events, flows, simarc, GLOBALVIEW or a sub-select.
pub const UNKNOWN_CATALOG: &str = "AQL115";
/// GLOBALVIEW.
pub const GLOBAL_VIEW: &str = "AQL116";
/// SESSION BY.
pub const SESSION: &str = "AQL117";
/// A time that cannot be read.
pub const BAD_TIME: &str = "AQL118";
/// A catalog that is always empty here.
pub const EMPTY_CATALOG: &str = "AQL119";
/// PARAMETERS, which have no effect here.
pub const PARAMETERS: &str = "AQL120";
/// A construct seen in public queries but not documented.
pub const UNDOCUMENTED: &str = "AQL121";
/// A sub-select with the wrong number of columns.
pub const SUBQUERY_COLUMNS: &str = "AQL122";
/// COLLATE, which has no effect here.
pub const COLLATE: &str = "AQL123";
/// A time range on a sub-select, which has its own.
pub const OUTER_TIME: &str = "AQL124";
/// A network that cannot be read.
pub const BAD_NETWORK: &str = "AQL125";
/// Week year in a date pattern.
pub const WEEK_YEAR: &str = "AQL126";
/// A constant group key.
pub const CONSTANT_GROUP: &str = "AQL127";
/// The name of a lookup result used as a field.
pub const LOOKUP_FIELD: &str = "AQL128";
/// A time compared with a date text.
pub const TIME_AS_TEXT: &str = "AQL129";
/// INTO, which has no effect here.
pub const CURSOR: &str = "AQL130";
/// A date pattern that cannot be read.
pub const BAD_DATE_PATTERN: &str = "AQL131";
/// A regular expression that cannot be read.
pub const BAD_PATTERN: &str = "AQL132";
/// A number as the key of an order.
pub const ORDER_POSITION: &str = "AQL133";
/// The slot in which a dashboard puts its time range.
pub const DASHBOARD_RANGE: &str = "AQL134";
