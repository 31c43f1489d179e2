//! `lookup(table, json_object(field, value, ...), json_array(output, ...))`: a row of a table as JSON
//! (Splunk search reference, comparison and conditional functions).

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Expression, Type};

use super::super::rows::lookup_table::{self, Pair};
use super::super::{build, codes, context::Context};
use super::{Typed, value};
use crate::knowledge::LookupDefinition;
use crate::tree::{EvalExpression, EvalKind, Quote, Word};

pub(crate) fn lower(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let nothing = (build::null(span), Type::Null);
    let [table, keys, outputs] = arguments else { return nothing };
    let (Some(table), Some(keys), Some(outputs)) =
        (text(table), call(keys, "json_object"), call(outputs, "json_array"))
    else {
        wrong(context, span);
        return nothing;
    };
    let columns: Option<Vec<Word>> = outputs.iter().map(text).collect();
    let names: Option<Vec<Word>> = keys.iter().step_by(2).map(text).collect();
    let (Some(columns), Some(names)) = (columns, names) else {
        wrong(context, span);
        return nothing;
    };
    if context.is_in_element() || keys.is_empty() || !keys.len().is_multiple_of(2) || columns.is_empty() {
        wrong(context, span);
        return nothing;
    }
    let Some((definition, rows)) = lookup_table::find(context, &table) else { return nothing };
    // One row is one object: of several that match, the first.
    let definition = LookupDefinition { most: 1, ..definition };
    let mut pairs: Vec<Pair> = Vec::new();
    for (name, key) in names.into_iter().zip(keys.iter().skip(1).step_by(2)) {
        let (found, _) = value(context, key);
        let column = context.fresh_name("key");
        context.assign(vec![(column.clone(), found.cast(Type::Text))]);
        pairs.push((name, (column, key.span)));
    }
    let mut targets: Vec<Pair> = Vec::new();
    for column in columns {
        let target = context.fresh_name("looked");
        let place = column.span;
        targets.push((column, (target, place)));
    }
    lookup_table::apply(
        context,
        &definition,
        &rows,
        &pairs,
        &targets,
        &lookup_table::How { keeps: false, only: None },
    );
    let mut members = Vec::new();
    let mut found = Vec::new();
    for (column, (target, _)) in targets {
        let value = context.field(target, span);
        if context.type_of(&value) == Type::Null {
            continue;
        }
        found.push(build::is_present(value.clone()));
        members.extend([Expression::text(column.text, span), value]);
    }
    if members.is_empty() {
        return nothing;
    }
    let object = build::call("json_object", members, Type::Text, span);
    (build::case(vec![(build::any(found, span), object)], None, span), Type::Text)
}

fn text(expression: &EvalExpression) -> Option<Word> {
    match &expression.kind {
        EvalKind::Text(text) => {
            Some(Word { text: text.clone(), quote: Quote::Double, span: expression.span })
        }
        _ => None,
    }
}

fn call<'e>(expression: &'e EvalExpression, function: &str) -> Option<&'e [EvalExpression]> {
    match &expression.kind {
        EvalKind::Call { name, arguments, .. } if name == function => Some(arguments),
        _ => None,
    }
}

fn wrong(context: &mut Context<'_>, span: Span) {
    let message = "`lookup` takes a table, `json_object` of the table's fields and their values, and `json_array` of fields";
    let found = Diagnostic::error(codes::BAD_ARGUMENT, message, span)
        .with_help("as in `lookup(\"users.csv\", json_object(\"id\", user), json_array(\"name\"))`");
    context.report(found);
}
