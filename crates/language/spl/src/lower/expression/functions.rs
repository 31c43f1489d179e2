//! Function calls.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};
use quarry_plan::Type;

use super::super::{build, codes, context::Context, pattern};
use super::special::{self, SPECIAL};
use super::table::{self, Returns, Row, TABLE};
use super::{Typed, constant_text, lower, value};
use crate::registry::{self, Status};
use crate::tree::EvalExpression;

/// The functions that tell conditions from other values, or write them out.
const TAKES_CONDITIONS: &[&str] = &[
    "isbool",
    "isint",
    "isnum",
    "isstr",
    "json_append",
    "json_array",
    "json_array_to_mv",
    "json_extend",
    "json_object",
    "json_set",
    "json_set_exact",
    "mv_to_json_array",
    "toarray",
    "tobool",
    "tostring",
    "typeof",
];

/// Functions that take a regular expression, and which argument it is.
const TAKES_PATTERN: &[(&str, usize)] = &[("mvfind", 1), ("replace", 1)];

/// `name(arguments)`.
pub(super) fn call(
    context: &mut Context<'_>,
    name: &str,
    name_span: Span,
    arguments: &[EvalExpression],
    span: Span,
) -> Typed {
    if let Some(row) = special::find(name) {
        return if fits(context, name, row.least, row.most, arguments, span) {
            (row.lower)(context, arguments, span)
        } else {
            (build::null(span), Type::Null)
        };
    }
    let Some(row) = table::find(name) else {
        report_unknown(context, name, name_span);
        return (build::null(span), Type::Null);
    };
    if !fits(context, name, row.least, row.most, arguments, span) {
        return (build::null(span), Type::Null);
    }
    let read = if TAKES_CONDITIONS.contains(&name) { lower } else { value };
    let arguments: Vec<Typed> = arguments.iter().map(|argument| read(context, argument)).collect();
    let patterns = TAKES_PATTERN.iter().filter(|(function, _)| *function == name);
    for (value, _) in patterns.filter_map(|(_, at)| arguments.get(*at)) {
        pattern::check_constant(context, value);
    }
    plain(row, arguments, span)
}

/// A call of the function of the same name.
pub(super) fn plain(row: &Row, arguments: Vec<Typed>, span: Span) -> Typed {
    let first = arguments.first().map_or(Type::Null, |(_, first)| *first);
    let number = |of: &Type| matches!(of, Type::Double | Type::Integer | Type::Timestamp);
    let result = match row.returns {
        Returns::Fixed(result) => result,
        Returns::EachValue if first == Type::TextList => Type::TextList,
        Returns::NumberOrText if arguments.iter().all(|(_, of)| number(of)) => Type::Double,
        Returns::OneOrList if arguments.len() > 2 => Type::TextList,
        Returns::ListIfPath => {
            let path = arguments.get(1).and_then(|(path, _)| constant_text(path));
            if path.is_some_and(|path| path.contains("{}")) { Type::TextList } else { Type::Text }
        }
        Returns::EachValue | Returns::NumberOrText | Returns::OneOrList => Type::Text,
    };
    let arguments = arguments.into_iter().map(|(argument, _)| argument).collect();
    (build::call(row.name, arguments, result, span), result)
}

fn fits(
    context: &mut Context<'_>,
    name: &str,
    least: usize,
    most: usize,
    arguments: &[EvalExpression],
    span: Span,
) -> bool {
    let count = arguments.len();
    if (least..=most).contains(&count) {
        return true;
    }
    let plural =
        |count: usize| if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") };
    let wanted = match (least, most) {
        (least, most) if least == most => plural(least),
        (least, usize::MAX) => format!("at least {}", plural(least)),
        (least, most) => format!("{least} to {}", plural(most)),
    };
    let message = format!("`{name}` takes {wanted}, found {count}");
    context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, span));
    false
}

fn report_unknown(context: &mut Context<'_>, name: &str, span: Span) {
    let (message, is_known) = match registry::function(name).map(|row| row.status) {
        Some(Status::Never(why)) => (format!("the function `{name}` cannot run here: {why}"), true),
        Some(_) => (format!("the function `{name}` is not supported yet"), true),
        None => (format!("there is no function `{name}`"), false),
    };
    let mut diagnostic = Diagnostic::error(codes::UNKNOWN_FUNCTION, message, span);
    if is_known {
        return context.report(diagnostic);
    }
    let known = TABLE.iter().map(|row| row.name).chain(SPECIAL.iter().map(|row| row.name));
    if let Some(near) = did_you_mean(name, known) {
        diagnostic = diagnostic.with_help(format!("did you mean `{near}`?"));
    }
    context.report(diagnostic);
}
