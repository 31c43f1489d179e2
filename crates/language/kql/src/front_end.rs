//! What the language gives to everything above it.

mod words;

use std::fs;

use quarry_diagnostic::Diagnostic;
use quarry_language_definition::{
    Compile, Compiled, Cursor, EntryKind, Escape, FrontEnd, Holds, Lexis, LoadError, Quote, Request,
    Resources, Starters, Wanted, csv,
};
use quarry_views::View;

use crate::{Environment, LowerOptions, Watchlist, lower, parse};

/// The look of a query.
pub static LEXIS: Lexis = Lexis {
    line_comments: &["//"],
    quotes: &[Quote { mark: '"', holds: Holds::Text }, Quote { mark: '\'', holds: Holds::Text }],
    escape: Escape::Backslash,
    commands_after: &['|'],
    keywords: &[
        "and",
        "as",
        "asc",
        "between",
        "by",
        "contains",
        "desc",
        "from",
        "has",
        "has_all",
        "has_any",
        "hasprefix",
        "hassuffix",
        "in",
        "kind",
        "let",
        "matches",
        "nulls",
        "on",
        "or",
        "regex",
        "startswith",
        "endswith",
        "step",
        "to",
        "typeof",
        "with",
    ],
    ..Lexis::PLAIN
};

/// What runs queries.
pub static FRONT_END: FrontEnd = FrontEnd {
    load,
    words: words::all,
    wanted,
    fields,
    starters: Starters {
        detections: &[
            ("aws", include_str!("../starters/aws.kql")),
            ("azure", include_str!("../starters/azure.kql")),
            ("gcp", include_str!("../starters/gcp.kql")),
        ],
        hunts: &[],
    },
};

fn load(resources: &Resources) -> Result<Box<dyn Compile>, LoadError> {
    let mut options = LowerOptions::default();
    for named in &resources.tables {
        let text = fs::read_to_string(&named.file).map_err(|error| LoadError::new(&named.file, error))?;
        let (columns, rows) = csv::read(&text);
        options.watchlists.insert(named.name.clone(), Watchlist { columns, rows });
    }
    Ok(Box::new(options))
}

impl Compile for LowerOptions {
    fn compile(&self, request: &Request<'_>) -> Compiled {
        let parsed = parse(request.text);
        let understood = !parsed.diagnostics.iter().any(Diagnostic::is_error);
        let environment = Environment { view: request.view, options: self, answers: request.answers };
        let lowered = lower(&parsed, &environment);
        Compiled {
            plan: lowered.plan,
            pending: lowered.pending,
            output: lowered.output,
            parsed: understood,
            diagnostics: lowered.diagnostics,
            ..Compiled::default()
        }
    }
}

fn fields(view: &View) -> Vec<&str> {
    view.field_names()
}

fn wanted(cursor: &Cursor<'_>) -> Vec<Wanted> {
    if cursor.quote.is_some() {
        return Vec::new();
    }
    let is_start = cursor.in_command.trim().is_empty();
    if is_start && cursor.follows_command {
        return vec![Wanted::Kind(EntryKind::Command)];
    }
    if is_start {
        return [EntryKind::Catalog, EntryKind::Keyword, EntryKind::Command].map(Wanted::Kind).to_vec();
    }
    [EntryKind::Field, EntryKind::Function, EntryKind::Keyword].map(Wanted::Kind).to_vec()
}
