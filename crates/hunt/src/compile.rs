//! From query text to a plan, whatever the language.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use quarry_diagnostic::{Diagnostic, Span, line_column};
use quarry_engine::EngineError;
use quarry_language_definition::{Compile, Compiled, Request, Resources};
use quarry_languages::Language;
use quarry_pack::import;
use quarry_plan::{Rows, TimeRange, Type};
use quarry_views::{Catalog, View};

use crate::{Failure, Outcome, Within, failure::NOT_RUN};

/// A query and where it is from.
#[derive(Debug, Clone)]
pub struct QueryText {
    /// Language.
    pub language: Language,
    /// A path, or `<query>`.
    pub name: String,
    /// The text.
    pub text: String,
    /// Where it stands in a file of rules, if it was taken from one.
    pub within: Option<Arc<Within>>,
}

impl QueryText {
    /// A query that stands for itself.
    #[must_use]
    pub fn new(language: Language, name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { language, name: name.into(), text: text.into(), within: None }
    }

    /// A diagnostic of the query, with the name and the text that its places are in: the file's around it, or its own.
    #[must_use]
    pub fn located(&self, diagnostic: &Diagnostic) -> (&str, &str, Diagnostic) {
        let (name, text) = self.file();
        (
            name,
            text,
            self.within.as_ref().map_or_else(|| diagnostic.clone(), |within| within.locate(diagnostic)),
        )
    }

    /// The name and the text of the file around it, or its own.
    #[must_use]
    pub fn file(&self) -> (&str, &str) {
        self.within.as_ref().map_or((&self.name, &self.text), |within| (&within.name, &within.text))
    }

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

/// What queries are compiled with.
#[derive(Debug, Clone)]
pub struct CompileOptions {
    /// The languages.
    pub languages: Vec<Language>,
    /// What queries may refer to, beside what the catalog names.
    pub resources: Resources,
    /// Views that a language reads through where it has a choice.
    pub views: Vec<String>,
}

impl Default for CompileOptions {
    fn default() -> Self {
        Self { languages: Language::all().collect(), resources: Resources::default(), views: Vec::new() }
    }
}

impl CompileOptions {
    /// The usual ones, with files and folders of macros, lookups and apps.
    #[must_use]
    pub fn with_files(files: Vec<PathBuf>) -> Self {
        Self { resources: Resources { files, ..Resources::default() }, ..Self::default() }
    }
}

/// Compiles queries of every language.
pub struct Compiler<'a> {
    catalog: &'a Catalog,
    ready: Vec<(Language, Box<dyn Compile>)>,
    views: Vec<String>,
}

impl<'a> Compiler<'a> {
    /// A compiler over a catalog; reads the resources of the options, and the files that the user's `quarry.toml`
    /// names.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn new(catalog: &'a Catalog, options: &CompileOptions) -> Outcome<Self> {
        let mut resources = options.resources.clone();
        // What is named last wins: the options over the catalog.
        resources.tables.splice(0..0, catalog.files.reference.iter().cloned());
        resources.queries.splice(0..0, catalog.files.saved_searches.iter().cloned());
        let mut ready = Vec::new();
        for language in &options.languages {
            if let Some(front_end) = language.front_end {
                ready.push((*language, (front_end.load)(&resources)?));
            }
        }
        Ok(Self { catalog, ready, views: options.views.clone() })
    }

    /// What of the resources was not read, and why.
    pub fn complaints(&self) -> impl Iterator<Item = String> {
        self.ready.iter().flat_map(|(_, language)| language.complaints())
    }

    /// The view a language reads through.
    ///
    /// # Errors
    /// If the language is not run, or the catalog has no such view.
    pub fn view(&self, language: Language) -> Outcome<&'a View> {
        let chosen = language.views.iter().find(|choice| self.views.iter().any(|name| name == choice.view));
        let Some(choice) = chosen.or(language.views.first()) else {
            return Err(Failure::NotRun(language));
        };
        let view = self.catalog.view(choice.view);
        view.ok_or_else(|| Failure::from(EngineError::unknown_view(choice.view)))
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
        let Some((language, ready)) = self.ready.iter().find(|(language, _)| *language == query.language)
        else {
            return Ok(not_run(query.language));
        };
        let view = self.view(*language)?;
        let mut compiled = ready.compile(&Request { text: &query.text, view, discovered, answers, time });
        if let Some(other) = language.mistaken_for(&query.text) {
            tell_other(*language, other, &query.text, &mut compiled.diagnostics);
        }
        Ok(compiled)
    }
}

/// A text that looks like another language is read as this one: a search for its words, at best.
const OTHER_LANGUAGE: &str = "RUN013";

/// Says that a text looks like another language: with what is wrong with it, or of its own where it can be read.
fn tell_other(read_as: Language, other: Language, text: &str, diagnostics: &mut Vec<Diagnostic>) {
    let what =
        if other.runs() { format!("name its language with `--lang {}`", other.id) } else { other.not_yet() };
    let message = format!("this looks like {} and is read as {}", other.full_title, read_as.title);
    match diagnostics.iter_mut().find(|found| found.is_error()) {
        Some(error) => error.help.push(format!("{message}: {what}")),
        None => {
            let start = text.len() - text.trim_start().len();
            let first = text.trim_start().lines().next().map_or(0, |line| line.trim_end().len());
            let warning = Diagnostic::warning(OTHER_LANGUAGE, message, Span::new(start, start + first));
            diagnostics.push(warning.with_help(what));
        }
    }
}

fn not_run(language: Language) -> Compiled {
    let running: Vec<&str> = Language::running().map(|language| language.definition().title).collect();
    let help = format!("it runs {}; `quarry pack read FILE` shows what the file says", running.join(" and "));
    let error = Diagnostic::error(NOT_RUN, language.not_yet(), Span::new(0, 0)).with_help(help);
    Compiled { diagnostics: vec![error], ..Compiled::default() }
}

fn text_of(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path).map_err(|error| Failure::reading_file(path, error))
}

/// The queries of a file that is no plain query but rules in a product's own format; none if it is neither.
///
/// # Errors
/// If the file is in such a format and is wrong.
pub fn queries_of(path: &Path) -> Outcome<Option<Vec<QueryText>>> {
    if path.as_os_str() == "-" || Language::of_file(path).is_some() || !path.is_file() {
        return Ok(None);
    }
    let Ok(text) = std::fs::read_to_string(path) else { return Ok(None) };
    let name = path.display().to_string();
    let imported = import::read(&name, &text);
    let found: Vec<QueryText> = imported
        .detections()
        .map(|found| QueryText {
            within: Within::find(path, &text, &found.text),
            ..QueryText::new(found.language, found.title.clone(), found.text.clone())
        })
        .collect();
    match imported.first_error() {
        Some(error) if found.is_empty() && imported.format.is_some() => Err(Failure::from(error)),
        _ => Ok((!found.is_empty()).then_some(found)),
    }
}

/// The one rule of a file.
fn only(path: &Path, mut rules: Vec<QueryText>) -> Outcome<QueryText> {
    match rules.pop() {
        Some(rule) if rules.is_empty() => Ok(rule),
        last => {
            let titles: Vec<String> =
                rules.iter().chain(&last).map(|rule| format!("`{}`", rule.name)).collect();
            let (name, titles) = (path.display(), titles.join(", "));
            Err(Failure::Usage(format!(
                "`{name}` has {} rules, and one is wanted here: {titles}",
                rules.len() + 1
            )))
        }
    }
}

/// How a language is said on the command line.
#[must_use]
pub fn language_options() -> String {
    let options: Vec<String> =
        Language::running().map(|language| format!("`--lang {}`", language.id)).collect();
    options.join(" or ")
}

/// Reads a query from a file or standard input (`-`).
///
/// # Errors
/// If it cannot be read, or its language is neither told nor clear from the ending.
pub fn read_query(path: &Path, language: Option<Language>) -> Outcome<QueryText> {
    let standard_input = path.as_os_str() == "-";
    if language.is_none()
        && let Some(rules) = queries_of(path)?
    {
        return only(path, rules);
    }
    let text = if standard_input {
        std::io::read_to_string(std::io::stdin())
            .map_err(|error| Failure::reading("standard input", error))?
    } else {
        text_of(path)?
    };
    let language = language.or_else(|| Language::of_file(path)).ok_or_else(|| {
        let name = path.display();
        Failure::Usage(format!(
            "the language of `{name}` is not clear from its ending: say {}",
            language_options()
        ))
    })?;
    let name = if standard_input { "<stdin>".to_owned() } else { path.display().to_string() };
    Ok(QueryText::new(language, name, text))
}
