//! What a scan reads, compiled once and shared between threads.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use quarry_plan::{Need, Type};
use quarry_views::{Derivation, LogFormats, Path};
use serde::{Deserialize, Serialize};

use crate::{
    classify::Classifier,
    columns,
    derive::Node,
    finder::Finder,
    input::Pool,
    json::{Extractor, PathSet},
    need::{Prefilter, Tree},
    time::parse_time,
    walk::Bounds,
};

/// A column of the output.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScanColumn {
    /// Name of the column.
    pub name: String,
    /// Type of its values.
    pub data_type: Type,
    /// How the value comes about, by identifier of the log type; a log type not listed gives null.
    pub derivations: Vec<(String, Derivation)>,
}

/// What bounds the memory of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// A larger record is skipped and reported, in bytes.
    pub record_bytes: usize,
    /// A record with deeper nesting is skipped and reported.
    pub depth: u32,
    /// A compressed object that inflates to no more is inflated at once, in bytes.
    pub whole_bytes: usize,
    /// How much is read at once of other objects, in bytes.
    pub chunk_bytes: usize,
    /// What an object may expand to whatever its size, in bytes; beyond, it is held against its size.
    pub expanded_bytes: u64,
    /// Most rows of a batch.
    pub batch_rows: usize,
    /// A batch is given out when it holds so much text, in bytes.
    pub batch_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            record_bytes: 64 << 20,
            depth: 512,
            whole_bytes: 64 << 20,
            chunk_bytes: 512 << 10,
            expanded_bytes: 1 << 30,
            batch_rows: 8192,
            batch_bytes: 16 << 20,
        }
    }
}

/// What a scan is to read, as plain data: what another process needs to compile the same scan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScanSpec {
    /// Formats and log types.
    #[serde(with = "shared")]
    pub formats: Arc<LogFormats>,
    /// Columns of the output.
    pub columns: Vec<ScanColumn>,
    /// What a record must hold, by identifier of the log type; of those not listed every record is read.
    pub needs: Vec<(String, Need)>,
    /// Whether a JSON null is the text `null`, by identifier of the log type; in those not listed it is no value.
    pub null_is_text: Vec<(String, bool)>,
    /// In microseconds since 1970-01-01 UTC, the end exclusive; drops events whose time is unknown if it is bounded.
    pub time_range: (Option<i64>, Option<i64>),
    /// What bounds the memory.
    pub limits: Limits,
}

impl ScanSpec {
    /// A scan of every event.
    #[must_use]
    pub fn new(formats: Arc<LogFormats>, columns: Vec<ScanColumn>) -> Self {
        let (needs, null_is_text) = (Vec::new(), Vec::new());
        Self { formats, columns, needs, null_is_text, time_range: (None, None), limits: Limits::default() }
    }
}

/// A compiled scan: formats, columns, pre-filter, time range. Immutable but for the memory it lends out; a copy
/// shares all of it.
#[derive(Debug, Clone)]
pub struct ScanPlan {
    pub(crate) spec: Arc<ScanSpec>,
    pub(crate) classifier: Arc<Classifier>,
    pub(crate) logs: Arc<[LogPlan]>,
    /// Paths used before anything is known of an object.
    pub(crate) base: Arc<PathSet>,
    pub(crate) prefilter: Arc<Prefilter>,
    pub(crate) time_range: (Option<i64>, Option<i64>),
    /// Memory used again from object to object.
    pub(crate) buffers: Arc<Pool>,
    schema: SchemaRef,
}

/// What is done with records of one log type.
#[derive(Debug)]
pub(crate) struct LogPlan {
    pub id: String,
    pub paths: PathSet,
    pub nodes: Vec<Option<Node>>,
    pub need: Tree,
    pub null_is_text: bool,
    time: Vec<usize>,
    /// Finds the member that usually holds the time, if it is a top-level one.
    pub time_key: Option<Finder>,
}

impl ScanPlan {
    /// Compiles a scan.
    #[must_use]
    pub fn new(spec: ScanSpec) -> Self {
        let ScanSpec { formats, columns, needs, null_is_text, time_range, .. } = &spec;
        let classifier = Classifier::new(formats);
        let logs: Vec<LogPlan> = formats
            .log_types
            .iter()
            .map(|log| {
                let need = needs
                    .iter()
                    .find(|(id, _)| *id == log.id)
                    .map_or(Tree::Anything, |(_, need)| Tree::new(need));
                let null_is_text = null_is_text.iter().any(|(id, is_text)| *id == log.id && *is_text);
                LogPlan::new(&log.id, &log.time, columns, classifier.path_set(), need, null_is_text)
            })
            .collect();
        let prefilter = Prefilter::new(logs.iter().map(|log| &log.need));
        let schema = columns::schema(columns);
        let time_range = *time_range;
        let base = classifier.path_set();
        Self {
            spec: Arc::new(spec),
            classifier: Arc::new(classifier),
            logs: logs.into(),
            base: Arc::new(base),
            prefilter: Arc::new(prefilter),
            time_range,
            buffers: Arc::default(),
            schema,
        }
    }

    /// The same scan over another time range.
    #[must_use]
    pub fn within(&self, time_range: (Option<i64>, Option<i64>)) -> Self {
        Self { time_range, ..self.clone() }
    }

    /// What it was compiled from.
    #[must_use]
    pub fn spec(&self) -> ScanSpec {
        ScanSpec { time_range: self.time_range, ..ScanSpec::clone(&self.spec) }
    }

    /// The schema of the batches.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Formats and log types of the scan.
    #[must_use]
    pub fn formats(&self) -> &LogFormats {
        &self.spec.formats
    }

    pub(crate) fn bounds(&self) -> Bounds {
        let limits = &self.spec.limits;
        Bounds { record_bytes: limits.record_bytes, depth: limits.depth }
    }

    /// Whether an event of this time is wanted.
    pub(crate) fn is_in_range(&self, time: Option<i64>) -> bool {
        match (self.time_range, time) {
            ((None, None), _) => true,
            (_, None) => false,
            ((start, end), Some(time)) => {
                start.is_none_or(|start| time >= start) && end.is_none_or(|end| time < end)
            }
        }
    }
}

impl LogPlan {
    fn new(
        id: &str,
        times: &[Path],
        columns: &[ScanColumn],
        mut paths: PathSet,
        need: Tree,
        null_is_text: bool,
    ) -> Self {
        let time = times.iter().map(|path| paths.add(path)).collect();
        let nodes = columns
            .iter()
            .map(|column| {
                let derivation = column.derivations.iter().find(|(log, _)| log == id);
                derivation.map(|(_, derivation)| Node::new(derivation, &mut paths))
            })
            .collect();
        let is_plain = |path: &&Path| !path.text.contains(['.', '{', '"', '\\']) && !path.ignore_case;
        let time_key = times
            .first()
            .filter(is_plain)
            .map(|path| Finder::new(format!("\"{}\"", path.text).as_bytes(), false));
        Self { id: id.to_owned(), paths, nodes, need, null_is_text, time, time_key }
    }

    /// What is written where the event's time should be.
    pub(crate) fn written_time(&self, found: &Extractor, record: &str) -> Option<String> {
        let text = self.time.iter().find_map(|path| Some(found.one(*path)?.text(record)?.into_owned()))?;
        Some(text.chars().take(60).collect())
    }

    /// The event's time: the first path that has one.
    pub(crate) fn time(&self, found: &Extractor, record: &str) -> Option<i64> {
        self.time.iter().find_map(|path| parse_time(&found.one(*path)?.text(record)?))
    }
}

/// Formats that several scans share.
mod shared {
    use std::sync::Arc;

    use quarry_views::LogFormats;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        formats: &Arc<LogFormats>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        LogFormats::serialize(formats, serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<LogFormats>, D::Error> {
        LogFormats::deserialize(deserializer).map(Arc::new)
    }
}
