//! The eval functions that are plain calls, one row each. Functions that the waist expresses itself
//! (`if`, `coalesce`, `isnull`...) have their own rows in `special`.

use quarry_plan::Type;

/// Type of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returns {
    /// Always this.
    Fixed(Type),
    /// Text, or a list where the first argument is one: the function works on each value.
    EachValue,
    /// A number where all arguments are numbers, else text.
    NumberOrText,
    /// Text for two arguments, a list for three (`mvindex`).
    OneOrList,
    /// A list where the path, the second argument, has `{}`.
    ListIfPath,
}

/// One function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// Name in lower case; the call is named `spl_` and this.
    pub(crate) name: &'static str,
    /// Fewest arguments.
    pub(crate) least: usize,
    /// Most arguments.
    pub(crate) most: usize,
    /// Type of the result.
    pub(crate) returns: Returns,
}

const MANY: usize = usize::MAX;

const fn row(name: &'static str, least: usize, most: usize, returns: Returns) -> Row {
    Row { name, least, most, returns }
}

const fn text(name: &'static str, least: usize, most: usize) -> Row {
    row(name, least, most, Returns::Fixed(Type::Text))
}

const fn number(name: &'static str, least: usize, most: usize) -> Row {
    row(name, least, most, Returns::Fixed(Type::Double))
}

const fn condition(name: &'static str, least: usize, most: usize) -> Row {
    row(name, least, most, Returns::Fixed(Type::Boolean))
}

const fn list(name: &'static str, least: usize, most: usize) -> Row {
    row(name, least, most, Returns::Fixed(Type::TextList))
}

const fn each(name: &'static str, least: usize, most: usize) -> Row {
    row(name, least, most, Returns::EachValue)
}

/// Every function that becomes a call.
pub(crate) const TABLE: &[Row] = &[
    // Comparison and conditions.
    condition("cidrmatch", 2, 2),
    condition("match", 2, 2),
    condition("like", 2, 2),
    condition("isbool", 1, 1),
    condition("isint", 1, 1),
    condition("isnum", 1, 1),
    condition("isstr", 1, 1),
    text("typeof", 1, 1),
    condition("isarray", 1, 1),
    condition("isdouble", 1, 1),
    condition("ismv", 1, 1),
    condition("isobject", 1, 1),
    // Conversion.
    text("printf", 1, MANY),
    number("tonumber", 1, 2),
    text("tostring", 1, 2),
    text("ipmask", 2, 2),
    text("toarray", 1, 1),
    condition("tobool", 1, 1),
    number("todouble", 1, 2),
    number("toint", 1, 2),
    list("tomv", 1, 1),
    text("toobject", 1, 1),
    // Digests.
    each("md5", 1, 1),
    each("sha1", 1, 1),
    each("sha256", 1, 1),
    each("sha512", 1, 1),
    // Bits.
    number("bit_and", 2, MANY),
    number("bit_not", 1, 2),
    number("bit_or", 2, MANY),
    number("bit_shift_left", 2, 2),
    number("bit_shift_right", 2, 2),
    number("bit_xor", 2, MANY),
    // Time.
    number("now", 0, 0),
    number("time", 0, 0),
    number("relative_time", 2, 2),
    text("strftime", 2, 2),
    number("strptime", 2, 2),
    // JSON.
    row("spath", 2, 2, Returns::ListIfPath),
    text("json_object", 0, MANY),
    text("json_array", 0, MANY),
    text("json_extract", 1, MANY),
    text("json_keys", 1, 1),
    condition("json_valid", 1, 1),
    list("json_array_to_mv", 1, 2),
    text("json", 1, 1),
    text("json_append", 3, MANY),
    text("json_delete", 2, MANY),
    text("json_entries", 1, 1),
    text("json_extend", 3, MANY),
    text("json_extract_exact", 1, MANY),
    condition("json_has_key_exact", 2, 2),
    text("json_set", 3, MANY),
    text("json_set_exact", 1, MANY),
    text("mv_to_json_array", 1, 2),
    // Mathematics.
    number("abs", 1, 1),
    number("ceil", 1, 1),
    number("ceiling", 1, 1),
    number("exact", 1, 1),
    number("exp", 1, 1),
    number("floor", 1, 1),
    number("ln", 1, 1),
    number("log", 1, 2),
    number("pi", 0, 0),
    number("pow", 2, 2),
    number("round", 1, 2),
    number("random", 0, 0),
    number("sqrt", 1, 1),
    number("sum", 1, MANY),
    number("avg", 1, MANY),
    row("min", 1, MANY, Returns::NumberOrText),
    row("max", 1, MANY, Returns::NumberOrText),
    number("acos", 1, 1),
    number("acosh", 1, 1),
    number("asin", 1, 1),
    number("asinh", 1, 1),
    number("atan", 1, 1),
    number("atan2", 2, 2),
    number("atanh", 1, 1),
    number("cos", 1, 1),
    number("cosh", 1, 1),
    number("hypot", 2, 2),
    number("sin", 1, 1),
    number("sinh", 1, 1),
    number("tan", 1, 1),
    number("tanh", 1, 1),
    // Multivalue fields.
    list("commands", 1, 1),
    list("mvappend", 1, MANY),
    number("mvcount", 1, 1),
    list("mvdedup", 1, 1),
    number("mvfind", 2, 2),
    row("mvindex", 2, 3, Returns::OneOrList),
    text("mvjoin", 2, 2),
    list("mvrange", 2, 3),
    list("mvreverse", 1, 1),
    list("mvsort", 1, 1),
    list("mvzip", 2, 3),
    list("split", 2, 2),
    // Text.
    number("len", 1, 1),
    each("lower", 1, 1),
    each("upper", 1, 1),
    each("ltrim", 1, 2),
    each("rtrim", 1, 2),
    each("trim", 1, 2),
    each("replace", 3, 3),
    text("substr", 2, 3),
    each("urldecode", 1, 1),
    each("urlencode", 1, 1),
];

/// The function of a name.
pub(crate) fn find(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.name == name)
}
