//! Nothing unknown is skipped: every command, function and aggregation refuses what it does not know,
//! at its place.

use std::{collections::BTreeSet, fs};

use quarry_diagnostic::Diagnostic;
use quarry_plan::{MANY, TimeRange};
use quarry_spl::lower::{Environment, LowerOptions, lower_with};
use quarry_spl::registry::{AnyOf, COMMANDS, CommandRow, FUNCTIONS, Grammar, Status, Takes, command};
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

/// A search with an option of a command, where options stand.
fn with_option(row: &CommandRow, option: &str) -> String {
    let grammars = [Grammar::Stats, Grammar::Chart, Grammar::IndexedStats];
    let is_last = grammars.contains(&row.grammar) || row.name == "makejson";
    let arguments =
        if is_last { format!("{} {option}", row.example) } else { format!("{option} {}", row.example) };
    search(row.name, arguments.trim())
}

#[test]
fn options_take_what_their_rows_say_and_nothing_else() {
    let bench = Bench::new("values");
    let mut wrong = Vec::new();
    let supported = COMMANDS.iter().filter(|row| row.status == Status::Supported);
    let taking_texts = |row: &&CommandRow| row.takes_any != Some(AnyOf::Texts);
    for (row, option) in
        supported.filter(taking_texts).flat_map(|row| row.options().map(move |option| (row, option)))
    {
        let named = |value: &str| with_option(row, &format!("{}={value}", option.name));
        let good = match option.takes {
            Takes::Choice(words) => words[0],
            Takes::Only(words) if words[0].is_empty() => "\"\"",
            Takes::Only(words) => words[0],
            Takes::Condition => "\"a=1\"",
            Takes::Flag => "t",
            _ if option.default.trim().is_empty() => "1",
            _ => option.default,
        };
        let says = |found: &Diagnostic| found.message.contains(&format!("`{}", option.name));
        let refused = bench
            .errors(&named(good))
            .iter()
            .any(|(found, _)| says(found) && !found.message.contains("needs"));
        // Its rule says what a text may be; in the plain use a required option stands already.
        let looked_at = matches!(option.takes, Takes::Text(_)) || option.required;
        if refused && !looked_at {
            wrong.push(format!("{}: {:?}", named(good), bench.errors(&named(good))));
        }
        let any = matches!(option.takes, Takes::Text(_) | Takes::Ignored | Takes::Search);
        if !any && !bench.errors(&named("zzqq")).iter().any(|(_, place)| *place == "zzqq") {
            wrong.push(format!("{} is taken", named("zzqq")));
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "{}", wrong.join("\n"));
}

#[test]
fn options_are_described_once() {
    for row in COMMANDS.iter() {
        let names: BTreeSet<&str> = row.options().map(|option| option.name).collect();
        assert_eq!(names.len(), row.options().count(), "{} has an option twice", row.name);
        for option in row.options() {
            assert!(!option.meaning.is_empty(), "{} {}", row.name, option.name);
            let fits = option.default.is_empty() || option.accepts(option.default);
            assert!(fits, "`{}={}` of `{}` cannot be its default", option.name, option.default, row.name);
        }
        let shown = row.options().any(|option| option.written().is_some());
        let stated = row.written().contains('=');
        assert!(!shown || stated || row.name.starts_with("si"), "{}: {}", row.name, row.written());
    }
}

#[test]
fn values_that_rules_look_at_are_refused() {
    let bench = Bench::new("looked at");
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
