#![allow(clippy::unwrap_used)]
use fearless_simd::Level;
use proptest::prelude::*;
use quarry_views::Path;

use super::*;
use crate::marks::Marks;

/// Extracts from a record that is marked first, if that can be.
fn extract(out: &mut Extractor, record: &str, set: &PathSet, max_depth: u32) -> Result<(), JsonError> {
    let mut marks = Marks::default();
    let entry = marks.read(Level::new(), record.as_bytes());
    out.extract(record, entry.map(|entry| marks.of(entry)), set, max_depth)
}

fn texts(record: &str, path: &str) -> Vec<String> {
    let mut set = PathSet::default();
    let index = set.add(&Path::new(path));
    let mut extractor = Extractor::default();
    extract(&mut extractor, record, &set, 512).unwrap();
    extractor.all(index).iter().map(|raw| raw.text(record).map_or("-".to_owned(), Cow::into_owned)).collect()
}

#[test]
fn paths_reach_into_objects_and_arrays() {
    let record = r#"{"a":{"b":1,"c":[{"d":"x"},{"d":"y","e":[7,8]}]},"f":[1,"2"]}"#;
    assert_eq!(texts(record, "a.b"), ["1"]);
    assert_eq!(texts(record, "a.c{}.d"), ["x", "y"]);
    assert_eq!(texts(record, "a.c{1}.e{0}"), ["7"]);
    assert_eq!(texts(record, "f{}"), ["1", "2"]);
    assert_eq!(texts(record, "f"), ["-"]);
}

#[test]
fn member_names_may_hold_dots_and_escapes() {
    assert_eq!(texts(r#"{"claims":{"http://x.y/upn":"me"}}"#, "claims.http://x.y/upn"), ["me"]);
    assert_eq!(texts(r#"{"\u0061":"me"}"#, "a"), ["me"]);
}

#[test]
fn the_last_duplicate_counts() {
    assert_eq!(texts(r#"{"a":1,"a":2}"#, "a"), ["2"]);
    assert_eq!(texts(r#"{"a":{"b":1},"a":{"c":2}}"#, "a.b"), Vec::<String>::new());
    assert_eq!(texts(r#"{"a":[{"b":1,"b":2},{"b":3}]}"#, "a{}.b"), ["2", "3"]);
    assert_eq!(texts(r#"{"a":[1],"a":[2,3]}"#, "a{}"), ["2", "3"]);
}

#[test]
fn ignoring_case_finds_members_in_any_case() {
    let mut set = PathSet::default();
    let index = set.add(&Path { text: "eventname".to_owned(), ignore_case: true });
    let mut extractor = Extractor::default();
    let record = r#"{"EventName":"x"}"#;
    extract(&mut extractor, record, &set, 512).unwrap();
    assert_eq!(extractor.one(index).unwrap().written(record), "x");
}

#[test]
fn broken_json_is_refused_like_serde_json_does() {
    for text in [
        r#"{"a":1"#,
        r#"{"a":tru}"#,
        r#"{"a":01}"#,
        r#"{"a":1,}"#,
        r#"{"a" 1}"#,
        r#"{"a":"\x"}"#,
        "{\"a\":\"\n\"}",
        r#"{"a":1}}"#,
        r#"{"a":[1,]}"#,
        r#"{"a":.5}"#,
        r#"{"a":"b}"#,
        r#"{a:1}"#,
        r#"{"a":-}"#,
        r#"{"a":1e}"#,
    ] {
        let mut extractor = Extractor::default();
        assert!(extract(&mut extractor, text, &PathSet::default(), 512).is_err(), "{text}");
        assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
    }
}

#[test]
fn nesting_beyond_the_limit_is_an_error() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(600), "]".repeat(600));
    let error = extract(&mut Extractor::default(), &deep, &PathSet::default(), 512).unwrap_err();
    assert_eq!(error.reason, "nested deeper than the limit");
}

#[test]
fn an_early_end_is_told_from_an_error() {
    assert!(validate_prefix(br#"{"a":"b"#, 512).unwrap_err().is_incomplete);
    assert!(validate_prefix(br#"{"a":tr"#, 512).unwrap_err().is_incomplete);
    assert!(!validate_prefix(br#"{"a":"b},{"a":1"#, 512).unwrap_err().is_incomplete);
    assert_eq!(validate_prefix(br#" {"a":1} x"#, 512), Ok(8));
}

#[test]
fn a_learnt_shape_knows_how_deep_it_is() {
    let (set, mut extractor) = (some_paths(), Extractor::default());
    for (max_depth, is_right) in [(8, true), (8, true), (8, true), (3, true), (2, false)] {
        let outcome = extract(&mut extractor, r#"{"a":[{"b":1}]}"#, &set, max_depth);
        assert_eq!(outcome.is_ok(), is_right, "{max_depth}");
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let text = prop_oneof!["[abc]{0,3}", r#"[a"\\\n{}:,\u{1f}é ]{0,80}"#, any::<String>()];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        text.prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::vec((r#"[abc]{0,2}|[a.{}"\\]{0,3}"#, inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// JSON as some writer may lay it out, and then perhaps broken in a few places.
fn nearly_json() -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), r#"[{}\[\],:"\\ \t\na0tfn.eu-]{0,2}"#);
    (json(), any::<bool>(), prop::collection::vec(edit, 0..3)).prop_map(|(value, is_pretty, edits)| {
        let text =
            if is_pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let mut characters: Vec<char> = text.unwrap().chars().collect();
        for (index, put) in edits {
            let at = index.index(characters.len().max(1));
            characters.splice(at..(at + 1).min(characters.len()), put.chars());
        }
        characters.into_iter().collect()
    })
}

fn some_paths() -> PathSet {
    let mut set = PathSet::default();
    for path in ["a", "a.b", "b{}", "b{}.a", "c{1}.b", "a.b.c{}", "a{}{}", "."] {
        set.add(&Path::new(path));
    }
    set.add(&Path { text: "AB.c".to_owned(), ignore_case: true });
    set
}

/// A record that is mostly regular, and others with a few characters changed.
fn records_alike() -> impl Strategy<Value = Vec<String>> {
    let edit = (any::<prop::sample::Index>(), r#"[{}\[\],:"\\a-e0-9tfn. ]{1,2}"#);
    let edits = prop::collection::vec(prop::collection::vec(edit, 0..3), 1..8);
    (json(), edits).prop_map(|(value, edits)| {
        let record = format!("{{\"a\":{value},\"abcdefghijklmnopqrst\":1,\"b\":[{value}]}}");
        let mut records = vec![record.clone(); 3];
        for changes in edits {
            let mut characters: Vec<char> = record.chars().collect();
            for (index, put) in changes {
                let at = index.index(characters.len());
                characters.splice(at..(at + put.chars().count()).min(characters.len()), put.chars());
            }
            records.push(characters.into_iter().collect());
        }
        records
    })
}

#[test]
fn a_shape_is_learnt_and_used() {
    let set = some_paths();
    let mut extractor = Extractor::default();
    let mut class_of = |record: &str| {
        extract(&mut extractor, record, &set, 8).unwrap();
        let class = extractor.class_of_alike();
        extractor.keep_class(Class::Log(3));
        (class, extractor.one(0).map(|raw| raw.written(record).to_owned()))
    };
    let of = |text: &str| Some(text.to_owned());
    assert_eq!(class_of(r#"{"a":"x","c":1}"#), (None, of("x")));
    assert_eq!(class_of(r#"{"a":"y","c":2}"#), (None, of("y")), "the second is learnt");
    assert_eq!(class_of(r#"{"a":"z","c":3}"#), (None, of("z")), "the third says what it is");
    assert_eq!(class_of(r#"{"a":"","c":-1.5e3}"#), (Some(Class::Log(3)), of("")));
    assert_eq!(class_of(r#"{"b":"x","c":1}"#), (None, None), "another name");
    assert_eq!(class_of(r#"{"a":7,"c":"x"}"#), (None, of("7")), "a string elsewhere");
    assert_eq!(class_of(r#"{"a": "x","c":1}"#), (None, of("x")), "white space");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_swift_pass_agrees_with_the_careful_one(record in nearly_json(), max_depth in 2_u32..8) {
        let set = some_paths();
        let (mut swift, mut careful) = (Extractor::default(), Extractor::default());
        swift.clear(&set);
        careful.clear(&set);
        let mut marks = Marks::default();
        let entry = marks.read(Level::new(), record.as_bytes());
        let found = entry.and_then(|entry| swift.extract_swiftly(&record, marks.of(entry), &set, max_depth));
        let expected = careful.extract_carefully(&record, &set, max_depth);
        let is_object = record.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{');
        prop_assert_eq!(found.is_some(), is_object && expected.is_ok(), "{:?}", expected);
        if found.is_some() {
            for path in 0..set.len() {
                prop_assert_eq!(swift.all(path), careful.all(path));
            }
        }
    }
    #[test]
    fn records_built_alike_are_read_like_any_other(records in records_alike(), max_depth in 2_u32..12) {
        let set = some_paths();
        let mut one = Extractor::default();
        for record in &records {
            let mut fresh = Extractor::default();
            fresh.clear(&set);
            let expected = fresh.extract_carefully(record, &set, max_depth).map_err(|error| error.reason);
            let found = extract(&mut one, record, &set, max_depth).map_err(|error| error.reason);
            prop_assert_eq!(found, expected, "{}", record);
            if found.is_ok() {
                for path in 0..set.len() {
                    prop_assert_eq!(one.all(path), fresh.all(path), "{}", record);
                }
            }
        }
    }
}
