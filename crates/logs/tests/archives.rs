//! Archives that are damaged, hostile or large: what is good in them is read, and the rest is named.

use quarry_logs::{Limits, ObjectInput, Snapshot, Unread};

use crate::{
    common::{Rows, Scan, gzip, names},
    containers::{COMPRESSIONS, tar, zip},
};

fn event(name: &str) -> Vec<u8> {
    let time = "2024-01-01T00:00:00Z";
    format!(r#"{{"eventVersion":"1","eventTime":"{time}","eventSource":"s","eventName":"{name}"}}"#)
        .into_bytes()
}

fn read(bytes: Vec<u8>) -> (Rows, Snapshot, Unread) {
    Scan::default().account(ObjectInput::Bytes(bytes.into()))
}

fn reasons(unread: &Unread) -> String {
    unread.first().iter().map(|unread| format!("{}: {}\n", unread.name, unread.reason)).collect()
}

#[test]
fn every_compression_gives_the_events() {
    let lines = [event("A"), event("B"), event("C")].join(&b'\n');
    for (name, compress) in COMPRESSIONS {
        let (rows, report, unread) = read(compress(&lines));
        assert_eq!(names(&rows), ["A", "B", "C"], "{name} {report:?}");
        assert_eq!((report.bad, unread.count()), (0, 0), "{name} {report:?}");
        let whole = compress(&lines.repeat(50));
        let cut = whole[..whole.len() - whole.len() / 4].to_vec();
        let (rows, report, unread) = read(cut);
        assert!(name == "plain" || report.bad > 0 || unread.count() > 0, "{name} {report:?}");
        assert!(name == "gzip in gzip" || !name.contains("gzip") || !rows.is_empty(), "{name} {report:?}");
    }
}

#[test]
fn a_cut_archive_gives_its_whole_members_and_says_so() {
    let (a, b, c) = (event("A"), event("B"), event("C").repeat(2000));
    let members = [("a.json", &a[..]), ("logs/b.json", &b), ("c.json", &c)];
    for is_deflated in [false, true] {
        let whole = zip(&members, is_deflated);
        let (rows, _, unread) = read(whole.clone());
        assert_eq!((rows.len(), unread.count()), (2002, 0));
        let (rows, _, unread) = read(whole[..whole.len() - 30].to_vec());
        assert_eq!(rows.len(), 2002);
        assert!(reasons(&unread).contains("cut off"), "{}", reasons(&unread));
        let into_c = whole.len() - 300;
        let (rows, report, unread) = read(whole[..into_c].to_vec());
        assert_eq!(names(&rows)[..2], ["A", "B"]);
        assert!(unread.count() > 0 || report.bad > 0, "{report:?}");
        let nested = gzip(&whole[..whole.len() - 30]);
        assert_eq!(read(nested).0.len(), 2002);
    }
    let whole = tar(&members);
    for (cut, rows) in [(1024, 2002), (1030, 2002), (1024 + 512, 1990), (c.len(), 2)] {
        let (found, _, unread) = read(whole[..whole.len() - cut].to_vec());
        assert!(found.len() >= rows, "{cut}: {}", found.len());
        assert!(reasons(&unread).contains("cut off"), "{cut}: {}", reasons(&unread));
    }
    let twice = [tar(&members[..1]), tar(&members[1..2])].concat();
    assert_eq!(names(&read(twice).0), ["A", "B"]);
}

#[test]
fn a_program_that_unpacks_itself_is_an_archive() {
    let (a, b) = (event("A"), event("B"));
    let archive = zip(&[("a.json", &a), ("b.json", &b)], true);
    for program in [&b"MZ\x90\0\x03\0\0\0"[..], b"#!/bin/sh\nexec unzip -q \"$0\"\n"] {
        let (rows, report, unread) = read([program, &archive].concat());
        assert_eq!(names(&rows), ["A", "B"], "{report:?}");
        assert_eq!(unread.count(), 0);
    }
    let (rows, report, _) = read(b"#!/bin/sh\necho hello\n".to_vec());
    assert_eq!((rows.len(), report.foreign.len()), (0, 1));
}

#[test]
fn what_is_nested_too_deep_is_named() {
    let deep = |count: usize| (0..count).fold(event("A"), |bytes, _| gzip(&bytes));
    assert_eq!(read(deep(5)).0.len(), 1);
    let member = zip(&[("deep.gz", &deep(12)), ("a.json", &event("A"))], false);
    let (rows, report, unread) = read(member);
    assert_eq!((rows.len(), report.bad), (1, 0));
    assert!(
        reasons(&unread).contains("object!deep.gz: compression inside compression"),
        "{}",
        reasons(&unread)
    );
    let archives = (0..6).fold(event("A"), |bytes, _| zip(&[("inner", &bytes), ("b", &event("B"))], true));
    let (rows, _, unread) = read(archives);
    assert_eq!(names(&rows), ["B", "B", "B"]);
    assert!(reasons(&unread).contains("this deep in archives"), "{}", reasons(&unread));
}

#[test]
fn what_expands_too_much_is_not_read_to_its_end() {
    let limits =
        Limits { expanded_bytes: 1 << 20, chunk_bytes: 64 << 10, whole_bytes: 1 << 16, ..Limits::default() };
    let scan = Scan { limits, ..Scan::default() };
    let bomb = [event("A"), b"\n".to_vec(), vec![b' '; 64 << 20]].concat();
    let twice = gzip(&gzip(&bomb));
    for (name, bytes) in [
        ("gzip in gzip", twice.clone()),
        ("zip", zip(&[("bomb.gz", &twice), ("a.json", &event("B"))], false)),
        ("tar", gzip(&tar(&[("bomb.gz", &twice)]))),
    ] {
        let (rows, report, unread) = scan.account(ObjectInput::Bytes(bytes.into()));
        assert!(names(&rows).starts_with(&["A"]), "{name} {report:?}");
        assert!(report.bytes_uncompressed < 16 << 20, "{name}: {}", report.bytes_uncompressed);
        let said = format!("{:?} {}", report.bad_records, reasons(&unread));
        assert!(said.contains("1100 times its size"), "{name}: {said}");
    }
    // What logs compress to is no bomb.
    let lines = [event("A"), b"\n".to_vec()].concat().repeat(40_000);
    let (rows, report, _) = scan.account(ObjectInput::Bytes(gzip(&lines).into()));
    assert_eq!((rows.len(), report.bad), (40_000, 0));
}

#[test]
fn members_whose_entries_overlap_are_read_but_not_without_end() {
    // Each entry of the directory points to the same member.
    let plain = [event("A"), vec![b' '; 256 << 10]].concat();
    let one = zip(&[("a", &plain)], true);
    let place = one.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let entry = &one[place..one.len() - 22];
    let mut bomb = [&one[..place], &entry.repeat(500), &one[one.len() - 22..]].concat();
    let end = bomb.len() - 22;
    let size = u32::try_from(entry.len() * 500).unwrap();
    bomb[end + 8..end + 12].copy_from_slice(&[0xf4, 1, 0xf4, 1]);
    bomb[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
    let limits = Limits { expanded_bytes: 1 << 16, ..Limits::default() };
    let scan = Scan { limits, ..Scan::default() };
    let (_, report, unread) = scan.account(ObjectInput::Bytes(bomb.into()));
    assert!(report.objects < 200, "{}", report.objects);
    assert!(reasons(&unread).contains("1100 times its size"), "{}", reasons(&unread));
}

#[test]
fn many_members_and_strange_paths_are_members() {
    let good = event("A");
    let mut members: Vec<(String, &[u8])> =
        (0..200_000).map(|number| (number.to_string(), &b""[..])).collect();
    for name in ["../../etc/passwd", "/etc/shadow", "..\\..\\windows", "a/\u{1b}[31m/b"] {
        members.insert(members.len() / 2, (name.to_owned(), &good));
    }
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    // Tar headers take room: fewer of them.
    let (count, few) = (members.len(), members.len() / 2 - 5_000..members.len() / 2 + 5_000);
    for (bytes, count) in [(zip(&members, false), count), (tar(&members[few.clone()]), few.len())] {
        let (rows, report, unread) = read(bytes);
        assert_eq!((rows.len(), report.objects, unread.count()), (4, count as u64, 0));
        assert_eq!(report.foreign["empty"].count, count as u64 - 4);
    }
    assert!(!std::path::Path::new("../../etc/passwd").exists());
}
