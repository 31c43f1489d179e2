//! Functions of one row.

use quarry_plan::Type;

use super::{
    Function,
    Parameter::{self, Any, Constant, DatePattern, Integer, Network, Text, Time},
    Role,
};

const fn scalar(
    name: &'static str,
    parameters: &'static [Parameter],
    required: usize,
    result: Type,
) -> Function {
    Function { name, role: Role::Scalar, parameters, required, repeats: false, result }
}

const fn conversion(name: &'static str, result: Type) -> Function {
    Function { name, role: Role::Conversion, parameters: &[Any], required: 1, repeats: false, result }
}

const fn repeated(function: Function) -> Function {
    Function { repeats: true, ..function }
}

/// Formatting, calculation, networks, reference data.
pub(super) static TABLE: &[Function] = &[
    scalar("BASE64", &[Any], 1, Type::Text),
    repeated(scalar("CONCAT", &[Text], 1, Type::Text)),
    scalar("DATEFORMAT", &[Integer, DatePattern], 2, Type::Text),
    conversion("DOUBLE", Type::Double),
    repeated(scalar("INCIDR", &[Network, Text], 2, Type::Boolean)),
    conversion("LONG", Type::Integer),
    scalar("LOWER", &[Text], 1, Type::Text),
    scalar("NOW", &[], 0, Type::Integer),
    scalar("PARSEDATETIME", &[Time], 1, Type::Integer),
    scalar("PARSETIMESTAMP", &[Constant, Text], 2, Type::Integer),
    scalar("REFERENCEMAP", &[Constant, Text, Text], 2, Type::Text),
    scalar("REFERENCEMAPSETCONTAINS", &[Constant, Text, Text], 3, Type::Boolean),
    scalar("REFERENCESETCONTAINS", &[Constant, Text, Text], 2, Type::Boolean),
    scalar("REFERENCETABLE", &[Constant, Constant, Text, Text], 3, Type::Text),
    scalar("REPLACEALL", &[Text, Text, Text], 3, Type::Text),
    scalar("REPLACEFIRST", &[Text, Text, Text], 3, Type::Text),
    conversion("STR", Type::Text),
    scalar("STRLEN", &[Text], 1, Type::Integer),
    scalar("STRPOS", &[Text, Text, Integer], 2, Type::Integer),
    scalar("SUBSTRING", &[Text, Integer, Integer], 2, Type::Text),
    scalar("UPPER", &[Text], 1, Type::Text),
    conversion("UTF8", Type::Text),
];
