//! Eval expressions over constants, as macros have them: definitions that are computed (`iseval`) and
//! the validation of arguments (Splunk Admin Manual, macros.conf). There are no events yet, so only
//! the arguments have names.

use quarry_plan::cached_pattern;

use super::Macros;
use crate::tree::{Arguments, EvalExpression, EvalKind, EvalOperator};

/// A value of a macro's expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Truth(bool),
    Number(f64),
    Text(String),
}

impl Value {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The value as text; none for null.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Truth(truth) => Some(truth.to_string()),
            Self::Number(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
        }
    }

    fn truth(&self) -> bool {
        *self == Self::Truth(true)
    }

    fn of_text(text: Option<String>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

type Computed = Result<Value, String>;

/// The value of an expression in which the arguments are fields.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub(super) fn evaluate(expression: &str, arguments: &[(&str, &str)]) -> Computed {
    let parsed = crate::parse(&format!("| eval x={expression}"), &Macros::default());
    if let Some(found) = parsed.diagnostics.iter().find(|found| found.is_error()) {
        return Err(found.message.clone());
    }
    match parsed.pipeline.commands.as_slice() {
        [command] => match &command.arguments {
            Arguments::Eval(assignments) if assignments.len() == 1 => value(&assignments[0].value, arguments),
            _ => Err("it is not one expression".to_owned()),
        },
        _ => Err("it is not one expression".to_owned()),
    }
}

fn value(expression: &EvalExpression, arguments: &[(&str, &str)]) -> Computed {
    let of = |inner: &EvalExpression| value(inner, arguments);
    Ok(match &expression.kind {
        EvalKind::Text(text) => Value::Text(text.clone()),
        EvalKind::Number(text) => text.parse().map_or_else(|_| Value::Text(text.clone()), Value::Number),
        EvalKind::Column(_) => Value::Null,
        EvalKind::Field { name, .. } => {
            let known = arguments.iter().find(|(argument, _)| argument == name);
            known.map_or(Value::Null, |(_, text)| Value::Text((*text).to_owned()))
        }
        EvalKind::Not(inner) => match of(inner)? {
            Value::Truth(truth) => Value::Truth(!truth),
            _ => Value::Null,
        },
        EvalKind::Negative(inner) => of(inner)?.number().map_or(Value::Null, |number| Value::Number(-number)),
        EvalKind::Binary { operator, left, right } => binary(*operator, &of(left)?, &of(right)?),
        EvalKind::In { value, items } => {
            let wanted = of(value)?;
            let items = items.iter().map(of).collect::<Result<Vec<_>, _>>()?;
            Value::Truth(items.iter().any(|item| compare(EvalOperator::Equal, &wanted, item).truth()))
        }
        EvalKind::Call { name, arguments: given, .. } => {
            let Some((_, function)) = FUNCTIONS.iter().find(|(known, _)| known == name) else {
                return Err(format!("the function `{name}` is not supported in a macro's expression"));
            };
            let given = given.iter().map(of).collect::<Result<Vec<_>, _>>()?;
            function(&given).ok_or_else(|| format!("`{name}` does not take these arguments"))?
        }
        EvalKind::Subsearch(_) => return Err("a macro's expression cannot hold a subsearch".to_owned()),
        EvalKind::Error => return Err("it was not understood".to_owned()),
    })
}

fn binary(operator: EvalOperator, left: &Value, right: &Value) -> Value {
    use EvalOperator as Sign;
    let numbers = left.number().zip(right.number());
    let calculated = |of: fn(f64, f64) -> f64| {
        let found = numbers.map(|(left, right)| of(left, right)).filter(|number| number.is_finite());
        found.map_or(Value::Null, Value::Number)
    };
    let joined = || Value::of_text(left.text().zip(right.text()).map(|(left, right)| left + &right));
    match operator {
        Sign::Concatenate => joined(),
        Sign::Add if numbers.is_none() => joined(),
        Sign::Add => calculated(|left, right| left + right),
        Sign::Subtract => calculated(|left, right| left - right),
        Sign::Multiply => calculated(|left, right| left * right),
        Sign::Divide => calculated(|left, right| left / right),
        Sign::Modulo => calculated(|left, right| left % right),
        Sign::And => Value::Truth(left.truth() && right.truth()),
        Sign::Or => Value::Truth(left.truth() || right.truth()),
        Sign::Xor => Value::Truth(left.truth() != right.truth()),
        Sign::Like => like(&[left.clone(), right.clone()]).unwrap_or(Value::Null),
        _ => compare(operator, left, right),
    }
}

/// By number where both are numbers, else by text; null where one side is.
fn compare(operator: EvalOperator, left: &Value, right: &Value) -> Value {
    let order = match (left.number().zip(right.number()), left.text().zip(right.text())) {
        (Some((left, right)), _) => left.partial_cmp(&right),
        (None, Some((left, right))) => Some(left.cmp(&right)),
        _ => None,
    };
    let Some(order) = order else { return Value::Null };
    Value::Truth(match operator {
        EvalOperator::NotEqual => order.is_ne(),
        EvalOperator::Less => order.is_lt(),
        EvalOperator::LessOrEqual => order.is_le(),
        EvalOperator::Greater => order.is_gt(),
        EvalOperator::GreaterOrEqual => order.is_ge(),
        _ => order.is_eq(),
    })
}

/// A function of values; none where it does not take so many.
type Function = fn(&[Value]) -> Option<Value>;

/// The functions that a macro's expression can call.
const FUNCTIONS: &[(&str, Function)] = &[
    ("case", |items| items.len().is_multiple_of(2).then(|| first(items, true))),
    ("coalesce", |items| {
        Some(items.iter().find(|item| **item != Value::Null).cloned().unwrap_or(Value::Null))
    }),
    ("false", |_| Some(Value::Truth(false))),
    ("if", |items| match items {
        [when, then, otherwise] => Some(if when.truth() { then.clone() } else { otherwise.clone() }),
        _ => None,
    }),
    ("isint", |items| {
        one(items, |item| Value::Truth(item.number().is_some_and(|number| number.fract() == 0.0)))
    }),
    ("isnotnull", |items| one(items, |item| Value::Truth(*item != Value::Null))),
    ("isnull", |items| one(items, |item| Value::Truth(*item == Value::Null))),
    ("isnum", |items| one(items, |item| Value::Truth(item.number().is_some()))),
    ("isstr", |items| {
        one(items, |item| Value::Truth(item.number().is_none() && matches!(item, Value::Text(_))))
    }),
    ("len", |items| {
        #[allow(clippy::cast_precision_loss)] // lengths of arguments
        let length = |text: String| Value::Number(text.chars().count() as f64);
        one(items, |item| item.text().map_or(Value::Null, length))
    }),
    ("like", like),
    ("lower", |items| one(items, |item| Value::of_text(item.text().map(|text| text.to_lowercase())))),
    ("match", |items| match items {
        [text, pattern] => Some(match (text.text(), pattern.text()) {
            (Some(text), Some(pattern)) => Value::Truth(cached_pattern(&pattern, false)?.is_match(&text)),
            _ => Value::Null,
        }),
        _ => None,
    }),
    ("null", |_| Some(Value::Null)),
    ("tonumber", |items| one(items, |item| item.number().map_or(Value::Null, Value::Number))),
    ("tostring", |items| one(items, |item| Value::of_text(item.text()))),
    ("trim", |items| one(items, |item| Value::of_text(item.text().map(|text| text.trim().to_owned())))),
    ("true", |_| Some(Value::Truth(true))),
    ("upper", |items| one(items, |item| Value::of_text(item.text().map(|text| text.to_uppercase())))),
    ("validate", |items| items.len().is_multiple_of(2).then(|| first(items, false))),
];

fn one(items: &[Value], of: impl Fn(&Value) -> Value) -> Option<Value> {
    match items {
        [item] => Some(of(item)),
        _ => None,
    }
}

/// The value beside the first condition that is as wanted.
fn first(pairs: &[Value], wanted: bool) -> Value {
    let mut pairs = pairs.chunks_exact(2);
    pairs.find(|pair| pair[0].truth() == wanted).map_or(Value::Null, |pair| pair[1].clone())
}

fn like(items: &[Value]) -> Option<Value> {
    let [text, pattern] = items else { return None };
    let (Some(text), Some(pattern)) = (text.text(), pattern.text()) else { return Some(Value::Null) };
    let body = regex::escape(&pattern).replace('%', ".*").replace('_', ".");
    Some(Value::Truth(cached_pattern(&format!("^(?s:{body})$"), false)?.is_match(&text)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{FUNCTIONS, Value, evaluate};
    use crate::registry;

    #[test]
    fn arguments_are_fields() {
        let text = |expression: &str| evaluate(expression, &[("a", "7"), ("b", "x")]).unwrap();
        assert_eq!(text("if(a > 5, \"big \" . b, \"small\")"), Value::Text("big x".to_owned()));
        assert_eq!(text("a * 2 + 1"), Value::Number(15.0));
        assert_eq!(
            text("validate(isnum(a), \"a\", isnum(b), \"b is no number\")"),
            Value::Text("b is no number".to_owned())
        );
        assert_eq!(text("missing = 1"), Value::Null);
        assert_eq!(text("match(b, \"^[xy]$\") AND b IN (\"x\", \"z\") AND NOT isint(b)"), Value::Truth(true));
        assert!(evaluate("strftime(a, \"%Y\")", &[]).unwrap_err().contains("`strftime`"));
        assert!(evaluate("1 +", &[]).is_err());
    }

    #[test]
    fn functions_are_those_of_eval() {
        assert!(FUNCTIONS.iter().all(|(name, _)| registry::function(name).is_some()));
    }
}
