//! `foreach`: an `eval` for each field that matches, with the field's name in place of `<<FIELD>>`.

use quarry_diagnostic::Diagnostic;

use super::super::context::Context;
use super::super::{codes, wildcard};
use super::general::{General, missing};
use super::subsearch;
use super::{TABLE, not_understood};
use crate::tree::{Arguments, Assignment, Command, EvalExpression, EvalKind, Word};

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    arguments.only(context, "mode", &["multifield"]);
    let texts = [arguments.option("fieldstr"), arguments.option("matchstr")]
        .map(|word| word.map(|word| word.text.clone()));
    let Some(pipeline) = subsearch::take(context, &mut arguments, command) else { return };
    let words = arguments.words(context);
    arguments.finish(context);
    if words.is_empty() {
        return missing(context, command, "a field");
    }
    for word in words {
        let names = if wildcard::is_wildcard(&word.text) {
            context.matching(&word.text)
        } else {
            vec![word.text.clone()]
        };
        for name in names {
            let replaced = Replacement::new(&word.text, &name, &texts);
            for inner in &pipeline.commands {
                apply(context, inner, &replaced);
            }
        }
    }
}

fn apply(context: &mut Context<'_>, command: &Command, replaced: &Replacement) {
    let Arguments::Eval(assignments) = &command.arguments else {
        let message = "`foreach` takes `eval` only";
        context.report(Diagnostic::error(codes::UNSUPPORTED_SUBSEARCH, message, command.span));
        return;
    };
    let assignments = assignments.iter().map(|assignment| replaced.assignment(assignment)).collect();
    let filled = Command { arguments: Arguments::Eval(assignments), ..command.clone() };
    match TABLE.iter().find(|row| row.names.contains(&"eval")) {
        Some(row) => (row.lower)(context, &filled),
        None => not_understood(context, command),
    }
}

/// Tokens and what stands for them.
struct Replacement {
    tokens: Vec<(String, String)>,
}

impl Replacement {
    fn new(pattern: &str, name: &str, [field, matched]: &[Option<String>; 2]) -> Self {
        let token =
            |given: &Option<String>, default: &str| given.clone().unwrap_or_else(|| default.to_owned());
        let texts = wildcard::captures(pattern, name).unwrap_or_default();
        let mut tokens = vec![
            (token(field, "<<FIELD>>"), name.to_owned()),
            (token(matched, "<<MATCHSTR>>"), texts.concat()),
        ];
        for (index, text) in texts.into_iter().enumerate() {
            tokens.push((format!("<<MATCHSEG{}>>", index + 1), text));
        }
        Self { tokens }
    }

    fn text(&self, text: &str) -> String {
        self.tokens.iter().fold(text.to_owned(), |text, (token, value)| text.replace(token.as_str(), value))
    }

    fn assignment(&self, assignment: &Assignment) -> Assignment {
        Assignment {
            field: Word { text: self.text(&assignment.field.text), ..assignment.field.clone() },
            value: self.expression(&assignment.value),
            span: assignment.span,
        }
    }

    fn expression(&self, expression: &EvalExpression) -> EvalExpression {
        let boxed = |inner: &EvalExpression| Box::new(self.expression(inner));
        let all = |items: &[EvalExpression]| items.iter().map(|item| self.expression(item)).collect();
        let kind = match &expression.kind {
            EvalKind::Text(text) => EvalKind::Text(self.text(text)),
            EvalKind::Field { name, quoted } => EvalKind::Field { name: self.text(name), quoted: *quoted },
            EvalKind::Call { name, name_span, arguments } => {
                EvalKind::Call { name: name.clone(), name_span: *name_span, arguments: all(arguments) }
            }
            EvalKind::Not(inner) => EvalKind::Not(boxed(inner)),
            EvalKind::Negative(inner) => EvalKind::Negative(boxed(inner)),
            EvalKind::Binary { operator, left, right } => {
                EvalKind::Binary { operator: *operator, left: boxed(left), right: boxed(right) }
            }
            EvalKind::In { value, items } => EvalKind::In { value: boxed(value), items: all(items) },
            other => other.clone(),
        };
        EvalExpression { kind, span: expression.span }
    }
}
