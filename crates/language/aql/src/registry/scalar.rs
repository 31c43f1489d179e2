//! Functions of one row.

use quarry_plan::Type;

use super::{
    Function,
    Parameter::{self, Any, Constant, DatePattern, Integer, Network, Text, Time},
    Role,
    page::{DATA, FORMATTING, OPERATORS},
};

const fn scalar(
    signature: &'static str,
    meaning: &'static str,
    parameters: &'static [Parameter],
    required: usize,
    result: Type,
) -> Function {
    let name = super::name_of(signature);
    Function {
        name,
        signature,
        meaning,
        page: FORMATTING,
        role: Role::Scalar,
        parameters,
        required,
        repeats: false,
        result,
    }
}

const fn conversion(signature: &'static str, meaning: &'static str, result: Type) -> Function {
    Function { role: Role::Conversion, ..scalar(signature, meaning, &[Any], 1, result) }
}

const fn repeated(function: Function) -> Function {
    Function { repeats: true, ..function }
}

/// Formatting, calculation, networks.
pub(super) static TABLE: &[Function] = &[
    scalar("BASE64(payload)", "The raw event in Base64.", &[Any], 1, Type::Text),
    repeated(scalar(
        "CONCAT(text, ...)",
        "The texts joined; null parts are left out.",
        &[Text],
        1,
        Type::Text,
    )),
    scalar(
        "DATEFORMAT(milliseconds, 'pattern')",
        "A time in a pattern of Java's SimpleDateFormat, in UTC; `YYYY` is the year of the week.",
        &[Integer, DatePattern],
        2,
        Type::Text,
    ),
    conversion("DOUBLE(value)", "The value as a number with a fraction.", Type::Double),
    repeated(Function {
        page: OPERATORS,
        ..scalar(
            "INCIDR('network', address)",
            "Whether an address lies in a network; an address alone is a network of one.",
            &[Network, Text],
            2,
            Type::Boolean,
        )
    }),
    conversion(
        "LONG(value)",
        "The value as a whole number: towards zero, an IPv4 address as its 32 bits.",
        Type::Integer,
    ),
    scalar("LOWER(text)", "The text in lower case.", &[Text], 1, Type::Text),
    scalar("NOW()", "The time of the query in milliseconds since 1970.", &[], 0, Type::Integer),
    scalar(
        "PARSEDATETIME('text')",
        "Milliseconds since 1970 of `now`, `3 days ago`, or a date with or without time.",
        &[Time],
        1,
        Type::Integer,
    ),
    scalar(
        "PARSETIMESTAMP('pattern', text)",
        "Milliseconds since 1970 of a text in a pattern of Java's SimpleDateFormat.",
        &[Constant, Text],
        2,
        Type::Integer,
    ),
    scalar(
        "REPLACEALL(regex, text, replacement)",
        "The text with every match replaced; `$1` is the first group.",
        &[Text, Text, Text],
        3,
        Type::Text,
    ),
    scalar(
        "REPLACEFIRST(regex, text, replacement)",
        "The text with the first match replaced.",
        &[Text, Text, Text],
        3,
        Type::Text,
    ),
    conversion("STR(value)", "The value as text.", Type::Text),
    scalar("STRLEN(text)", "The number of characters.", &[Text], 1, Type::Integer),
    scalar(
        "STRPOS(text, part, from)",
        "Where the part first stands, counted from 0; -1 if nowhere.",
        &[Text, Text, Integer],
        2,
        Type::Integer,
    ),
    scalar(
        "SUBSTRING(text, start, length)",
        "Part of a text; the first character is 0.",
        &[Text, Integer, Integer],
        2,
        Type::Text,
    ),
    scalar("UPPER(text)", "The text in upper case.", &[Text], 1, Type::Text),
    conversion("UTF8(payload)", "The raw event as text.", Type::Text),
    reference(
        "REFERENCEMAP('map', key, domain)",
        "The value a reference map has for a key; null if none. The map is a CSV file that the user names.",
        &[Constant, Text, Any],
        2,
        Type::Text,
    ),
    reference(
        "REFERENCEMAPSETCONTAINS('map', key, value, domain)",
        "Whether a reference map of sets has a value under a key. The map is a CSV file that the user names.",
        &[Constant, Text, Text, Any],
        3,
        Type::Boolean,
    ),
    reference(
        "REFERENCESETCONTAINS('set', value, domain)",
        "Whether a reference set holds a value. The set is a CSV file that the user names.",
        &[Constant, Text, Any],
        2,
        Type::Boolean,
    ),
    reference(
        "REFERENCETABLE('table', 'column', key, domain)",
        "The value in a column of the row of a key; null if none. The table is a CSV file that the user names.",
        &[Constant, Constant, Text, Any],
        3,
        Type::Text,
    ),
];

const fn reference(
    signature: &'static str,
    meaning: &'static str,
    parameters: &'static [Parameter],
    required: usize,
    result: Type,
) -> Function {
    let row = scalar(signature, meaning, parameters, required, result);
    Function { role: Role::Reference, page: DATA, ..row }
}
