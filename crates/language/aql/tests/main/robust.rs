//! No text makes the parser or the lowering fail or run away.

use std::sync::LazyLock;

use proptest::prelude::*;
use quarry_aql::{LowerOptions, lower, parse};

use crate::{cases::small_view, corpus::corpus};

const SEEDS: [&str; 8] = [
    "SELECT username, COUNT(*) AS 'n' FROM events WHERE sourceip = '1.2.3.4' AND NOT qid IN (1, 2) GROUP BY username \
     HAVING n > 5 ORDER BY n DESC LIMIT 3 LAST 24 HOURS",
    "SELECT CASE username WHEN 'root' THEN 1 ELSE 0 END AS x, IF x = 1 THEN 'a' ELSE 'b' AS y FROM events START \
     '2024-01-02 03:04' STOP PARSEDATETIME('1 hour ago') PARAMETERS a=1, b='c'",
    "SELECT SUM(IF eventcount > 1 THEN 1.0 ELSE 0.5) / 300 FROM (SELECT * FROM events LIMIT 5 LAST 5 MINUTES) WHERE \
     username IN (SELECT username FROM events)",
    "select *, \"User Agent\" from events into s16 where TEXT SEARCH 'a AND b' or utf8(payload) imatches 'x.*' -- end",
    "SELECT (LONG(sourceip) & 0xff000000) >> 24 AS a, a ^ 2 - -a % 3 b FROM flows WHERE x BETWEEN 1 AND 2 /* c */;",
    "SELECT e.x::int, CAST(a AS text), COUNT(*) OVER (PARTITION BY b) FROM events e LEFT JOIN f ON a = b UNION SELECT 1",
    "SELECT DISTINCT a FROM events WHERE t > NOW() - INTERVAL '1' DAY AND u > NOW() - 5 MINUTES OFFSET 3",
    "SELECT GEO::LOOKUP(sourceip, 'city') FROM events SESSION BY starttime username BEGIN a = 1 EXPLICIT END b = 2 \
     TIMEOUT 500 TIMEWINDOW 3 MINUTES",
];

fn run(text: &str) -> usize {
    let view = small_view();
    let options = LowerOptions { permissive: true, ..LowerOptions::default() };
    let lowered = lower(&parse(text), &view, &options);
    for found in &lowered.diagnostics {
        assert!(found.span.start <= found.span.end && found.span.end <= text.len(), "{found:?} in {text:?}");
        assert!(
            text.is_char_boundary(found.span.start) && text.is_char_boundary(found.span.end),
            "{found:?} in {text:?}"
        );
    }
    assert!(
        lowered.plan.is_some() || lowered.diagnostics.iter().any(quarry_diagnostic::Diagnostic::is_error),
        "{text:?}"
    );
    lowered.diagnostics.len()
}

/// The public queries, or the seeds where those are not at hand.
fn texts() -> &'static [String] {
    static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let public = corpus().unwrap_or_default().into_iter().map(|query| query.text);
        public.chain(SEEDS.iter().map(|seed| (*seed).to_owned())).collect()
    });
    &TEXTS
}

/// Words of a text in which some were dropped, doubled or replaced by those of another.
fn mutant() -> impl Strategy<Value = String> {
    let edits = prop::collection::vec((0..200_usize, 0..4_u8, 0..200_usize), 0..6);
    let one = || prop_oneof![0..SEEDS.len(), SEEDS.len()..usize::MAX];
    (one(), one(), edits).prop_map(|(seed, other, edits)| {
        let split = |text: &str| {
            text.split_inclusive([' ', '(', ')', '\'', ',']).map(str::to_owned).collect::<Vec<_>>()
        };
        let text = |place: usize| match SEEDS.get(place) {
            Some(seed) => *seed,
            None => texts()[place % texts().len()].as_str(),
        };
        let (mut words, others) = (split(text(seed)), split(text(other)));
        for (place, kind, donor) in edits {
            let place = place % words.len().max(1);
            match kind {
                0 if words.len() > 1 => drop(words.remove(place)),
                1 => words.insert(place, others[donor % others.len()].clone()),
                2 => words.truncate(place + 1),
                _ => words[place] = others[donor % others.len()].clone(),
            }
        }
        words.concat()
    })
}

/// How many texts to try; more where the environment asks for more.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(2_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases() / 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutants_never_panic(text in mutant()) {
        run(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_never_panics(text in "[ -~\u{e9}\u{2019}\n]{0,80}") {
        run(&text);
        run(&format!("SELECT {text} FROM events WHERE {text}"));
    }
}

#[test]
fn every_prefix_of_a_query_is_read() {
    for seed in SEEDS {
        for end in 0..seed.len() {
            run(&seed[..end]);
        }
    }
}

#[test]
fn deep_nesting_is_refused_at_its_place() {
    let cases = [
        format!("SELECT {}1{} FROM events", "(".repeat(100_000), ")".repeat(100_000)),
        format!("SELECT a FROM events WHERE {} a = 1", "NOT ".repeat(100_000)),
        format!("SELECT 1{} FROM events", " + 1".repeat(100_000)),
        format!("SELECT {}1 FROM events", "-".repeat(1_001)),
        format!("SELECT {}1", "a FROM (SELECT ".repeat(50_000)),
        format!("SELECT {}username FROM events", "LOWER(".repeat(50_000)),
    ];
    for text in cases {
        let parsed = parse(&text);
        let found = parsed.diagnostics.iter().find(|found| found.code == quarry_aql::codes::TOO_DEEP);
        if text.contains("--") {
            assert!(found.is_none(), "two dashes begin a comment");
        } else {
            assert!(found.is_some(), "{}", &text[..60]);
        }
        run(&text);
    }
}

#[test]
fn nesting_up_to_the_limit_is_read() {
    let inner = (0..45).fold("events".to_owned(), |from, _| format!("(SELECT username FROM {from})"));
    assert_eq!(run(&format!("SELECT username FROM {inner}")), 0);
    let calls = format!("{}username{}", "LOWER(".repeat(90), ")".repeat(90));
    assert_eq!(run(&format!("SELECT {calls} AS u FROM events WHERE {calls} = 'x'")), 0);
    let sum = " + eventcount".repeat(120);
    assert_eq!(run(&format!("SELECT eventcount{sum} AS n FROM events")), 0);
}

#[test]
fn long_flat_conditions_are_read() {
    let terms: Vec<String> = (0..20_000).map(|number| format!("username = 'u{number}'")).collect();
    let text = format!("SELECT username FROM events WHERE {}", terms.join(" OR "));
    assert_eq!(run(&text), 0);
}

#[test]
fn aliases_that_grow_are_refused() {
    let doubling: Vec<String> =
        (0..60).map(|number| format!("a{} + a{} AS a{number}", number + 1, number + 1)).collect();
    let text = format!("SELECT {}, 1 AS a60 FROM events", doubling.join(", "));
    let lowered = lower(&parse(&text), &small_view(), &LowerOptions::default());
    assert!(lowered.diagnostics.iter().any(|found| found.code == quarry_aql::codes::TOO_LARGE));
    let chain: Vec<String> = (0..2_000).map(|number| format!("a{} + 1 AS a{number}", number + 1)).collect();
    let text = format!("SELECT {}, 1 AS a2000 FROM events", chain.join(", "));
    let lowered = lower(&parse(&text), &small_view(), &LowerOptions::default());
    assert!(lowered.plan.is_none());
}
