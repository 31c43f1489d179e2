//! A constant pattern as a DataFusion function: `text_match(value, kind, pattern, ignore_case)`.

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue, exec_datafusion_err};
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use quarry_plan::{TextMatcher, TextPattern};

use super::matcher::{Matcher, matcher};
use crate::base::{Bounds, Constants};

/// Name of the function that tests its first argument (texts or lists of texts) for a constant pattern.
pub const TEXT_MATCH: &str = "text_match";

/// The function [`TEXT_MATCH`].
pub(crate) fn text_match_udf(bounds: &Arc<Bounds>) -> ScalarUDF {
    let signature = Signature::any(4, Volatility::Immutable);
    let bounds = Arc::clone(bounds);
    ScalarUDF::new_from_impl(TextMatch { signature, matchers: Constants::default(), bounds })
}

/// The arguments of [`TEXT_MATCH`] after the value.
#[must_use]
pub fn text_match_arguments(of: &TextMatcher) -> [ScalarValue; 3] {
    [
        ScalarValue::from(of.pattern.kind()),
        ScalarValue::from(of.pattern.text()),
        ScalarValue::from(of.ignore_case),
    ]
}

/// What [`text_match_arguments`] were made of.
fn read(kind: &ScalarValue, text: &ScalarValue, ignore_case: &ScalarValue) -> Option<TextMatcher> {
    let (ScalarValue::Utf8(Some(kind)), ScalarValue::Utf8(Some(text))) = (kind, text) else {
        return None;
    };
    let ScalarValue::Boolean(Some(ignore_case)) = ignore_case else {
        return None;
    };
    let pattern = TextPattern::of_kind(kind, text.clone())?;
    Some(TextMatcher { pattern, ignore_case: *ignore_case })
}

#[derive(Debug)]
struct TextMatch {
    signature: Signature,
    matchers: Constants,
    bounds: Arc<Bounds>,
}

/// There is one function; what it looks for are arguments.
impl PartialEq for TextMatch {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for TextMatch {}

impl std::hash::Hash for TextMatch {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        TEXT_MATCH.hash(state);
    }
}

impl TextMatch {
    fn matcher(&self, arguments: &[ColumnarValue]) -> Result<Arc<Matcher>> {
        let [ColumnarValue::Scalar(kind), ColumnarValue::Scalar(text), ColumnarValue::Scalar(ignore_case)] =
            arguments
        else {
            return Err(exec_datafusion_err!("a text match needs constants"));
        };
        let make = || {
            let of = read(kind, text, ignore_case).ok_or("the kind of text match is unknown")?;
            matcher(&of)
        };
        let made = self.matchers.get(&[kind, text, ignore_case], make);
        made.map_err(|reason| exec_datafusion_err!("the pattern cannot be used: {reason}"))
    }
}

impl ScalarUDFImpl for TextMatch {
    fn name(&self) -> &str {
        TEXT_MATCH
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some((value, constants)) = arguments.args.split_first() else {
            return Err(exec_datafusion_err!("a text match needs a value"));
        };
        let matcher = self.matcher(constants)?;
        let test = |array| {
            let found = self.bounds.watch("match(<text>, <pattern>)", || matcher.matches_batch(array))?;
            found.map_err(|error| exec_datafusion_err!("{error}"))
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
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_as_they_were_written() {
        for pattern in [
            TextPattern::Equals,
            TextPattern::Contains,
            TextPattern::StartsWith,
            TextPattern::EndsWith,
            TextPattern::Term,
            TextPattern::Word,
            TextPattern::WordStart,
            TextPattern::WordEnd,
            TextPattern::Network,
            TextPattern::Wildcard,
            TextPattern::Like,
            TextPattern::Regex,
        ] {
            let of = TextMatcher { pattern: pattern("a*b".to_owned()), ignore_case: true };
            let [kind, text, ignore_case] = text_match_arguments(&of);
            assert_eq!(read(&kind, &text, &ignore_case), Some(of));
        }
    }
}
