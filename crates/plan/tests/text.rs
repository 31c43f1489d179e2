//! How instants, timespans, GUIDs, decimals and JSON are written and read.

use quarry_plan::{
    Decimal,
    text::{
        datetime_text, json_of_text, json_text, micros_of_ticks, parse_datetime, parse_guid, parse_timespan,
        ticks_of_micros, timespan_text,
    },
};

#[test]
fn datetimes_reach_from_year_1_to_9999() {
    for text in
        ["0001-01-01T00:00:00.0000000Z", "9999-12-31T23:59:59.9999999Z", "2024-02-29T12:34:56.1234567Z"]
    {
        assert_eq!(datetime_text(parse_datetime(text).unwrap()).unwrap(), text);
    }
    let last = parse_datetime("9999-12-31T23:59:59.9999999Z").unwrap();
    assert_eq!(datetime_text(last + 1), None);
    assert_eq!(datetime_text(-1), None);
    let same = parse_datetime("2024-05-01T12:00:00+02:00");
    assert_eq!(same, parse_datetime("2024-05-01 10:00:00"));
    assert_eq!(parse_datetime("2024-05-01"), parse_datetime("2024-05-01T00:00:00Z"));
    assert_eq!(
        parse_datetime("2024-05-01T00:00:00.123456789Z"),
        parse_datetime("2024-05-01T00:00:00.1234567Z")
    );
    assert_eq!(parse_datetime("soon"), None);
}

#[test]
fn datetimes_become_timestamps_exactly_or_not_at_all() {
    let ticks = parse_datetime("1970-01-01T00:00:00.0000010Z").unwrap();
    assert_eq!(micros_of_ticks(ticks), Some(1));
    assert_eq!(micros_of_ticks(ticks + 1), None);
    assert_eq!(ticks_of_micros(1), Some(ticks));
    assert_eq!(ticks_of_micros(i64::MAX), None);
    let first = parse_datetime("0001-01-01").unwrap();
    assert_eq!(ticks_of_micros(micros_of_ticks(first).unwrap()), Some(first));
}

#[test]
fn timespans_are_written_as_they_are_read() {
    for text in ["00:00:00", "01:02:03", "1.00:00:00", "-2.03:04:05.0000006", "10675199.02:48:05.4775807"] {
        assert_eq!(timespan_text(parse_timespan(text).unwrap()), text);
    }
    assert_eq!(timespan_text(i64::MIN), "-10675199.02:48:05.4775808");
    assert_eq!(parse_timespan("2"), parse_timespan("2.00:00:00"));
    for text in ["", "24:00:00", "1:60", "1d", "00:00:00.12345678"] {
        assert_eq!(parse_timespan(text), None, "{text}");
    }
}

#[test]
fn guids_are_read_in_all_forms() {
    let bits = 0x7442_5bee_4a2b_4bba_b47c_0a1b_2c3d_4e5f;
    for text in [
        "74425bee-4a2b-4bba-b47c-0a1b2c3d4e5f",
        "{74425BEE-4A2B-4BBA-B47C-0A1B2C3D4E5F}",
        "74425bee4a2b4bbab47c0a1b2c3d4e5f",
    ] {
        assert_eq!(parse_guid(text), Some(bits), "{text}");
    }
    for text in ["", "74425bee-4a2b", "{74425bee4a2b4bbab47c0a1b2c3d4e5f", "+4425bee4a2b4bbab47c0a1b2c3d4e5f"]
    {
        assert_eq!(parse_guid(text), None, "{text}");
    }
}

#[test]
fn decimals_are_exact() {
    for (text, shown) in
        [("1.50", "1.5"), ("-0.0", "0"), (".5", "0.5"), ("12e3", "12000"), ("1.2e-3", "0.0012")]
    {
        assert_eq!(text.parse::<Decimal>().unwrap().to_string(), shown);
    }
    for text in ["", ".", "-", "1.2.3", "1e", "0x1", "1e39", "1e-39", "1e99999999999"] {
        assert!(text.parse::<Decimal>().is_err(), "{text}");
    }
    let parse = |text: &str| text.parse::<Decimal>().unwrap();
    assert!(parse("-1.5") < parse("-1.25") && parse("0.1") < parse("1e37") && parse("2") == parse("2.0"));
    assert_eq!(parse("-2.9").to_integer(), Some(-2));
    assert_eq!(Decimal::of_f64(0.1), Some(parse("0.1")));
}

#[test]
fn json_keeps_and_loses_its_quotes() {
    for text in ["", "plain", "\"quoted\" \\ \n\u{1}", "🙂"] {
        assert_eq!(json_text(&json_of_text(text)).unwrap(), text);
    }
    assert_eq!(json_text(r#""\ud83d\ude42 \u00e4""#).unwrap(), "🙂 ä");
    assert_eq!(json_text(r#"{ "a" : [1, "b c"] }"#).unwrap(), r#"{"a":[1,"b c"]}"#);
    assert_eq!(json_text("null"), None);
}
