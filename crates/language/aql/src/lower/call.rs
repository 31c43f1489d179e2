//! Function calls.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};
use quarry_plan::{
    Arithmetic, Expression as Planned, ExpressionKind as Kind, MANY, TextPattern, Type, Value, date_pattern,
};

use super::{
    scope::Scope,
    select::Select,
    time,
    value::{Origin, Typed, matches},
};
use crate::{
    codes,
    registry::{self, Described, Description, Function, Parameter, Role, lookups},
    syntax::Call,
};

impl Select<'_, '_, '_> {
    pub(super) fn call(&mut self, call: &Call, span: Span) -> Typed {
        let Some(function) = registry::find(&call.name.text) else {
            return self.unknown_function(call, span);
        };
        if let Role::Refused(reason) = function.role {
            let message = format!("{} is not AQL", function.name);
            self.context.report(
                Diagnostic::error(codes::REFUSED_FUNCTION, message, call.name.span).with_help(reason),
            );
            return Typed::null(Type::Null, span);
        }
        if let Role::Extra(advice) = function.role {
            return self.extra(function, advice, call, span);
        }
        if let Role::Aggregate(rule) = function.role {
            return self.aggregate(function, rule, call, span);
        }
        if call.distinct || call.star {
            let what = if call.star { "*" } else { "DISTINCT" };
            let message = format!("{} does not take {what}", function.name);
            self.context.report(
                Diagnostic::error(codes::ARGUMENT_KIND, message, span)
                    .with_help(format!("write {}", function.written())),
            );
            return Typed::null(function.result(), span);
        }
        if function.role == Role::Reference && self.check_count(function, call.arguments.len(), span) {
            return self.reference(function, call, span);
        }
        let arguments: Vec<Typed> = call.arguments.iter().map(|argument| self.expression(argument)).collect();
        if !self.check_count(function, arguments.len(), span) {
            return Typed::null(function.result(), span);
        }
        match function.role {
            Role::Scalar => self.scalar(function, arguments, span),
            Role::Network => self.network(function, arguments, span),
            Role::Conversion => conversion(function, arguments, span),
            Role::Lookup => self.lookup(function, &arguments, span),
            Role::Unavailable(reason) => self.unavailable(function, reason, call.name.span, span),
            Role::Aggregate(_) | Role::Extra(_) | Role::Reference | Role::Refused(_) => {
                Typed::null(function.result(), span)
            }
        }
    }

    /// A function that AQL lacks, where such are accepted.
    fn extra(&mut self, function: &Function, advice: &str, call: &Call, span: Span) -> Typed {
        let nothing = Typed::null(function.result(), span);
        let name = function.name;
        if !self.context.options.permissive {
            let found =
                Diagnostic::error(codes::REFUSED_FUNCTION, format!("{name} is not AQL"), call.name.span);
            let found =
                found.with_help(advice).with_help("or accept undocumented extras with `--permissive`");
            self.context.report(found);
            return nothing;
        }
        let message = format!(
            "{name} is not documented AQL, QRadar refuses it; read as: {}",
            function.description().meaning
        );
        let found = Diagnostic::warning(codes::UNDOCUMENTED, message, call.name.span);
        self.context.report(found.with_help(advice));
        if !self.check_count(function, call.arguments.len(), span) {
            return nothing;
        }
        match (function.rule, function.described) {
            (Some(rule), _) => rule(self, call, span),
            (None, Described::As(of)) => self.renamed(call, of, span),
            (None, _) => nothing,
        }
    }

    fn unknown_function(&mut self, call: &Call, span: Span) -> Typed {
        let message = format!("AQL has no function `{}`", call.name.text);
        let known = registry::functions().map(|function| function.name);
        let help = match did_you_mean(&call.name.text, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "docs/reference/aql/README.md lists the functions".to_owned(),
        };
        let found = Diagnostic::error(codes::UNKNOWN_FUNCTION, message, call.name.span);
        self.context.report(found.with_help(help));
        for argument in &call.arguments {
            self.expression(argument);
        }
        Typed::null(Type::Null, span)
    }

    pub(super) fn check_count(&mut self, function: &Function, given: usize, span: Span) -> bool {
        let Description { least, most, .. } = function.description();
        if (least..=most).contains(&given) {
            return true;
        }
        let wanted = match (least, most) {
            (least, MANY) => format!("at least {least}"),
            (least, most) if least == most => format!("{least}"),
            (least, most) => format!("{least} to {most}"),
        };
        let message = format!("{} takes {wanted} argument(s), not {given}", function.name);
        self.context.report(
            Diagnostic::error(codes::ARGUMENT_COUNT, message, span)
                .with_help(format!("write {}", function.written())),
        );
        false
    }

    fn scalar(&mut self, function: &Function, arguments: Vec<Typed>, span: Span) -> Typed {
        let mut lowered = Vec::new();
        for (place, argument) in arguments.into_iter().enumerate() {
            let parameter = function.parameters.get(place).or(function.parameters.last());
            lowered.push(self.argument(function, parameter.copied().unwrap_or(Parameter::Any), argument));
        }
        computed(function, lowered, span)
    }

    /// Whether a value lies in a constant network.
    fn network(&mut self, function: &Function, arguments: Vec<Typed>, span: Span) -> Typed {
        if let [network, value] = arguments.as_slice()
            && value.data_type == Type::Text
            && let Some(text) = network.constant_text().filter(|text| is_network(text)).map(str::to_owned)
        {
            let value = self.readable(value.clone());
            return matches(value, TextPattern::Network(text), false, span);
        }
        self.scalar(function, arguments, span)
    }

    fn argument(&mut self, function: &Function, parameter: Parameter, argument: Typed) -> Planned {
        if parameter == Parameter::Any {
            return argument.expression;
        }
        let argument = self.readable(argument);
        let span = argument.span();
        let text = argument.constant_text().map(str::to_owned);
        match parameter {
            Parameter::Any => argument.expression,
            Parameter::Text => argument.cast(Type::Text),
            Parameter::Regex => {
                if let Some(pattern) = text {
                    self.check_regex(&pattern, span);
                }
                argument.cast(Type::Text)
            }
            Parameter::Integer => argument.cast(Type::Integer),
            Parameter::Constant | Parameter::Network | Parameter::DatePattern | Parameter::Time => {
                match text {
                    Some(text) => self.check_constant(parameter, &text, span),
                    None => {
                        let message = format!("{} needs a constant string here", function.name);
                        self.context.report(
                            Diagnostic::error(codes::ARGUMENT_KIND, message, span)
                                .with_help("write the text itself in single quotes"),
                        );
                    }
                }
                argument.cast(Type::Text)
            }
        }
    }

    fn check_constant(&mut self, parameter: Parameter, text: &str, span: Span) {
        if parameter == Parameter::DatePattern
            && let Err(message) = date_pattern(text)
        {
            let message = format!("the date pattern cannot be read: {message}");
            let found = Diagnostic::error(codes::BAD_DATE_PATTERN, message, span);
            self.context.report(found.with_help(
                "letters mean parts of a time, such as 'yyyy-MM-dd HH:mm:ss'; other words stand in two quotes each: 'yyyy''T''HH'",
            ));
            return;
        }
        let found = match parameter {
            Parameter::Network if !is_network(text) => {
                Diagnostic::error(codes::BAD_NETWORK, format!("`{text}` is no network"), span)
                    .with_help("write an address and the length of its prefix, such as '10.0.0.0/8'")
            }
            Parameter::DatePattern if text.contains('Y') => Diagnostic::warning(
                codes::WEEK_YEAR,
                "`Y` is the year of the week, which differs around New Year",
                span,
            )
            .with_help("write `yyyy` for the year of the date"),
            Parameter::Time if time::parse(text).is_none() => {
                Diagnostic::error(codes::BAD_TIME, "the time cannot be read", span)
                    .with_help("write a text such as '1 hour ago', 'now' or '2024-01-31 13:45'")
            }
            _ => return,
        };
        self.context.report(found);
    }

    /// The field of the view that goes with the field given.
    fn lookup(&mut self, function: &Function, arguments: &[Typed], span: Span) -> Typed {
        let nothing = Typed::null(function.result(), span);
        if matches!(self.scope, Scope::Empty { .. }) {
            return nothing;
        }
        let Some(argument) = arguments.first() else { return nothing };
        if argument.constant().is_some() || is_missing(&argument.expression) {
            let message =
                format!("{} of a constant has no data in log files: it is always null", function.name);
            self.context.report(Diagnostic::warning(codes::NO_DATA, message, span));
            return nothing;
        }
        let column = written(&argument.expression);
        let known = || lookups().iter().filter(|lookup| lookup.function == function.name);
        let fits = known().find(|lookup| {
            column.as_ref().is_some_and(|column| column.eq_ignore_ascii_case(lookup.argument))
        });
        let Some(lookup) = fits else {
            let wanted: Vec<String> = known().map(|lookup| format!("`{}`", lookup.argument)).collect();
            let message = format!("{} looks up {} and nothing else", function.name, wanted.join(" or "));
            let help = if matches!(self.scope, Scope::Derived { .. }) {
                "look it up inside the sub-select".to_owned()
            } else {
                format!(
                    "write {}({})",
                    function.name,
                    wanted.first().map_or("", |name| name.trim_matches('`'))
                )
            };
            let found = self.context.undocumented(codes::LOOKUP_COLUMN, message, argument.span(), &help);
            self.context.report(found);
            // Where it is accepted, what was meant is the name that goes with the event.
            return known()
                .next()
                .and_then(|lookup| self.scope.lookup(lookup.field, span))
                .unwrap_or(nothing);
        };
        if let Some(value) = self.scope.lookup(lookup.field, span) {
            return value;
        }
        self.unavailable(function, "these logs do not carry it", span, span)
    }

    fn unavailable(&mut self, function: &Function, reason: &str, name: Span, span: Span) -> Typed {
        let is_condition = function.result() == Type::Boolean;
        let outcome = if is_condition { "false" } else { "null" };
        let message = format!("{} is always {outcome}: {reason}", function.name);
        self.context.report(Diagnostic::warning(codes::NO_DATA, message, name));
        if is_condition {
            return Typed::literal(Value::Boolean(false), span);
        }
        Typed::null(function.result(), span)
    }
}

fn conversion(function: &Function, arguments: Vec<Typed>, span: Span) -> Typed {
    let Some(mut argument) = arguments.into_iter().next() else {
        return Typed::null(function.result(), span);
    };
    if argument.data_type == function.result() && argument.origin != Origin::List {
        argument.origin = Origin::Any;
        return argument;
    }
    computed(function, vec![argument.expression], span)
}

/// A call of the function that computes another.
fn computed(function: &Function, arguments: Vec<Planned>, span: Span) -> Typed {
    let result = function.result();
    match function.computed_by() {
        Some(name) => Typed::new(Planned::call(name, arguments, result, span), result),
        None => Typed::null(result, span),
    }
}

/// The column that an expression is, or the computation as the table of lookups writes it.
pub(super) fn written(expression: &Planned) -> Option<String> {
    let operand = |value: &Planned| match &value.kind {
        Kind::Arithmetic { .. } => written(value).map(|text| format!("({text})")),
        _ => written(value),
    };
    match &expression.kind {
        Kind::Column(name) => name.user().map(str::to_owned),
        Kind::Cast { value, .. } => written(value),
        Kind::Literal(Value::Integer(number)) => Some(number.to_string()),
        Kind::Literal(Value::Double(number)) => Some(number.to_string()),
        Kind::Arithmetic { operator, left, right } => {
            let sign = match operator {
                Arithmetic::Add => '+',
                Arithmetic::Subtract => '-',
                Arithmetic::Multiply => '*',
                Arithmetic::Divide => '/',
                Arithmetic::Modulo => '%',
            };
            Some(format!("{}{sign}{}", operand(left)?, operand(right)?))
        }
        _ => None,
    }
}

/// A null with a type.
fn is_missing(expression: &Planned) -> bool {
    match &expression.kind {
        Kind::Literal(value) => *value == Value::Null,
        Kind::Cast { value, .. } => is_missing(value),
        _ => false,
    }
}

/// An address with or without the length of a prefix; bits of the host may be set.
pub(super) fn is_network(text: &str) -> bool {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let Ok(address) = address.trim().parse::<std::net::IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| length.trim().parse::<u8>().is_ok_and(|length| length <= most))
}
