//! Functions of one row. What they give, and what of, stands in their rows of `crates/functions`.

use quarry_plan::Type;

use super::{
    Described, Description, Function,
    Parameter::{self, Any, DatePattern, Integer, Network, Regex, Text, Time},
    Role,
    page::DATA,
};

const fn plain(name: &'static str, function: &'static str, parameters: &'static [Parameter]) -> Function {
    Function { parameters, ..Function::new(name, Role::Scalar, Described::By(function)) }
}

const fn conversion(name: &'static str, function: &'static str) -> Function {
    Function::new(name, Role::Conversion, Described::By(function))
}

/// Formatting, calculation, networks.
pub(super) static TABLE: &[Function] = &[
    plain("BASE64", "aql_base64", &[Any]),
    plain("CONCAT", "aql_concat", &[Text]),
    plain("DATEFORMAT", "aql_dateformat", &[Integer, DatePattern]),
    conversion("DOUBLE", "aql_double"),
    Function { role: Role::Network, ..plain("INCIDR", "aql_incidr", &[Network, Text]) },
    conversion("LONG", "aql_long"),
    plain("LOWER", "aql_lower", &[Text]),
    plain("NOW", "aql_now", &[]),
    plain("PARSEDATETIME", "aql_parsedatetime", &[Time]),
    plain("PARSETIMESTAMP", "aql_parsetimestamp", &[DatePattern, Text]),
    plain("REPLACEALL", "aql_replaceall", &[Regex, Text]),
    plain("REPLACEFIRST", "aql_replacefirst", &[Regex, Text]),
    conversion("STR", "aql_str"),
    plain("STRLEN", "aql_strlen", &[Text]),
    plain("STRPOS", "aql_strpos", &[Text, Text, Integer]),
    plain("SUBSTRING", "aql_substring", &[Text, Integer, Integer]),
    plain("UPPER", "aql_upper", &[Text]),
    conversion("UTF8", "aql_utf8"),
    reference(
        "REFERENCEMAP('map', key, domain)",
        "The value a reference map has for a key; null if none. The map is a CSV file that the user names.",
        2,
        Type::Text,
    ),
    reference(
        "REFERENCEMAPSETCONTAINS('map', key, value, domain)",
        "Whether a reference map of sets has a value under a key. The map is a CSV file that the user names.",
        3,
        Type::Boolean,
    ),
    reference(
        "REFERENCESETCONTAINS('set', value, domain)",
        "Whether a reference set holds a value. The set is a CSV file that the user names.",
        2,
        Type::Boolean,
    ),
    reference(
        "REFERENCETABLE('table', 'column', key, domain)",
        "The value in a column of the row of a key; null if none. The table is a CSV file that the user names.",
        3,
        Type::Text,
    ),
];

/// The domain may stand at the end.
const fn reference(written: &'static str, meaning: &'static str, least: usize, result: Type) -> Function {
    let description = Description { written, meaning, page: DATA, least, most: least + 1, result };
    Function::new(written, Role::Reference, Described::Here(description))
}
