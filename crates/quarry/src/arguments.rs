//! The command line.

use std::path::PathBuf;

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use quarry_language_definition::ViewChoice;
use quarry_languages::Language;
use quarry_views::NamedFile;

use crate::{
    commands::{pack::PackArguments, test::TestArguments, tune::TuneArguments},
    packs::PackSource,
};

/// Runs SIEM detections (Splunk SPL, QRadar AQL) unchanged on cloud audit logs.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run one query over logs and print its rows
    Query(QueryArguments),
    /// Run the detections of a technique, a pack folder or query files and print alerts
    Hunt(HuntArguments),
    /// Parse and plan queries without data
    Check(CheckArguments),
    /// List the fields that the events have
    Fields(FieldsArguments),
    /// Serve editors over standard input and output (Language Server Protocol)
    Lsp(crate::commands::lsp::LspArguments),
    /// Run the adversary tests of packs over emulated telemetry, or check them on real logs
    Test(TestArguments),
    /// Group the alerts on your own logs and propose exclusions that no attack test can hide behind
    Tune(TuneArguments),
    /// Check packs, start a new one, print the schemas of their files
    Pack(PackArguments),
    /// Write the records that a cloud would have written for an attack
    Emulate(crate::commands::emulate::EmulateArguments),
    /// Tell what queries that run will really do: comparisons that never hold, exclusions left open
    Lint(crate::commands::lint::LintArguments),
    /// Tell why one event passed a query or did not, stage by stage
    Explain(crate::commands::explain::ExplainArguments),
    /// Show what the packs cover of MITRE ATT&CK, scored by their tests, and the gaps
    Coverage(crate::commands::coverage::CoverageArguments),
    /// Write the packs as pages, with what their tests show
    Site(crate::commands::site::SiteArguments),
    /// Serve the same pages to this machine
    Serve(crate::commands::serve::ServeArguments),
}

/// The ids of the languages that run.
pub fn language() -> impl TypedValueParser<Value = Language> {
    let value = |language: Language| {
        let definition = language.definition();
        PossibleValue::new(definition.id).help(definition.long_title)
    };
    PossibleValuesParser::new(Language::running().map(value))
        .try_map(|id| Language::of_id(&id).ok_or("no language has this id"))
}

/// The views that an option chooses from.
fn view(option: &'static str) -> impl TypedValueParser<Value = ViewChoice> {
    let choices = move || {
        let views = Language::running().flat_map(|language| language.definition().views);
        views.filter_map(move |view| {
            let (name, value) = view.option?;
            (name == option).then_some((value, view))
        })
    };
    PossibleValuesParser::new(choices().map(|(value, view)| PossibleValue::new(value).help(view.meaning)))
        .try_map(move |word| {
            let found = choices().find(|(value, _)| *value == word);
            found.map(|(_, view)| *view).ok_or("no view goes by this word")
        })
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people
    Table,
    /// One JSON array
    Json,
    /// One JSON object per line
    Jsonl,
    /// Comma-separated values with a header
    Csv,
    /// Apache Parquet (to a file or pipe)
    Parquet,
}

#[derive(Debug, Args)]
pub struct LogArguments {
    /// Logs to read: files, folders, globs, `-` for standard input, or s3://, gs://, az:// URLs; a query that brings its
    /// own rows needs none
    #[arg(long, num_args = 1.., value_name = "PATH|GLOB|DIR|URL")]
    pub logs: Vec<String>,

    /// What "now" is: a time, `newest` (the newest event) or `wall` (the clock). A range that counts
    /// back from it includes the events at that instant
    #[arg(long, default_value = "newest", value_name = "TIME|newest|wall")]
    pub now: String,

    /// First instant that counts; replaces the query's own time range
    #[arg(long, value_name = "TIME")]
    pub earliest: Option<String>,

    /// First instant that no longer counts; replaces the query's own time range
    #[arg(long, value_name = "TIME")]
    pub latest: Option<String>,

    /// Read objects too that were delivered before the time range, by the dates of their paths
    #[arg(long)]
    pub no_prune: bool,

    /// Fail at the first bad record instead of skipping and counting it
    #[arg(long)]
    pub strict: bool,

    /// Threads to use, at most 256 (default: all cores)
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,

    /// Memory that sorts and aggregations may hold before they spill to disk, in MiB
    #[arg(long, default_value_t = 256, value_name = "MIB")]
    pub memory: usize,

    /// Largest record that is read, in MiB; larger ones are skipped and counted
    #[arg(long, default_value_t = 64, value_name = "MIB")]
    pub max_record: usize,

    /// A MaxMind database (.mmdb) that says where addresses are, for `iplocation`
    #[arg(long, value_name = "FILE")]
    pub places: Option<PathBuf>,

    /// Write what was read and what was not to this file, a JSON object a line (`query`, `hunt`, `fields`)
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// Show no progress and no closing line
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
pub struct LanguageArguments {
    /// Which names Splunk searches see
    #[arg(long, value_parser = view("splunk-fields"), default_value = "addon")]
    pub splunk_fields: ViewChoice,

    /// Splunk macros: macros.conf files and folders of security_content macro YAML
    #[arg(long, num_args = 1.., value_name = "PATH")]
    pub macros: Vec<PathBuf>,

    /// Splunk lookups: CSV files, transforms.conf files and folders of security_content lookup YAML
    #[arg(long, num_args = 1.., value_name = "PATH")]
    pub lookups: Vec<PathBuf>,

    /// Folders of Splunk apps, or one that holds them: macros, lookups, fields (props.conf), event types, tags
    #[arg(long, num_args = 1.., value_name = "DIR")]
    pub splunk_app: Vec<PathBuf>,

    /// QRadar reference data: a CSV file under the name that queries use (`Bad Addresses=bad.csv`)
    #[arg(long, value_name = "NAME=FILE", value_parser = named_file)]
    pub reference: Vec<NamedFile>,

    /// The query of a QRadar saved search, for GLOBALVIEW
    #[arg(long, value_name = "NAME=FILE", value_parser = named_file)]
    pub saved_search: Vec<NamedFile>,

    /// Accept undocumented AQL of public queries, with a warning each
    #[arg(long)]
    pub permissive: bool,

    /// Fields of your own (default: `quarry.toml` here or in a folder above)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl LanguageArguments {
    /// The views that were chosen.
    pub fn views(&self) -> Vec<String> {
        vec![self.splunk_fields.view.to_owned()]
    }
}

#[derive(Debug, Args)]
pub struct QueryArguments {
    /// Language (default: by the ending of FILE)
    #[arg(long, value_parser = language())]
    pub lang: Option<Language>,

    /// The query itself
    #[arg(
        short = 'e',
        long = "expression",
        value_name = "TEXT",
        conflicts_with = "file",
        allow_hyphen_values = true
    )]
    pub text: Option<String>,

    /// A file with the query, or `-` for standard input
    #[arg(value_name = "FILE", required_unless_present = "text")]
    pub file: Option<PathBuf>,

    #[command(flatten)]
    pub logs: LogArguments,

    #[command(flatten)]
    pub language: LanguageArguments,

    /// How rows are written (default: table on a terminal, jsonl otherwise)
    #[arg(long, value_enum)]
    pub output: Option<Format>,

    #[command(flatten)]
    pub csv: CsvArguments,

    /// Print at most so many rows
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,

    /// Print the physical plan to standard error before running
    #[arg(long)]
    pub explain: bool,

    /// Folder for the tables that `outputlookup` writes; without it nothing is written
    #[arg(long, value_name = "DIR")]
    pub write_lookups: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct HuntArguments {
    /// Technique ids (T1578.002), pack folders or query files
    #[arg(required = true, value_name = "TECHNIQUE|FOLDER|FILE")]
    pub targets: Vec<String>,

    #[command(flatten)]
    pub packs: PackSource,

    #[command(flatten)]
    pub logs: LogArguments,

    #[command(flatten)]
    pub language: LanguageArguments,

    /// How alerts are written (default: table on a terminal, jsonl otherwise)
    #[arg(long, value_enum)]
    pub output: Option<Format>,

    #[command(flatten)]
    pub csv: CsvArguments,

    /// Exclusions and thresholds of your own, beside those of the packs
    #[arg(long, value_name = "FILE")]
    pub tuning: Option<PathBuf>,

    /// Exit with 1 if there is an alert
    #[arg(long)]
    pub exit_code: bool,

    /// Folder for the tables that `outputlookup` writes; without it nothing is written
    #[arg(long, value_name = "DIR")]
    pub write_lookups: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Language (default: by the ending of each FILE)
    #[arg(long, value_parser = language())]
    pub lang: Option<Language>,

    /// A file of JSON lines, each an object with `name` and `query`
    #[arg(long, value_name = "FILE", requires = "lang")]
    pub corpus: Option<PathBuf>,

    /// Query files
    #[arg(value_name = "FILE", required_unless_present = "corpus")]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub language: LanguageArguments,
}

#[derive(Debug, Args)]
pub struct FieldsArguments {
    #[command(flatten)]
    pub logs: LogArguments,

    /// Show the fields of a view (splunk, splunk-json, qradar, alert) instead of the JSON's own
    #[arg(long, value_name = "NAME")]
    pub view: Option<String>,

    /// Fields of your own (default: `quarry.toml` here or in a folder above)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// How fields are written (default: table on a terminal, jsonl otherwise)
    #[arg(long, value_enum)]
    pub output: Option<Format>,

    #[command(flatten)]
    pub csv: CsvArguments,
}

/// How CSV is written.
#[derive(Debug, Args)]
pub struct CsvArguments {
    /// In CSV, put `'` before a cell that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`,
    /// a tab or a line break and is no number)
    #[arg(long = "csv-safe")]
    pub is_safe: bool,
}

/// `NAME=FILE`.
fn named_file(text: &str) -> Result<NamedFile, String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => {
            Ok(NamedFile { name: name.to_owned(), file: PathBuf::from(file), ignore_case: false })
        }
        _ => Err("expected a name, `=` and a file".to_owned()),
    }
}
