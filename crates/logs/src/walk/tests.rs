#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;
use crate::marks::levels;

const BOUNDS: Bounds = Bounds { record_bytes: 1 << 20, depth: 64 };

/// Records and reasons, with the object given in chunks that end at `cuts`.
fn walk(text: &[u8], cuts: &[usize]) -> (Vec<String>, Vec<&'static str>) {
    let names = ["Records".to_owned(), "value".to_owned()];
    let plain = walk_with(Walker::new(&names, BOUNDS), text, cuts);
    for level in levels() {
        let walker = Walker { level, ..Walker::new(&names, BOUNDS) };
        assert_eq!(plain, walk_with(walker.clone(), text, cuts), "{level:?}");
        assert_eq!(plain, walk_with(walker.with_marks(Marks::default()), text, cuts), "{level:?}");
    }
    plain
}

fn same(one: &RecordMarks<'_>, other: &RecordMarks<'_>) -> bool {
    let facts = |marks: &RecordMarks<'_>| (marks.quotes(), marks.is_tight(), marks.has_backslash());
    (one.places, one.codes, facts(one)) == (other.places, other.codes, facts(other))
}

/// Whether a walk's marks of a record, if it made them, are those of the record alone.
fn has_its_own_marks(walker: &Walker<'_>, span: &Span, record: &[u8]) -> bool {
    let mut alone = Marks::default();
    let entry = alone.read(Level::new(), record);
    match (walker.marks_of(span), entry.map(|entry| alone.of(entry))) {
        (Some(walked), Some(alone)) => same(&walked, &alone),
        (walked, _) => walked.is_none(),
    }
}

fn walk_with(mut walker: Walker<'_>, text: &[u8], cuts: &[usize]) -> (Vec<String>, Vec<&'static str>) {
    let (mut records, mut reasons) = (Vec::new(), Vec::new());
    let mut ends: Vec<usize> = cuts.iter().copied().filter(|cut| *cut < text.len()).collect();
    ends.sort_unstable();
    ends.push(text.len());
    for (index, end) in ends.iter().enumerate() {
        let base = walker.keep();
        let window = Window { bytes: &text[base..*end], base, last: index + 1 == ends.len() };
        loop {
            match walker.next(window) {
                Step::Record(span) => {
                    assert!(has_its_own_marks(&walker, &span, &text[span.start..span.end]));
                    records.push(String::from_utf8_lossy(&text[span.start..span.end]).into_owned())
                }
                Step::Other { reason, .. } => reasons.push(reason),
                Step::Broken { reason, .. } => {
                    reasons.push(reason);
                    return (records, reasons);
                }
                Step::Check { .. } => {}
                Step::More | Step::End => break,
            }
        }
    }
    (records, reasons)
}

fn records(text: &str) -> Vec<String> {
    let (records, reasons) = walk(text.as_bytes(), &[]);
    assert_eq!(reasons, Vec::<&str>::new(), "{text}");
    records
}

#[test]
fn every_container_gives_the_same_records() {
    let (a, b) = (r#"{"a":"}{][\"","b":{"c":[1,{"d":[]}]}}"#, r#"{"e":{}}"#);
    for text in [
        format!("{a}\n{b}\n"),
        format!("{a}{b}"),
        format!("{a},\n{b}"),
        format!("[{a},{b}]"),
        format!("[\n  {a},\n  {b}\n]\n"),
        format!(r#"{{"Records":[{a},{b}]}}"#),
        format!(r#"{{"x":[{a}],"y":{{"Records":[1]}},"Rec\u006frds" : [ {a} ],"value":[{b}],"z":[2]}}"#),
        format!(r#"{{"Records":[{a}]}}{{"Records":[]}}{b}"#),
        format!(r#"[{{"Records":[{a}]}},{b}]"#),
        format!("\u{feff}{a}\r\n\r\n{b}"),
    ] {
        assert_eq!(records(&text), [a, b], "{text}");
    }
}

#[test]
fn a_line_that_is_cut_off_is_noticed_at_the_next() {
    let (records, reasons) = walk(b"{\"a\":{\"b\":1\n{\"c\":2}\n", &[]);
    assert_eq!((records.len(), reasons), (0, vec!["cut off"]));
    let (records, reasons) = walk(b"{\"a\":\"b\n{\"c\":2}\n", &[]);
    assert_eq!((records.len(), reasons), (0, vec!["a line break inside a string"]));
}

#[test]
fn what_is_no_object_is_told() {
    assert_eq!(
        walk(b"hello\n{\"a\":1}\nbye", &[]),
        (vec!["{\"a\":1}".to_owned()], vec!["not JSON", "not JSON"])
    );
    assert_eq!(
        walk(br#"[1,"x]",{"a":1},[2],null]"#, &[]),
        (vec![r#"{"a":1}"#.to_owned()], vec!["not an object"; 4])
    );
    assert_eq!(walk(br#"{"Records":[{"a":1}"#, &[]).1, ["the array of records is cut off"]);
}

#[test]
fn records_before_something_broken_are_kept() {
    let text = format!(r#"{}{{"Records":[}}{}"#, r#"{"a":1}"#.repeat(6), r#"{"b":2}"#.repeat(6));
    let (records, reasons) = walk(text.as_bytes(), &[]);
    assert_eq!((records.len(), reasons), (12, vec!["a closing brace without its opening one"]));
}

#[test]
fn depth_and_size_are_bounded_without_losing_what_follows() {
    let deep = format!("{{\"a\":{}{}}}\n{{\"b\":1}}", "[".repeat(100), "]".repeat(100));
    assert_eq!(
        walk(deep.as_bytes(), &[]),
        (vec!["{\"b\":1}".to_owned()], vec!["nested deeper than the limit"])
    );
    let large = format!("{{\"a\":\"{}\"}}\n{{\"b\":1}}", "x".repeat(2 << 20));
    assert_eq!(
        walk(large.as_bytes(), &[1000, 300_000, 1_500_000]),
        (vec!["{\"b\":1}".to_owned()], vec!["larger than the limit for a record"])
    );
}

proptest! {
    #[test]
    fn chunks_do_not_matter(text in r#"[\[\]{}",:\\a1 \n]{0,200}"#, cuts in prop::collection::vec(0_usize..200, 0..5)) {
        prop_assert_eq!(walk(text.as_bytes(), &cuts), walk(text.as_bytes(), &[]));
    }

    #[test]
    fn marking_changes_nothing(
        values in prop::collection::vec(json(), 0..6),
        is_lines: bool,
        edits in prop::collection::vec((any::<prop::sample::Index>(), r#"[{}\[\],:"\\\n ]{0,2}"#), 0..3),
        cuts in prop::collection::vec(0_usize..2000, 0..3),
    ) {
        let records: Vec<String> = values.iter().map(|value| format!("{{\"m\":{value}}}")).collect();
        let text = if is_lines { records.join("\n") } else { format!("{{\"Records\":[{}]}}", records.join(",")) };
        let mut bytes = text.into_bytes();
        for (index, put) in edits {
            let at = index.index(bytes.len() + 1);
            bytes.splice(at..(at + 1).min(bytes.len()), put.bytes());
        }
        // Only what is followed by enough bytes is marked.
        bytes.extend_from_slice(&[b' '; 64]);
        walk(&bytes, &cuts);
    }

    #[test]
    fn agrees_with_serde_json(values in prop::collection::vec(json(), 0..6), gap in "[ \n]{0,3}") {
        let texts: Vec<String> = values.iter().map(|value| format!("{{\"m\":{value}}}")).collect();
        let text = texts.join(&gap);
        let expected: Vec<serde_json::Value> = serde_json::Deserializer::from_str(&text).into_iter().map(Result::unwrap).collect();
        let found: Vec<serde_json::Value> = records(&text).iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        prop_assert_eq!(found, expected);
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..5)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}
