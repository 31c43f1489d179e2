//! Function calls.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};
use quarry_plan::{Expression, MANY, Signature, Type};

use super::super::{build, codes, context::Context, pattern};
use super::{Typed, constant_text, lower, value};
use crate::registry::{self, Description, FUNCTIONS, Lowering, Status};
use crate::tree::EvalExpression;

/// `name(arguments)`.
pub(super) fn call(
    context: &mut Context<'_>,
    name: &str,
    name_span: Span,
    arguments: &[EvalExpression],
    span: Span,
) -> Typed {
    let nothing = (build::null(span), Type::Null);
    let row = registry::function(name);
    let Some((row, description)) = row.and_then(|row| Some((row, row.description()?))) else {
        report_unknown(context, name, name_span);
        return nothing;
    };
    if !fits(context, name, description, arguments.len(), span) {
        return nothing;
    }
    let printing = row.prints(context.printing);
    match row.lowering {
        Lowering::Rule(rule) => context.printing(printing, |context| rule(context, arguments, span)),
        Lowering::Call { conditions, pattern } => {
            let read = if conditions { lower } else { value };
            let arguments: Vec<Typed> = context
                .printing(printing, |context| arguments.iter().map(|item| read(context, item)).collect());
            if let Some((value, _)) = pattern.and_then(|place| arguments.get(place)) {
                pattern::check_constant(context, value);
            }
            row.computed_by().map_or(nothing, |signature| plain(signature, arguments, span))
        }
        Lowering::Nothing => nothing,
    }
}

/// A call of a function, of the type that its signature says.
fn plain(signature: &Signature, arguments: Vec<Typed>, span: Span) -> Typed {
    let (arguments, types): (Vec<Expression>, Vec<Type>) = arguments.into_iter().unzip();
    let constants: Vec<Option<String>> =
        arguments.iter().map(|argument| constant_text(argument).map(str::to_owned)).collect();
    let result = signature.result.of(&types, &constants);
    (Expression::call(signature.name, arguments, result, span), result)
}

fn fits(context: &mut Context<'_>, name: &str, description: Description, count: usize, span: Span) -> bool {
    let Description { least, most, .. } = description;
    if (least..=most).contains(&count) {
        return true;
    }
    let plural =
        |count: usize| if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") };
    let wanted = match (least, most) {
        (least, most) if least == most => plural(least),
        (least, MANY) => format!("at least {}", plural(least)),
        (least, most) => format!("{least} to {}", plural(most)),
    };
    let message = format!("`{name}` takes {wanted}, found {count}");
    let described = registry::function(name).and_then(|row| row.description());
    let help = format!("it is written `{}`", described.map_or(name, |described| described.written));
    context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, span).with_help(help));
    false
}

fn report_unknown(context: &mut Context<'_>, name: &str, span: Span) {
    let (message, is_known) = match registry::function(name).map(|row| row.status) {
        Some(Status::Never(why)) => (format!("the function `{name}` cannot run here: {why}"), true),
        Some(_) => (format!("the function `{name}` is not supported yet"), true),
        None => (format!("there is no function `{name}`"), false),
    };
    let runs = FUNCTIONS.iter().filter(|row| row.status == Status::Supported);
    let help = match did_you_mean(name, runs.map(|row| row.name)).filter(|_| !is_known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "docs/reference/spl/README.md lists the functions that run".to_owned(),
    };
    context.report(Diagnostic::error(codes::UNKNOWN_FUNCTION, message, span).with_help(help));
}
