//! `FIELDALIAS-` and `EVAL-` of props.conf (Splunk Admin Manual, props.conf.spec).

use std::collections::BTreeMap;

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Expression, Type};

use super::super::context::{Context, convert, wider};
use super::super::{build, codes, expression};
use super::Preparation;
use crate::Macros;
use crate::tree::Arguments;

/// Calculated fields that wait until all of them are known: where a condition holds, a value.
pub(super) type Calculated = Vec<(String, Expression, Expression)>;

/// `a AS b c ASNEW d`. With AS the new name has the value of the old one, be it none; with ASNEW a value
/// that is there stays.
pub(super) fn alias(
    context: &mut Context<'_>,
    _: &mut Preparation<'_>,
    condition: &Expression,
    _: &str,
    value: &str,
) {
    let words = words(value);
    for triple in words.chunks(3) {
        let (from, keyword, to) = match triple {
            [from, keyword, to] => (from.as_str(), keyword.to_lowercase(), to.as_str()),
            _ => (value, String::new(), ""),
        };
        let overwrites = match keyword.as_str() {
            "as" => true,
            "asnew" => false,
            _ => {
                let message = format!("`{}` is no `field AS name`", triple.join(" "));
                return context.report(
                    Diagnostic::error(codes::BAD_ARGUMENT, message, context.span)
                        .with_help("in props.conf write `FIELDALIAS-x = field AS name`, or ASNEW"),
                );
            }
        };
        let source = context.find(from).filter(|column| !column.empty);
        let old = context.find(to).filter(|column| !column.empty);
        let span = context.span;
        let have = source.as_ref().map_or(Type::Null, |column| column.data_type);
        let old_type = old.as_ref().map_or(Type::Null, |column| column.data_type);
        let common = wider(have, old_type);
        if common == Type::Null {
            continue;
        }
        let typed = |name: &str, have: Type| match have {
            Type::Null => build::null(span).cast(common),
            _ => convert(Expression::column(name, span), have, common),
        };
        let (new, old) = (typed(from, have), (old_type != Type::Null).then(|| typed(to, old_type)));
        let arm = |value: Expression| (condition.clone(), value);
        let value = match old {
            Some(old) if overwrites => build::case(vec![arm(new)], Some(old), span),
            Some(old) => build::coalesce(vec![old, build::case(vec![arm(new)], None, span)], span),
            None => build::case(vec![arm(new)], None, span),
        };
        context.assign(vec![(to.to_owned(), value)]);
    }
}

/// Words between spaces and commas; quotes hold spaces.
fn words(text: &str) -> Vec<String> {
    let (mut found, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => found.push(std::mem::take(&mut word)),
            _ if letter.is_whitespace() && !quoted => found.push(std::mem::take(&mut word)),
            _ => word.push(letter),
        }
    }
    found.push(word);
    found.retain(|word| !word.is_empty());
    found
}

/// `EVAL-name = expression`. No calculated field sees another (props.conf.spec, EVAL).
pub(super) fn calculate(
    context: &mut Context<'_>,
    preparation: &mut Preparation<'_>,
    condition: &Expression,
    name: &str,
    value: &str,
) {
    let refuse = |context: &mut Context<'_>, why: &str| {
        context.report(
            Diagnostic::error(codes::BAD_ARGUMENT, why.to_owned(), context.span)
                .with_help("in props.conf write `EVAL-name = <expression>`, as after `eval name=`"),
        );
    };
    if value.trim().is_empty() {
        return refuse(context, "it has no expression");
    }
    let parsed = crate::parse(&format!("| eval x={value}"), &Macros::default());
    let command = parsed.pipeline.commands.as_slice();
    let [command] = command else { return refuse(context, "it is no expression") };
    let assignment = match &command.arguments {
        Arguments::Eval(assignments) if assignments.len() == 1 && parsed.is_understood() => &assignments[0],
        _ => {
            let why = parsed.diagnostics.iter().find(|found| found.is_error());
            let why = why.map_or("it is no expression".to_owned(), |found| found.message.clone());
            return refuse(context, &why);
        }
    };
    let (value, _) = expression::written(context, &assignment.value);
    if !context.diagnostics.iter().any(Diagnostic::is_error) {
        preparation.calculated.push((name.to_owned(), condition.clone(), value));
    }
}

/// Sets the calculated fields at once. Their value stands in place of the event's own even where it is none
/// (Splunk Knowledge Manager Manual, about calculated fields).
pub(super) fn finish(context: &mut Context<'_>, calculated: Calculated) {
    let mut by_name: BTreeMap<String, Vec<(Expression, Expression)>> = BTreeMap::new();
    for (name, condition, value) in calculated {
        by_name.entry(name).or_default().push((condition, value));
    }
    let span = context.span;
    let mut values = Vec::new();
    for (name, arms) in by_name {
        let old = context.find(&name).filter(|column| !column.empty).map(|column| column.data_type);
        let types: Vec<Type> = arms.iter().map(|(_, value)| context.type_of(value)).collect();
        let common = types.iter().copied().fold(old.unwrap_or(Type::Null), wider);
        if common == Type::Null {
            continue;
        }
        let arms = arms.into_iter().zip(types).map(|((condition, value), have)| match have {
            Type::Null => (condition, build::null(span).cast(common)),
            _ => (condition, convert(value, have, common)),
        });
        let old = old.map(|have| convert(Expression::column(&name, span), have, common));
        values.push((name, build::case(arms.collect(), old, span)));
    }
    if !values.is_empty() {
        context.assign(values);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::words;

    #[test]
    fn aliases_are_words() {
        assert_eq!(words("a AS b,\n  \"c d\" ASNEW e"), ["a", "AS", "b", "c d", "ASNEW", "e"]);
    }
}
