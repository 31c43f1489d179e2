//! What languages, functions and views say of words.

use quarry_functions::{Literal, scalar_table};
use quarry_language_definition::{Entry, EntryKind, FrontEnd};
use quarry_languages::Language;
use quarry_plan::Type;
use quarry_views::{Derivation, View, ViewSource};

/// The entry as Markdown.
pub(crate) fn markdown(entry: &Entry, language: Language) -> String {
    let mut text = format!("```{}\n{}\n```\n\n{}", language.fence, entry.syntax, entry.meaning);
    if let Some(page) = &entry.page {
        text.push_str(&format!("\n\n[Vendor documentation]({page})"));
    }
    text
}

/// Words of a language, with examples.
pub(crate) fn words(front_end: &FrontEnd) -> Vec<Entry> {
    (front_end.words)().into_iter().map(described).collect()
}

/// A word with examples of the function that computes it.
fn described(mut entry: Entry) -> Entry {
    let examples = entry.function.as_ref().map(|function| examples(function, &entry.name));
    entry.meaning.push_str(&examples.unwrap_or_default());
    entry
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
        Literal::Written(_, text) => text.to_owned(),
    }
}

/// The fields of a view that queries of a language name.
pub(crate) fn fields(view: &View, front_end: &FrontEnd) -> Vec<Entry> {
    (front_end.fields)(view).into_iter().map(|name| field(view, name)).collect()
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
    let meaning =
        format!("A field of the view `{}`, {}.\n{}", view.name, type_text(data_type), lines.concat());
    Entry::new(name, EntryKind::Field, name, meaning)
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
        Type::Dynamic => "a JSON value",
        Type::Null | Type::Text => "a text",
        other => other.name(),
    }
}

/// The names of the logs in a view.
pub(crate) fn sources(view: &View) -> Vec<Entry> {
    let meaning = format!("A log of the view `{}`.", view.name);
    let entry = |name: &str| Entry::new(name, EntryKind::Source, name, meaning.as_str());
    view.source_types().into_iter().map(entry).collect()
}
