//! Every way of saying why there are no rows, over generated queries: each ends in an answer, and nothing of the inside
//! of the engine reaches anybody.

use crate::common::{Folder, in_parallel, quarry};

const EVENTS: &str = r#"{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances","eventTime":"2024-05-01T10:00:00Z","eventID":"e1","awsRegion":"us-east-1","sourceIPAddress":"10.0.0.1","userIdentity":{"type":"IAMUser","userName":"ann"},"n":1,"tags":["a","b"]}
{"eventSource":"ec2.amazonaws.com","eventName":"StopInstances","eventTime":"2024-05-01T10:00:01Z","eventID":"e2","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.7","userIdentity":{"type":"IAMUser","userName":"bob"},"errorCode":"AccessDenied","n":2}
{"eventSource":"iam.amazonaws.com","eventName":"CreateUser","eventTime":"2024-05-01T10:00:02Z","eventID":"e3","awsRegion":"us-east-1","sourceIPAddress":"2001:db8::1","userIdentity":{"type":"Root"},"n":3}
"#;

/// A generator of numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.roll(items.len())]
    }
}

const SEARCH: [&str; 10] = [
    "u!=*",
    "eventName=RunInstances",
    "eventName=Nope",
    "NOT eventName=*",
    "n>1",
    "(n=1 OR nope=2)",
    "userIdentity.userName IN (ann, nobody)",
    "NOT [search index=* eventName=RunInstances | fields eventName]",
    "[search index=* eventName=Nope | fields eventName]",
    "sourceIPAddress=10.0.0.0/8",
];

const PIPES: [&str; 26] = [
    "where 1=2",
    "where false()",
    "where true()",
    "where isnull(n) AND n>1",
    "where n>1 AND n<1",
    "where like(eventName, \"Run%\")",
    "where null()",
    "where mvcount(tags{})>7",
    "where cidrmatch(\"10.0.0.0/8\", sourceIPAddress)",
    "eval x=case(n=1, \"one\", true(), \"many\") | where x=\"none\"",
    "eval y=if(1=2, 1, null()) | search y=*",
    "stats count by eventName | where count>5",
    "stats count | where count>50",
    "streamstats count as c | where c>50",
    "eventstats dc(eventName) as kinds by awsRegion | where kinds>9",
    "mvexpand tags{} | search tags{}=z",
    "dedup awsRegion | search awsRegion=nowhere",
    "sort - n | head 0",
    "head 2 | tail 1 | where n>50",
    "rename n as m | where m>50",
    "rex field=eventName \"(?<verb>Run|Stop)\" | where verb=\"Nope\"",
    "join awsRegion [search index=* | where awsRegion=\"nowhere\" | fields awsRegion]",
    "join type=left n [search index=* | fields n] | where 2<1",
    "append [search index=* u!=*] | where n>50",
    "transaction awsRegion | where eventcount>50",
    "foreach n m [eval <<FIELD>>=0] | where m>1 OR n>1",
];

fn spl(dice: &mut Dice) -> String {
    let mut query = format!("index=* {}", dice.pick(&SEARCH));
    for _ in 0..dice.roll(3) {
        query.push_str(" | ");
        query.push_str(dice.pick(&PIPES));
    }
    query
}

const CONDITIONS: [&str; 24] = [
    "INOFFENSE(5)",
    "1 = 2",
    "NULL = 1",
    "username = 'ann'",
    "username = 'nobody'",
    "NOT (username = 'ann')",
    "username <> 'ann'",
    "QIDNAME(qid) = 'RunInstances'",
    "qid = 7",
    "severity >= 7",
    "sourceip BETWEEN '10.0.0.0' AND '10.255.255.255'",
    "INCIDR('172.16.0.0/12', sourceip)",
    "LOGSOURCETYPENAME(devicetype) = 'AWS CloudTrail'",
    "XFORCE_IP_CONFIDENCE('Spam', sourceip) > 3",
    "MATCHESASSETSEARCH('x', sourceip)",
    "GEO::LOOKUP(sourceip, 'latitude') IS NOT NULL",
    "REFERENCESETCONTAINS('none', username)",
    "username IN (SELECT username FROM events WHERE INOFFENSE(5))",
    "username NOT IN (SELECT username FROM events)",
    "LONG(sourceip) > 7",
    "UTF8(payload) ILIKE '%nothing%'",
    "username IN ('x', 'y')",
    "\"errorCode\" IS NULL AND \"errorCode\" IS NOT NULL",
    "CASE WHEN 1 = 2 THEN TRUE ELSE FALSE END",
];

const SELECTS: [(&str, &str); 6] = [
    ("username", ""),
    ("username, COUNT(*) AS n", " GROUP BY username HAVING n > 50"),
    ("username, COUNT(*)", " GROUP BY username HAVING COUNT(*) > 50"),
    ("*", " ORDER BY starttime LIMIT 5"),
    ("QIDNAME(qid), UNIQUECOUNT(username) AS u", " GROUP BY qid HAVING u > 9"),
    ("username", " LIMIT 0"),
];

fn aql(dice: &mut Dice) -> String {
    let mut conditions = vec![dice.pick(&CONDITIONS)];
    for _ in 0..dice.roll(3) {
        conditions.push(dice.pick(&CONDITIONS));
    }
    let (columns, tail) = SELECTS[dice.roll(SELECTS.len())];
    let joint = if dice.roll(4) == 0 { " OR " } else { " AND " };
    format!("SELECT {columns} FROM events WHERE {}{tail}", conditions.join(joint))
}

/// Words that only those know who know the engine.
const INSIDE: [&str; 12] = [
    "ENG0",
    "defect",
    "planned this query wrongly",
    "\u{1}",
    "#group",
    "#probe",
    "__",
    "DataFusion",
    "Schema error",
    "SortExec",
    "Utf8",
    "UDF",
];

fn is_clean(language: &str, query: &str, what: &str, code: i32, most: i32, text: &str) {
    assert!((0..=most).contains(&code), "{what} of {language} `{query}` ended with {code}:\n{text}");
    let found = INSIDE.iter().find(|word| text.contains(**word));
    assert!(found.is_none(), "{what} of {language} `{query}` shows `{}`:\n{text}", found.unwrap_or(&""));
}

#[test]
fn no_way_of_saying_why_fails_or_shows_the_inside() {
    let folder = Folder::new();
    let logs = folder.write("events.jsonl", EVENTS);
    let mut dice = Dice(7);
    let mut queries: Vec<(&str, String)> = Vec::new();
    for condition in CONDITIONS {
        queries.push(("aql", format!("SELECT username FROM events WHERE {condition}")));
    }
    queries.extend(PIPES.map(|pipe| ("spl", format!("index=* | {pipe}"))));
    let count = std::env::var("QUARRY_PIPELINES").ok().and_then(|count| count.parse().ok()).unwrap_or(12);
    for _ in 0..count {
        queries.push(("spl", spl(&mut dice)));
        queries.push(("aql", aql(&mut dice)));
    }
    let numbered: Vec<(usize, &(&str, String))> = queries.iter().enumerate().collect();
    in_parallel(&numbered, |(index, (language, query))| {
        let fields = ["--splunk-fields", "json"];
        let shown = |run: &crate::common::Run| format!("{}{}", run.text(), run.stderr);
        let run = quarry(["query", "--lang", language, "-e", query, "--logs", &logs]).with(fields).run();
        is_clean(language, query, "query", run.code, 0, &shown(&run));
        let rows = run.text().lines().count();
        assert!(
            rows > 0 || run.stderr.contains("no rows:") || run.stderr.contains("no row"),
            "nobody says why `{query}` has no rows:\n{}",
            run.stderr
        );
        let file = folder.write(&format!("{index}.{language}"), query);
        let run = quarry(["lint", &file, "--logs", &logs]).with(fields).run();
        is_clean(language, query, "lint", run.code, 1, &shown(&run));
        let run = quarry(["explain", &file, "--event", "e1", "--logs", &logs]).with(fields).run();
        is_clean(language, query, "explain", run.code, 1, &shown(&run));
        let run = quarry(["hunt", &file, "--logs", &logs]).with(fields).run();
        is_clean(language, query, "hunt", run.code, 1, &shown(&run));
    });
}
