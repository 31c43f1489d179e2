//! Looking values up in a table of reference data.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, Int64Builder, ListArray, ListBuilder, StringArray, StringBuilder,
};
use arrow::datatypes::{DataType, Field};
use datafusion_common::{Result, ScalarValue, exec_datafusion_err};
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use ipnet::IpNet;
use quarry_plan::{KeyMatch, Lookup, LookupTable, TextMatcher, TextPattern, Type};
use quarry_types::arrow_type;

use crate::base::{Argument, Cell, Constants, list_scalar};
use crate::network::{contains, parse_network};
use crate::pattern::{Matcher, matcher};

/// Name of the function that gives, for the keys of a row, the numbers of the table's rows that match.
pub const LOOKUP_ROWS: &str = "lookup_rows";
/// Name of the function that gives a text of the first row that [`LOOKUP_ROWS`] found.
pub const LOOKUP_TEXT: &str = "lookup_text";
/// Name of the function that gives the texts of all rows that [`LOOKUP_ROWS`] found.
pub const LOOKUP_TEXTS: &str = "lookup_texts";

/// Constants that describe a key: how it is compared, whether in any case, the table's texts.
const OF_KEY: usize = 3;

/// The arguments of [`LOOKUP_ROWS`] after the values of the keys.
#[must_use]
pub fn lookup_rows_arguments(lookup: &Lookup) -> Vec<ScalarValue> {
    let mut arguments = vec![count_scalar(lookup.most)];
    for key in &lookup.keys {
        let how = match key.how {
            KeyMatch::Exact => "exact",
            KeyMatch::Wildcard => "wildcard",
            KeyMatch::Network => "network",
        };
        let texts = texts_scalar(&lookup.table, key.column);
        arguments.extend([ScalarValue::from(how), ScalarValue::from(key.ignore_case), texts]);
    }
    arguments
}

/// The arguments of [`LOOKUP_TEXT`] and [`LOOKUP_TEXTS`] after the rows that were found.
#[must_use]
pub fn lookup_value_arguments(lookup: &Lookup, column: usize) -> Vec<ScalarValue> {
    let default = ScalarValue::Utf8(lookup.default.clone());
    vec![texts_scalar(&lookup.table, column), count_scalar(lookup.least), default]
}

fn count_scalar(count: usize) -> ScalarValue {
    ScalarValue::Int64(Some(i64::try_from(count).unwrap_or(i64::MAX)))
}

fn texts_scalar(table: &LookupTable, column: usize) -> ScalarValue {
    list_scalar(table.rows.iter().map(|row| row.get(column).map_or("", String::as_str)))
}

/// The texts of a constant list, without a copy.
fn texts(constant: Option<&ColumnarValue>) -> Result<StringArray> {
    let found = match constant {
        Some(ColumnarValue::Scalar(ScalarValue::List(list))) => list.values().as_string_opt::<i32>().cloned(),
        _ => None,
    };
    found.ok_or_else(|| exec_datafusion_err!("a lookup needs the texts of its table"))
}

fn count(constant: Option<&ColumnarValue>) -> Result<usize> {
    match constant {
        Some(ColumnarValue::Scalar(ScalarValue::Int64(Some(count)))) => {
            Ok(usize::try_from(*count).unwrap_or_default())
        }
        _ => Err(exec_datafusion_err!("a lookup needs a number of rows")),
    }
}

/// The functions of this file.
pub(crate) fn lookup_udfs() -> [ScalarUDF; 3] {
    let signature = || Signature::variadic_any(Volatility::Immutable);
    let value = |single| {
        let name = if single { LOOKUP_TEXT } else { LOOKUP_TEXTS };
        ScalarUDF::new_from_impl(LookupValue { name, single, signature: signature() })
    };
    let rows = LookupRows { signature: signature(), finders: Constants::default() };
    [ScalarUDF::new_from_impl(rows), value(true), value(false)]
}

/// One condition, ready to be tested.
#[derive(Debug)]
struct Key {
    how: KeyMatch,
    ignore_case: bool,
    texts: StringArray,
}

impl Key {
    fn read(constants: &[&ScalarValue]) -> Option<Self> {
        let [ScalarValue::Utf8(Some(how)), ScalarValue::Boolean(Some(ignore_case)), ScalarValue::List(texts)] =
            constants
        else {
            return None;
        };
        let how = match how.as_str() {
            "exact" => KeyMatch::Exact,
            "wildcard" => KeyMatch::Wildcard,
            "network" => KeyMatch::Network,
            _ => return None,
        };
        let texts = texts.values().as_string_opt::<i32>()?.clone();
        Some(Self { how, ignore_case: *ignore_case, texts })
    }

    fn values(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(Option::unwrap_or_default)
    }
}

/// An index over the exact keys of a table and the patterns of the others.
#[derive(Debug)]
struct Finder {
    keys: Vec<Key>,
    most: usize,
    /// Rows by their exact keys.
    index: HashMap<Vec<String>, Vec<usize>>,
    /// For each key, the compiled pattern or network of each row; empty for exact keys.
    patterns: Vec<Vec<Option<Matcher>>>,
    networks: Vec<Vec<Option<IpNet>>>,
}

impl Finder {
    fn new(keys: Vec<Key>, most: usize) -> Result<Self, String> {
        let (mut patterns, mut networks) = (Vec::new(), Vec::new());
        for key in &keys {
            let compile = |text: &str| {
                let pattern = TextPattern::Wildcard(text.to_owned());
                matcher(&TextMatcher { pattern, ignore_case: key.ignore_case }).map(Some)
            };
            patterns.push(if key.how == KeyMatch::Wildcard {
                key.values().map(compile).collect::<Result<_, _>>()?
            } else {
                Vec::new()
            });
            networks.push(if key.how == KeyMatch::Network {
                key.values().map(parse_network).collect()
            } else {
                Vec::new()
            });
        }
        let mut index: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for row in 0..keys.iter().map(|key| key.texts.len()).min().unwrap_or(0) {
            let exact = keys.iter().filter(|key| key.how == KeyMatch::Exact);
            let texts = exact.map(|key| key.folded(key.texts.value(row)).into_owned());
            index.entry(texts.collect()).or_default().push(row);
        }
        Ok(Self { keys, most, index, patterns, networks })
    }

    /// The rows that match one combination of values.
    fn find(&self, values: &[Cow<'_, str>], found: &mut Vec<i64>) {
        let exact = self.keys.iter().zip(values).filter(|(key, _)| key.how == KeyMatch::Exact);
        let texts: Vec<String> = exact.map(|(key, value)| key.folded(value).into_owned()).collect();
        for row in self.index.get(&texts).into_iter().flatten() {
            if found.len() >= self.most {
                return;
            }
            let number = i64::try_from(*row).unwrap_or(i64::MAX);
            if !found.contains(&number) && self.agrees(*row, values) {
                found.push(number);
            }
        }
    }

    fn agrees(&self, row: usize, values: &[Cow<'_, str>]) -> bool {
        self.keys.iter().zip(values).enumerate().all(|(index, (key, value))| match key.how {
            KeyMatch::Exact => true,
            KeyMatch::Wildcard => self.patterns[index]
                .get(row)
                .and_then(Option::as_ref)
                .is_some_and(|pattern| pattern.is_match(value)),
            KeyMatch::Network => self.networks[index]
                .get(row)
                .copied()
                .flatten()
                .is_some_and(|network| contains(network, value)),
        })
    }
}

impl Key {
    fn folded<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.ignore_case { Cow::Owned(text.to_lowercase()) } else { Cow::Borrowed(text) }
    }
}

#[derive(Debug)]
struct LookupRows {
    signature: Signature,
    finders: Constants,
}

/// There is one function; the table comes as arguments.
impl PartialEq for LookupRows {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for LookupRows {}

impl Hash for LookupRows {
    fn hash<H: Hasher>(&self, state: &mut H) {
        LOOKUP_ROWS.hash(state);
    }
}

impl LookupRows {
    /// The index of the constants that stand behind the values of the keys.
    fn finder(&self, constants: &[ColumnarValue]) -> Result<Arc<Finder>> {
        let unusable = || exec_datafusion_err!("the arguments of a lookup are none");
        let most = count(constants.first())?;
        let constants: Vec<&ScalarValue> =
            constants.iter().map(constant).collect::<Option<_>>().ok_or_else(unusable)?;
        let make = || {
            let keys = constants.get(1..).unwrap_or_default().chunks(OF_KEY).map(Key::read);
            let keys: Option<Vec<Key>> = keys.collect();
            Finder::new(keys.ok_or("the keys of the lookup cannot be read")?, most)
        };
        let found = self.finders.get(&constants, make);
        found.map_err(|reason| exec_datafusion_err!("the table cannot be used: {reason}"))
    }
}

fn numbers_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Int64, true)))
}

impl ScalarUDFImpl for LookupRows {
    fn name(&self) -> &str {
        LOOKUP_ROWS
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(numbers_type())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        // Values of n keys, the most rows, and what describes each key.
        let keys = arguments.args.len().saturating_sub(1) / (OF_KEY + 1);
        let (values, constants) = arguments.args.split_at(keys);
        let finder = self.finder(constants)?;
        let cells = values.iter().map(Argument::new).collect::<Result<Vec<_>>>()?;
        let mut known: HashMap<Vec<String>, Vec<i64>> = HashMap::new();
        let mut builder = ListBuilder::new(Int64Builder::new());
        for row in 0..arguments.number_rows {
            let values: Vec<Vec<Cow<'_, str>>> =
                cells.iter().map(|cell| all_values(cell.cell(row))).collect();
            let mut found = Vec::new();
            for combination in combinations(&values) {
                let key: Vec<String> = combination.iter().map(|value| value.clone().into_owned()).collect();
                let rows = known.entry(key).or_insert_with(|| {
                    let mut rows = Vec::new();
                    finder.find(&combination, &mut rows);
                    rows
                });
                let new: Vec<i64> = rows.iter().copied().filter(|row| !found.contains(row)).collect();
                found.extend(new);
            }
            found.truncate(finder.most);
            builder.values().append_slice(&found);
            builder.append(true);
        }
        Ok(ColumnarValue::Array(Arc::new(builder.finish())))
    }
}

fn all_values(cell: Cell<'_>) -> Vec<Cow<'_, str>> {
    if cell.is_null() { Vec::new() } else { cell.values().collect() }
}

/// Every way to take one value of each key; of several lists the values go in step.
fn combinations<'v>(values: &[Vec<Cow<'v, str>>]) -> Vec<Vec<Cow<'v, str>>> {
    let longest = values.iter().map(Vec::len).max().unwrap_or(0);
    if values.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    let take = |index: usize| {
        let one = |list: &Vec<Cow<'v, str>>| list.get(index).or(list.last()).cloned();
        values.iter().filter_map(one).collect()
    };
    (0..longest).map(take).collect()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct LookupValue {
    name: &'static str,
    single: bool,
    signature: Signature,
}

/// What a lookup gives for the rows it found.
struct Outputs {
    texts: StringArray,
    least: usize,
    default: Option<String>,
}

impl Outputs {
    fn read(constants: &[ColumnarValue]) -> Result<Self> {
        let default = match constants.get(2) {
            Some(ColumnarValue::Scalar(ScalarValue::Utf8(default))) => default.clone(),
            _ => return Err(exec_datafusion_err!("a lookup needs a default or none")),
        };
        Ok(Self { texts: texts(constants.first())?, least: count(constants.get(1))?, default })
    }

    fn of(&self, rows: Option<&Int64Array>, single: bool) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        let mut count = 0;
        for row in rows.into_iter().flatten().flatten() {
            count += 1;
            let row = usize::try_from(row).ok().filter(|row| *row < self.texts.len());
            found.extend(row.map(|row| self.texts.value(row)).filter(|text| !text.is_empty()));
        }
        if let Some(default) = &self.default {
            for _ in count..self.least.min(if single { 1 } else { self.least }) {
                found.push(default);
            }
        }
        found
    }
}

impl ScalarUDFImpl for LookupValue {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(arrow_type(if self.single { Type::Text } else { Type::TextList }))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some((rows, constants)) = arguments.args.split_first() else {
            return Err(exec_datafusion_err!("a lookup needs the rows that were found"));
        };
        let outputs = Outputs::read(constants)?;
        let rows = rows.to_array(arguments.number_rows)?;
        let rows = rows
            .as_any()
            .downcast_ref::<ListArray>()
            .ok_or_else(|| exec_datafusion_err!("the rows of a lookup are no list"))?;
        let of_row = |index: usize| rows.is_valid(index).then(|| rows.value(index));
        let array: ArrayRef = if self.single {
            let mut builder = StringBuilder::new();
            for index in 0..rows.len() {
                let found = of_row(index);
                builder.append_option(outputs.of(found.as_ref().and_then(numbers), true).first());
            }
            Arc::new(builder.finish())
        } else {
            let mut builder = ListBuilder::new(StringBuilder::new());
            for index in 0..rows.len() {
                let found = of_row(index);
                let texts = outputs.of(found.as_ref().and_then(numbers), false);
                for text in &texts {
                    builder.values().append_value(text);
                }
                builder.append(!texts.is_empty());
            }
            Arc::new(builder.finish())
        };
        Ok(ColumnarValue::Array(array))
    }
}

fn numbers(array: &ArrayRef) -> Option<&Int64Array> {
    array.as_any().downcast_ref()
}

fn constant(value: &ColumnarValue) -> Option<&ScalarValue> {
    match value {
        ColumnarValue::Scalar(scalar) => Some(scalar),
        ColumnarValue::Array(_) => None,
    }
}
