#![allow(clippy::unwrap_used)]
use super::*;

fn texts(record: &str, path: &str) -> Vec<String> {
    let mut set = PathSet::new();
    let index = set.add(&Path::new(path));
    let mut extractor = Extractor::default();
    extractor.extract(record, &set, 512).unwrap();
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
    let mut set = PathSet::new();
    let index = set.add(&Path { text: "eventname".to_owned(), ignore_case: true });
    let mut extractor = Extractor::default();
    let record = r#"{"EventName":"x"}"#;
    extractor.extract(record, &set, 512).unwrap();
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
        assert!(extractor.extract(text, &PathSet::new(), 512).is_err(), "{text}");
        assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
    }
}

#[test]
fn nesting_beyond_the_limit_is_an_error() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(600), "]".repeat(600));
    let error = Extractor::default().extract(&deep, &PathSet::new(), 512).unwrap_err();
    assert_eq!(error.reason, "nested deeper than the limit");
}

#[test]
fn an_early_end_is_told_from_an_error() {
    assert!(validate_prefix(br#"{"a":"b"#, 512).unwrap_err().is_incomplete);
    assert!(validate_prefix(br#"{"a":tr"#, 512).unwrap_err().is_incomplete);
    assert!(!validate_prefix(br#"{"a":"b},{"a":1"#, 512).unwrap_err().is_incomplete);
    assert_eq!(validate_prefix(br#" {"a":1} x"#, 512), Ok(8));
}
