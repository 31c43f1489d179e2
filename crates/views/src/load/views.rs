//! From `[view.NAME]` and `[[view.NAME.source]]` to [`View`].

use std::collections::BTreeMap;

use quarry_plan::Type;

use super::{
    LoadError,
    derivation::{Fields, Shared, lookup_table, type_name, wider},
    document::{Document, Node, Table, accepted},
    formats::path,
};
use crate::{Field, LogFormats, LogType, Pairs, View, ViewSource};

const ROOT_KEYS: [&str; 10] = [
    "record_arrays",
    "unwrap",
    "reshape",
    "log_type",
    "foreign",
    "table",
    "fields",
    "view",
    "reference",
    "saved_search",
];
const VIEW_KEYS: [&str; 3] = ["open", "ignore_case", "source"];
const SOURCE_KEYS: [&str; 8] =
    ["log_type", "source_type", "default", "prefix", "null_is_text", "pairs", "include", "fields"];

type Drafts<'d> = BTreeMap<String, (String, Node<'d>)>;

/// A source as the files give it: the tables that speak of it, the first of them creating it.
struct Draft<'d> {
    log_type: String,
    source_type: String,
    tables: Vec<Table<'d>>,
}

struct ViewDraft<'d> {
    name: String,
    tables: Vec<Table<'d>>,
    sources: Vec<Draft<'d>>,
}

/// Builds all views from all files, later files overriding earlier ones.
pub(super) fn build(documents: &[Document<'_>], formats: &LogFormats) -> Result<Vec<View>, LoadError> {
    let mut shared = Shared::default();
    let mut sets: BTreeMap<&str, Vec<Table<'_>>> = BTreeMap::new();
    let mut views: Vec<ViewDraft<'_>> = Vec::new();
    for document in documents {
        let root = document.root();
        root.only(&ROOT_KEYS)?;
        for (name, table) in named_tables(root, "table")? {
            shared.tables.insert(name.to_owned(), lookup_table(table)?.into());
        }
        for (name, table) in named_tables(root, "fields")? {
            sets.entry(name).or_default().push(table);
        }
        for (name, table) in named_tables(root, "view")? {
            collect_view(&mut views, name, table, formats)?;
        }
    }
    views.iter().map(|draft| finish_view(draft, &sets, formats, &mut shared)).collect()
}

fn named_tables<'d>(root: Table<'d>, key: &str) -> Result<Vec<(&'d str, Table<'d>)>, LoadError> {
    let Some(node) = root.get(key) else { return Ok(Vec::new()) };
    node.table()?.entries().map(|entry| Ok((entry.key, entry.node.table()?))).collect()
}

fn collect_view<'d>(
    views: &mut Vec<ViewDraft<'d>>,
    name: &str,
    table: Table<'d>,
    formats: &LogFormats,
) -> Result<(), LoadError> {
    table.only(&VIEW_KEYS)?;
    let at = views.iter().position(|view| view.name == name).unwrap_or_else(|| {
        views.push(ViewDraft { name: name.to_owned(), tables: Vec::new(), sources: Vec::new() });
        views.len() - 1
    });
    let Some(view) = views.get_mut(at) else { return Ok(()) };
    view.tables.push(table);
    for source in table.tables("source")? {
        collect_source(view, source, formats)?;
    }
    Ok(())
}

/// A source with a known log type and source type adds to it; one without a source type adds to all
/// sources of its log type.
fn collect_source<'d>(
    view: &mut ViewDraft<'d>,
    table: Table<'d>,
    formats: &LogFormats,
) -> Result<(), LoadError> {
    table.only(&SOURCE_KEYS)?;
    let node = table.require("log_type")?;
    let log_type = node.text()?;
    if !formats.log_types.iter().any(|known| known.id == log_type) {
        let help = accepted(log_type, formats.log_types.iter().map(|known| known.id.as_str()));
        return Err(node.fault(format!("unknown log type `{log_type}`"), help));
    }
    let source_type = table.optional_text("source_type")?;
    let mut found = false;
    for draft in &mut view.sources {
        let same = source_type.as_ref().is_none_or(|wanted| *wanted == draft.source_type);
        if draft.log_type == log_type && same {
            draft.tables.push(table);
            found = true;
        }
    }
    match (found, source_type) {
        (true, _) => Ok(()),
        (false, Some(source_type)) => {
            view.sources.push(Draft { log_type: log_type.to_owned(), source_type, tables: vec![table] });
            Ok(())
        }
        (false, None) => Err(table
            .fault(format!("view `{}` has no source of log type `{log_type}` yet", view.name), None)
            .with_help("name its `source_type`")),
    }
}

fn finish_view(
    draft: &ViewDraft<'_>,
    sets: &BTreeMap<&str, Vec<Table<'_>>>,
    formats: &LogFormats,
    shared: &mut Shared,
) -> Result<View, LoadError> {
    let mut view = View { name: draft.name.clone(), ..View::default() };
    for table in &draft.tables {
        view.open = table.optional_boolean("open")?.unwrap_or(view.open);
        view.ignore_case = table.optional_boolean("ignore_case")?.unwrap_or(view.ignore_case);
    }
    let mut types = Types::default();
    for source in &draft.sources {
        let Some(log_type) = formats.log_types.iter().find(|known| known.id == source.log_type) else {
            continue;
        };
        let drafts = draft_fields(source, sets, view.ignore_case)?;
        let built = finish_source(source, log_type, &drafts, view.ignore_case, shared, &mut types)?;
        view.sources.push(built);
    }
    for source in &mut view.sources {
        for (key, field) in &mut source.fields {
            field.data_type = types.get(key, field.data_type);
        }
    }
    Ok(view)
}

/// All fields of a source: included sets first, then its own, the user's last.
fn draft_fields<'d>(
    source: &Draft<'d>,
    sets: &BTreeMap<&str, Vec<Table<'d>>>,
    ignore_case: bool,
) -> Result<Drafts<'d>, LoadError> {
    let mut drafts = Drafts::new();
    let mut add = |table: Table<'d>| {
        for entry in table.entries() {
            let key = if ignore_case { entry.key.to_lowercase() } else { entry.key.to_owned() };
            drafts.insert(key, (entry.key.to_owned(), entry.node));
        }
    };
    for table in &source.tables {
        for node in table.get("include").map_or(Ok(Vec::new()), Node::items)? {
            let name = node.text()?;
            let Some(set) = sets.get(name) else {
                let help = accepted(name, sets.keys().copied());
                return Err(node.fault(format!("unknown field set `{name}`"), help));
            };
            set.iter().for_each(|table| add(*table));
        }
        if let Some(fields) = table.get("fields") {
            add(fields.table()?);
        }
    }
    Ok(drafts)
}

fn finish_source<'d>(
    source: &Draft<'d>,
    log_type: &LogType,
    drafts: &Drafts<'d>,
    ignore_case: bool,
    shared: &mut Shared,
    types: &mut Types,
) -> Result<ViewSource, LoadError> {
    let mut built = ViewSource {
        log_type: source.log_type.clone(),
        source_type: source.source_type.clone(),
        ..ViewSource::default()
    };
    for table in &source.tables {
        built.is_default = table.optional_boolean("default")?.unwrap_or(built.is_default);
        built.null_is_text = table.optional_boolean("null_is_text")?.unwrap_or(built.null_is_text);
        built.prefix = table.optional_text("prefix")?.unwrap_or(built.prefix);
        if let Some(node) = table.get("pairs") {
            built.pairs = node.items()?.into_iter().map(pairs).collect::<Result<_, _>>()?;
        }
    }
    let source_type = source.source_type.as_str();
    let mut fields = Fields { shared, drafts, log_type, source_type, ignore_case, open: Vec::new() };
    for (key, (name, node)) in drafts {
        let (field, explicit) = fields.field(key, name, *node)?;
        types.add(key, &field, explicit, *node)?;
        built.fields.insert(key.clone(), field);
    }
    Ok(built)
}

/// `{ names = "List{}.Name", values = "List{}.Value" }`.
fn pairs(node: Node<'_>) -> Result<Pairs, LoadError> {
    let table = node.table()?;
    table.only(&["names", "values"])?;
    Ok(Pairs { names: path(table.require("names")?)?, values: path(table.require("values")?)? })
}

/// The type of each field of a view: one for all its sources.
#[derive(Default)]
struct Types {
    /// Type, and whether a file states it.
    known: BTreeMap<String, (Type, bool)>,
}

impl Types {
    fn add(&mut self, key: &str, field: &Field, explicit: bool, node: Node<'_>) -> Result<(), LoadError> {
        let Some((known, stated)) = self.known.get_mut(key) else {
            self.known.insert(key.to_owned(), (field.data_type, explicit));
            return Ok(());
        };
        let here = field.data_type;
        match (*stated, explicit) {
            (true, true) if *known != here => {
                let message = format!(
                    "field `{}` has type `{}` here but `{}` under another source type",
                    field.name,
                    type_name(here),
                    type_name(*known)
                );
                return Err(node.fault(message, "a field has one type for all sources of a view".to_owned()));
            }
            (true, _) => {}
            (false, true) => (*known, *stated) = (here, true),
            (false, false) => *known = wider(*known, here),
        }
        Ok(())
    }

    fn get(&self, key: &str, otherwise: Type) -> Type {
        match self.known.get(key) {
            Some((Type::Null, _)) => Type::Text,
            Some((known, _)) => *known,
            None => otherwise,
        }
    }
}
