//! The figures of computed numbers, where they are written down.
//!
//! A number that is a text (a field of an event, a literal with a point, `round(x, 2)`, `strptime`) has the figures
//! it is written with; a number that was computed of whole ones, counted or averaged has all it needs. Products
//! and quotients keep the fewest figures of what is written with a point, but every whole digit; sums and
//! differences keep the most decimals. So `2*0.9` is `2`, `2*0.90` is `1.8`, and the difference of two
//! `strptime` has six decimals. Inside an expression (comparisons, arguments of functions, sums of products)
//! nothing is rounded. (wiki.splunk.com, Community:BadMath; Splunk search reference, mathematical functions,
//! `exact` and `sigfig`.)

use quarry_diagnostic::Span;
use quarry_plan::{Expression, ExpressionKind, Type, Value};

use super::super::{build, context::Context};
use super::{Typed, operators::compute, value};
use crate::tree::{EvalExpression, EvalKind, EvalOperator};

/// Operators whose results have figures by one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chain {
    Product,
    Sum,
}

impl Chain {
    fn of(operator: EvalOperator) -> Option<Self> {
        match operator {
            EvalOperator::Multiply | EvalOperator::Divide => Some(Self::Product),
            EvalOperator::Add | EvalOperator::Subtract => Some(Self::Sum),
            _ => None,
        }
    }

    fn function(self) -> &'static str {
        match self {
            Self::Product => "written_product",
            Self::Sum => "written_sum",
        }
    }
}

/// `left operator right`.
pub(super) fn arithmetic(
    context: &mut Context<'_>,
    operator: EvalOperator,
    left: &EvalExpression,
    right: &EvalExpression,
    span: Span,
) -> Typed {
    let Some(chain) = Chain::of(operator).filter(|_| context.printing) else {
        let (left, right) = context.printing(false, |context| (value(context, left), value(context, right)));
        return compute(operator, left, right, span);
    };
    let mut operands = Vec::new();
    let (result, have) = link(context, chain, (operator, left, right), &mut operands, span);
    let is_written = |(value, of): &Typed| matches!(of, Type::Text | Type::TextList) && !is_whole(value);
    if have == Type::Null || !operands.iter().any(is_written) {
        return (result, have);
    }
    // A computed number has all figures, so it limits no product.
    let counts = |operand: &Typed| chain == Chain::Sum || is_written(operand);
    let operands = operands.into_iter().filter(counts).map(|(value, _)| value);
    let arguments = std::iter::once(result).chain(operands).collect();
    (build::call(chain.function(), arguments, Type::Text, span), Type::Text)
}

/// A constant without a fraction.
fn is_whole(value: &Expression) -> bool {
    matches!(&value.kind, ExpressionKind::Literal(Value::Text(text)) if !text.contains('.'))
}

/// Computes a chain of operators with one rule, and gathers its operands.
fn link(
    context: &mut Context<'_>,
    chain: Chain,
    (operator, left, right): (EvalOperator, &EvalExpression, &EvalExpression),
    operands: &mut Vec<Typed>,
    span: Span,
) -> Typed {
    let mut side = |side: &EvalExpression| match &side.kind {
        EvalKind::Binary { operator, left, right } if Chain::of(*operator) == Some(chain) => {
            link(context, chain, (*operator, left, right), operands, side.span)
        }
        // What another operator gives is not rounded on the way.
        EvalKind::Binary { operator, .. } if *operator != EvalOperator::Concatenate => {
            let found = context.printing(false, |context| value(context, side));
            operands.push(found.clone());
            found
        }
        _ => {
            let found = value(context, side);
            operands.push(found.clone());
            found
        }
    };
    let (left, right) = (side(left), side(right));
    compute(operator, left, right, span)
}

/// `strptime(text, format)`, which is written with six decimals.
pub(crate) fn parsed_time(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let printing = context.printing;
    let read = |argument: &EvalExpression| value(context, argument).0;
    let arguments = arguments.iter().map(read).collect();
    let time = build::call("strptime", arguments, Type::Double, span);
    if !printing {
        return (time, Type::Double);
    }
    (build::call("written_time", vec![time], Type::Text, span), Type::Text)
}
