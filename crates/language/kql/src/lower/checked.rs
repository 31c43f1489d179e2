//! Constants that a function reads as something of its own: what they cannot be is said before anything runs.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::compile_pattern;

use super::{Lowerer, convert::Value};
use crate::codes;

/// Functions that take a regular expression, and its place.
const EXPRESSIONS: &[(&str, usize)] = &[
    ("extract", 0),
    ("extract_all", 0),
    ("extractall", 0),
    ("replace", 1),
    ("replace_regex", 1),
    ("trim", 0),
    ("trim_start", 0),
    ("trim_end", 0),
];

/// Functions whose first argument is a part of a datetime, and the parts that only `datetime_part` knows.
const OF_PARTS: &[(&str, &[&str])] = &[
    ("datetime_part", &["week_of_year", "weekofyear", "dayofyear"]),
    ("datetime_add", &["week"]),
    ("datetime_diff", &["week"]),
];

/// Parts of a datetime that all of them know.
const PARTS: &[&str] = &[
    "year",
    "quarter",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "millisecond",
    "microsecond",
    "nanosecond",
];

impl Lowerer<'_> {
    /// Says which constant arguments of a function mean nothing.
    pub(super) fn check_constants(&mut self, name: &str, arguments: &[Value]) {
        let expression = EXPRESSIONS.iter().find(|(known, _)| *known == name).map(|(_, place)| *place);
        let counts =
            name == "countof" && arguments.get(2).and_then(Value::constant_text).as_deref() == Some("regex");
        if let Some(value) = expression.or(counts.then_some(1)).and_then(|place| arguments.get(place)) {
            self.check_expression(value.constant_text().as_deref(), value.span());
        }
        if let Some((_, more)) = OF_PARTS.iter().find(|(known, _)| *known == name)
            && let Some(value) = arguments.first()
            && let Some(part) = value.constant_text()
        {
            let part = part.to_lowercase();
            if !PARTS.iter().chain(*more).any(|known| **known == part) {
                let known: Vec<&str> = PARTS.iter().chain(*more).copied().collect();
                let found = Diagnostic::error(
                    codes::BAD_CONSTANT,
                    format!("`{part}` is no part of a datetime"),
                    value.span(),
                );
                self.report(found.with_help(format!("parts are {}", known.join(", "))));
            }
        }
    }

    /// Says what is wrong with a regular expression, and what RE2 does not have.
    pub(super) fn check_expression(&mut self, expression: Option<&str>, span: Span) {
        let Some(expression) = expression else { return };
        let told = match compile_pattern(expression, false) {
            Err(fault) => fault.sentence(expression),
            Ok(pattern) if !pattern.is_linear() => {
                "it looks around or refers back, which Kusto's expressions cannot".to_owned()
            }
            Ok(_) => return,
        };
        let found = Diagnostic::error(
            codes::BAD_CONSTANT,
            format!("the regular expression cannot be used: {told}"),
            span,
        );
        self.report(found.with_help("mend it; expressions are those of RE2"));
    }
}
