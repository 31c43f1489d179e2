//! Plans over small logs: operators, provenance, why nothing came out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod waist;

use std::sync::Arc;

use arrow::{
    array::AsArray, datatypes::Int64Type, record_batch::RecordBatch, util::pretty::pretty_format_batches,
};
use quarry_diagnostic::Span;
use quarry_engine::{
    Explanation, Session, SessionOptions, bind, explain_empty, provenance_column, schema_name,
    with_provenance,
};
use quarry_logs::{Limits, Location};
use quarry_plan::{
    Aggregate, AggregateCall, Comparison, ComparisonRule, Expression, ExpressionKind, JoinKind, Need, Node,
    Operator, SortKey, Source, SourceColumn, SourceField, TimeBound, TimeRange, Type, Value,
};
use quarry_views::Catalog;

const EVENTS: &str = r#"{"eventVersion":"1.08","eventTime":"2024-05-01T10:00:00Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","awsRegion":"eu-west-1","userIdentity":{"arn":"arn:aws:iam::1:user/ann"},"eventID":"e1","recipientAccountId":"1"}
{"eventVersion":"1.08","eventTime":"2024-05-01T10:05:00Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","awsRegion":"us-east-1","userIdentity":{"arn":"arn:aws:iam::1:user/bob"},"errorCode":"Client.DryRunOperation","eventID":"e2","recipientAccountId":"1"}
{"eventVersion":"1.08","eventTime":"2024-05-01T09:00:00Z","eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","awsRegion":"eu-west-1","userIdentity":{"arn":"arn:aws:iam::1:user/ann"},"eventID":"e3","recipientAccountId":"1"}
"#;

fn new(operator: Operator) -> Node {
    Node::new(operator, Span::default())
}

fn column(name: &str) -> Expression {
    Expression::column(name, Span::default())
}

fn source(fields: &[(&str, Type)], time: TimeRange) -> Node {
    let columns = fields.iter().map(|(name, data_type)| SourceColumn {
        name: (*name).into(),
        field: SourceField::View((*name).to_owned()),
        data_type: *data_type,
    });
    let (view, columns, choices) = ("splunk".to_owned(), columns.collect(), Vec::new());
    new(Operator::Source(Source { view, columns, time, choices }))
}

fn events(fields: &[&str]) -> Node {
    let typed: Vec<(&str, Type)> = fields
        .iter()
        .map(|name| (*name, if *name == "_time" { Type::Timestamp } else { Type::Text }))
        .collect();
    source(&typed, TimeRange::default())
}

fn equals(name: &str, value: &str) -> Expression {
    let (left, right) = (Box::new(column(name)), Box::new(Expression::text(value, Span::default())));
    Expression::new(
        ExpressionKind::Compare { operator: Comparison::Equal, rule: ComparisonRule::Exact, left, right },
        Span::default(),
    )
}

fn filter(input: Node, predicate: Expression) -> Node {
    new(Operator::Filter { input: Box::new(input), predicate })
}

fn ascending(name: &str) -> SortKey {
    SortKey::new(column(name), false)
}

fn sorted(input: Node, name: &str) -> Node {
    new(Operator::Sort { input: Box::new(input), keys: vec![ascending(name)] })
}

struct Fixture {
    session: Session,
    objects: Arc<Vec<Location>>,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self::of(EVENTS)
    }

    fn of(events: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        std::fs::write(&path, events).unwrap();
        let options =
            SessionOptions { threads: 2, memory: 64 << 20, limits: Limits::default(), strict: false };
        let session = Session::new(Arc::new(Catalog::load(None).unwrap()), &options).unwrap();
        let objects = Arc::new(vec![Location::file(path)]);
        Self { session, objects, runtime: tokio::runtime::Runtime::new().unwrap(), _folder: folder }
    }

    fn run(&self, plan: &Node) -> Vec<RecordBatch> {
        let report = self.session.new_report();
        self.runtime.block_on(async {
            self.session
                .run(plan, Arc::clone(&self.objects), 0, report)
                .await
                .unwrap()
                .collect()
                .await
                .unwrap()
        })
    }

    fn table(&self, plan: &Node) -> String {
        pretty_format_batches(&self.run(plan)).unwrap().to_string()
    }
}

#[test]
fn a_filter_keeps_what_is_true() {
    let plan =
        sorted(filter(events(&["eventID", "eventName"]), equals("eventName", "RunInstances")), "eventID");
    let table = Fixture::new().table(&plan);
    assert!(table.contains("e1") && table.contains("e2") && !table.contains("e3"), "{table}");
}

#[test]
fn the_time_range_includes_its_start_and_excludes_its_end() {
    let at = |text: &str| Some(TimeBound::at(text.parse::<jiff::Timestamp>().unwrap().as_microsecond()));
    let range = TimeRange { earliest: at("2024-05-01T09:00:00Z"), latest: at("2024-05-01T10:05:00Z") };
    let table = Fixture::new().table(&sorted(source(&[("eventID", Type::Text)], range), "eventID"));
    assert!(table.contains("e1") && !table.contains("e2") && table.contains("e3"), "{table}");
}

#[test]
fn counting_needs_no_column() {
    let count = AggregateCall {
        function: "count".to_owned(),
        arguments: Vec::new(),
        filter: None,
        order: Vec::new(),
        result: Type::Integer,
    };
    let input = Box::new(events(&[]));
    let plan = Aggregate { input, groups: Vec::new(), aggregates: vec![("n".into(), count)] };
    let table = Fixture::new().table(&new(Operator::Aggregate(plan)));
    assert!(table.contains("| 3 |"), "{table}");
}

#[test]
fn duplicates_keep_the_first_in_order() {
    let input = Box::new(events(&["_time", "eventID", "awsRegion"]));
    let order = vec![SortKey::new(column("_time"), true)];
    let plan = new(Operator::Deduplicate { input, keys: vec![column("awsRegion")], keep: 1, order });
    let table = Fixture::new().table(&plan);
    assert!(table.contains("e1") && table.contains("e2") && !table.contains("e3"), "{table}");
}

#[test]
fn an_anti_join_keeps_what_has_no_partner() {
    let right = new(Operator::Values {
        columns: vec![("wanted".into(), Type::Text)],
        rows: vec![vec![Value::Text("RunInstances".to_owned())]],
        place: None,
    });
    let plan = new(Operator::Join {
        left: Box::new(events(&["eventID", "eventName"])),
        right: Box::new(right),
        kind: JoinKind::Anti,
        on: vec![(column("eventName"), column("wanted"))],
        residual: None,
        nulls_match: false,
    });
    let table = Fixture::new().table(&plan);
    assert!(!table.contains("e1") && !table.contains("e2") && table.contains("e3"), "{table}");
}

#[test]
fn provenance_survives_projection_and_aggregation() {
    let input = Box::new(events(&["eventName"]));
    let groups = vec![("what".into(), column("eventName"))];
    let count = AggregateCall {
        function: "count".to_owned(),
        arguments: Vec::new(),
        filter: None,
        order: Vec::new(),
        result: Type::Integer,
    };
    let aggregate = Aggregate { input, groups, aggregates: vec![("n".into(), count)] };
    let projected = new(Operator::Project {
        input: Box::new(new(Operator::Aggregate(aggregate))),
        columns: vec![("what".into(), column("what"))],
    });
    let batches = Fixture::new().run(&sorted(with_provenance(&projected), "what"));
    let table = pretty_format_batches(&batches).unwrap().to_string();
    let launches = table.lines().find(|line| line.contains("RunInstances")).unwrap();
    assert!(
        launches.contains("user/ann") && launches.contains("e1"),
        "those of the earliest record: {launches}"
    );
    assert!(batches[0].schema().column_with_name(&schema_name(&provenance_column("object"))).is_some());
}

/// The earliest record lacks what later ones have: what its alert shows is of one record, with the gaps it has. Many records
/// of one time are still one record.
#[test]
fn provenance_of_a_group_is_that_of_one_record() {
    let record = |second: usize, id: usize, more: &str| {
        format!(
            r#"{{"eventVersion":"1.08","eventTime":"2024-05-01T10:00:{second:02}Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","eventID":"e{id}"{more}}}"#
        )
    };
    let rich = |id: usize| {
        format!(
            r#","awsRegion":"region-{id}","sourceIPAddress":"10.0.0.{id}","userAgent":"agent-{id}","userIdentity":{{"arn":"arn:aws:iam::1:user/u-{id}"}}"#
        )
    };
    let count = AggregateCall {
        function: "count".to_owned(),
        arguments: Vec::new(),
        filter: None,
        order: Vec::new(),
        result: Type::Integer,
    };
    let input = Box::new(events(&["eventName"]));
    let groups = vec![("what".into(), column("eventName"))];
    let plan = new(Operator::Aggregate(Aggregate { input, groups, aggregates: vec![("n".into(), count)] }));
    let shown = |events: &str| {
        let batches = Fixture::of(events).run(&with_provenance(&plan));
        pretty_format_batches(&batches).unwrap().to_string()
    };
    let poor_first: Vec<String> =
        (0..9).map(|id| record(id, id, &if id == 0 { String::new() } else { rich(id) })).collect();
    let table = shown(&poor_first.join("\n"));
    assert!(table.contains("e0"), "{table}");
    for later in ["region-", "10.0.0.", "agent-", "user/u-"] {
        assert!(!table.contains(later), "`{later}` is of another record: {table}");
    }
    let all_at_once: Vec<String> = (0..200).map(|id| record(0, id, &rich(id))).collect();
    let table = shown(&all_at_once.join("\n"));
    let number = |before: &str| -> String {
        let rest = table.split(before).nth(1).unwrap();
        rest.chars().take_while(char::is_ascii_digit).collect()
    };
    let id = number("agent-");
    assert_eq!(
        (number("user/u-"), number("region-"), number("10.0.0.")),
        (id.clone(), id.clone(), id.clone())
    );
    assert!(table.contains(&format!(" e{id} ")), "{table}");
}

#[test]
fn the_pre_filter_of_a_log_type_that_cannot_match_is_never() {
    let plan = filter(events(&["sourcetype", "eventName"]), equals("sourcetype", "aws:cloudtrail"));
    let plan = filter(plan, equals("eventName", "RunInstances"));
    let bound = bind(&plan, &Catalog::load(None).unwrap(), 0).unwrap();
    let need = |log_type: &str| bound[0].needs.iter().find(|(known, _)| known == log_type).unwrap().1.clone();
    assert_eq!(need("aws.cloudtrail"), Need::Literal { text: "RunInstances".to_owned(), ignore_case: false });
    assert_eq!(need("azure.activity"), Need::Never);
    assert_eq!(need("gcp.audit"), Need::Never);
}

#[test]
fn an_empty_result_names_the_condition_and_the_field_to_blame() {
    let launches = filter(events(&["eventName", "errorCode"]), equals("eventName", "RunInstances"));
    let absent = Expression::new(ExpressionKind::IsNull(Box::new(column("errorCode"))), Span::default());
    let plan = filter(launches, absent);
    let fixture = Fixture::new();
    let explained = explain_empty(&fixture.session, &plan, &fixture.objects, 0);
    let Explanation::Conditions(blamed) = fixture.runtime.block_on(explained).unwrap().unwrap() else {
        panic!("conditions are to blame");
    };
    assert_eq!((blamed.rows, blamed.culprit, blamed.reached()), (3, 1, 2));
    let field = &blamed.involved[0];
    assert_eq!((field.field.as_deref(), field.would_pass_without), (Some("errorCode"), 2));
    assert!(field.values.contains(&(Some("success".to_owned()), 1)), "{:?}", field.values);
}

/// Who launched after asking: a join, whose one side is kept in memory, of two sources with a time range each.
fn launches_after_asking(range: TimeRange) -> Node {
    let of = |action: &str, columns: &[&str]| {
        let typed: Vec<(&str, Type)> = columns.iter().map(|name| (*name, Type::Text)).collect();
        filter(source(&typed, range.clone()), equals("eventName", action))
    };
    let left = Box::new(of("RunInstances", &["eventName", "eventID", "awsRegion"]));
    let right = of("DescribeInstances", &["eventName", "awsRegion"]);
    let columns = vec![("asked".into(), column("awsRegion"))];
    let right = Box::new(new(Operator::Project { input: Box::new(right), columns }));
    let (kind, on) = (JoinKind::Inner, vec![(column("awsRegion"), column("asked"))]);
    let join = Operator::Join { left, right, kind, on, residual: None, nulls_match: false };
    with_provenance(&sorted(new(join), "eventID"))
}

#[test]
fn a_plan_made_ready_gives_what_it_would_give_made_anew() {
    let fixture = Fixture::new();
    let later = fixture._folder.path().join("later.jsonl");
    std::fs::write(&later, EVENTS.replace("eu-west-1", "ap-south-1").replace("\"e1\"", "\"f1\"")).unwrap();
    let later = Location::file(later);
    let early = fixture.objects[0].clone();
    let at = |text: &str| Some(TimeBound::at(text.parse::<jiff::Timestamp>().unwrap().as_microsecond()));
    let ranges = [
        TimeRange::default(),
        TimeRange { earliest: None, latest: at("2024-05-01T09:30:00Z") },
        TimeRange { earliest: at("2024-05-01T08:00:00Z"), latest: at("2024-05-01T10:01:00Z") },
    ];
    let choices = [vec![early.clone()], vec![later.clone()], vec![early, later], Vec::new()];
    let Fixture { session, runtime, .. } = &fixture;
    let ready = runtime.block_on(session.prepare(&launches_after_asking(TimeRange::default()))).unwrap();
    let mut found = std::collections::BTreeSet::new();
    for objects in choices.map(Arc::new) {
        for range in &ranges {
            let plan = launches_after_asking(range.clone());
            let (anew, again) = runtime.block_on(async {
                let anew = session.run(&plan, Arc::clone(&objects), 0, session.new_report()).await.unwrap();
                let again = session.run_prepared(&ready, &plan, &objects, 0, session.new_report()).unwrap();
                (anew.collect().await.unwrap(), again.collect().await.unwrap())
            });
            let shown = |batches: &[RecordBatch]| pretty_format_batches(batches).unwrap().to_string();
            let rows: usize = anew.iter().map(RecordBatch::num_rows).sum();
            assert_eq!(rows, again.iter().map(RecordBatch::num_rows).sum::<usize>());
            assert!(rows == 0 || shown(&anew) == shown(&again), "{}\n{}", shown(&anew), shown(&again));
            found.insert(rows);
        }
    }
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn texts_of_many_groups_are_counted_in_little_memory() {
    let event = |number: usize| {
        let name = if number.is_multiple_of(2) { "RunInstances" } else { "StopInstances" };
        format!(
            r#"{{"eventVersion":"1.08","eventSource":"ec2.amazonaws.com","eventTime":"2024-05-01T10:00:00Z","eventName":"{name}","eventID":"e{}"}}"#,
            number / 3
        )
    };
    let text: Vec<String> = (0..60_000).map(event).collect();
    let count = AggregateCall {
        function: "count_distinct".to_owned(),
        arguments: vec![column("eventName")],
        filter: None,
        order: Vec::new(),
        result: Type::Integer,
    };
    let input = Box::new(events(&["eventID", "eventName"]));
    let groups = vec![("eventID".into(), column("eventID"))];
    let counted = Aggregate { input, groups, aggregates: vec![("n".into(), count)] };
    let batches = Fixture::of(&text.join("\n")).run(&new(Operator::Aggregate(counted)));
    let counts = batches.iter().flat_map(|batch| {
        let column = batch.column_by_name("n").unwrap().as_primitive::<Int64Type>();
        column.values().to_vec()
    });
    assert_eq!(counts.collect::<Vec<_>>(), vec![2; 20_000]);
}

#[test]
fn strict_sessions_fail_at_a_bad_record() {
    let fixture = Fixture::new();
    let path = fixture._folder.path().join("bad.jsonl");
    std::fs::write(&path, format!("{EVENTS}{{\"eventVersion\": tru}}\n")).unwrap();
    let options = SessionOptions { threads: 1, memory: 64 << 20, limits: Limits::default(), strict: true };
    let session = Session::new(Arc::new(Catalog::load(None).unwrap()), &options).unwrap();
    let objects = Arc::new(vec![Location::file(path)]);
    let outcome = fixture.runtime.block_on(async {
        session.run(&events(&["eventID"]), objects, 0, session.new_report()).await.unwrap().collect().await
    });
    let message = outcome.unwrap_err().to_string();
    assert!(message.contains("bad.jsonl"), "{message}");
}
