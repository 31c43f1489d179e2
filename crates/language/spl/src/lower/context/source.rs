//! The scan that the pipeline reads from, gathered while commands ask for fields.

use quarry_diagnostic::Span;
use quarry_plan::{Node, Operator, Source, SourceColumn, SourceField, TimeRange, Type};
use quarry_views::View;

use super::super::wildcard;

/// Name of the event's time, the one field whose type the language fixes.
pub(crate) const TIME: &str = "_time";
/// Name of the event's text.
pub(crate) const RAW: &str = "_raw";
/// Name of the field that says which kind of log an event is.
pub(crate) const SOURCE_TYPE: &str = "sourcetype";

/// The columns, time range and source types asked for so far.
#[derive(Debug, Clone)]
pub(crate) struct Scan<'a> {
    view: &'a View,
    columns: Vec<SourceColumn>,
    pub(crate) time: TimeRange,
    /// Source types the query names; wildcards as written.
    source_types: Vec<String>,
    /// Those that the user's apps name: they count after those of the query.
    of_apps: Vec<String>,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(view: &'a View, time: TimeRange) -> Self {
        Self { view, columns: Vec::new(), time, source_types: Vec::new(), of_apps: Vec::new() }
    }

    /// Reads a field; none if the view does not have it.
    pub(crate) fn add(&mut self, name: &str) -> Option<Type> {
        if let Some(known) = self.columns.iter().find(|column| column.name == name) {
            return Some(known.data_type);
        }
        let resolved = self.view.resolve(name)?.data_type;
        let data_type = if name == TIME { Type::Timestamp } else { resolved };
        self.columns.push(SourceColumn {
            name: name.into(),
            field: SourceField::View(name.to_owned()),
            data_type,
        });
        Some(data_type)
    }

    /// Notes a source type that the query names. Gives false if no log type has it.
    pub(crate) fn name_source_type(&mut self, wanted: &str) -> bool {
        self.source_types.push(wanted.to_owned());
        self.view.sources.iter().any(|source| fits(wanted, &source.source_type))
    }

    /// The source types named so far.
    pub(crate) fn named(&self) -> Vec<&str> {
        self.source_types.iter().map(String::as_str).collect()
    }

    /// Takes the source types named so far for those of the user's apps.
    pub(crate) fn named_by_apps(&mut self) {
        self.of_apps.append(&mut self.source_types);
    }

    /// The finished scan. A source type the query names is chosen for its log type; where several
    /// fit, the log type's default goes first.
    pub(crate) fn finish(self, span: Span) -> Node {
        let mut choices: Vec<(String, String)> = Vec::new();
        for wanted in self.source_types.iter().chain(&self.of_apps) {
            let fitting = || self.view.sources.iter().filter(|source| fits(wanted, &source.source_type));
            for source in fitting().filter(|source| source.is_default).chain(fitting()) {
                if !choices.iter().any(|(log_type, _)| *log_type == source.log_type) {
                    choices.push((source.log_type.clone(), source.source_type.clone()));
                }
            }
        }
        let source = Source { view: self.view.name.clone(), columns: self.columns, time: self.time, choices };
        Node::new(Operator::Source(source), span)
    }
}

fn fits(wanted: &str, have: &str) -> bool {
    wildcard::matches(&wanted.to_lowercase(), &have.to_lowercase())
}
