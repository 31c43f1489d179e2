//! Which fields the events have.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    ops::ControlFlow,
    sync::Arc,
};

use arrow::array::{Array, StringArray};
use foldhash::fast::FixedState;
use quarry_plan::Type;
use quarry_views::{Derivation, LogFormats};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::{ObjectInput, ReadError, ScanColumn, ScanPlan, ScanReport, ScanSpec, read_object};

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
    let plan = Arc::new(ScanPlan::new(ScanSpec::new(Arc::clone(formats), columns)));
    let mut trees: BTreeMap<String, Tree> = BTreeMap::new();
    read_object(&plan, object_name, input, report, &mut |batch| {
        let text = |index: usize| batch.column(index).as_any().downcast_ref::<StringArray>();
        let (Some(log_types), Some(records)) = (text(0), text(1)) else { return ControlFlow::Break(()) };
        for (log_type, record) in log_types.iter().flatten().zip(records.iter().flatten()) {
            match trees.get_mut(log_type) {
                Some(tree) => tree.add(record),
                None => trees.entry(log_type.to_owned()).or_default().add(record),
            }
        }
        ControlFlow::Continue(())
    })?;
    for (log_type, tree) in &trees {
        tree.gather(0, &mut String::new(), counts.entry(log_type.clone()).or_default());
    }
    Ok(())
}

/// The members of all records, one below the other; the first is the record itself.
struct Tree {
    branches: Vec<Branch>,
    /// Number of the record at hand, from 1.
    record: u64,
}

/// What was found at one path.
#[derive(Default)]
struct Branch {
    members: HashMap<Box<str>, usize, FixedState>,
    elements: Option<usize>,
    found: FieldStatistics,
    /// The last record that had a value here.
    record: u64,
}

impl Default for Tree {
    fn default() -> Self {
        Self { branches: vec![Branch::default()], record: 0 }
    }
}

impl Tree {
    fn add(&mut self, record: &str) {
        self.record += 1;
        let mut deserializer = serde_json::Deserializer::from_str(record);
        // What is nested too deep for the parser counts up to there.
        let _ = At { tree: self, branch: 0 }.deserialize(&mut deserializer);
    }

    fn new_branch(&mut self) -> usize {
        self.branches.push(Branch::default());
        self.branches.len() - 1
    }

    fn member(&mut self, branch: usize, name: &str) -> usize {
        if let Some(found) = self.branches.get(branch).and_then(|branch| branch.members.get(name)) {
            return *found;
        }
        let new = self.new_branch();
        self.branches.get_mut(branch).into_iter().for_each(|branch| {
            branch.members.insert(name.into(), new);
        });
        new
    }

    fn elements(&mut self, branch: usize) -> usize {
        if let Some(found) = self.branches.get(branch).and_then(|branch| branch.elements) {
            return found;
        }
        let new = self.new_branch();
        self.branches.get_mut(branch).into_iter().for_each(|branch| branch.elements = Some(new));
        new
    }

    fn leaf(&mut self, branch: usize, value: &str) {
        let Some(branch) = self.branches.get_mut(branch) else { return };
        branch.found.events += u64::from(branch.record != self.record);
        branch.record = self.record;
        let values = &mut branch.found.values;
        if values.len() < VALUES && !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }

    /// Adds what was found at a branch called `name` and below it.
    fn gather(&self, branch: usize, name: &mut String, fields: &mut BTreeMap<String, FieldStatistics>) {
        let Some(branch) = self.branches.get(branch) else { return };
        if branch.found.events > 0 {
            let statistics = fields.entry(name.clone()).or_default();
            statistics.events += branch.found.events;
            for value in &branch.found.values {
                if statistics.values.len() < VALUES && !statistics.values.contains(value) {
                    statistics.values.push(value.clone());
                }
            }
        }
        let length = name.len();
        for (member, inner) in &branch.members {
            if length > 0 {
                name.push('.');
            }
            name.push_str(member);
            self.gather(*inner, name, fields);
            name.truncate(length);
        }
        if let Some(elements) = branch.elements {
            name.push_str("{}");
            self.gather(elements, name, fields);
            name.truncate(length);
        }
    }
}

/// A value that is read into a branch.
struct At<'t> {
    tree: &'t mut Tree,
    branch: usize,
}

impl At<'_> {
    fn leaf<E>(self, value: &str) -> Result<(), E> {
        self.tree.leaf(self.branch, value);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(branch) = members.next_key_seed(Member { tree: self.tree, branch: self.branch })? {
            members.next_value_seed(At { tree: self.tree, branch })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let branch = self.tree.elements(self.branch);
        while elements.next_element_seed(At { tree: self.tree, branch })?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.leaf(cut(text))
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.leaf(if value { "true" } else { "false" })
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.leaf(&number.to_string())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.leaf(&number.to_string())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.leaf(&serde_json::Value::from(number).to_string())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.leaf("null")
    }
}

/// The name of a member, which leads to its branch.
struct Member<'t> {
    tree: &'t mut Tree,
    branch: usize,
}

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Member<'_> {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member name")
    }

    fn visit_str<E>(self, name: &str) -> Result<usize, E> {
        Ok(self.tree.member(self.branch, name))
    }
}

fn cut(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    text.get(..end).unwrap_or_default()
}
