//! Commands of the Search Reference, of Splunk's own add-ons, and of apps that public searches name. The row
//! of one that runs stands with its rule in `lower/commands`; here are the others.

use std::sync::LazyLock;

use super::{Grammar, Needs, OptionRow, Status};
use crate::lower::{COMMAND_TABLES, CommandRule};

/// A command.
#[derive(Debug, Clone, Copy)]
pub struct CommandRow {
    /// Name in lower case.
    pub name: &'static str,
    /// The command whose other name it is.
    pub of: Option<&'static str>,
    /// How its arguments are read.
    pub grammar: Grammar,
    /// What must follow it.
    pub needs: Needs,
    /// Whether it makes rows of its own, so that it stands first.
    pub generates: bool,
    /// Whether these rows are events.
    pub reads_events: bool,
    /// Whether it runs.
    pub status: Status,
    /// Arguments of a plain use.
    pub example: &'static str,
    /// What it takes whatever it says.
    pub takes_any: Option<AnyOf>,
    /// The command whose rows and options it has.
    pub(crate) stands_for: Option<&'static str>,
    /// Its own options, and those of its kind.
    options: [&'static [OptionRow]; 2],
    /// Adds it to the plan.
    pub(crate) lower: Option<CommandRule>,
    also: &'static [&'static str],
    written: &'static str,
    meaning: &'static str,
    /// What answers a like question, where it does not run.
    pub(crate) instead: &'static str,
}

/// Arguments that cannot be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyOf {
    /// Any name before an `=`.
    Names,
    /// Texts, whatever they look like, or what belongs to another system.
    Texts,
    /// Words that are names or texts, which `count(a)` is too.
    Words,
    /// Any name before an `=`, and words.
    NamesAndWords,
}

impl CommandRow {
    /// A command that runs: how it is written, what it does, and the arguments of a plain use.
    pub(crate) const fn new(
        name: &'static str,
        written: &'static str,
        meaning: &'static str,
        example: &'static str,
        lower: CommandRule,
    ) -> Self {
        Self { written, meaning, example, lower: Some(lower), ..other(name, Status::Supported) }
    }

    pub(crate) const fn also(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    pub(crate) const fn grammar(self, grammar: Grammar) -> Self {
        Self { grammar, ..self }
    }

    pub(crate) const fn needs(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }

    pub(crate) const fn generating(self) -> Self {
        Self { generates: true, ..self }
    }

    pub(crate) const fn reading_events(self) -> Self {
        Self { reads_events: true, ..self }
    }

    pub(crate) const fn taking_any(self, of: AnyOf) -> Self {
        Self { takes_any: Some(of), ..self }
    }

    /// The options of this command.
    pub(crate) const fn with_options(self, own: &'static [OptionRow]) -> Self {
        Self { options: [own, self.options[1]], ..self }
    }

    /// Options that commands of one kind have in common.
    pub(crate) const fn with_common(self, common: &'static [OptionRow]) -> Self {
        Self { options: [self.options[0], common], ..self }
    }

    pub(crate) const fn standing_for(self, name: &'static str) -> Self {
        Self { stands_for: Some(name), ..self }
    }

    /// All options.
    pub fn options(&self) -> impl Iterator<Item = &'static OptionRow> + Clone + use<> {
        let [own, common] = self.options;
        own.iter().chain(common)
    }

    /// The option of a name.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&'static OptionRow> {
        self.options().find(|option| option.is_named(name))
    }

    const fn instead(self, instead: &'static str) -> Self {
        Self { instead, ..self }
    }

    const fn written_as(self, written: &'static str, meaning: &'static str) -> Self {
        Self { written, meaning, ..self }
    }

    /// How it is written; the options stand where the row says `<options>`.
    #[must_use]
    pub fn written(&self) -> String {
        let options: Vec<String> = self.options().filter_map(OptionRow::written).collect();
        let written = self.written.replace("<options>", &options.join(" "));
        match self.of.or(self.stands_for) {
            Some(of) => written.replacen(of, self.name, 1),
            None if written.is_empty() => self.name.to_owned(),
            None => written,
        }
    }

    /// What it does, in a sentence, if that is known.
    #[must_use]
    pub fn meaning(&self) -> Option<String> {
        match self.of {
            Some(of) => Some(format!("Another name of `{of}`.")),
            None => Some(self.meaning).filter(|meaning| !meaning.is_empty()).map(str::to_owned),
        }
    }

    /// The rows of its other names.
    fn others(self) -> impl Iterator<Item = Self> {
        self.also.iter().map(move |name| Self { name, of: Some(self.name), also: &[], ..self })
    }
}

/// A command that does not run.
const fn other(name: &'static str, status: Status) -> CommandRow {
    CommandRow {
        name,
        of: None,
        grammar: Grammar::General,
        needs: Needs::Nothing,
        generates: false,
        reads_events: false,
        status,
        example: "",
        takes_any: None,
        stands_for: None,
        options: [&[], &[]],
        lower: None,
        also: &[],
        written: "",
        meaning: "",
        instead: "",
    }
}

/// All commands, other names of one included, sorted.
pub static COMMANDS: LazyLock<Vec<CommandRow>> = LazyLock::new(|| {
    let rows = COMMAND_TABLES.iter().flat_map(|table| table.iter()).chain(OTHERS).copied();
    let mut all: Vec<CommandRow> = rows.flat_map(|row| row.others().chain([row])).collect();
    let stood_for = all.clone();
    for row in &mut all {
        let of = stood_for.iter().find(|of| Some(of.name) == row.stands_for);
        if let Some(of) = of {
            *row = CommandRow { grammar: of.grammar, options: of.options, written: of.written, ..*row };
        }
    }
    all.sort_by_key(|row| row.name);
    all
});

/// The commands that do not run.
const OTHERS: &[CommandRow] = &[
    other("abstract", Status::Planned),
    other("af", Status::Planned),
    other("analyzefields", Status::Planned),
    other("anomalies", Status::Planned)
        .instead("`anomalydetection` runs, and so does a bound of `eventstats avg(x) as a, stdev(x) as s`"),
    other("anomalousvalue", Status::Planned)
        .instead("`anomalydetection` runs, and so does a bound of `eventstats avg(x) as a, stdev(x) as s`"),
    other("apply", Status::Never("it needs a trained model")).needs(Needs::Arguments),
    other("arules", Status::Planned).instead("`contingency` counts pairs of values of two fields"),
    other("associate", Status::Planned).instead("`contingency` counts pairs of values of two fields"),
    other("audit", Status::Never("it reads a Splunk server's own audit log")).generating(),
    other("bucketdir", Status::Planned).needs(Needs::Arguments),
    other("cefout", Status::Never("it belongs to a third-party app")),
    other("cluster", Status::Planned)
        .instead("`stats count by` the fields that make events alike groups them"),
    other("cofilter", Status::Planned).needs(Needs::Arguments),
    other("correlate", Status::Planned).instead("`contingency` counts pairs of values of two fields"),
    other("crawl", Status::Never("it looks for files a Splunk server could index")),
    other("cyberchef", Status::Never("it belongs to a third-party app")),
    other("datamodelsimple", Status::Planned),
    other("dbinspect", Status::Never("it asks a Splunk server about its indexes")).generating(),
    other("dbxquery", Status::Never("it asks a database through a Splunk app")).generating(),
    other("delete", Status::Never("it deletes indexed data")),
    other("deletemodel", Status::Never("it deletes trained models")),
    other("diff", Status::Planned),
    other("entitymerge", Status::Planned),
    other("erex", Status::Planned).needs(Needs::Arguments),
    other("expandtree", Status::Planned),
    other("findkeywords", Status::Planned),
    other("findtypes", Status::Planned),
    other("fit", Status::Never("it trains a model")).needs(Needs::Arguments),
    other("folderize", Status::Planned),
    other("gauge", Status::Planned).needs(Needs::Arguments),
    other("geom", Status::Planned),
    other("geomfilter", Status::Planned),
    other("geostats", Status::Planned)
        .instead("`iplocation` and `stats count by Country` count by place")
        .grammar(Grammar::Stats),
    other("history", Status::Never("it asks a Splunk server about past searches")).generating(),
    other("ingestpreview", Status::Never("it previews Splunk's own ingestion")),
    other("input", Status::Never("it changes what a Splunk server indexes")),
    other("inputintelligence", Status::Planned).grammar(Grammar::Filtered).generating(),
    other("kmeans", Status::Planned).instead("`bin` and `stats count by` group numbers by ranges"),
    other("kvform", Status::Planned),
    other("listmodels", Status::Never("it lists trained models")).generating(),
    other("loadjob", Status::Planned)
        .written_as("loadjob <id>", "Reads the rows of an earlier search.")
        .needs(Needs::Arguments)
        .generating(),
    other("localize", Status::Planned),
    other("outputtext", Status::Planned),
    other("overlap", Status::Planned),
    other("pivot", Status::Planned)
        .written_as("pivot <model> <dataset> <elements>", "Aggregates a data model's dataset.")
        .needs(Needs::Arguments)
        .generating(),
    other("predict", Status::Planned)
        .instead("`trendline` smooths a series; `streamstats` with `window` bounds it by what came before")
        .needs(Needs::Arguments),
    other("relevancy", Status::Planned),
    other("rest", Status::Never("it asks a Splunk server about itself")).needs(Needs::Arguments).generating(),
    other("run", Status::Never("it runs programs on the search head")),
    other("runshellscript", Status::Never("it runs programs on the search head")),
    other("sample", Status::Planned).written_as("sample", "Keeps some rows by chance."),
    other("score", Status::Never("it needs a trained model")),
    other("script", Status::Never("it runs programs on the search head")),
    other("scrub", Status::Planned),
    other("searchtxn", Status::Planned).needs(Needs::Arguments).generating(),
    other("summarize", Status::Planned),
    other("summary", Status::Never("it describes a trained model")).generating(),
    other("typeahead", Status::Planned).written_as("typeahead", "Lists terms of an index.").generating(),
    other("typelearner", Status::Planned),
    other("walklex", Status::Never("it reads Splunk's index files")).generating(),
    other("x11", Status::Planned).written_as("x11 <field>", "Takes the season out of a series."),
    other("xmlunescape", Status::Planned),
    other("xsdetails", Status::Planned),
];
