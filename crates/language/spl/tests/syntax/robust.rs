//! Reading never panics and always ends, whatever the text.

use quarry_spl::{Macro, Macros, parse};

use super::read;

const SEEDS: &[&str] = &[
    r#"index=* (a="b*" OR c IN (1,"2")) NOT d=e | eval x=case(y="z",1,true(),mvindex('p q',-1)) | where x>=1 AND NOT like(w,"%\"_") XOR v IN (1,2)"#,
    r#"| tstats summariesonly=t count dc(A.b) AS n from datamodel=M.D where A.c="x" by A.d _time span=1h | `drop_dm_object_name(A)` | `f_filter`"#,
    r#"a::b [search c | fields d] TERM(x.y) ```note``` | rex field=e "(?<f>\d+)\\" | stats values(*) as * perc95(g) count(eval(h="i")) by j{}.k, l"#,
    r#"* | sort 0 -num(a) "b c" desc | rename x.* AS *, "y z" as 'w' | lookup t a AS b OUTPUT c | join type=left k [| inputlookup x where y=1]"#,
    r#"* | foreach a* [eval <<FIELD>>='<<FIELD>>'+1] | transaction u startswith=(a=1 b) endswith=eval(c>1) | head (n<5) | convert ctime(t) as u"#,
    r#"* | timechart span=1h limit=0 avg(x) by y where count in top5 | streamstats reset_after=(a=1) sum(b) | map search="search $a$ \"b\"" | z"#,
];
const SCRAPS: &[&str] = &[
    "(", ")", "[", "]", "|", "\"", "'", "`", "```", "\\", "=", "!=", "<<", ",", " by ", " AS ", " OR ",
    " NOT ", " IN (", "é", "\u{202e}", "\0", "-", ".", "1e", "$", "eval(", "*",
];

/// A small repeatable generator (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (end.max(1) as u64)).unwrap()
    }

    fn boundary(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

fn mutate(text: &mut String, random: &mut Random) {
    let (first, second) = (random.boundary(text), random.boundary(text));
    let (start, end) = (first.min(second), first.max(second));
    match random.below(4) {
        0 => text.insert_str(start, SCRAPS[random.below(SCRAPS.len())]),
        1 => text.replace_range(start..end.min(text.ceil_char_boundary(start + 4)), ""),
        2 => {
            let piece = text[start..end].to_owned();
            text.insert_str(first, &piece);
        }
        _ => {
            let other = SEEDS[random.below(SEEDS.len())];
            let from = random.boundary(other);
            text.insert_str(start, &other[from..]);
        }
    }
    if text.len() > 4000 {
        text.truncate(text.floor_char_boundary(4000));
    }
}

fn check(text: &str, macros: &Macros) {
    let parsed = parse(text, macros);
    for found in &parsed.diagnostics {
        let fits = found.span.start <= found.span.end && found.span.end <= text.len();
        assert!(fits && text.is_char_boundary(found.span.start), "{found:?} in {text:?}");
    }
    for command in &parsed.pipeline.commands {
        assert!(command.span.start <= command.span.end && command.span.end <= text.len(), "{text:?}");
    }
    assert!(!parsed.pipeline.commands.is_empty() || !parsed.diagnostics.is_empty(), "{text:?}");
    let _ = parsed.pipeline.to_string();
}

#[test]
fn mutated_searches_are_read_without_panic() {
    let mut macros = Macros::default();
    macros.insert(
        "f",
        Macro { definition: "a=\"".to_owned(), arguments: vec!["x".to_owned()], ..Macro::default() },
    );
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..3_000 {
        let mut text = SEEDS[round % SEEDS.len()].to_owned();
        for _ in 0..=random.below(6) {
            mutate(&mut text, &mut random);
        }
        check(&text, &macros);
    }
}

#[test]
fn every_beginning_of_a_search_is_read() {
    for seed in SEEDS {
        for end in (0..=seed.len()).filter(|end| seed.is_char_boundary(*end)) {
            check(&seed[..end], &Macros::default());
        }
    }
}

#[test]
fn deep_nesting_is_refused_not_overflowed() {
    let deep = 50_000;
    let nested = [
        format!("{}a", "(".repeat(deep)),
        format!("* | where {}1", "(".repeat(deep)),
        format!("* | where {}1", "-".repeat(deep)),
        format!("* | where {}a", "NOT ".repeat(deep)),
        format!("{}a", "NOT ".repeat(deep)),
        format!("* | eval x={}1", "if(".repeat(deep)),
        format!("* | append {}", "[search a | append ".repeat(deep)),
        format!("* | eval x=1{}", "+1".repeat(deep)),
        format!("* | where a{}", " IN (1)".repeat(deep)),
        format!("* | where x={}", "[search a | where x=".repeat(deep)),
    ];
    for text in nested {
        let parsed = read(&text);
        let codes: Vec<&str> = parsed.diagnostics.iter().map(|found| found.code.as_ref()).collect();
        assert!(codes.contains(&"SPL002"), "{}: {codes:?}", &text[..40]);
        assert!(parsed.pipeline.to_string().len() < 4 * text.len());
    }
}

#[test]
fn long_searches_are_read_whole() {
    let terms: Vec<String> = (0..20_000).map(|number| format!("a={number}")).collect();
    let (either, each) = (terms.join(" OR "), terms.join(" and "));
    for text in [format!("* | where {either}"), format!("* | where {each}"), either, terms.join(" ")] {
        let parsed = read(&text);
        assert_eq!(parsed.diagnostics, [], "{}", &text[..40]);
        assert_eq!(parsed.pipeline.to_string().matches("(= a ").count(), 20_000);
    }
    let parts: Vec<String> = (0..20_000).map(|number| format!("f{number}")).collect();
    assert_eq!(read(&format!("* | eval x={}", parts.join("."))).diagnostics, []);
}
