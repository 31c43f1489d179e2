//! Looking values up in a table of reference data.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, Int64Builder, ListArray, ListBuilder, StringBuilder};
use arrow::datatypes::{DataType, Field};
use datafusion_common::{Result, exec_datafusion_err};
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use ipnet::IpNet;
use quarry_plan::{KeyMatch, Lookup, LookupTable, TextMatcher, TextPattern, Type};
use quarry_types::arrow_type;

use crate::base::{Argument, Cell};
use crate::network::{contains, parse_network};
use crate::pattern::{Matcher, matcher};

/// The function that gives, for the keys of a row, the numbers of the table's rows that match.
///
/// # Errors
/// If a pattern of the table cannot be used.
pub fn lookup_rows_udf(lookup: &Lookup) -> Result<ScalarUDF, String> {
    let finder = Finder::new(lookup)?;
    let name = format!("lookup_rows[{} {:?}]", lookup.table.name, finder.signature());
    let signature = Signature::any(lookup.keys.len(), Volatility::Immutable);
    Ok(ScalarUDF::new_from_impl(LookupRows { name, finder: Arc::new(finder), signature }))
}

/// The function that gives a column of the rows that [`lookup_rows_udf`] found.
#[must_use]
pub fn lookup_value_udf(lookup: &Lookup, column: usize) -> ScalarUDF {
    let name = format!("lookup_value[{} {column} {} {:?}]", lookup.table.name, lookup.least, lookup.default);
    ScalarUDF::new_from_impl(LookupValue {
        name,
        table: Arc::clone(&lookup.table),
        column,
        single: lookup.most == 1,
        least: lookup.least,
        default: lookup.default.clone(),
        signature: Signature::any(1, Volatility::Immutable),
    })
}

/// One condition, ready to be tested.
#[derive(Debug)]
struct Key {
    column: usize,
    how: KeyMatch,
    ignore_case: bool,
}

/// The table with an index over its exact keys and the patterns of the others.
#[derive(Debug)]
struct Finder {
    table: Arc<LookupTable>,
    keys: Vec<Key>,
    most: usize,
    /// Rows by their exact keys.
    index: HashMap<Vec<String>, Vec<usize>>,
    /// For each key, the compiled pattern or network of each row; empty for exact keys.
    patterns: Vec<Vec<Option<Matcher>>>,
    networks: Vec<Vec<Option<IpNet>>>,
}

impl Finder {
    fn new(lookup: &Lookup) -> Result<Self, String> {
        let table = Arc::clone(&lookup.table);
        let keys: Vec<Key> = lookup
            .keys
            .iter()
            .map(|key| Key { column: key.column, how: key.how, ignore_case: key.ignore_case })
            .collect();
        let column = |key: &Key| {
            let column = key.column;
            table.rows.iter().map(move |row| row.get(column).map_or("", String::as_str))
        };
        let (mut patterns, mut networks) = (Vec::new(), Vec::new());
        for key in &keys {
            let compile = |text: &str| {
                let pattern = TextPattern::Wildcard(text.to_owned());
                matcher(&TextMatcher { pattern, ignore_case: key.ignore_case }).map(Some)
            };
            patterns.push(if key.how == KeyMatch::Wildcard {
                column(key).map(compile).collect::<Result<_, _>>()?
            } else {
                Vec::new()
            });
            networks.push(if key.how == KeyMatch::Network {
                column(key).map(parse_network).collect()
            } else {
                Vec::new()
            });
        }
        let mut index: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for (number, row) in table.rows.iter().enumerate() {
            let exact = keys.iter().filter(|key| key.how == KeyMatch::Exact);
            let texts =
                exact.map(|key| key.folded(row.get(key.column).map_or("", String::as_str)).into_owned());
            index.entry(texts.collect()).or_default().push(number);
        }
        Ok(Self { table, keys, most: lookup.most, index, patterns, networks })
    }

    fn signature(&self) -> Vec<(usize, KeyMatch, bool, usize)> {
        self.keys.iter().map(|key| (key.column, key.how, key.ignore_case, self.most)).collect()
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
    name: String,
    finder: Arc<Finder>,
    signature: Signature,
}

impl PartialEq for LookupRows {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.finder.table == other.finder.table
    }
}

impl Eq for LookupRows {}

impl Hash for LookupRows {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

fn numbers_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Int64, true)))
}

impl ScalarUDFImpl for LookupRows {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(numbers_type())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let cells = arguments.args.iter().map(Argument::new).collect::<Result<Vec<_>>>()?;
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
                    self.finder.find(&combination, &mut rows);
                    rows
                });
                let new: Vec<i64> = rows.iter().copied().filter(|row| !found.contains(row)).collect();
                found.extend(new);
            }
            found.truncate(self.finder.most);
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

#[derive(Debug)]
struct LookupValue {
    name: String,
    table: Arc<LookupTable>,
    column: usize,
    single: bool,
    least: usize,
    default: Option<String>,
    signature: Signature,
}

impl PartialEq for LookupValue {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.single == other.single && self.table == other.table
    }
}

impl Eq for LookupValue {}

impl Hash for LookupValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl LookupValue {
    fn values<'t>(&'t self, rows: Option<&Int64Array>) -> Vec<&'t str> {
        let rows = rows.into_iter().flatten().flatten();
        let mut texts: Vec<&str> = Vec::new();
        let mut count = 0;
        for row in rows {
            count += 1;
            let row = usize::try_from(row).ok().and_then(|row| self.table.rows.get(row));
            texts.extend(
                row.and_then(|row| row.get(self.column)).map(String::as_str).filter(|text| !text.is_empty()),
            );
        }
        if let Some(default) = &self.default {
            for _ in count..self.least.min(if self.single { 1 } else { self.least }) {
                texts.push(default);
            }
        }
        texts
    }
}

impl ScalarUDFImpl for LookupValue {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(arrow_type(if self.single { Type::Text } else { Type::TextList }))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some(rows) = arguments.args.first() else {
            return Err(exec_datafusion_err!("a lookup needs the rows that were found"));
        };
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
                builder.append_option(self.values(found.as_ref().and_then(numbers)).first());
            }
            Arc::new(builder.finish())
        } else {
            let mut builder = ListBuilder::new(StringBuilder::new());
            for index in 0..rows.len() {
                let found = of_row(index);
                let texts = self.values(found.as_ref().and_then(numbers));
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
