//! One folder of what goes wrong: nothing crashes, no good event is lost, every bad one is reported.

use std::io::Write;

use serde_json::json;

use crate::{
    common::{Folder, Run, gzip, quarry, shown},
    events::cloudtrail,
};

/// A file of the folder: how many good launches it holds, and the place of what is bad in it, if anything is.
struct Hostile {
    name: &'static str,
    bytes: Vec<u8>,
    launches: usize,
    bad: Option<usize>,
}

fn launch(number: usize) -> String {
    cloudtrail(number, "RunInstances", "mallory").to_string()
}

fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|number| launch(number) + "\n").collect()
}

fn cut_gzip() -> Vec<u8> {
    // Stored, not compressed, so that the cut falls into a known place: the last record.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    encoder.write_all(lines(0..3).as_bytes()).expect("memory takes bytes");
    let whole = encoder.finish().expect("memory takes bytes");
    whole[..whole.len() - 100].to_vec()
}

fn deep() -> String {
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    format!("{}{{\"eventName\":\"RunInstances\",\"deep\":{nested}}}\n{}", lines(0..1), lines(1..2))
}

fn latin1() -> Vec<u8> {
    let first = lines(0..1);
    let bad = launch(1).replace("mallory", "mall\u{0}ry").replace("\\u0000", "@").into_bytes();
    let bad: Vec<u8> = bad.into_iter().map(|byte| if byte == b'@' { 0xf6 } else { byte }).collect();
    [first.as_bytes(), &bad, b"\n", lines(2..3).as_bytes()].concat()
}

fn with_member(number: usize, member: &str) -> String {
    launch(number).replacen('{', &format!("{{{member},"), 1) + "\n"
}

fn escaped() -> String {
    launch(0)
        .replace("\"RunInstances\"", "\"\\u0052unInstances\"")
        .replace("\"eventName\"", "\"event\\u004eame\"")
}

fn png() -> Vec<u8> {
    let mut bytes = vec![0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
    bytes.extend((0..2_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()));
    bytes
}

fn digest() -> String {
    json!({"awsAccountId": "1", "digestStartTime": "2024-05-01T09:00:00Z", "digestEndTime": "2024-05-01T10:00:00Z",
        "digestS3Bucket": "bucket", "digestS3Object": "object", "logFiles": [{"s3Object": "RunInstances"}]})
    .to_string()
}

fn folder() -> Vec<Hostile> {
    let file = |name, bytes: Vec<u8>, launches, bad| Hostile { name, bytes, launches, bad };
    let three = lines(0..3);
    let one = launch(0).len() + 1;
    let array = format!("[{},{},{}", launch(0), launch(1), &launch(2)[..50]);
    let nul = format!("{}\0\0\0\n{}", lines(0..1), lines(1..2));
    vec![
        file("cut.json.gz", cut_gzip(), 2, Some(2 * one)),
        file("half.json", [three.as_bytes(), &launch(3).as_bytes()[..200]].concat(), 3, Some(3 * one)),
        file("deep.json", deep().into_bytes(), 2, Some(one)),
        file("latin1.json", latin1(), 2, Some(one)),
        file("empty.json", Vec::new(), 0, None),
        file("empty.json.gz", gzip(b""), 0, None),
        file("digest.json.gz", gzip(digest().as_bytes()), 0, None),
        file("picture.json.gz", png(), 0, None),
        file("duplicate.json", with_member(0, "\"eventName\":\"DescribeInstances\"").into_bytes(), 0, None),
        file(
            "number.json",
            with_member(0, "\"big\":123456789012345678901234567890,\"small\":-1e400").into_bytes(),
            1,
            None,
        ),
        file("escaped.json", escaped().into_bytes(), 1, None),
        file("crlf.json", three.replace('\n', "\r\n").into_bytes(), 3, None),
        file("bom.json", [b"\xef\xbb\xbf", three.as_bytes()].concat(), 3, None),
        file("commas.json", format!("[{},{},]", launch(0), launch(1)).into_bytes(), 2, None),
        file(
            "truncated.json",
            array.clone().into_bytes(),
            2,
            Some(array.rfind("{\"eventVersion\"").expect("there")),
        ),
        file("nul.json", nul.into_bytes(), 2, None),
    ]
}

fn run(logs: &str, more: &[&str]) -> Run {
    let query = "index=* eventName=RunInstances | stats count by source";
    quarry([
        "query",
        "--lang",
        "spl",
        "--splunk-fields",
        "json",
        "-e",
        query,
        "--logs",
        logs,
        "--output",
        "jsonl",
    ])
    .with(more)
    .run()
}

fn count(run: &Run, name: &str) -> usize {
    let rows = run.rows();
    let row = rows.iter().find(|row| row["source"].as_str().is_some_and(|source| source.ends_with(name)));
    row.map_or(0, |row| row["count"].to_string().trim_matches('"').parse().expect("a count"))
}

#[test]
fn no_good_event_is_lost_and_each_bad_one_is_reported() {
    let place = Folder::new();
    let files = folder();
    for file in &files {
        place.write(file.name, &file.bytes);
    }
    let run = run(&shown(place.path()), &[]).exits(0);
    for file in &files {
        // The last of members of the same name counts, or the first: the record is read, not refused.
        if file.name != "duplicate.json" {
            assert_eq!(count(&run, file.name), file.launches, "{}\n{}", file.name, run.stderr);
        }
        let report =
            run.stderr.lines().find(|line| line.starts_with("bad record:") && line.contains(file.name));
        if let Some(offset) = file.bad {
            let report = report.unwrap_or_else(|| panic!("{} is not reported:\n{}", file.name, run.stderr));
            assert!(report.contains(&format!("at byte {offset}: ")), "{report}, not {offset}");
        } else if !["picture.json.gz", "nul.json", "commas.json"].contains(&file.name) {
            assert!(report.is_none(), "{report:?}");
        }
    }
    for told in ["CloudTrail digest", "picture.json.gz"] {
        assert!(run.stderr.contains(told), "{told}:\n{}", run.stderr);
    }
}

#[test]
fn strict_fails_at_each_kind_of_bad_record_and_at_no_other() {
    for file in folder() {
        let place = Folder::new();
        place.write(file.name, &file.bytes);
        let run = run(&shown(place.path()), &["--strict"]);
        if file.bad.is_some() {
            assert_eq!(run.code, 2, "{}: {}", file.name, run.stderr);
            assert!(run.stderr.contains(file.name), "{}", run.stderr);
        } else if !["picture.json.gz", "nul.json", "commas.json"].contains(&file.name) {
            assert_eq!(run.code, 0, "{}: {}", file.name, run.stderr);
        }
    }
}

/// A JSON-lines object whose second record has a text of so many MiB.
fn oversized(mebibytes: usize) -> Vec<u8> {
    let huge = with_member(1, &format!("\"filler\":\"{}\"", "x".repeat(mebibytes << 20)));
    [lines(0..1), huge, lines(2..4)].concat().into_bytes()
}

fn skips_oversized(mebibytes: usize, more: &[&str]) {
    let place = Folder::new();
    let plain = place.write("huge.json", oversized(mebibytes));
    let packed = place.write("huge.json.gz", gzip(&oversized(17)));
    for (logs, more) in [(plain, more), (packed, &["--max-record", "16"])] {
        let run = run(&logs, more).exits(0);
        assert_eq!(count(&run, "huge.json") + count(&run, "huge.json.gz"), 3, "{}", run.stderr);
        let report = format!("at byte {}: ", launch(0).len() + 1);
        assert!(run.stderr.contains(&report), "{}", run.stderr);
    }
}

#[test]
fn a_record_above_the_limit_is_skipped_and_reported() {
    skips_oversized(70, &["--max-record", "16"]);
}

#[test]
fn a_record_of_300_megabytes_is_skipped_and_reported() {
    skips_oversized(300, &[]);
}

#[test]
fn a_record_below_the_limit_is_read() {
    let place = Folder::new();
    let logs = place.write("large.json", oversized(3));
    assert_eq!(count(&run(&logs, &["--max-record", "4"]).exits(0), "large.json"), 4);
}

#[test]
fn cut_lines_are_counted_and_what_was_passed_over_is_said() {
    let place = Folder::new();
    let cut = format!("{}\n", &launch(0)[..100]).repeat(25_000);
    let logs = place.write("cut.json.gz", gzip(format!("{cut}{}", lines(0..50)).as_bytes()));
    let run = run(&logs, &[]).exits(0);
    assert_eq!(count(&run, "cut.json.gz"), 50, "{}", run.stderr);
    for told in ["25,000 bad records", "2.52 MB passed over in bad records"] {
        assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
    }
}

/// A folder in which, beside a good file, a file cannot be read, a link leads nowhere and a folder is linked.
#[cfg(target_os = "linux")]
fn partly_unreadable(good: bool) -> Folder {
    use std::os::unix::fs::symlink;
    let place = Folder::new();
    if good {
        place.write("good.json", lines(0..2));
    }
    // Its first page is mapped by nobody, so reading it fails, even for the system's owner.
    symlink("/proc/self/mem", place.path().join("fails.json")).expect("links work");
    symlink("nowhere", place.path().join("gone.json")).expect("links work");
    symlink("/", place.path().join("linked")).expect("links work");
    place
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_read() {
    let place = partly_unreadable(true);
    let logs = shown(place.path());
    for more in [&[][..], &["--quiet"]] {
        let run = run(&logs, more).exits(0);
        assert_eq!(count(&run, "good.json"), 2, "{}", run.stderr);
        for name in ["fails.json", "gone.json", "linked"] {
            let told = run.stderr.lines().find(|line| line.starts_with("not read: ") && line.contains(name));
            assert!(told.is_some(), "{name}: {}", run.stderr);
        }
        assert!(run.stderr.contains("3 objects or folders could not be read"), "{}", run.stderr);
    }
    for arguments in [&["hunt", "T1578.002"][..], &["fields"], &["tune", "T1578.002"], &["test", "T1578.002"]]
    {
        let run = quarry(arguments).with(["--logs", &logs]).run();
        assert!(run.code < 2, "{}", run.stderr);
        assert!(
            run.stderr.contains("3 objects or folders could not be read"),
            "{arguments:?}: {}",
            run.stderr
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_linked_folder_is_entered_once() {
    use std::os::unix::fs::symlink;
    let (place, other) = (Folder::new(), Folder::new());
    other.write("good.json", lines(0..2));
    symlink(other.path(), place.path().join("one")).expect("links work");
    symlink(other.path(), place.path().join("two")).expect("links work");
    symlink(place.path(), other.path().join("back")).expect("links work");
    let run = run(&shown(place.path()), &[]).exits(0);
    assert!(run.stderr.contains("2 events in 1 objects"), "{}", run.stderr);
    assert!(run.stderr.contains("the link leads back"), "{}", run.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn strict_ends_where_something_cannot_be_read_and_so_does_nothing_at_all() {
    let place = partly_unreadable(true);
    let strict = run(&shown(place.path()), &["--strict"]);
    assert!(strict.code == 2 && strict.stdout.is_empty(), "{}", strict.stderr);
    let place = partly_unreadable(false);
    let nothing = run(&shown(place.path()), &[]);
    assert_eq!(nothing.code, 2, "{}", nothing.stderr);
    assert!(nothing.stderr.contains("cannot read any of the logs"), "{}", nothing.stderr);
}

#[test]
fn what_does_not_fit_in_memory_goes_to_disk_and_that_is_said() {
    let place = Folder::new();
    let filler = "x".repeat(1_000);
    let wide = |number| with_member(number, &format!("\"filler\":\"{number}{filler}\""));
    let logs = place.write("wide.json", (0..20_000).map(wide).collect::<String>());
    for rest in ["sort 0 - _raw", "dedup _raw", "stats count by _raw"] {
        let query = format!("index=* | {rest} | table _raw");
        let arguments = ["query", "--lang", "spl", "-e", &query, "--logs", &logs, "--memory", "20"];
        let run = quarry(arguments).with(["--threads", "2", "--output", "jsonl"]).run().exits(0);
        assert_eq!(run.text().lines().count(), 20_000, "{rest}: {}", run.stderr);
        assert!(run.stderr.contains("on disk: a larger `--memory` is quicker"), "{rest}: {}", run.stderr);
    }
}

#[test]
fn values_that_grow_beyond_the_memory_end_the_query() {
    let long = "x".repeat(100);
    let doubled = format!(
        "| makeresults | eval a=\"xxxxxxxxxx\" {}| eval n=len(a) | table n",
        "| eval a=a.a ".repeat(34)
    );
    let tenfold = |step: &str| {
        format!("| makeresults | eval a=\"xxxxxxxxxx\" {}| eval n=len(a) | table n", step.repeat(9))
    };
    let spl = [
        doubled,
        format!(
            "| makeresults | eval a=\"x\", b=\"{long}\" {}| eval n=len(a) | table n",
            "| eval a=replace(a, \"x\", b) ".repeat(4)
        ),
        tenfold("| eval a=a.a.a.a.a.a.a.a.a.a "),
        tenfold("| strcat a a a a a a a a a a a "),
        tenfold("| eval a=mvjoin(mvrange(0,10), a) "),
        "| makeresults | eval n=mvcount(mvrange(0, 1e12)) | table n".to_owned(),
        format!(
            "| makeresults | eval a=mvrange(0,1000) {}| eval n=mvcount(a) | table n",
            "| eval a=mvappend(a,a) ".repeat(24)
        ),
        format!(
            "| makeresults | eval a=mvrange(0,1000), d=mvjoin(mvrange(0, 200000), \"x\") {}| eval n=mvcount(a) | table n",
            "| eval a=mvzip(a,a,d) ".repeat(3)
        ),
    ];
    let grown =
        (0..4).fold("\"eventName\"".to_owned(), |text, _| format!("REPLACEALL('[Rx]', {text}, '{long}')"));
    let aql = [format!("SELECT STRLEN({grown}) AS a FROM events")];
    let folder = Folder::new();
    let logs = folder.write("one.json", lines(0..3));
    let queries = spl.iter().map(|query| ("spl", query)).chain(aql.iter().map(|query| ("aql", query)));
    for (language, query) in queries {
        let run = quarry(["query", "--lang", language, "-e", query, "--logs", &logs, "--memory", "32"]).run();
        assert_eq!(run.code, 2, "{query}: {}", run.stderr);
        assert!(
            run.stderr.contains("ENG003") && run.stderr.contains("more memory than `--memory` allows"),
            "{query}: {}",
            run.stderr
        );
    }
}

#[test]
fn values_that_a_regular_expression_gives_up_on_are_counted() {
    let events = |count: usize| -> String {
        let agent = format!("\"userAgent\":\"{}b\"", "a".repeat(60));
        (0..count).map(|number| with_member(number, &agent)).collect()
    };
    let folder = Folder::new();
    let few = folder.write("few.json", events(3) + &with_member(3, "\"userAgent\":\"other\""));
    for query in [
        r#"index=* | where NOT match(userAgent, "^(a|aa)+\1c")"#,
        r#"index=* | rex field=userAgent "^(?<x>(a|aa)+\2c)" | where isnull(x)"#,
        r#"index=* | where replace(userAgent, "^(a|aa)+\1c", "x")=userAgent"#,
        r#"index=* | regex userAgent!="^(a|aa)+\1c""#,
    ] {
        let run =
            |logs: &str| quarry(["query", "--lang", "spl", "-e", query, "--logs", logs, "--quiet"]).run();
        let told = run(&few).exits(0);
        assert_eq!(told.rows().len(), 4, "{query}");
        assert!(told.stderr.contains("values not judged"), "{query}: {}", told.stderr);
    }
}

#[test]
fn more_columns_and_searches_than_can_be_planned_are_refused() {
    let events: String = (0..10_200).map(|number| format!("{{\"eventID\":\"id{number}\"}}\n")).collect();
    let rows: String = (0..10_200).map(|number| format!("id{number},{number}\n")).collect();
    let folder = Folder::new();
    folder.write("rows.csv", format!("name,value\n{rows}"));
    let logs = folder.write("events.jsonl", events);
    let lookups = shown(folder.path());
    let from = "| inputlookup rows.csv";
    for (query, told) in [
        (format!("{from} | transpose 0"), "more than 10000 columns"),
        (format!("{from} | chart count over value by name limit=0"), "more than 10000 columns"),
        (format!("{from} | xyseries value name value"), "more than 10000 columns"),
        (format!("{from} | map maxsearches=20000 search=\"search a=$name$\""), "more than 1000 searches"),
    ] {
        let arguments = ["query", "--lang", "spl", "-e", &query, "--logs", &logs, "--lookups", &lookups];
        let run = quarry(arguments).run();
        assert_eq!(run.code, 2, "{query}: {}", run.stderr);
        assert!(run.stderr.contains(told) && run.stdout.is_empty(), "{query}: {}", run.stderr);
    }
}

#[test]
fn rows_that_decide_how_a_query_goes_on_are_bounded() {
    let filler = "x".repeat(4_000);
    let folder = Folder::new();
    let rows = (0..9_000).map(|number| with_member(number, &format!("\"filler\":\"{number}{filler}\"")));
    let logs = folder.write("wide.json", rows.collect::<String>());
    let query = "index=* | table filler | transpose 0";
    let run = quarry(["query", "--lang", "spl", "-e", query, "--logs", &logs, "--memory", "20"]).run();
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(
        run.stderr.contains("ENG003") && run.stderr.contains("more memory than `--memory` allows"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("`transpose 0`"), "the command is named: {}", run.stderr);
    folder.write("q.spl", "index=* | table filler");
    let hunt =
        quarry(["hunt", "q.spl", "--logs", "wide.json", "--memory", "20"]).in_folder(folder.path()).run();
    assert_eq!(hunt.code, 2, "{}", hunt.stderr);
    assert!(hunt.stderr.contains("ENG003") && hunt.stderr.contains("all rows at once"), "{}", hunt.stderr);
    let times = "| gentimes start=1/1/1970 end=1/1/2024 increment=1s | stats count";
    let run = quarry(["query", "--lang", "spl", "-e", times, "--logs", &logs, "--memory", "20"]).run();
    assert!(run.stderr.contains("ENG003") && run.stderr.contains("`gentimes "), "{}", run.stderr);
}

/// A zip archive of stored members; `count` is what its directory says there are.
fn stored_zip(members: &[(&str, &str)], count: u16) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in members {
        let mut crc = flate2::Crc::new();
        crc.update(text.as_bytes());
        let (length, place) =
            (u32::try_from(text.len()).expect("small"), u32::try_from(bytes.len()).expect("small"));
        let name_length = u16::try_from(name.len()).expect("short");
        let mut shared = Vec::new();
        for number in [20_u16, 0, 0, 0, 0] {
            shared.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), length, length] {
            shared.extend(number.to_le_bytes());
        }
        shared.extend(name_length.to_le_bytes());
        shared.extend([0, 0]);
        bytes.extend(0x0403_4b50_u32.to_le_bytes());
        bytes.extend(&shared);
        bytes.extend(name.as_bytes());
        bytes.extend(text.as_bytes());
        directory.extend(0x0201_4b50_u32.to_le_bytes());
        directory.extend([20, 0]);
        directory.extend(&shared);
        directory.extend([0; 10]);
        directory.extend(place.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (length, place) = (directory.len(), bytes.len());
    bytes.extend(directory);
    bytes.extend(0x0605_4b50_u32.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(u32::try_from(length).expect("small").to_le_bytes());
    bytes.extend(u32::try_from(place).expect("small").to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn what_a_damaged_archive_gave_is_kept_and_the_damage_is_named() {
    let (first, second) = (lines(0..3), lines(3..7));
    let whole = stored_zip(&[("a.json", &first), ("b.json", &second)], 2);
    let mut changed = whole.clone();
    let at = changed.windows(9).position(|part| part == b"us-east-1").expect("a region");
    changed[at + 8] = b'9';
    let mut short = whole.clone();
    let directory =
        short.windows(4).position(|part| part == 0x0201_4b50_u32.to_le_bytes()).expect("a directory");
    let less = u32::try_from(first.len() - 10).expect("small").to_le_bytes();
    short[directory + 20..directory + 24].copy_from_slice(&less);
    let mut gzipped = gzip(lines(0..200).as_bytes());
    let middle = gzipped.len() / 2;
    gzipped.truncate(middle);
    for (name, bytes, least, told) in [
        ("whole.zip", whole, 7, None),
        ("wrapped.zip", stored_zip(&[("a.json", &first), ("b.json", &second)], 1), 7, None),
        ("changed.zip", changed, 7, Some("check sum")),
        ("short.zip", short, 6, Some("check sum")),
        ("cut.json.gz", gzipped, 1, Some("cut.json.gz")),
    ] {
        let folder = Folder::new();
        let logs = folder.write(name, bytes);
        let run = quarry(["query", "--lang", "spl", "-e", "index=* | stats count", "--logs", &logs]).run();
        let count = run.rows().first().and_then(|row| row["count"].as_u64()).unwrap_or_default();
        assert!(count >= least, "{name}: {count} of {least}: {}", run.stderr);
        assert!(
            run.stderr.contains(&format!("{count} events")),
            "what is counted is there: {name}: {}",
            run.stderr
        );
        if let Some(told) = told {
            assert!(run.stderr.contains(told), "{name}: {}", run.stderr);
        }
    }
}
