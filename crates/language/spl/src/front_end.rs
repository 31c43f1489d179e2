//! What the language gives to everything above it.

mod words;

use quarry_diagnostic::Diagnostic;
use quarry_language_definition::{
    Compile, Compiled, Cursor, EntryKind, Escape, FrontEnd, Holds, Lexis, LoadError, Quote, Request,
    Resources, Starters, Wanted, visible_fields,
};
use quarry_plan::TimeRange;

use crate::{
    Knowledge,
    lower::{Environment, LowerOptions, lower_with},
    parse, registry,
};

/// The look of a search.
pub static LEXIS: Lexis = Lexis {
    line_comments: &[],
    block_comments: &[("```", "```")],
    quotes: &[
        Quote { mark: '"', holds: Holds::Either },
        Quote { mark: '\'', holds: Holds::Name },
        Quote { mark: '`', holds: Holds::Other },
    ],
    escape: Escape::Backslash,
    name_mark: None,
    word_marks: &['_', '.', ':', '{', '}', '-', '@'],
    commands_after: &['|', '['],
    keywords: &[
        "and",
        "as",
        "asc",
        "by",
        "desc",
        "false",
        "from",
        "groupby",
        "in",
        "like",
        "not",
        "null",
        "or",
        "output",
        "outputnew",
        "over",
        "true",
        "where",
        "xor",
    ],
};

/// What runs searches.
pub static FRONT_END: FrontEnd = FrontEnd {
    load,
    words: words::all,
    wanted,
    fields: visible_fields,
    starters: Starters {
        detections: &[
            ("aws", include_str!("../starters/aws.spl")),
            ("azure", include_str!("../starters/azure.spl")),
            ("gcp", include_str!("../starters/gcp.spl")),
        ],
        hunts: &[("first-seen", include_str!("../starters/first-seen.spl"))],
    },
};

fn load(resources: &Resources) -> Result<Box<dyn Compile>, LoadError> {
    match Knowledge::load(&resources.files) {
        Ok(knowledge) => Ok(Box::new(knowledge)),
        Err(error) => Err(LoadError { path: error.path, message: error.message }),
    }
}

impl Compile for Knowledge {
    fn compile(&self, request: &Request<'_>) -> Compiled {
        let Request { text, view, discovered, answers, time } = *request;
        let parsed = parse(text, &self.macros);
        if !parsed.is_understood() {
            return Compiled { diagnostics: parsed.diagnostics, ..Compiled::default() };
        }
        let options = LowerOptions { view, discovered, default_time: TimeRange::default() };
        let lowered = lower_with(&parsed, &options, &Environment { knowledge: Some(self), answers, time });
        let diagnostics: Vec<Diagnostic> =
            parsed.diagnostics.into_iter().chain(lowered.diagnostics).collect();
        Compiled {
            plan: lowered.plan,
            pending: lowered.pending,
            stores: lowered.stores,
            output: lowered.output,
            needs_discovery: lowered.needs_discovery,
            parsed: true,
            diagnostics,
        }
    }

    fn complaints(&self) -> Vec<String> {
        Self::complaints(self).iter().map(ToString::to_string).collect()
    }
}

/// What the name of a log is compared by.
const SOURCE_TYPES: [&str; 4] = ["sourcetype=", "sourcetype!=", "sourcetype =", "sourcetype in ("];

fn wanted(cursor: &Cursor<'_>) -> Vec<Wanted> {
    let assigned = cursor.in_command.trim_end_matches(['"', ' ']).to_lowercase();
    if SOURCE_TYPES.iter().any(|end| assigned.ends_with(end)) {
        return vec![Wanted::Kind(EntryKind::Source)];
    }
    match cursor.quote.map(|quote| quote.holds) {
        Some(Holds::Other) => return Vec::new(),
        Some(_) => return vec![Wanted::Kind(EntryKind::Field)],
        None => {}
    }
    let starts = cursor.in_command.trim().is_empty();
    match (starts, cursor.follows_command) {
        (true, true) => vec![Wanted::Kind(EntryKind::Command)],
        (true, false) => vec![Wanted::Kind(EntryKind::Command), Wanted::Kind(EntryKind::Field)],
        (false, _) => {
            let name = cursor.in_command.split_whitespace().next().unwrap_or_default().to_lowercase();
            let options = registry::command(&name).map(|row| Wanted::OptionsOf(row.name));
            let others = [EntryKind::Function, EntryKind::Field].map(Wanted::Kind);
            options.into_iter().chain(others).collect()
        }
    }
}
