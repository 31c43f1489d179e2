//! Membership in a constant set as a DataFusion function: `member(value, exact, folded, patterns, loose)`.
//!
//! The sets are lists of texts among the arguments, so that a plan with it can be written down; what is made
//! of them is made once a plan.

mod fold;
mod networks;
mod patterns;
mod set;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, ListArray, StringArray};
use arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue, exec_datafusion_err};
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use quarry_plan::{ComparisonRule, Members, TextMatcher, TextPattern, Value, number_text};

use crate::base::{Argument, Constants, list_scalar};
use set::Set;

/// Name of the function that tests whether its first argument is a member of the sets that follow.
pub const MEMBER: &str = "member";

/// The function [`MEMBER`].
pub(crate) fn member_udf() -> ScalarUDF {
    let signature = Signature::any(5, Volatility::Immutable);
    ScalarUDF::new_from_impl(Member { signature, sets: Constants::default() })
}

/// The arguments of [`MEMBER`] after the value: texts by bytes, texts in any case, other patterns, and values
/// that compare as numbers where both look like numbers.
#[must_use]
pub fn member_arguments(of: &Members) -> [ScalarValue; 4] {
    let none = || list_scalar(std::iter::empty());
    let list = |texts: &[String]| list_scalar(texts.iter().map(String::as_str));
    match of {
        Members::Texts { exact, folded, patterns } => {
            let patterns: Vec<String> = patterns.iter().map(written).collect();
            [list(exact), list(folded), list(&patterns), none()]
        }
        Members::Values { rule, values } => {
            let texts: Vec<String> = values.iter().filter_map(text).collect();
            // Whole numbers and texts are exact by their texts; 5 and 5.0 are one double.
            let by_text = *rule == ComparisonRule::Exact && !matches!(values.first(), Some(Value::Double(_)));
            if by_text {
                [list(&texts), none(), none(), none()]
            } else {
                [none(), none(), none(), list(&texts)]
            }
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Double(number) => Some(number_text(*number)),
        _ => None,
    }
}

/// A pattern as one text: its kind, `~` where case is ignored, a colon and what it looks for.
fn written(of: &TextMatcher) -> String {
    let case = if of.ignore_case { "~" } else { "" };
    format!("{}{case}:{}", of.pattern.kind(), of.pattern.text())
}

fn read(text: &str) -> Option<TextMatcher> {
    let (kind, text) = text.split_once(':')?;
    let (kind, ignore_case) = kind.strip_suffix('~').map_or((kind, false), |kind| (kind, true));
    Some(TextMatcher { pattern: TextPattern::of_kind(kind, text.to_owned())?, ignore_case })
}

#[derive(Debug)]
struct Member {
    signature: Signature,
    sets: Constants,
}

/// There is one function; what it looks for are arguments.
impl PartialEq for Member {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Member {}

impl std::hash::Hash for Member {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        MEMBER.hash(state);
    }
}

impl Member {
    fn set(&self, arguments: &[ColumnarValue]) -> Result<Arc<Set>> {
        let mut constants = Vec::new();
        for argument in arguments {
            match argument {
                ColumnarValue::Scalar(scalar) => constants.push(scalar),
                ColumnarValue::Array(_) => return Err(exec_datafusion_err!("a set has constant members")),
            }
        }
        let made = self.sets.get(&constants, || make(&constants));
        made.map_err(|reason| exec_datafusion_err!("the set cannot be used: {reason}"))
    }
}

fn make(constants: &[&ScalarValue]) -> Result<Set, String> {
    let [exact, folded, patterns, loose] = constants else { return Err("it has four parts".to_owned()) };
    let (exact, folded, patterns, loose) = (texts(exact)?, texts(folded)?, texts(patterns)?, texts(loose)?);
    let patterns: Option<Vec<TextMatcher>> = patterns.iter().flatten().map(read).collect();
    let patterns = patterns.ok_or("it has an unknown kind of pattern")?;
    Set::new(exact.iter().flatten(), folded.iter().flatten(), patterns, loose.iter().flatten())
}

/// The texts of a constant list, where they lie.
fn texts(list: &ScalarValue) -> Result<StringArray, String> {
    let first = |list: &ListArray| (list.len() == 1).then(|| list.value(0));
    let values: Option<ArrayRef> = match list {
        ScalarValue::List(list) => first(list),
        _ => None,
    };
    let texts = values.as_ref().and_then(|values| values.as_any().downcast_ref::<StringArray>());
    texts.cloned().ok_or_else(|| "its parts are lists of texts".to_owned())
}

impl ScalarUDFImpl for Member {
    fn name(&self) -> &str {
        MEMBER
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    /// Columns that no user sees; the members would make their names as long as the set.
    fn schema_name(&self, arguments: &[datafusion_expr::Expr]) -> Result<String> {
        let (value, sets) = arguments.split_at(arguments.len().min(1));
        let mut state = std::hash::DefaultHasher::new();
        std::hash::Hash::hash(sets, &mut state);
        let value: Vec<String> = value.iter().map(|value| value.schema_name().to_string()).collect();
        Ok(format!("{MEMBER}({}, {:x})", value.join(""), std::hash::Hasher::finish(&state)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some((value, sets)) = arguments.args.split_first() else {
            return Err(exec_datafusion_err!("a membership needs a value"));
        };
        let set = self.set(sets)?;
        let test = |array: &ArrayRef| -> Result<BooleanArray> {
            let argument = Argument::from_array(array)?;
            Ok((0..array.len()).map(|row| set.holds(argument.cell(row))).collect())
        };
        match value {
            ColumnarValue::Array(array) => Ok(ColumnarValue::Array(Arc::new(test(array)?))),
            ColumnarValue::Scalar(scalar) => {
                let answer = test(&scalar.to_array_of_size(1)?)?;
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&answer, 0)?))
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests;
