//! Reference data: sets, maps and tables become constants of the plan, so that the plan needs nothing
//! else to run.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};
use quarry_plan::{
    Expression as Planned, ExpressionKind as Kind, MemberSet, Members, TextMatcher, TextPattern, Type, Value,
};

use super::{call::is_network, select::Select, value::Typed};
use crate::{
    codes,
    reference::ReferenceCollection,
    registry::Function,
    syntax::{Call, Expression, ExpressionKind},
};

impl Select<'_, '_, '_> {
    /// A call of a function over reference data; the number of its arguments was checked.
    pub(super) fn reference(&mut self, function: &Function, call: &Call, span: Span) -> Typed {
        let nothing = nothing(function, span);
        let Some(name) = self.constant(function, call, 0) else { return nothing };
        let column = match function.name {
            "REFERENCETABLE" => match self.constant(function, call, 1) {
                Some(column) => Some(column),
                None => return nothing,
            },
            _ => None,
        };
        let first = if column.is_some() { 2 } else { 1 };
        let values: Vec<Typed> = call.arguments[first..].iter().map(|value| self.text(value)).collect();
        let Some(collection) = self.context.options.reference.find(&name) else {
            self.warn_absent(function, &name, call.arguments[0].span);
            return nothing;
        };
        let found = lists(function, collection, column.as_deref());
        let (lists, ignore_case) = (found, collection.ignore_case);
        let Some(lists) = lists else {
            self.warn_shape(function, collection, column.as_deref(), call);
            return nothing;
        };
        let wanted = if function.name == "REFERENCEMAPSETCONTAINS" { 2 } else { 1 };
        let mut arguments: Vec<Planned> =
            lists.into_iter().map(|list| constant(list, ignore_case, span)).collect();
        arguments.extend(values.into_iter().take(wanted).map(|value| {
            let value = value.cast(Type::Text);
            if ignore_case { Planned::call("aql_lower", vec![value], Type::Text, span) } else { value }
        }));
        if function.name == "REFERENCESETCONTAINS" {
            return set_contains(arguments, span);
        }
        Typed::new(Planned::call(name_of(function), arguments, function.result(), span), function.result())
    }

    fn text(&mut self, value: &Expression) -> Typed {
        let value = self.expression(value);
        self.readable(value)
    }

    fn constant(&mut self, function: &Function, call: &Call, place: usize) -> Option<String> {
        let argument = call.arguments.get(place)?;
        if let ExpressionKind::Text(text) = &argument.kind {
            return Some(text.clone());
        }
        let message = format!("{} needs a constant string here", function.name);
        self.context.report(
            Diagnostic::error(codes::ARGUMENT_KIND, message, argument.span)
                .with_help("write the name in single quotes"),
        );
        None
    }

    fn warn_absent(&mut self, function: &Function, name: &str, span: Span) {
        let outcome = if function.result() == Type::Boolean { "false" } else { "null" };
        let message = format!("no reference data is named `{name}`: {} is always {outcome}", function.name);
        let mut found = Diagnostic::warning(codes::NO_DATA, message, span).with_help(format!(
            "name its CSV file: `--reference '{name}=FILE'`, or a line under `[reference]` in quarry.toml"
        ));
        if let Some(near) = did_you_mean(name, self.context.options.reference.names()) {
            found = found.with_help(format!("did you mean `{near}`?"));
        }
        self.context.report(found);
    }

    fn warn_shape(
        &mut self,
        function: &Function,
        collection: &ReferenceCollection,
        column: Option<&str>,
        call: &Call,
    ) {
        let columns = collection.columns.join("`, `");
        let (message, span) = match column {
            Some(column) => (
                format!("the reference table `{}` has no column `{column}`", collection.name),
                call.arguments.get(1).map_or(call.name.span, |argument| argument.span),
            ),
            None => (
                format!(
                    "the reference data `{}` has one column: {} finds nothing",
                    collection.name, function.name
                ),
                call.name.span,
            ),
        };
        self.context.report(
            Diagnostic::warning(codes::NO_DATA, message, span).with_help(format!("it has `{columns}`")),
        );
    }
}

/// Whether the texts of a reference set have a value among them.
fn set_contains(mut arguments: Vec<Planned>, span: Span) -> Typed {
    let (value, list) = (arguments.pop(), arguments.pop().map(|list| list.kind));
    let (Some(value), Some(Kind::Literal(Value::TextList(texts)))) = (value, list) else {
        return Typed::null(Type::Boolean, span);
    };
    // A network in a set stands for all its addresses.
    let (networks, exact): (Vec<String>, Vec<String>) =
        texts.into_iter().partition(|text| text.contains('/') && is_network(text));
    let network = |text| TextMatcher { pattern: TextPattern::Network(text), ignore_case: false };
    let patterns = networks.into_iter().map(network).collect();
    let set = MemberSet::new(Members::Texts { exact, folded: Vec::new(), patterns });
    Typed::boolean(Kind::Member { set, value: Box::new(value) }, span)
}

/// The function of the plan.
fn name_of(function: &Function) -> &'static str {
    match function.name {
        "REFERENCEMAPSETCONTAINS" => "aql_reference_pair",
        _ => "aql_reference_value",
    }
}

/// The columns a function looks through; none if the collection lacks them.
fn lists(
    function: &Function,
    collection: &ReferenceCollection,
    column: Option<&str>,
) -> Option<Vec<Vec<String>>> {
    match (function.name, column) {
        ("REFERENCESETCONTAINS", _) => Some(vec![collection.column(0)]),
        (_, Some(column)) => collection.cells(column).map(|(keys, values)| vec![keys, values]),
        _ if collection.columns.len() > 1 => Some(vec![collection.column(0), collection.column(1)]),
        _ => None,
    }
}

fn constant(mut list: Vec<String>, ignore_case: bool, span: Span) -> Planned {
    if ignore_case {
        list.iter_mut().for_each(|text| *text = text.to_lowercase());
    }
    Planned::literal(Value::TextList(list), span)
}

fn nothing(function: &Function, span: Span) -> Typed {
    if function.result() == Type::Boolean {
        return Typed::literal(Value::Boolean(false), span);
    }
    Typed::null(function.result(), span)
}
