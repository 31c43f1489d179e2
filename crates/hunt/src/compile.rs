//! From query text to a plan, whatever the language.

use std::path::{Path, PathBuf};

use quarry_aql::ReferenceCollection;
use quarry_diagnostic::{Diagnostic, Span, line_column};
use quarry_plan::{Node, Rows, TimeRange, Type};
use quarry_spl::{
    Knowledge,
    lower::{Environment, LowerOptions, Store, lower_with},
};
use quarry_views::{Catalog, NamedFile, UserFiles, View};

use quarry_pack::{Language, import};

use crate::{Failure, Outcome};

/// The query is in a language that is not run.
const NOT_RUN: &str = "RUN002";

/// Which names Splunk searches see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SplunkFields {
    /// The JSON's own names and those of the vendor add-on.
    #[default]
    Addon,
    /// The JSON's own names only.
    Json,
}

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

impl QueryText {
    /// Line and column, from 1, of where a part of the query begins.
    #[must_use]
    pub fn place(&self, span: Span) -> (usize, usize) {
        line_column(&self.text, span.start)
    }

    /// A part of the query on one line, at most so many characters of it.
    #[must_use]
    pub fn excerpt(&self, span: Span, most: usize) -> String {
        let text = self.text.get(span.start..span.end).unwrap_or_default();
        cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), most)
    }
}

/// At most so many characters of a text; a sign says where the rest is left out.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
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
    aql: quarry_aql::LowerOptions,
}

impl<'a> Compiler<'a> {
    /// A compiler over a catalog; reads macros, lookups and apps of Splunk from files and folders, and the
    /// files that the user's `quarry.toml` names.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn new(catalog: &'a Catalog, knowledge: &[PathBuf], splunk_fields: SplunkFields) -> Outcome<Self> {
        let knowledge = Knowledge::load(knowledge)
            .map_err(|error| Failure::of("cannot read macros and lookups", error))?;
        let aql = quarry_aql::LowerOptions::default();
        Self { catalog, knowledge, splunk_fields, aql }.with_aql(&catalog.files, false)
    }

    /// What of the files of macros, lookups and apps was not read, and why.
    pub fn complaints(&self) -> impl Iterator<Item = String> {
        self.knowledge.complaints().iter().map(ToString::to_string)
    }

    /// The same with more reference data and saved searches for AQL; `permissive` accepts undocumented
    /// extras of public queries, with a warning each.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn with_aql(mut self, files: &UserFiles, permissive: bool) -> Outcome<Self> {
        self.aql.permissive = permissive;
        for named in &files.reference {
            self.aql.reference.add(reference(named)?);
        }
        for named in &files.saved_searches {
            self.aql.saved_searches.insert(named.name.clone(), text_of(&named.file)?);
        }
        Ok(self)
    }

    /// The view a language reads through.
    ///
    /// # Errors
    /// If the catalog has no such view.
    pub fn view(&self, language: Language) -> Outcome<&'a View> {
        let name = match (language, self.splunk_fields) {
            (Language::Spl, SplunkFields::Addon) => "splunk",
            (Language::Spl, SplunkFields::Json) => "splunk-json",
            (Language::Aql, _) => "qradar",
            (Language::Kql | Language::Sigma, _) => return Err(Failure::Other(not_yet(language))),
        };
        self.catalog.view(name).ok_or_else(|| Failure::Other(format!("no view is named `{name}`")))
    }

    /// Compiles one query; `discovered` are the fields seen in the data, where known.
    ///
    /// # Errors
    /// If the catalog has no view of the language.
    pub fn compile(&self, query: &QueryText, discovered: Option<&[(String, Type)]>) -> Outcome<Compiled> {
        self.compile_with(query, discovered, &[], None)
    }

    /// Compiles one query that went through so many stages already, see [`Compiled::pending`]. `time` is the
    /// range that replaces the query's own, if any.
    ///
    /// # Errors
    /// If the catalog has no view of the language.
    pub fn compile_with(
        &self,
        query: &QueryText,
        discovered: Option<&[(String, Type)]>,
        answers: &[Rows],
        time: Option<&TimeRange>,
    ) -> Outcome<Compiled> {
        let view = || self.view(query.language);
        Ok(match query.language {
            Language::Spl => self.compile_spl(
                &query.text,
                &LowerOptions { view: view()?, discovered, default_time: TimeRange::default() },
                &Environment { knowledge: Some(&self.knowledge), answers, time },
            ),
            Language::Aql => self.compile_aql(&query.text, view()?),
            Language::Kql | Language::Sigma => not_run_yet(query.language),
        })
    }

    fn compile_spl(&self, text: &str, options: &LowerOptions<'_>, environment: &Environment<'_>) -> Compiled {
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
        let lowered = lower_with(&parsed, options, environment);
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

    fn compile_aql(&self, text: &str, view: &View) -> Compiled {
        let parsed = quarry_aql::parse(text);
        let understood = !parsed.diagnostics.iter().any(Diagnostic::is_error);
        let lowered = quarry_aql::lower(&parsed, view, &self.aql);
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
}

/// What is said of a language that is read and shown only.
#[must_use]
pub fn not_yet(language: Language) -> String {
    format!("quarry does not run {} yet", language.title())
}

fn not_run_yet(language: Language) -> Compiled {
    let error = Diagnostic::error(NOT_RUN, not_yet(language), Span::new(0, 0));
    Compiled {
        plan: None,
        pending: None,
        stores: Vec::new(),
        output: Vec::new(),
        needs_discovery: false,
        parsed: false,
        diagnostics: vec![
            error.with_help("it runs SPL and AQL; `quarry pack read FILE` shows what the file says"),
        ],
    }
}

/// A reference set, map or table from its CSV file.
fn reference(named: &NamedFile) -> Outcome<ReferenceCollection> {
    let failed = |error| Failure::of(format!("cannot read `{}`", named.file.display()), error);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_path(&named.file)
        .map_err(failed)?;
    let record = |record: csv::Result<csv::StringRecord>| {
        Ok(record.map_err(failed)?.iter().map(str::to_owned).collect())
    };
    let records = reader.records().map(record).collect::<Outcome<Vec<Vec<String>>>>()?;
    Ok(ReferenceCollection::new(&named.name, records, named.ignore_case))
}

fn text_of(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::of(format!("cannot read `{}`", path.display()), error))
}

/// The language of a file by its ending.
#[must_use]
pub fn language_of(path: &Path) -> Option<Language> {
    Language::of_file(path)
}

/// The queries of a file that is no plain query but rules in a product's own format; none if it is neither.
///
/// # Errors
/// If the file is in such a format and is wrong.
pub fn queries_of(path: &Path) -> Outcome<Option<Vec<QueryText>>> {
    if path.as_os_str() == "-" || language_of(path).is_some() || !path.is_file() {
        return Ok(None);
    }
    let Ok(text) = std::fs::read_to_string(path) else { return Ok(None) };
    let name = path.display().to_string();
    let imported = import::read(&name, &text);
    let found: Vec<QueryText> = imported
        .detections()
        .map(|found| QueryText {
            language: found.language,
            name: found.title.clone(),
            text: found.text.clone(),
        })
        .collect();
    match imported.first_error() {
        Some(error) if found.is_empty() && imported.format.is_some() => {
            Err(Failure::Other(error.to_string()))
        }
        _ => Ok((!found.is_empty()).then_some(found)),
    }
}

/// Reads a query from a file or standard input (`-`).
///
/// # Errors
/// If it cannot be read, or its language is neither told nor clear from the ending.
pub fn read_query(path: &Path, language: Option<Language>) -> Outcome<QueryText> {
    let standard_input = path.as_os_str() == "-";
    let text = if standard_input {
        std::io::read_to_string(std::io::stdin())
            .map_err(|error| Failure::of("cannot read standard input", error))?
    } else {
        text_of(path)?
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
