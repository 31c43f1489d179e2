//! The vocabulary as editors show it.

use quarry_language_definition::{Entry, EntryKind};

use crate::registry::{Catalog, Function, KEYWORDS, Role, functions};

/// Keywords, functions, catalogs.
pub(super) fn all() -> Vec<Entry> {
    let keywords = KEYWORDS.iter().map(|keyword| Entry {
        page: Some(keyword.page.to_owned()),
        ..Entry::new(keyword.name, EntryKind::Keyword, keyword.syntax, keyword.meaning)
    });
    let functions = functions().map(|function| Entry {
        page: Some(function.description().page).filter(|page| !page.is_empty()).map(str::to_owned),
        function: function.computed_by().map(str::to_owned),
        ..Entry::new(function.name, EntryKind::Function, function.written(), meaning(function))
    });
    let catalogs = Catalog::names().map(|name| {
        let meaning = match name {
            "events" => "Events of log sources: the audit logs.",
            _ => "Always empty here: audit logs hold none.",
        };
        Entry::new(name, EntryKind::Catalog, format!("FROM {name}"), meaning)
    });
    keywords.chain(functions).chain(catalogs).collect()
}

fn meaning(function: &Function) -> String {
    let more = match function.role {
        Role::Unavailable(reason) => format!("\n\nNo data here: {reason}."),
        Role::Extra(advice) => format!("\n\nNot documented AQL, accepted with `--permissive`: {advice}."),
        Role::Refused(advice) => format!("\n\nNot AQL: {advice}."),
        _ => String::new(),
    };
    format!("{}{more}", function.description().meaning)
}
