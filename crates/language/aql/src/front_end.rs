//! What the language gives to everything above it.

mod words;

use std::{fs, path::Path};

use quarry_diagnostic::Diagnostic;
use quarry_language_definition::{
    Compile, Compiled, Cursor, EntryKind, Escape, FrontEnd, Holds, Lexis, LoadError, Quote, Request,
    Resources, Starters, Wanted, csv, visible_fields,
};
use quarry_views::{NamedFile, View};

use crate::{LowerOptions, ReferenceCollection, lower, parse, registry};

/// The look of a statement.
pub static LEXIS: Lexis = Lexis {
    line_comments: &["--"],
    block_comments: &[("/*", "*/")],
    quotes: &[Quote { mark: '\'', holds: Holds::Text }, Quote { mark: '"', holds: Holds::Name }],
    escape: Escape::Doubled,
    name_mark: Some('"'),
    word_marks: &['_', '.', ':', '{', '}', '-', '@'],
    commands_after: &[],
    keywords: &[
        "and",
        "as",
        "asc",
        "between",
        "by",
        "case",
        "days",
        "desc",
        "distinct",
        "else",
        "end",
        "exists",
        "from",
        "group",
        "having",
        "hours",
        "ilike",
        "imatches",
        "in",
        "into",
        "is",
        "last",
        "like",
        "limit",
        "matches",
        "minutes",
        "not",
        "null",
        "or",
        "order",
        "parameters",
        "select",
        "start",
        "stop",
        "then",
        "union",
        "when",
        "where",
        "with",
    ],
};

/// What runs statements.
pub static FRONT_END: FrontEnd = FrontEnd {
    load,
    words: words::all,
    wanted,
    fields,
    starters: Starters {
        detections: &[
            ("aws", include_str!("../starters/aws.aql")),
            ("azure", include_str!("../starters/azure.aql")),
            ("gcp", include_str!("../starters/gcp.aql")),
        ],
        hunts: &[],
    },
};

fn load(resources: &Resources) -> Result<Box<dyn Compile>, LoadError> {
    let mut options = LowerOptions { permissive: resources.permissive, ..LowerOptions::default() };
    for named in &resources.tables {
        options.reference.add(reference(named)?);
    }
    for named in &resources.queries {
        options.saved_searches.insert(named.name.clone(), text_of(&named.file)?);
    }
    Ok(Box::new(options))
}

/// A reference set, map or table from its CSV file.
fn reference(named: &NamedFile) -> Result<ReferenceCollection, LoadError> {
    let records = csv::records(&text_of(&named.file)?, Some('#'));
    Ok(ReferenceCollection::new(&named.name, records, named.ignore_case))
}

fn text_of(path: &Path) -> Result<String, LoadError> {
    fs::read_to_string(path).map_err(|error| LoadError::new(path, error))
}

impl Compile for LowerOptions {
    fn compile(&self, request: &Request<'_>) -> Compiled {
        let parsed = parse(request.text);
        let understood = !parsed.diagnostics.iter().any(Diagnostic::is_error);
        let lowered = lower(&parsed, request.view, self);
        Compiled {
            plan: lowered.plan,
            output: lowered.output,
            parsed: understood,
            diagnostics: lowered.diagnostics,
            ..Compiled::default()
        }
    }
}

/// The fields of a view without those that a function of the language reads.
fn fields(view: &View) -> Vec<&str> {
    let is_read =
        |name: &str| registry::lookups().iter().any(|lookup| lookup.field.eq_ignore_ascii_case(name));
    visible_fields(view).into_iter().filter(|name| !is_read(name)).collect()
}

fn wanted(cursor: &Cursor<'_>) -> Vec<Wanted> {
    let before = cursor.before.trim_end_matches(['\'', '"']).trim_end().to_uppercase();
    match cursor.quote.map(|quote| quote.holds) {
        Some(Holds::Text) if names_a_log(&before) => vec![Wanted::Kind(EntryKind::Source)],
        Some(Holds::Text) => Vec::new(),
        Some(_) => vec![Wanted::Kind(EntryKind::Field)],
        None if before.ends_with("FROM") => {
            vec![Wanted::Kind(EntryKind::Catalog), Wanted::Word("GLOBALVIEW")]
        }
        None => [EntryKind::Field, EntryKind::Keyword, EntryKind::Function].map(Wanted::Kind).to_vec(),
    }
}

/// Whether the string that begins here is compared with the name of a log.
fn names_a_log(before: &str) -> bool {
    let mut start = before.len().saturating_sub(120);
    while !before.is_char_boundary(start) {
        start += 1;
    }
    let near = &before[start..];
    let function = ["LOGSOURCETYPENAME(", "LOGSOURCENAME("].iter().filter_map(|name| near.rfind(name)).max();
    let Some(function) = function else { return false };
    ![" AND ", " OR ", " THEN ", ";"].iter().any(|end| near[function..].contains(end))
}
