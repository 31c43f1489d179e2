//! What the columns of a scan can be, from views and facts about logs.

use std::sync::Arc;

use quarry_plan::{SourceField, Value};
use quarry_views::{Derivation, Path, View, ViewSource};

use super::domain::{Domain, Texts};
use crate::knowledge::{FieldFacts, Knowledge, LogFacts};

/// What is known of one column of a scan, for one log type.
#[derive(Debug, Clone)]
pub struct ColumnFacts {
    /// The field of the view.
    pub field: String,
    /// Its name as the view's users write it.
    pub name: String,
    /// What it can be.
    pub domain: Domain,
    /// Whether the log never carries it, though another log does.
    pub absent: bool,
    /// Whether it is the same for all records (a source type).
    pub selects: bool,
    /// Why no record says what it is, where the view gives every record of every log a number of its own making.
    pub made_up: Option<String>,
    /// Whether it is the name of the operation.
    pub operation: bool,
    /// Whether it is the service that the operation belongs to.
    pub service: bool,
    /// Whether it tells how the operation ended.
    pub outcome: bool,
    /// Whether most records have none.
    pub sparse: bool,
    /// The text it has where the record has none.
    pub fallback: Option<String>,
    /// The paths it is read from.
    pub paths: Vec<String>,
}

/// Reads derivations of one log type's source.
pub struct Reader<'a> {
    pub view: &'a View,
    pub source: &'a ViewSource,
    pub log: Option<&'a LogFacts>,
    pub knowledge: &'a Knowledge,
    /// Path of the operation's name.
    pub operation: Option<String>,
}

impl Reader<'_> {
    /// What is known of what a column reads.
    pub fn column(&self, field: &SourceField) -> ColumnFacts {
        let derivation = match field {
            SourceField::View(name) => self.view.derivation(self.source, name),
            SourceField::Path(path) | SourceField::Alert(path) => {
                Derivation::Path(Path { text: path.clone(), ignore_case: true })
            }
            SourceField::Part { field, path } => match self.view.derivation(self.source, field) {
                Derivation::Path(base) => {
                    Derivation::Path(Path { text: base.text + path, ignore_case: base.ignore_case })
                }
                _ => Derivation::Constant(quarry_plan::Value::Null),
            },
        };
        let of_view = matches!(field, SourceField::View(_));
        let field = field.text();
        let own = if of_view { self.view.source_field(self.source, field) } else { None };
        let foreign = own.is_none() && self.is_foreign(of_view.then_some(field), &derivation);
        let domain = if foreign { Domain::null() } else { self.domain(&derivation) };
        let mut paths = Vec::new();
        derivation.visit_paths(&mut |path| paths.push(path.text.clone()));
        let reads = |wanted: &str| paths.iter().any(|path| path.eq_ignore_ascii_case(wanted));
        let plain = is_plain(&derivation);
        let listed = |wanted: &[String]| plain && wanted.iter().any(|path| reads(path));
        let selects = matches!(&derivation, Derivation::Constant(value) if *value != Value::Null);
        let known = || self.view.sources.iter().find_map(|source| self.view.source_field(source, field));
        let name = own.or_else(known).map_or(field, |field| field.name.as_str());
        ColumnFacts {
            field: field.to_owned(),
            name: name.to_owned(),
            fallback: fallback(&derivation),
            made_up: own.filter(|_| self.is_made_up_number(field)).map(|own| own.origin.clone()),
            absent: domain.is_null(),
            selects: selects && !self.is_made_up_number(field) || matches!(derivation, Derivation::LogType),
            operation: plain && self.operation.as_deref().is_some_and(reads),
            service: plain && self.log.and_then(|log| log.service.as_deref()).is_some_and(reads),
            outcome: self.log.is_some_and(|log| listed(&log.outcome)),
            sparse: self.log.is_some_and(|log| {
                log.fields.iter().any(|(path, facts)| facts.sparse && listed(std::slice::from_ref(path)))
            }),
            domain,
            paths,
        }
    }

    /// Whether a plain path, that of a field of the view or another, is another log's.
    fn is_foreign(&self, field: Option<&str>, derivation: &Derivation) -> bool {
        match derivation {
            Derivation::Path(path) => {
                self.is_foreign_member(path) || field.is_some_and(|field| self.has_foreign_prefix(field))
            }
            Derivation::Constant(Value::Null) => true,
            _ => false,
        }
    }

    fn is_foreign_member(&self, path: &Path) -> bool {
        let Some(log) = self.log.filter(|log| !log.members.is_empty()) else { return false };
        let member = top(&path.text);
        !log.has_member(member, path.ignore_case) && self.knowledge.is_member(member, path.ignore_case)
    }

    /// Whether every source of the view gives a field the same number, or a number of its own for a name.
    fn is_made_up_number(&self, field: &str) -> bool {
        let mut all = self.view.sources.iter().map(|source| self.view.derivation(source, field));
        let Some(first) = all.next() else { return false };
        match first {
            Derivation::Constant(Value::Integer(number)) => {
                all.all(|other| matches!(other, Derivation::Constant(Value::Integer(same)) if same == number))
            }
            Derivation::First(_) | Derivation::Number(_) => {
                first.is_made_up() && all.all(|other| other.is_made_up())
            }
            _ => false,
        }
    }

    /// Whether a field is written with the prefix of another source.
    fn has_foreign_prefix(&self, field: &str) -> bool {
        self.view.sources.iter().any(|other| {
            other.prefix != self.source.prefix
                && !other.prefix.is_empty()
                && field
                    .strip_prefix(other.prefix.as_str())
                    .is_some_and(|rest| self.knowledge.is_member(top(rest), self.view.ignore_case))
        })
    }

    fn domain(&self, derivation: &Derivation) -> Domain {
        match derivation {
            Derivation::Constant(value) => Domain::constant(value),
            Derivation::Path(path) => self.path(path),
            Derivation::First(items) => self.first(items),
            Derivation::Capture { from, .. }
            | Derivation::At { from, .. }
            | Derivation::Weekday(from)
            | Derivation::Punctuation(from)
            | Derivation::Number(from)
            | Derivation::Compact(from)
            | Derivation::Offset { of: from, .. } => self.nullable_from(from, Domain::any()),
            Derivation::Concat(items) if items.iter().any(|item| self.domain(item).is_null()) => {
                Domain::null()
            }
            // Tables are quarry's own, so what they give is no fact about the log.
            Derivation::Lookup { from, .. } => self.nullable_from(from, Domain::any()),
            Derivation::Present { when, then } => {
                let when = self.domain(when);
                if when.is_null() { Domain::null() } else { self.domain(then).nullable(when.null) }
            }
            Derivation::If { then, otherwise, .. } => {
                let (then, otherwise) = (self.domain(then), self.domain(otherwise));
                if then.is_null() && otherwise.is_null() {
                    Domain::null()
                } else {
                    Domain { null: then.null || otherwise.null, ..Domain::any() }
                }
            }
            Derivation::Upper(from) => self.domain(from).map(str::to_uppercase),
            Derivation::Lower(from) => self.domain(from).map(str::to_lowercase),
            Derivation::LogType => Domain::word(self.source.log_type.clone()),
            Derivation::Concat(_) => Domain::any(),
            Derivation::EventTime
            | Derivation::Raw
            | Derivation::Object
            | Derivation::Record
            | Derivation::Members { .. } => Domain::some(),
        }
    }

    fn first(&self, items: &[Derivation]) -> Domain {
        let mut known = Domain { null: false, texts: Texts::Words(Vec::new()) };
        for item in items {
            let item = self.domain(item);
            let last = !item.null;
            known = known.or(Domain { null: false, texts: item.texts });
            if last {
                return known;
            }
        }
        known.nullable(true)
    }

    fn nullable_from(&self, from: &Derivation, otherwise: Domain) -> Domain {
        if self.domain(from).is_null() { Domain::null() } else { otherwise }
    }

    fn path(&self, path: &Path) -> Domain {
        if self.is_foreign_member(path) {
            return Domain::null();
        }
        let fits = |name: &str| {
            if path.ignore_case { name.eq_ignore_ascii_case(&path.text) } else { name == path.text }
        };
        let facts = self.log.and_then(|log| log.fields.iter().find(|(name, _)| fits(name)));
        match facts {
            Some((_, facts)) => self.field(facts),
            None => Domain::any(),
        }
    }

    fn field(&self, facts: &FieldFacts) -> Domain {
        if facts.words.is_empty() {
            let shape = facts.shape.clone().map(Arc::new);
            return Domain { null: true, texts: Texts::Any { empty: facts.empty, shape } };
        }
        Domain { null: true, texts: Texts::Words(facts.words.clone()) }
    }
}

/// The constant that takes the place of a missing value.
fn fallback(derivation: &Derivation) -> Option<String> {
    let Derivation::First(items) = derivation else { return None };
    match items.last()? {
        Derivation::Constant(Value::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

/// Whether a value is that of a path, maybe of one of several, maybe in another case.
fn is_plain(derivation: &Derivation) -> bool {
    match derivation {
        Derivation::Path(_) => true,
        Derivation::First(items) => {
            items.iter().all(|item| is_plain(item) || matches!(item, Derivation::Constant(_)))
        }
        Derivation::Upper(from) | Derivation::Lower(from) => is_plain(from),
        _ => false,
    }
}

/// The first member of a path.
pub fn top(path: &str) -> &str {
    path.split(['.', '{']).next().unwrap_or(path)
}
