//! From query text to a plan, whatever the language.

use std::path::{Path, PathBuf};

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Node, Rows, TimeRange, Type};
use quarry_spl::{
    Knowledge,
    lower::{Environment, LowerOptions, Store, lower_with},
};
use quarry_views::{Catalog, View};

use crate::{
    arguments::{Language, LanguageArguments, SplunkFields},
    failure::{Failure, Outcome},
};

/// A query and where it is from.
#[derive(Debug, Clone)]
pub struct QueryText {
    /// Language.
    pub language: Language,
    /// A path, or `<query>`.
    pub name: String,
    /// The text.
    pub text: String,
}

/// What compiling gave.
pub struct Compiled {
    /// The plan, if the query can run.
    pub plan: Option<Node>,
    /// A plan whose rows are needed before the rest can be compiled.
    pub pending: Option<Node>,
    /// Tables that the query writes.
    pub stores: Vec<Store>,
    /// Plan column and label of each output column.
    pub output: Vec<(String, String)>,
    /// A wildcard stands for fields that only the data can tell.
    pub needs_discovery: bool,
    /// Whether the text was understood, be it runnable or not.
    pub parsed: bool,
    /// Everything found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles queries: the views, the macros, the options.
pub struct Compiler<'a> {
    catalog: &'a Catalog,
    knowledge: Knowledge,
    splunk_fields: SplunkFields,
}

impl<'a> Compiler<'a> {
    /// A compiler over a catalog; reads macros, lookups and apps.
    pub fn new(catalog: &'a Catalog, arguments: &LanguageArguments) -> Outcome<Self> {
        let LanguageArguments { macros, lookups, splunk_app, .. } = arguments;
        let paths: Vec<PathBuf> = splunk_app.iter().chain(macros).chain(lookups).cloned().collect();
        let knowledge =
            Knowledge::load(&paths).map_err(|error| Failure::of("cannot read macros and lookups", error))?;
        Ok(Self { catalog, knowledge, splunk_fields: arguments.splunk_fields })
    }

    /// The view a language reads through.
    pub fn view(&self, language: Language) -> Outcome<&'a View> {
        let name = match (language, self.splunk_fields) {
            (Language::Spl, SplunkFields::Addon) => "splunk",
            (Language::Spl, SplunkFields::Json) => "splunk-json",
            (Language::Aql, _) => "qradar",
        };
        self.catalog.view(name).ok_or_else(|| Failure::Other(format!("no view is named `{name}`")))
    }

    /// Compiles one query; `discovered` are the fields seen in the data, where known.
    pub fn compile(&self, query: &QueryText, discovered: Option<&[(String, Type)]>) -> Outcome<Compiled> {
        self.compile_with(query, discovered, &[])
    }

    /// Compiles one query that went through so many stages already, see [`Compiled::pending`].
    pub fn compile_with(
        &self,
        query: &QueryText,
        discovered: Option<&[(String, Type)]>,
        answers: &[Rows],
    ) -> Outcome<Compiled> {
        let view = self.view(query.language)?;
        Ok(match query.language {
            Language::Spl => self.compile_spl(&query.text, view, discovered, answers),
            Language::Aql => compile_aql(&query.text, view),
        })
    }

    fn compile_spl(
        &self,
        text: &str,
        view: &View,
        discovered: Option<&[(String, Type)]>,
        answers: &[Rows],
    ) -> Compiled {
        let parsed = quarry_spl::parse(text, &self.knowledge.macros);
        let understood = parsed.is_understood();
        let mut diagnostics = parsed.diagnostics.clone();
        if !understood {
            return Compiled {
                plan: None,
                pending: None,
                stores: Vec::new(),
                output: Vec::new(),
                needs_discovery: false,
                parsed: false,
                diagnostics,
            };
        }
        let options = LowerOptions { view, discovered, default_time: TimeRange::default() };
        let environment = Environment { knowledge: Some(&self.knowledge), answers };
        let lowered = lower_with(&parsed, &options, &environment);
        diagnostics.extend(lowered.diagnostics);
        Compiled {
            plan: lowered.plan,
            pending: lowered.pending,
            stores: lowered.stores,
            output: lowered.output.into_iter().map(|column| (column.column, column.label)).collect(),
            needs_discovery: lowered.needs_discovery,
            parsed: true,
            diagnostics,
        }
    }
}

fn compile_aql(text: &str, view: &View) -> Compiled {
    let parsed = quarry_aql::parse(text);
    let understood = !parsed.diagnostics.iter().any(Diagnostic::is_error);
    let lowered = quarry_aql::lower(&parsed, view, &quarry_aql::LowerOptions::default());
    Compiled {
        plan: lowered.plan,
        pending: None,
        stores: Vec::new(),
        output: lowered.output.into_iter().map(|column| (column.column, column.label)).collect(),
        needs_discovery: false,
        parsed: understood,
        diagnostics: lowered.diagnostics,
    }
}

/// The language of a file by its ending.
pub fn language_of(path: &Path) -> Option<Language> {
    match path.extension()?.to_str()? {
        ending if ending.eq_ignore_ascii_case("spl") => Some(Language::Spl),
        ending if ending.eq_ignore_ascii_case("aql") => Some(Language::Aql),
        _ => None,
    }
}

/// The searches of a file that Splunk's users keep them in: a detection of security_content or a
/// savedsearches.conf; none if the file is something else.
pub fn saved_searches(path: &Path) -> Option<Vec<QueryText>> {
    let name = path.file_name()?.to_str()?;
    let text = std::fs::read_to_string(path).ok()?;
    let found = quarry_spl::saved_searches(name, &text)?;
    let query = |found: quarry_spl::SavedSearch| QueryText {
        language: Language::Spl,
        name: found.name,
        text: found.search,
    };
    Some(found.into_iter().map(query).collect())
}

/// Reads a query from a file or standard input (`-`).
pub fn read_query(path: &PathBuf, language: Option<Language>) -> Outcome<QueryText> {
    let standard_input = path.as_os_str() == "-";
    let text = if standard_input {
        std::io::read_to_string(std::io::stdin())
            .map_err(|error| Failure::of("cannot read standard input", error))?
    } else {
        std::fs::read_to_string(path)
            .map_err(|error| Failure::of(format!("cannot read `{}`", path.display()), error))?
    };
    let language = language.or_else(|| language_of(path)).ok_or_else(|| {
        let name = path.display();
        Failure::Other(format!(
            "the language of `{name}` is not clear from its ending: say `--lang spl` or `--lang aql`"
        ))
    })?;
    let name = if standard_input { "<stdin>".to_owned() } else { path.display().to_string() };
    Ok(QueryText { language, name, text })
}
