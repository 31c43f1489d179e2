//! What the registries and views say of a word.

use quarry_aql::registry as aql;
use quarry_functions::{Literal, aggregate_table, scalar_table};
use quarry_pack::Language;
use quarry_plan::Type;
use quarry_spl::registry::{self as spl, Status, Usage};
use quarry_views::{Derivation, View, ViewSource};

/// A word of a language or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The word.
    pub name: String,
    /// What kind of word it is.
    pub kind: EntryKind,
    /// How it is written.
    pub syntax: String,
    /// What it means; Markdown.
    pub meaning: String,
    /// The vendor's page, where there is one.
    pub page: Option<String>,
}

/// Kinds of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A clause, operator or other keyword.
    Keyword,
    /// A command of a pipeline.
    Command,
    /// A function.
    Function,
    /// A field.
    Field,
    /// The name of a log: a source type, a log source type.
    Source,
    /// A table to read from.
    Catalog,
}

impl Entry {
    /// The entry as Markdown.
    #[must_use]
    pub fn markdown(&self, language: Language) -> String {
        let fence = match language {
            Language::Spl => "spl",
            Language::Aql => "aql",
            Language::Kql => "kql",
            Language::Sigma => "yaml",
        };
        let mut text = format!("```{fence}\n{}\n```\n\n{}", self.syntax, self.meaning);
        if let Some(page) = &self.page {
            text.push_str(&format!("\n\n[Vendor documentation]({page})"));
        }
        text
    }
}

/// Words of a language.
pub(crate) fn words(language: Language) -> Vec<Entry> {
    match language {
        Language::Spl => spl_words(),
        Language::Aql => aql_words(),
        Language::Kql | Language::Sigma => Vec::new(),
    }
}

fn aql_words() -> Vec<Entry> {
    let keywords = aql::KEYWORDS.iter().map(|keyword| Entry {
        name: keyword.name.to_owned(),
        kind: EntryKind::Keyword,
        syntax: keyword.syntax.to_owned(),
        meaning: keyword.meaning.to_owned(),
        page: Some(keyword.page.to_owned()),
    });
    let functions = aql::functions().map(|function| Entry {
        name: function.name.to_owned(),
        kind: EntryKind::Function,
        syntax: function.signature.to_owned(),
        meaning: aql_meaning(function),
        page: (!function.page.is_empty()).then(|| function.page.to_owned()),
    });
    let catalogs = aql::Catalog::names().map(|name| Entry {
        name: name.to_owned(),
        kind: EntryKind::Catalog,
        syntax: format!("FROM {name}"),
        meaning: match name {
            "events" => "Events of log sources: the audit logs.".to_owned(),
            _ => "Always empty here: audit logs hold none.".to_owned(),
        },
        page: None,
    });
    keywords.chain(functions).chain(catalogs).collect()
}

fn aql_meaning(function: &aql::Function) -> String {
    let mut text = function.meaning.to_owned();
    match function.role {
        aql::Role::Unavailable(reason) => text.push_str(&format!("\n\nNo data here: {reason}.")),
        aql::Role::Extra(advice) => {
            text.push_str(&format!("\n\nNot documented AQL, accepted with `--permissive`: {advice}."));
        }
        aql::Role::Refused(advice) => text.push_str(&format!("\n\nNot AQL: {advice}.")),
        _ => {}
    }
    text + &examples(&format!("aql_{}", function.name.to_lowercase()), function.name)
}

fn spl_words() -> Vec<Entry> {
    let commands = spl::COMMANDS.iter().map(|row| {
        let usage = usage(spl::COMMAND_USAGE, row.name);
        Entry {
            name: row.name.to_owned(),
            kind: EntryKind::Command,
            syntax: format!("| {}", usage.map_or(row.name, |usage| usage.syntax)),
            meaning: meaning(usage, "command", row.status),
            page: Some(spl_page(row.name)),
        }
    });
    let functions = spl::FUNCTIONS
        .iter()
        .map(|row| spl_function(row.name, row.status, "eval function", spl::FUNCTION_USAGE));
    let aggregations = spl::AGGREGATIONS
        .iter()
        .map(|row| spl_function(row.name, row.status, "statistical function", spl::AGGREGATION_USAGE));
    let mut all: Vec<Entry> = commands.chain(functions).collect();
    for entry in aggregations {
        // Some names serve both; the page of the eval function stands.
        if !all.iter().any(|have| have.name == entry.name && have.kind == entry.kind) {
            all.push(entry);
        }
    }
    all
}

/// Splunk's page of a command, whose name begins with a capital there.
fn spl_page(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase()).unwrap_or_default();
    format!("https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/{first}{}", letters.as_str())
}

/// What the registry says of a word.
fn usage(table: &'static [Usage], name: &str) -> Option<&'static Usage> {
    table.iter().find(|usage| usage.name == name)
}

/// What a word does, and whether it does so here.
fn meaning(usage: Option<&Usage>, what: &str, status: Status) -> String {
    match (usage, status) {
        (None, _) => status_text(what, status),
        (Some(usage), Status::Supported) => usage.meaning.to_owned(),
        (Some(usage), _) => format!("{}\n\n{}", usage.meaning, status_text(what, status)),
    }
}

fn spl_function(name: &str, status: Status, what: &str, table: &'static [Usage]) -> Entry {
    let plan_name = format!("spl_{name}");
    let scalar = scalar_table().find(|row| row.name == plan_name).map(|row| (row.signature, row.meaning));
    let aggregate =
        || aggregate_table().find(|row| row.name == plan_name).map(|row| (row.signature, row.meaning));
    let (syntax, meaning) = match scalar.or_else(aggregate) {
        Some((signature, meaning)) => (signature.to_owned(), meaning.to_owned()),
        None => {
            let usage = usage(table, name);
            let syntax = usage.map_or_else(|| format!("{name}(...)"), |usage| usage.syntax.to_owned());
            (syntax, meaning(usage, what, status))
        }
    };
    let meaning = meaning + &examples(&plan_name, name);
    Entry { name: name.to_owned(), kind: EntryKind::Function, syntax, meaning, page: None }
}

fn status_text(what: &str, status: Status) -> String {
    match status {
        Status::Supported => format!("A {what} that runs here."),
        Status::Planned => format!("A {what} of Splunk that does not run here yet."),
        Status::Never(reason) => format!("A {what} of Splunk that does not run here: {reason}."),
    }
}

/// Some documented examples of a function.
fn examples(plan_name: &str, name: &str) -> String {
    let Some(function) = scalar_table().find(|row| row.name == plan_name) else { return String::new() };
    let lines = function.examples.iter().take(3).map(|(arguments, result)| {
        let arguments: Vec<String> = arguments.iter().map(|argument| literal(*argument)).collect();
        format!("\n* `{name}({})` is `{}`", arguments.join(", "), literal(*result))
    });
    let lines: String = lines.collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

fn literal(value: Literal) -> String {
    match value {
        Literal::Null => "null".to_owned(),
        Literal::Bool(truth) => truth.to_string(),
        Literal::Int(number) => number.to_string(),
        Literal::Num(number) => number.to_string(),
        Literal::Text(text) => format!("'{text}'"),
        Literal::List(items) => format!("[{}]", items.join(", ")),
        Literal::Time(micros) => micros.div_euclid(1_000).to_string(),
    }
}

/// The fields of a view, and for AQL the built-in ones that it lacks.
pub(crate) fn fields(view: &View, language: Language) -> Vec<Entry> {
    let mut names: Vec<&str> = view.field_names().into_iter().filter(|name| !name.starts_with('_')).collect();
    let hidden = |name: &str| {
        language == Language::Aql
            && aql::lookups().iter().any(|lookup| lookup.field.eq_ignore_ascii_case(name))
    };
    names.retain(|name| !hidden(name));
    names.into_iter().map(|name| field(view, name)).collect()
}

fn field(view: &View, name: &str) -> Entry {
    let data_type = view.resolve(name).map_or(Type::Text, |resolved| resolved.data_type);
    let key = if view.ignore_case { name.to_lowercase() } else { name.to_owned() };
    let mut lines: Vec<String> = Vec::new();
    for source in &view.sources {
        let Some(field) = source.fields.get(&key) else { continue };
        let value = derivation_text(&field.derivation);
        let origin = if field.origin.is_empty() { String::new() } else { format!(" ({})", field.origin) };
        lines.push(format!("\n* {}: {value}{origin}", source.source_type));
    }
    lines.dedup();
    let declared = |source: &&ViewSource| source.fields.contains_key(&key);
    if view.open && !view.sources.iter().all(|source| declared(&source)) {
        lines.push("\n* other logs: the member of that name".to_owned());
    }
    Entry {
        name: name.to_owned(),
        kind: EntryKind::Field,
        syntax: name.to_owned(),
        meaning: format!(
            "A field of the view `{}`, {}.\n{}",
            view.name,
            type_text(data_type),
            lines.concat()
        ),
        page: None,
    }
}

fn derivation_text(derivation: &Derivation) -> String {
    match derivation {
        Derivation::Path(path) => format!("`{}`", path.text),
        Derivation::Constant(quarry_plan::Value::Null) => "never there".to_owned(),
        Derivation::Constant(quarry_plan::Value::Text(text)) => format!("always `{text}`"),
        Derivation::Constant(quarry_plan::Value::Integer(number)) => format!("always {number}"),
        Derivation::First(items) => {
            let items: Vec<String> = items.iter().map(derivation_text).collect();
            format!("the first of {}", items.join(", "))
        }
        Derivation::EventTime => "the time of the event".to_owned(),
        Derivation::Raw => "the record as it stands".to_owned(),
        _ => "derived".to_owned(),
    }
}

fn type_text(data_type: Type) -> &'static str {
    match data_type {
        Type::Integer => "a whole number",
        Type::Double => "a number",
        Type::Boolean => "true or false",
        Type::TextList => "a list of texts",
        Type::Timestamp => "a time",
        Type::Null | Type::Text | Type::Dynamic => "a text",
    }
}

/// The names of the logs in a view.
pub(crate) fn sources(view: &View) -> Vec<Entry> {
    let entry = |name: &str| Entry {
        name: name.to_owned(),
        kind: EntryKind::Source,
        syntax: name.to_owned(),
        meaning: format!("A log of the view `{}`.", view.name),
        page: None,
    };
    view.source_types().into_iter().map(entry).collect()
}
