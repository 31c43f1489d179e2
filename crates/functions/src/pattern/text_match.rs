//! A constant pattern as a DataFusion function of one argument.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue, exec_datafusion_err};
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use quarry_plan::{TextMatcher, TextPattern};

use super::matcher::{Matcher, matcher};

/// The function that tests its argument (texts or lists of texts) for a constant pattern. Its name
/// holds the pattern, so that two patterns on one column stay apart.
///
/// # Errors
/// What is wrong with a regular expression.
pub fn text_match_udf(of: &TextMatcher) -> Result<ScalarUDF, String> {
    let function = TextMatch {
        name: name(of),
        compiled: matcher(of)?,
        matcher: of.clone(),
        signature: Signature::any(1, Volatility::Immutable),
    };
    Ok(ScalarUDF::new_from_impl(function))
}

fn name(of: &TextMatcher) -> String {
    let (kind, text) = match &of.pattern {
        TextPattern::Equals(text) => ("equals", text),
        TextPattern::Contains(text) => ("contains", text),
        TextPattern::Wildcard(text) => ("wildcard", text),
        TextPattern::Like(text) => ("like", text),
        TextPattern::Regex(text) => ("regex", text),
    };
    let case = if of.ignore_case { ", any case" } else { "" };
    format!("text_match[{kind} {text:?}{case}]")
}

#[derive(Debug)]
struct TextMatch {
    name: String,
    matcher: TextMatcher,
    compiled: Matcher,
    signature: Signature,
}

impl PartialEq for TextMatch {
    fn eq(&self, other: &Self) -> bool {
        self.matcher == other.matcher
    }
}

impl Eq for TextMatch {}

impl Hash for TextMatch {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for TextMatch {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let test =
            |array| self.compiled.matches_batch(array).map_err(|error| exec_datafusion_err!("{error}"));
        match arguments.args.first() {
            Some(ColumnarValue::Array(array)) => Ok(ColumnarValue::Array(Arc::new(test(array)?))),
            Some(ColumnarValue::Scalar(scalar)) => {
                let answer = test(&scalar.to_array_of_size(1)?)?;
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&answer, 0)?))
            }
            None => Err(exec_datafusion_err!("a text match needs a value")),
        }
    }
}
