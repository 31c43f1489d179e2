//! Which fields the events have.

use std::{collections::BTreeMap, ops::ControlFlow, sync::Arc};

use arrow::array::{Array, StringArray};
use quarry_plan::Type;
use quarry_views::{Derivation, LogFormats};
use serde_json::Value;

use crate::{Limits, ObjectInput, ReadError, ScanColumn, ScanPlan, ScanReport, read_object};

/// Distinct values kept a field.
const VALUES: usize = 3;
/// Longer values are cut, in bytes.
const LONGEST: usize = 200;

/// What is known of one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldStatistics {
    /// Events that have it.
    pub events: u64,
    /// Up to three distinct values.
    pub values: Vec<String>,
}

/// Statistics by flattened field name (`a.b`, `list{}.name`), by identifier of the log type.
pub type FieldCounts = BTreeMap<String, BTreeMap<String, FieldStatistics>>;

/// Adds the fields of an object's events to `counts`. Objects and arrays are no fields themselves.
///
/// # Errors
/// If the object cannot be read at all.
pub fn discover_fields(
    formats: &Arc<LogFormats>,
    object_name: &str,
    input: ObjectInput,
    report: &ScanReport,
    counts: &mut FieldCounts,
) -> Result<(), ReadError> {
    let column = |name: &str, derivation: &Derivation| ScanColumn {
        name: name.to_owned(),
        data_type: Type::Text,
        derivations: formats.log_types.iter().map(|log| (log.id.clone(), derivation.clone())).collect(),
    };
    let columns = vec![column("log_type", &Derivation::LogType), column("raw", &Derivation::Raw)];
    let plan =
        Arc::new(ScanPlan::new(Arc::clone(formats), columns, &[], &[], (None, None), Limits::default()));
    read_object(&plan, object_name, input, report, &mut |batch| {
        let text = |index: usize| batch.column(index).as_any().downcast_ref::<StringArray>();
        let (Some(log_types), Some(records)) = (text(0), text(1)) else { return ControlFlow::Break(()) };
        for (log_type, record) in log_types.iter().flatten().zip(records.iter().flatten()) {
            if let Ok(value) = serde_json::from_str::<Value>(record) {
                add(counts.entry(log_type.to_owned()).or_default(), &value);
            }
        }
        ControlFlow::Continue(())
    })
}

fn add(fields: &mut BTreeMap<String, FieldStatistics>, record: &Value) {
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    flatten(record, &mut String::new(), &mut seen);
    for (name, values) in seen {
        let statistics = fields.entry(name).or_default();
        statistics.events += 1;
        for value in values {
            if statistics.values.len() < VALUES && !statistics.values.contains(&value) {
                statistics.values.push(value);
            }
        }
    }
}

fn flatten(value: &Value, name: &mut String, seen: &mut BTreeMap<String, Vec<String>>) {
    let length = name.len();
    match value {
        Value::Object(members) => {
            for (member, inner) in members {
                if length > 0 {
                    name.push('.');
                }
                name.push_str(member);
                flatten(inner, name, seen);
                name.truncate(length);
            }
        }
        Value::Array(elements) => {
            name.push_str("{}");
            for element in elements {
                flatten(element, name, seen);
            }
            name.truncate(length);
        }
        Value::String(text) => keep(seen, name, cut(text)),
        other => keep(seen, name, &other.to_string()),
    }
}

fn keep(seen: &mut BTreeMap<String, Vec<String>>, name: &str, value: &str) {
    let values = match seen.get_mut(name) {
        Some(values) => values,
        None => seen.entry(name.to_owned()).or_default(),
    };
    if values.len() < VALUES {
        values.push(value.to_owned());
    }
}

fn cut(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    text.get(..end).unwrap_or_default()
}
