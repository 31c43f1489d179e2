//! Nothing unknown is skipped: every command, function and aggregation refuses what it does not know,
//! at its place.

use std::fs;

use quarry_diagnostic::Diagnostic;
use quarry_plan::{MANY, TimeRange};
use quarry_spl::lower::{Environment, LowerOptions, lower_with};
use quarry_spl::registry::{AnyOf, COMMANDS, FUNCTIONS, Grammar, Status, command};
use quarry_spl::{Knowledge, parse};
use quarry_views::{Catalog, View};

/// Whether a command's arguments cannot be wrong in one of these ways.
fn takes_any(name: &str, of: &[AnyOf]) -> bool {
    command(name).unwrap().takes_any.is_some_and(|taken| of.contains(&taken))
}

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
    COMMANDS.iter().filter(|row| row.status == Status::Supported).map(|row| (row.name, row.example))
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
        if takes_any(name, &[AnyOf::Names, AnyOf::NamesAndWords, AnyOf::Texts]) || name == "rename" {
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
        if takes_any(name, &[AnyOf::Words, AnyOf::NamesAndWords, AnyOf::Texts]) {
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
        let Some(most) = row.description().map(|row| row.most).filter(|most| *most < MANY) else { continue };
        let text = format!("* | eval x={}({})", row.name, vec!["a"; most + 1].join(","));
        assert!(!bench.errors(&text).is_empty(), "{text}");
    }
}

#[test]
fn unknown_commands_are_refused_at_their_place() {
    let bench = Bench::new("commands");
    for row in COMMANDS.iter() {
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
