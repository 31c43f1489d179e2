//! Nothing unknown is skipped: every command, function and aggregation refuses what it does not know,
//! at its place.

use std::fs;

use quarry_diagnostic::Diagnostic;
use quarry_plan::TimeRange;
use quarry_spl::lower::{Environment, LowerOptions, lower_with};
use quarry_spl::registry::{COMMANDS, FUNCTIONS, Grammar, Status, command};
use quarry_spl::{Knowledge, parse};
use quarry_views::{Catalog, View};

/// A plain use of every command that runs.
const USES: &[(&str, &str)] = &[
    ("accum", "n"),
    ("addcoltotals", "n"),
    ("addinfo", ""),
    ("addtotals", "n"),
    ("anomalydetection", "n"),
    ("append", "[search * | table a]"),
    ("appendcols", "[search * | table a]"),
    ("appendpipe", "[stats count]"),
    ("autoregress", "n"),
    ("awssnsalert", ""),
    ("bin", "_time span=1h"),
    ("bucket", "_time span=1h"),
    ("chart", "count by a"),
    ("collect", "index=a"),
    ("concurrency", "duration=n"),
    ("contingency", "a b"),
    ("convert", "ctime(_time)"),
    ("counttable", "a b"),
    ("ctable", "a b"),
    ("datamodel", "Change All_Changes search"),
    ("dedup", "a"),
    ("delta", "n"),
    ("discretize", "_time span=1h"),
    ("dump", "basefilename=a"),
    ("eval", "a=1"),
    ("eventcount", ""),
    ("eventstats", "count by a"),
    ("extract", ""),
    ("fieldformat", "a=1"),
    ("fields", "a"),
    ("fieldsummary", ""),
    ("filldown", "a"),
    ("fillnull", "a"),
    ("foreach", "a [eval <<FIELD>>=1]"),
    ("format", ""),
    ("from", "datamodel:Change.All_Changes"),
    ("fromjson", "a"),
    ("gentimes", "start=1/1/2024 end=1/3/2024"),
    ("head", "5"),
    ("highlight", "a"),
    ("iconify", "a"),
    ("inputcsv", "regions.csv"),
    ("inputlookup", "regions.csv"),
    ("iplocation", "a"),
    ("join", "a [search * | table a b]"),
    ("kv", ""),
    ("localop", ""),
    ("lookup", "regions.csv region OUTPUT name"),
    ("makecontinuous", "_time span=1h"),
    ("makejson", "a output=b"),
    ("makemv", "a"),
    ("makeresults", ""),
    ("map", "search=\"search a=$a$ | table b\""),
    ("mcatalog", "values(a)"),
    ("mcollect", "index=a"),
    ("metadata", "type=hosts"),
    ("metasearch", "a=1"),
    ("meventcollect", "index=a"),
    ("mpreview", "index=a"),
    ("msearch", "index=a"),
    ("mstats", "avg(a) by b"),
    ("multikv", ""),
    ("multisearch", "[search a=1] [search a=2]"),
    ("mvcombine", "a"),
    ("mvexpand", "a"),
    ("nomv", "a"),
    ("noop", ""),
    ("outlier", "n"),
    ("outputcsv", "out.csv"),
    ("outputlookup", "out.csv"),
    ("rangemap", "field=n low=0-1 default=high"),
    ("rare", "a"),
    ("redistribute", ""),
    ("regex", "a=\"b\""),
    ("reltime", ""),
    ("rename", "a AS b"),
    ("replace", "a WITH b IN c"),
    ("return", "a"),
    ("require", ""),
    ("reverse", ""),
    ("rex", "field=a \"(?<b>.)\""),
    ("rtorder", ""),
    ("savedsearch", "Known"),
    ("search", "a=1"),
    ("selfjoin", "a"),
    ("sendalert", "a"),
    ("sendemail", "to=a"),
    ("set", "union [search * | table a] [search * | table a]"),
    ("sichart", "count by a"),
    ("sirare", "a"),
    ("sistats", "count by a"),
    ("sitimechart", "count by a"),
    ("sitop", "a"),
    ("snowincident", ""),
    ("snowincidentstream", ""),
    ("setfields", "a=\"b\""),
    ("sort", "a"),
    ("spath", ""),
    ("stats", "count by a"),
    ("strcat", "a \"b\" c"),
    ("streamstats", "count by a"),
    ("table", "a"),
    ("tags", ""),
    ("tail", "5"),
    ("timechart", "count by a"),
    ("timewrap", "1d"),
    ("tojson", "a"),
    ("top", "a"),
    ("transaction", "a"),
    ("transpose", ""),
    ("trendline", "sma2(n) AS m"),
    ("tscollect", "namespace=a"),
    ("tstats", "count where index=* by a"),
    ("typer", ""),
    ("union", "[search a=1] [search a=2]"),
    ("uniq", ""),
    ("untable", "a b c"),
    ("where", "a=1"),
    ("xmlkv", ""),
    ("xpath", "outfield=b \"/a/b\""),
    ("xyseries", "a b c"),
];

/// Commands in which any name can stand before an `=`.
const ANY_NAME: &[&str] =
    &["eval", "fieldformat", "metasearch", "rangemap", "regex", "return", "search", "setfields", "where"];
/// Commands whose arguments are texts, whatever they look like, or belong to what they would write to:
/// those say with a warning that they write nothing.
const ANY_TEXT: &[&str] = &[
    "format",
    "highlight",
    "iconify",
    "noop",
    "awssnsalert",
    "collect",
    "dump",
    "mcollect",
    "meventcollect",
    "outputcsv",
    "sendalert",
    "sendemail",
    "snowincident",
    "snowincidentstream",
    "tscollect",
];
/// Commands whose words are names or texts, which `count(a)` is too.
const ANY_WORD: &[&str] = &[
    "accum",
    "addcoltotals",
    "addtotals",
    "anomalydetection",
    "dedup",
    "fields",
    "fieldsummary",
    "filldown",
    "fillnull",
    "foreach",
    "join",
    "lookup",
    "makecontinuous",
    "makejson",
    "metasearch",
    "outlier",
    "rare",
    "redistribute",
    "replace",
    "return",
    "search",
    "selfjoin",
    "sirare",
    "sitop",
    "sort",
    "spath",
    "strcat",
    "table",
    "tags",
    "top",
    "transaction",
    "xmlkv",
    "xyseries",
];

struct Bench {
    catalog: Catalog,
    knowledge: Knowledge,
}

impl Bench {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("quarry-spl-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("regions.csv"), "region,name\nus-east-1,Virginia\n").unwrap();
        fs::write(folder.join("savedsearches.conf"), "[Known]\nsearch = a=1 | table a\n").unwrap();
        let knowledge = Knowledge::load(std::slice::from_ref(&folder)).unwrap();
        let bench = Self { catalog: Catalog::load(None).unwrap(), knowledge };
        // Tables are read when they are first used.
        assert!(bench.errors("* | lookup regions.csv region").is_empty());
        fs::remove_dir_all(&folder).unwrap();
        bench
    }

    fn view(&self) -> &View {
        self.catalog.view("splunk").unwrap()
    }

    /// Errors and the text each stands at.
    fn errors<'t>(&self, text: &'t str) -> Vec<(Diagnostic, &'t str)> {
        let parsed = parse(text, &self.knowledge.macros);
        let options =
            LowerOptions { view: self.view(), discovered: Some(&[]), default_time: TimeRange::default() };
        let environment = Environment { knowledge: Some(&self.knowledge), answers: &[], time: None };
        let lowered = lower_with(&parsed, &options, &environment);
        let all = parsed.diagnostics.into_iter().chain(lowered.diagnostics);
        all.filter(Diagnostic::is_error)
            .map(|found| (found.clone(), &text[found.span.start..found.span.end]))
            .collect()
    }

    /// Whether there is an error at a place that holds `wanted` and little else.
    fn refuses(&self, text: &str, wanted: &str) -> bool {
        self.errors(text).iter().any(|(_, place)| {
            !place.is_empty()
                && (wanted.contains(place) || place.contains(wanted) && place.len() < wanted.len() + 12)
        })
    }
}

/// A search in which a command stands as it should, with these arguments.
fn search(name: &str, arguments: &str) -> String {
    let generates = command(name).unwrap().generates && name != "search";
    let text = if generates { format!("| {name} {arguments}") } else { format!("* | {name} {arguments}") };
    match name {
        // It says how a subsearch becomes conditions.
        "format" => format!("* [search * | fields a | {name} {arguments}]"),
        // It takes rows whose fields are known.
        "selfjoin" => format!("* | table a b | {name} {arguments}"),
        _ => text,
    }
}

fn plain_uses() -> impl Iterator<Item = (&'static str, &'static str)> {
    COMMANDS.iter().filter(|row| row.status == Status::Supported).map(|row| {
        let plain = USES.iter().find(|(name, _)| *name == row.name);
        *plain.unwrap_or_else(|| panic!("`{}` has no plain use here", row.name))
    })
}

#[test]
fn plain_uses_of_commands_are_understood() {
    let bench = Bench::new("plain");
    let wrong: Vec<String> = plain_uses()
        .map(|(name, arguments)| search(name, arguments))
        .filter_map(|text| Some(format!("{text}: {}", bench.errors(&text).first()?.0.message)))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn unknown_options_are_refused_by_every_command() {
    let bench = Bench::new("options");
    let mut accepted = Vec::new();
    for (name, arguments) in plain_uses() {
        // A name in `rename` may hold an `=`; then the next word is where it fails.
        if ANY_NAME.contains(&name) || ANY_TEXT.contains(&name) || name == "rename" {
            continue;
        }
        for arguments in [format!("zzqq=1 {arguments}"), format!("{arguments} zzqq=1")] {
            let text = search(name, &arguments);
            if !bench.refuses(&text, "zzqq=1") {
                let found = bench.errors(&text);
                accepted.push(format!("{text}: {found:?}"));
            }
        }
    }
    assert_eq!(accepted, Vec::<String>::new(), "{}", accepted.join("\n"));
}

#[test]
fn unknown_calls_are_refused_by_every_command() {
    let bench = Bench::new("calls");
    let mut accepted = Vec::new();
    for (name, arguments) in plain_uses() {
        if ANY_WORD.contains(&name) || ANY_TEXT.contains(&name) {
            continue;
        }
        let text = search(name, &format!("{arguments} zzqq(a)"));
        let as_value = search(name, &arguments.replace("=1", "=zzqq(a)"));
        let tried = if matches!(name, "eval" | "where" | "fieldformat") { as_value } else { text };
        if bench.errors(&tried).is_empty() {
            accepted.push(tried);
        }
    }
    assert_eq!(accepted, Vec::<String>::new(), "{}", accepted.join("\n"));
}

#[test]
fn unknown_functions_are_refused_wherever_an_expression_stands() {
    let bench = Bench::new("functions");
    let places = [
        "* | eval x=zzqq(a)",
        "* | eval x=if(zzqq(a)=1, 2, 3)",
        "* | where zzqq(a)",
        "* | where NOT (a=1 OR zzqq(a)=1)",
        "* | fieldformat x=zzqq(a)",
        "* | stats count(eval(zzqq(a)=1)) AS c",
        "* | eventstats sum(eval(zzqq(a))) AS c",
        "* | streamstats sum(eval(zzqq(a))) AS c",
        "* | chart sum(eval(zzqq(a))) AS c by b",
        "* | chart eval(zzqq(count)) AS c",
        "* | foreach a [eval <<FIELD>>=zzqq(<<FIELD>>)]",
        "* | append [search * | eval x=zzqq(a) | table x]",
        "* | join a [search * | eval x=zzqq(a) | table a x]",
        "* [search * | eval x=zzqq(a) | table x]",
        "* | head (zzqq(a)=1)",
        "* | transaction a startswith=eval(zzqq(a)=1)",
        "* | eval x=mvfilter(zzqq(a)=1)",
        "* | eval x=mvmap(a, zzqq(a))",
        "* | eval x=[search * | eval y=zzqq(a) | return $y]",
    ];
    for text in places {
        let found = bench.errors(text);
        let at_place = found
            .iter()
            .any(|(found, place)| found.code == "SPL202" && place.contains("zzqq") && place.len() < 9);
        assert!(
            at_place || text.contains("foreach") && found.iter().any(|(found, _)| found.code == "SPL202"),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn unknown_aggregations_are_refused_by_every_command_that_aggregates() {
    let bench = Bench::new("aggregations");
    let grammars = [Grammar::Stats, Grammar::Chart, Grammar::IndexedStats];
    for (name, _) in plain_uses().filter(|(name, _)| grammars.contains(&command(name).unwrap().grammar)) {
        let text = search(name, "zzqq(a) by b");
        let found = bench.errors(&text);
        assert!(
            found.iter().any(|(found, place)| found.code == "SPL205" && *place == "zzqq"),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn too_many_arguments_are_refused_by_every_function() {
    let bench = Bench::new("arguments");
    for row in FUNCTIONS.iter().filter(|row| row.status == Status::Supported) {
        let Some(most) = row.most else { continue };
        let text = format!("* | eval x={}({})", row.name, vec!["a"; most + 1].join(","));
        assert!(!bench.errors(&text).is_empty(), "{text}");
    }
}

#[test]
fn unknown_commands_are_refused_at_their_place() {
    let bench = Bench::new("commands");
    for row in COMMANDS {
        let name = format!("zz{}", row.name);
        let text = format!("* | {name} a");
        let found = bench.errors(&text);
        assert!(
            found.iter().any(|(found, place)| found.code == "SPL006" && *place == name),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn values_that_an_option_cannot_have_are_refused() {
    let bench = Bench::new("values");
    for text in [
        "* | outlier n param=zzqq",
        "* | outlier n action=zzqq",
        "* | anomalydetection n action=zzqq",
        "* | bin n bins=zzqq",
        "* | bin n bins=0",
    ] {
        assert!(bench.errors(text).iter().any(|(_, place)| matches!(*place, "zzqq" | "0")), "{text}");
    }
}
