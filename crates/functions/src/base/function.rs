//! The table row of a scalar function, and the adapter that makes a DataFusion function of it.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion_common::{Result, ScalarValue, exec_err, internal_err, plan_err, resources_err};
use datafusion_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature,
    Volatility,
};
use quarry_plan::{Law, Returns, Type};
use quarry_types::{arrow_type, waist_type};

use super::argument::Argument;
use super::bounds::Bounds;
use super::call::Call;
use super::constants::Constants;
use super::places::Places;
use super::room::Room;

/// A constant in an example.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Literal {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A double.
    Num(f64),
    /// A text.
    Text(&'static str),
    /// A list of texts.
    List(&'static [&'static str]),
    /// An instant in microseconds since 1970-01-01 UTC.
    Time(i64),
    /// What a text becomes as another type.
    Written(Type, &'static str),
}

/// Arguments and the result they give; runs as a test.
pub type Example = (&'static [Literal], Literal);

/// A scalar function: what it is called, what it means and how it is computed.
pub struct Function {
    /// Name in plans.
    pub name: &'static str,
    /// How it is written in its language.
    pub signature: &'static str,
    /// What it computes, in a sentence.
    pub meaning: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// Calls and their results.
    pub examples: &'static [Example],
    /// Least and greatest number of arguments; `usize::MAX` is any number.
    pub(crate) arity: (usize, usize),
    /// Type of the result.
    pub(crate) result: Returns,
    pub(crate) evaluate: fn(&Call<'_>) -> ArrayRef,
    /// Whether the result depends on the query's "now", which the engine gives as a last argument.
    pub(crate) uses_now: bool,
    /// What others may rely on.
    pub(crate) law: Option<Law>,
}

impl Function {
    /// The row with a law.
    pub(crate) const fn with_law(self, law: Law) -> Self {
        Self { law: Some(law), ..self }
    }

    /// A row of a function of one text, or of each text of a list.
    pub(crate) const fn of_each_text(
        source: &'static str,
        name: &'static str,
        signature: &'static str,
        meaning: &'static str,
        evaluate: fn(&Call<'_>) -> ArrayRef,
        examples: &'static [Example],
    ) -> Self {
        let (arity, result) = ((1, 1), Returns::EachValue);
        Self {
            name,
            signature,
            meaning,
            source,
            examples,
            arity,
            result,
            evaluate,
            uses_now: false,
            law: None,
        }
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Function").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The functions that give another value in each row although their arguments are the same.
const BY_CHANCE: &[&str] = &["spl_random"];
/// The functions that ask where an address is. The engine gives which database it means as a last argument.
const BY_PLACE: &[&str] = &["spl_iplocation"];

impl Function {
    pub(crate) fn is_by_chance(&self) -> bool {
        BY_CHANCE.contains(&self.name)
    }

    pub(crate) fn uses_places(&self) -> bool {
        BY_PLACE.contains(&self.name)
    }

    /// What the engine adds to the arguments of a call: the present moment in microseconds since 1970-01-01 UTC, the
    /// database of places at hand.
    #[must_use]
    pub fn added_arguments(&self, now: i64, places: Option<&Places>) -> Vec<ScalarValue> {
        let now = || ScalarValue::TimestampMicrosecond(Some(now), Some(Arc::from("UTC")));
        let places = || ScalarValue::Utf8(places.map(|places| places.identity().to_owned()));
        let added = [self.uses_now.then(now), self.uses_places().then(places)];
        added.into_iter().flatten().collect()
    }

    fn added(&self) -> usize {
        usize::from(self.uses_now) + usize::from(self.uses_places())
    }

    /// The type of the result for arguments of these types, where `constants` holds the text of
    /// those that are known in advance.
    ///
    /// # Errors
    /// A message that names the function and the number of arguments it takes.
    pub fn result_type(&self, types: &[Type], constants: &[Option<String>]) -> Result<Type, String> {
        let (least, most) = self.arity;
        if types.len() < least || types.len() > most {
            return Err(format!(
                "`{}` does not take {} arguments: `{}`",
                self.name,
                types.len(),
                self.signature
            ));
        }
        Ok(self.result.of(types, constants))
    }
}

/// What begins the text of the error where the values of a function need more memory than there is.
pub const TOO_LARGE: &str = "the values of `";

/// The DataFusion function of a table row; `places` is the database at hand.
pub(crate) fn scalar_udf(
    function: &'static Function,
    places: Option<&Places>,
    bounds: &Arc<Bounds>,
) -> ScalarUDF {
    let volatility = if function.is_by_chance() { Volatility::Volatile } else { Volatility::Immutable };
    let signature = Signature::one_of(vec![TypeSignature::Nullary, TypeSignature::VariadicAny], volatility);
    let places = places.filter(|_| function.uses_places()).cloned();
    ScalarUDF::new_from_impl(TableFunction {
        function,
        signature,
        places,
        bounds: Arc::clone(bounds),
        constants: Constants::default(),
    })
}

#[derive(Debug)]
struct TableFunction {
    function: &'static Function,
    signature: Signature,
    places: Option<Places>,
    bounds: Arc<Bounds>,
    constants: Constants,
}

impl PartialEq for TableFunction {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name && self.places == other.places
    }
}

impl Eq for TableFunction {}

impl Hash for TableFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

impl TableFunction {
    fn result(&self, types: &[Type], constants: &[Option<String>]) -> Result<Type> {
        let own = types.len().saturating_sub(self.function.added());
        let found = self.function.result_type(&types[..own], constants.get(..own).unwrap_or_default());
        found.or_else(|message| plan_err!("{message}"))
    }

    fn too_large<T>(&self) -> Result<T> {
        resources_err!("{TOO_LARGE}{}`", self.function.signature)
    }

    /// The present moment, taken off the arguments; 0 where it is not asked for.
    fn now(&self, arguments: &mut Vec<ColumnarValue>) -> Result<i64> {
        if !self.function.uses_now {
            return Ok(0);
        }
        match arguments.pop() {
            Some(ColumnarValue::Scalar(ScalarValue::TimestampMicrosecond(Some(now), _))) => Ok(now),
            _ => exec_err!("`{}` is not told the present moment", self.function.name),
        }
    }

    /// The database the query means, taken off the arguments. It must be the one at hand.
    fn places(&self, arguments: &mut Vec<ColumnarValue>) -> Result<Option<&Places>> {
        if !self.function.uses_places() {
            return Ok(None);
        }
        let wanted = match arguments.pop() {
            Some(ColumnarValue::Scalar(ScalarValue::Utf8(wanted))) => wanted,
            Some(ColumnarValue::Scalar(ScalarValue::Null)) => None,
            _ => return exec_err!("`{}` is not told which database of places is meant", self.function.name),
        };
        let at_hand = self.places.as_ref();
        if wanted.as_deref() == at_hand.map(Places::identity) {
            return Ok(at_hand);
        }
        exec_err!("the database of places `{}` is not at hand", wanted.unwrap_or_default())
    }
}

impl ScalarUDFImpl for TableFunction {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let types: Vec<Type> = types.iter().map(waist_type).collect();
        Ok(arrow_type(self.result(&types, &vec![None; types.len()])?))
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let types: Vec<Type> =
            arguments.arg_fields.iter().map(|field| waist_type(field.data_type())).collect();
        let constants: Vec<Option<String>> =
            arguments.scalar_arguments.iter().map(|scalar| scalar.and_then(constant_text)).collect();
        let result = self.result(&types, &constants)?;
        Ok(Arc::new(Field::new(self.function.name, arrow_type(result), true)))
    }

    fn invoke_with_args(&self, mut arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let places = self.places(&mut arguments.args)?;
        let now = self.now(&mut arguments.args)?;
        let cells = arguments.args.iter().map(Argument::new).collect::<Result<Vec<_>>>()?;
        let constant = cells.iter().all(Argument::is_constant) && !self.function.is_by_chance();
        let rows = if constant { 1 } else { arguments.number_rows };
        let result = waist_type(arguments.return_field.data_type());
        let given = &arguments.args;
        if arguments.args.iter().map(size).sum::<usize>() / MANY_TIMES > self.bounds.most {
            return self.too_large();
        }
        let room = Room::new(self.bounds.most);
        let call =
            Call { arguments: cells, given, rows, result, now, places, constants: &self.constants, room };
        let array = self.bounds.watch(self.function.signature, || (self.function.evaluate)(&call))?;
        if call.room.is_over() || array.get_array_memory_size() / MANY_TIMES > self.bounds.most {
            return self.too_large();
        }
        if array.len() != rows || waist_type(array.data_type()) != result {
            return internal_err!(
                "`{}` gave {} rows of {} for {rows} rows of {result:?}",
                self.function.name,
                array.len(),
                array.data_type()
            );
        }
        if constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?));
        }
        Ok(ColumnarValue::Array(array))
    }
}

/// Builders have up to twice as much as they hold.
const MANY_TIMES: usize = 2;

fn size(value: &ColumnarValue) -> usize {
    match value {
        ColumnarValue::Array(array) => array.to_data().get_slice_memory_size().unwrap_or_default(),
        ColumnarValue::Scalar(scalar) => scalar.size(),
    }
}

fn constant_text(scalar: &ScalarValue) -> Option<String> {
    let argument = Argument::from_array(&scalar.to_array_of_size(1).ok()?).ok()?;
    argument.cell(0).text().map(std::borrow::Cow::into_owned)
}
