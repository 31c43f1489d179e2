//! One comparison of a search: the left side is a field, the right side always a constant.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Comparison, Expression, TextPattern, Type};

use super::super::{build, codes, context::Context};

/// `field operator value`, where text ignores case and `*` stands for any run of characters.
///
/// `exact` is the `CASE(...)` directive; `literal_star` says that stars are plain characters.
pub(crate) fn comparison(
    context: &mut Context<'_>,
    (field, field_span): (&str, Span),
    operator: Comparison,
    value: &str,
    exact: bool,
    span: Span,
) -> Expression {
    let column = context.field(field, field_span);
    let data_type = context.type_of(&column);
    if data_type == Type::Null {
        return build::boolean(false, span);
    }
    match operator {
        Comparison::Equal => equal(column, data_type, value, exact, span),
        Comparison::NotEqual => not_equal(column, data_type, value, exact, span),
        _ => {
            let constant = Expression::text(value, span);
            build::compare_values(operator, column, constant, span)
        }
    }
}

fn equal(column: Expression, data_type: Type, value: &str, exact: bool, span: Span) -> Expression {
    if !value.is_empty() && value.bytes().all(|byte| byte == b'*') {
        return Expression { span, ..build::is_null(column) }.negate();
    }
    let text = match data_type {
        // As text, so `1` is not `1.0` (Splunk search reference, search).
        Type::Text | Type::TextList => build::matches(pattern(value), !exact, column.clone(), span),
        // A number or an instant has no writing of its own; a pattern needs its text.
        _ if build::looks_numeric(value) => {
            let constant = Expression::text(value, span);
            return build::compare_values(Comparison::Equal, column, constant, span);
        }
        _ => {
            build::matches(pattern(value), !exact, seconds(column.clone(), data_type).cast(Type::Text), span)
        }
    };
    let network = is_network(value)
        .then(|| build::matches(TextPattern::Network(value.to_owned()), false, column, span));
    build::any(std::iter::once(text).chain(network).collect(), span)
}

/// The field is present and differs; a list differs if any value does.
fn not_equal(column: Expression, data_type: Type, value: &str, exact: bool, span: Span) -> Expression {
    if !value.is_empty() && value.bytes().all(|byte| byte == b'*') {
        // Nothing differs from everything.
        return build::boolean(false, span);
    }
    if data_type == Type::TextList {
        let flags = if exact { "(?s)" } else { "(?is)" };
        let parts: Vec<String> = value.split('*').map(escape).collect();
        let other = format!("{flags}^(?!(?:{})$)", parts.join(".*"));
        return build::matches(TextPattern::Regex(other), false, column, span);
    }
    equal(column, data_type, value, exact, span).negate()
}

/// Whether a value finds its own text alone, in any case.
pub(crate) fn is_exact(value: &str) -> bool {
    !value.contains('*') && !is_network(value)
}

fn pattern(value: &str) -> TextPattern {
    if value.contains('*') {
        TextPattern::Wildcard(value.to_owned())
    } else {
        TextPattern::Equals(value.to_owned())
    }
}

fn escape(text: &str) -> String {
    regex::escape(text)
}

fn seconds(column: Expression, data_type: Type) -> Expression {
    if data_type == Type::Timestamp { column.cast(Type::Double) } else { column }
}

/// Whether a value is an address block such as `10.0.0.0/8`.
fn is_network(value: &str) -> bool {
    let Some((address, length)) = value.split_once('/') else { return false };
    let Ok(length) = length.parse::<u8>() else { return false };
    match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(_)) => length <= 32,
        Ok(std::net::IpAddr::V6(_)) => length <= 128,
        Err(_) => false,
    }
}

/// A source type the query names: chosen for its log type, and reported where no log type has it.
pub(crate) fn note_source_type(context: &mut Context<'_>, value: &str, span: Span) {
    if context.rows.scan.name_source_type(value) {
        return;
    }
    let mut known: Vec<&str> = Vec::new();
    for source in &context.shared.options.view.sources {
        if !known.contains(&source.source_type.as_str()) {
            known.push(&source.source_type);
        }
    }
    let mut diagnostic = Diagnostic::warning(
        codes::UNKNOWN_SOURCE_TYPE,
        format!(
            "no log type of the view `{}` has the source type `{value}`: no event has it",
            context.shared.options.view.name
        ),
        span,
    );
    if let Some(near) = quarry_diagnostic::did_you_mean(value, known.iter().copied()) {
        diagnostic = diagnostic.with_help(format!("did you mean `{near}`?"));
    } else if !known.is_empty() {
        diagnostic = diagnostic.with_help(format!("the source types are: {}", known.join(", ")));
    }
    context.report(diagnostic);
}
