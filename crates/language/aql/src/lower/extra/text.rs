//! Texts.

use quarry_diagnostic::Span;
use quarry_plan::{
    Arithmetic, Comparison, Expression as Planned, ExpressionKind as Kind, TextPattern, Type, Value,
};

use super::{
    super::{
        arithmetic::arithmetic,
        comparison::compare,
        select::Select,
        value::{Origin, matches},
    },
    Typed, also, computed, extra, function,
};
use crate::{
    registry::{Function, lookups},
    syntax::Call,
};

pub(super) static TABLE: &[Function] = &[
    also("CHAR_LENGTH", "STRLEN", "write STRLEN(x)"),
    extra(
        "CONTAINS(text, part)",
        "Whether a text holds another.",
        (2, 2),
        Type::Boolean,
        "write `x LIKE '%part%'`",
        |select, call, span| at_place(select, call, Comparison::GreaterOrEqual, span),
    ),
    extra(
        "ENDSWITH(text, part)",
        "Whether a text ends with another.",
        (2, 2),
        Type::Boolean,
        "write `x LIKE '%part'`",
        ends_with,
    ),
    extra(
        "ICU4JSEARCH(part, text)",
        "Where the part stands in the text, in any case; -1 if nowhere.",
        (2, 2),
        Type::Integer,
        "write `UTF8(payload) ILIKE '%part%'`",
        search,
    ),
    extra(
        "INSTR(text, part)",
        "Where the part stands, counted from 1; 0 if nowhere.",
        (2, 2),
        Type::Integer,
        "write STRPOS(x, part)",
        place_from_one,
    ),
    also("LCASE", "LOWER", "write LOWER(x)"),
    extra(
        "LEFT(text, length)",
        "The first characters.",
        (2, 2),
        Type::Text,
        "write SUBSTRING(x, 0, n)",
        left,
    ),
    also("LEN", "STRLEN", "write STRLEN(x)"),
    also("LENGTH", "STRLEN", "write STRLEN(x)"),
    extra(
        "LOGSOURCETYPEID(logsourceid)",
        "The number of the kind of log source.",
        (1, 1),
        Type::Integer,
        "the number is the field that LOGSOURCETYPENAME takes",
        type_id,
    ),
    extra(
        "LTRIM(text)",
        "The text without blanks at its start.",
        (1, 1),
        Type::Text,
        "write REPLACEFIRST('^\\s+', x, '')",
        |select, call, span| trimmed(select, call, "start", span),
    ),
    computed("REPLACE", "aql_replace", "write REPLACEALL(regex, x, by)", |select, call, span| {
        textual(select, call, "aql_replace", span)
    }),
    computed("RIGHT", "aql_right", "write SUBSTRING(x, STRLEN(x) - n)", right),
    extra(
        "RTRIM(text)",
        "The text without blanks at its end.",
        (1, 1),
        Type::Text,
        "write REPLACEFIRST('\\s+$', x, '')",
        |select, call, span| trimmed(select, call, "end", span),
    ),
    extra(
        "STARTSWITH(text, part)",
        "Whether a text begins with another.",
        (2, 2),
        Type::Boolean,
        "write `x LIKE 'part%'`",
        |select, call, span| at_place(select, call, Comparison::Equal, span),
    ),
    extra(
        "SUBSTR(text, start, length)",
        "Part of a text; the first character is 1.",
        (2, 3),
        Type::Text,
        "write SUBSTRING(x, start, length), which counts from 0",
        part_from_one,
    ),
    also("TOLOWER", "LOWER", "write LOWER(x)"),
    also("TOSTRING", "STR", "write STR(x)"),
    also("TOUPPER", "UPPER", "write UPPER(x)"),
    also("TO_STRING", "STR", "write STR(x)"),
    extra(
        "TRIM(text)",
        "The text without blanks around it.",
        (1, 1),
        Type::Text,
        "write REPLACEALL('^\\s+|\\s+$', x, '')",
        |select, call, span| trimmed(select, call, "both", span),
    ),
    also("UCASE", "UPPER", "write UPPER(x)"),
];

fn textual(select: &mut Select<'_, '_, '_>, call: &Call, name: &str, span: Span) -> Typed {
    let arguments =
        (0..call.arguments.len()).map(|place| select.value_of(call, place).cast(Type::Text)).collect();
    function(name, arguments, Type::Text, span)
}

fn trimmed(select: &mut Select<'_, '_, '_>, call: &Call, side: &str, span: Span) -> Typed {
    let value = select.value_of(call, 0).cast(Type::Text);
    function("aql_trim_side", vec![value, Planned::text(side, span)], Type::Text, span)
}

/// Where the second argument stands in the first, from 0.
fn place(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let arguments = (0..2).map(|place| select.value_of(call, place).cast(Type::Text)).collect();
    function("aql_strpos", arguments, Type::Integer, span)
}

/// Whether that place is 0, or anywhere.
fn at_place(select: &mut Select<'_, '_, '_>, call: &Call, operator: Comparison, span: Span) -> Typed {
    let part = select.value_of(call, 1);
    if let (Comparison::GreaterOrEqual, Some(part)) = (operator, part.constant_text()) {
        let pattern = TextPattern::Contains(part.to_owned());
        let value = select.value_of(call, 0);
        return matches(value, pattern, false, span);
    }
    let found = place(select, call, span);
    compare(operator, found, Typed::literal(Value::Integer(0), span), span)
}

fn ends_with(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let (value, part) =
        (select.value_of(call, 0).cast(Type::Text), select.value_of(call, 1).cast(Type::Text));
    let length = Planned::call("aql_strlen", vec![part.clone()], Type::Integer, span);
    let end = function("aql_right", vec![value, length], Type::Text, span);
    compare(Comparison::Equal, end, Typed::new(part, Type::Text), span)
}

fn place_from_one(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let found = place(select, call, span);
    arithmetic(Arithmetic::Add, found, Typed::literal(Value::Integer(1), span), span)
}

/// The search of the quick filter, whose text comes second; the payload needs no UTF8().
fn search(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let mut lower = |place: usize| {
        let mut value = match call.arguments.get(place) {
            Some(argument) => select.expression(argument),
            None => Typed::null(Type::Text, span),
        };
        value.origin = Origin::Any;
        Planned::call("aql_lower", vec![value.cast(Type::Text)], Type::Text, span)
    };
    let (part, text) = (lower(0), lower(1));
    function("aql_strpos", vec![text, part], Type::Integer, span)
}

fn left(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let value = select.value_of(call, 0).cast(Type::Text);
    let length = select.value_of(call, 1).cast(Type::Integer);
    let start = Planned::literal(Value::Integer(0), span);
    function("aql_substring", vec![value, start, length], Type::Text, span)
}

fn right(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let value = select.value_of(call, 0).cast(Type::Text);
    let length = select.value_of(call, 1).cast(Type::Integer);
    function("aql_right", vec![value, length], Type::Text, span)
}

fn part_from_one(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let value = select.value_of(call, 0).cast(Type::Text);
    let one = Typed::literal(Value::Integer(1), span);
    let start = Typed::new(select.value_of(call, 1).cast(Type::Integer), Type::Integer);
    let mut arguments = vec![value, arithmetic(Arithmetic::Subtract, start, one, span).expression];
    if call.arguments.len() > 2 {
        arguments.push(select.value_of(call, 2).cast(Type::Integer));
    }
    function("aql_substring", arguments, Type::Text, span)
}

/// The number of the log source type, whatever is given: it goes with the event.
fn type_id(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    for argument in &call.arguments {
        select.expression(argument);
    }
    let named = lookups().iter().find(|lookup| lookup.function == "LOGSOURCETYPENAME");
    let found = named.and_then(|lookup| select.scope.value(lookup.argument, span));
    found.unwrap_or_else(|| {
        Typed::new(Planned::new(Kind::Literal(Value::Null), span).cast(Type::Integer), Type::Integer)
    })
}
