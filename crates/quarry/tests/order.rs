//! Rows have a place from the moment they exist: whatever makes rows, every command that asks for their order
//! sees the order that they are shown in.

use crate::common::{Folder, in_parallel, quarry};

/// What makes rows with a field `x`, a row for each kind.
const SOURCES: &[&str] = &[
    "index=* | table x",
    "search index=* x!=4 | table x",
    "| makeresults count=4 | streamstats count as x | table x",
    "| makeresults format=csv data=\"x\n3\n1\n4\n2\" | table x",
    "| makeresults format=json data=\"[{\\\"x\\\":\\\"b\\\"},{\\\"x\\\":\\\"c\\\"},{\\\"x\\\":\\\"a\\\"}]\" | table x",
    "| gentimes start=1/1/2024 end=1/5/2024 | rename starttime as x | table x",
    "| inputlookup users.csv | rename level as x | table x",
    "| inputlookup users.csv where level>1 | rename level as x | table x",
    "| from lookup:users.csv | rename level as x | table x",
    "| tstats count where index=* by x | table x",
    "| metadata type=sourcetypes | rename sourcetype as x | table x",
    "| datamodel Change All_Changes search | streamstats count as x | table x",
    "| from datamodel:Change.All_Changes | streamstats count as x | table x",
    "| multisearch [search index=* x=1] [search index=* x!=1] | table x",
    "| union [search index=* x>2 | table x] [search index=* x<3 | table x]",
    "| union [| inputlookup users.csv | rename level as x | table x] [search index=* | eval x=\"e\".x | table x]",
    "| set union [search index=* x>2 | table x] [search index=* x<3 | table x]",
    "| set diff [search index=* | table x] [search index=* x=1 | table x]",
    "| inputlookup users.csv | append [| inputlookup users.csv] | streamstats count as x | table x",
    "| inputlookup users.csv | rename level as x | append [search index=* | eval x=\"e\".x | table x] | table x",
    "| inputlookup users.csv | transpose | rename column as x | table x",
    "| inputlookup users.csv | fieldsummary | rename field as x | table x",
    "| inputlookup users.csv | untable level name x | table x",
    "| inputlookup users.csv | lookup users.csv level OUTPUT team as x | streamstats count as c | eval x=x.c | table x",
    "| inputlookup users.csv | join level [| inputlookup users.csv] | rename level as x | table x",
    "| inputlookup users.csv | makemv delim=\"e\" team | mvexpand team | streamstats count as c | eval x=team.c | table x",
    "| inputlookup users.csv | sort - level | rename level as x | table x",
    "index=* | sort x | table x",
    "index=* | top x | table x",
    "index=* | stats count by x | table x",
    "index=* | chart count over x | table x",
    "index=* | timechart span=1s count | streamstats count as x | table x",
    "index=* | transaction x | table x",
    "index=* | appendpipe [stats count as x | eval x=\"c\".x] | table x",
];

/// What a command makes of the rows that there are.
type Expected = fn(&[String]) -> Vec<String>;

const COMMANDS: &[(&str, Expected)] = &[
    ("reverse", |rows| reversed(rows)),
    ("reverse | reverse", |rows| rows.to_vec()),
    ("head 2", |rows| rows[..rows.len().min(2)].to_vec()),
    ("tail 2", |rows| reversed(&rows[rows.len().saturating_sub(2)..])),
    ("reverse | head 1", |rows| reversed(&rows[rows.len().saturating_sub(1)..])),
    ("eval k=1 | dedup k | table x", |rows| rows[..rows.len().min(1)].to_vec()),
    ("eval k=1 | sort 0 k | table x", |rows| rows.to_vec()),
    ("streamstats count as n | sort 0 - n | table x", |rows| reversed(rows)),
    ("streamstats current=f window=1 last(x) as x | table x", |rows| {
        std::iter::once(String::new()).chain(rows[..rows.len().saturating_sub(1)].iter().cloned()).collect()
    }),
    ("autoregress x as p | eval x=p | table x", |rows| {
        std::iter::once(String::new()).chain(rows[..rows.len().saturating_sub(1)].iter().cloned()).collect()
    }),
    ("eventstats first(x) as f last(x) as l | eval x=f.\" \".l | table x", |rows| {
        let ends = format!("{} {}", rows[0], rows[rows.len() - 1]);
        rows.iter().map(|_| ends.clone()).collect()
    }),
    ("stats list(x) as x | eval x=mvjoin(x, \" \")", |rows| vec![rows.join(" ")]),
    ("eval k=1 | stats first(x) as f last(x) as l by k | eval x=f.\" \".l | table x", |rows| {
        vec![format!("{} {}", rows[0], rows[rows.len() - 1])]
    }),
    ("append [| makeresults | eval x=\"z\" | table x]", |rows| {
        rows.iter().cloned().chain(["z".to_owned()]).collect()
    }),
    ("appendcols [| makeresults | eval z=\"z\" | table z] | eval x=x.coalesce(z, \"\") | table x", |rows| {
        rows.iter().enumerate().map(|(at, x)| if at == 0 { format!("{x}z") } else { x.clone() }).collect()
    }),
    ("uniq", |rows| rows.to_vec()),
    ("eval k=1 | filldown k | eval x=x.k | table x", |rows| rows.iter().map(|x| format!("{x}1")).collect()),
    ("eval k=1 | accum k | eval x=x.\".\".k | table x", |rows| {
        rows.iter().enumerate().map(|(at, x)| format!("{x}.{}", at + 1)).collect()
    }),
    ("reverse | streamstats count as k | eval x=x.\".\".k | reverse | table x", |rows| {
        let count = rows.len();
        rows.iter().enumerate().map(|(at, x)| format!("{x}.{}", count - at)).collect()
    }),
];

fn reversed(rows: &[String]) -> Vec<String> {
    rows.iter().rev().cloned().collect()
}

fn run(search: &str, logs: &str) -> Result<Vec<String>, String> {
    let arguments = ["query", "--lang", "spl", "--output", "csv"];
    let lookups = ["--lookups", "crates/quarry/tests/data/lookups", "--logs", logs, "-e", search];
    let run = quarry(arguments).with(lookups).run();
    if run.code != 0 {
        return Err(format!("exit status {}: {}", run.code, run.stderr));
    }
    Ok(run.text().lines().skip(1).map(|line| line.trim_matches('"').to_owned()).collect())
}

/// Five events, the newest first, none in the order of `x`.
fn events() -> (Folder, String) {
    let folder = Folder::new();
    let event = |(at, x): (usize, &str)| {
        format!(
            "{{\"eventVersion\":\"1.08\",\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"RunInstances\",\
             \"eventTime\":\"2024-01-01T00:00:0{}Z\",\"id\":\"{x}\",\"x\":\"{x}\"}}\n",
            9 - at
        )
    };
    let events: String = ["3", "1", "4", "2", "5"].into_iter().enumerate().map(event).collect();
    let logs = folder.write("events.jsonl", events);
    (folder, logs)
}

#[test]
fn every_command_sees_the_order_in_which_rows_are_shown() {
    let (_folder, logs) = events();
    let found = in_parallel(SOURCES, |source| {
        let rows = run(source, &logs);
        let rows = match rows {
            Ok(rows) if rows.is_empty() => return vec![format!("{source}: no rows")],
            Ok(rows) => rows,
            Err(reason) => return vec![format!("{source}: {reason}")],
        };
        let check = |(command, expected): &(&str, Expected)| {
            let found = run(&format!("{source} | {command}"), &logs);
            let expected = expected(&rows);
            (found.as_ref() != Ok(&expected)).then(|| {
                format!("{source} | {command}\n  of {rows:?}\n  expected {expected:?}\n  found {found:?}")
            })
        };
        COMMANDS.iter().filter_map(check).collect::<Vec<_>>()
    });
    let wrong: Vec<String> = found.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

/// Parts of a sort that keep their first rows only share what the worst of those is: by chance, rows of one part pushed
/// out rows of another that come before them (three runs of ten).
#[test]
fn the_first_rows_of_several_searches_are_the_same_in_every_run() {
    let (_folder, logs) = events();
    for search in [
        "| union [search index=* x>2 | table x] [search index=* x<3 | table x] | head 2",
        "| union [search index=* x<3 | table x] [search index=* x>2 | table x] | head 3",
        "| multisearch [search index=* x>2] [search index=* x<3] | table x | head 2",
        "search index=* x>2 | table x | append [search index=* x<3 | table x] | head 4",
    ] {
        let runs: Vec<usize> = (0..40).collect();
        let mut found = in_parallel(&runs, |_| run(search, &logs));
        found.dedup();
        assert_eq!(found.len(), 1, "{search}: {found:?}");
    }
}
