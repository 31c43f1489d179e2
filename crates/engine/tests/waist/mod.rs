//! What no language of today asks for, through plans made by hand: types, paths, joins, shared plans, order.

use quarry_diagnostic::Span;
use quarry_engine::{explain_event, provenance_column, push_paths, rows_of, with_provenance};
use quarry_plan::{
    Aggregate, AggregateCall, ColumnName, Comparison, ComparisonRule, Element, Expression, ExpressionKind,
    JoinKind, Node, Operator, PathStep, SortKey, SourceField, TimeRange, Type, Value, WriteOut,
};
use quarry_views::Catalog;

use super::{Fixture, column, equals, events, filter, new, source};

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn json(value: &str) -> Value {
    Value::Dynamic(value.to_owned())
}

fn literal(value: &Value) -> Expression {
    Expression::literal(value.clone(), Span::default())
}

/// Rows of one column.
fn values(name: &str, of: Type, values: &[Value]) -> Node {
    let rows = values.iter().map(|value| vec![value.clone()]).collect();
    new(Operator::Values { columns: vec![(name.into(), of)], rows, place: None })
}

fn extend(input: Node, columns: Vec<(&str, Expression)>) -> Node {
    let columns = columns.into_iter().map(|(name, value)| (name.into(), value)).collect();
    new(Operator::Extend { input: Box::new(input), columns })
}

fn project(input: Node, names: &[&str]) -> Node {
    let columns = names.iter().map(|name| ((*name).into(), column(name))).collect();
    new(Operator::Project { input: Box::new(input), columns })
}

fn sort(input: Node, keys: Vec<SortKey>) -> Node {
    new(Operator::Sort { input: Box::new(input), keys })
}

fn by(name: &str) -> SortKey {
    SortKey::new(column(name), false)
}

fn compare(operator: Comparison, left: Expression, right: Expression) -> Expression {
    Expression::compare(operator, ComparisonRule::Exact, left, right, Span::default())
}

impl Fixture {
    fn rows(&self, plan: &Node) -> Vec<Vec<Value>> {
        let batches = self.run(plan);
        batches.first().map(|batch| rows_of(&batch.schema(), &batches).rows).unwrap_or_default()
    }

    /// The rows of one column.
    fn column(&self, plan: &Node) -> Vec<Value> {
        self.rows(plan).into_iter().map(|mut row| row.remove(0)).collect()
    }
}

fn call(function: &str, arguments: Vec<Expression>, result: Type) -> AggregateCall {
    AggregateCall { function: function.to_owned(), arguments, filter: None, order: Vec::new(), result }
}

/// Three values of a type in ascending order.
fn ascending(of: Element) -> [Value; 3] {
    let decimal = |text: &str| Value::Decimal(text.parse().unwrap());
    match of {
        Element::Boolean => [Value::Boolean(false), Value::Boolean(true), Value::Boolean(true)],
        Element::Integer => [i64::MIN, 0, i64::MAX].map(Value::Integer),
        Element::Double => [-1.5, 0.0, 1e300].map(Value::Double),
        Element::Decimal => ["-99999999999999999999.5", "0.1", "99999999999999999999.25"].map(decimal),
        Element::Timestamp => [-1, 0, 1_714_557_600_000_001].map(Value::Timestamp),
        Element::Datetime => [0, 638_501_544_000_000_001, 3_155_378_975_999_999_999].map(Value::Datetime),
        Element::Timespan => [-1, 0, 864_000_000_001].map(Value::Timespan),
        Element::Guid => [1, 1 << 100, u128::MAX].map(Value::Guid),
        Element::Dynamic => ["1", "\"1\"", "[1]"].map(json),
    }
}

fn ordered() -> impl Iterator<Item = Element> {
    Element::ALL.into_iter().filter(|of| *of != Element::Dynamic)
}

#[test]
fn values_of_every_type_sort_group_join_and_compare() {
    let fixture = Fixture::new();
    for element in ordered() {
        let of = element.type_of();
        let [low, middle, high] = ascending(element);
        let mixed = [high.clone(), Value::Null, middle.clone(), low.clone(), middle.clone()];
        let rows = || values("x", of, &mixed);
        let mut wanted = vec![low.clone(), middle.clone(), middle.clone(), high.clone(), Value::Null];
        assert_eq!(fixture.column(&sort(rows(), vec![by("x")])), wanted, "{of:?}");
        wanted.rotate_right(1);
        let nulls_first = SortKey { nulls_first: true, ..by("x") };
        assert_eq!(fixture.column(&sort(rows(), vec![nulls_first])), wanted, "{of:?}");

        let ends = ["min", "max"].map(|name| (name.into(), call(name, vec![column("x")], of)));
        let ends = Aggregate { input: Box::new(rows()), groups: Vec::new(), aggregates: ends.to_vec() };
        assert_eq!(fixture.rows(&new(Operator::Aggregate(ends))), [[low.clone(), high.clone()]], "{of:?}");

        let groups = vec![("x".into(), column("x"))];
        let count = vec![("n".into(), call("count", Vec::new(), Type::Integer))];
        let grouped =
            new(Operator::Aggregate(Aggregate { input: Box::new(rows()), groups, aggregates: count }));
        let counted = fixture.rows(&sort(grouped, vec![by("x")]));
        assert!(counted.contains(&vec![Value::Null, Value::Integer(1)]), "{of:?} {counted:?}");
        assert_eq!(counted.len(), if element == Element::Boolean { 3 } else { 4 }, "{of:?} {counted:?}");

        let less = filter(rows(), compare(Comparison::Less, column("x"), literal(&high)));
        let below = fixture.column(&sort(less, vec![by("x")]));
        let all = [low.clone(), middle.clone(), middle.clone()];
        assert_eq!(below, if element == Element::Boolean { &all[..1] } else { &all[..] }, "{of:?}");

        let right = values("y", of, &[low.clone(), Value::Null]);
        let joined = join(rows(), right, JoinKind::Inner, None, false);
        assert_eq!(fixture.rows(&joined), [[low.clone(), low.clone()]], "{of:?}");
    }
}

#[test]
fn values_of_every_type_are_read_back_from_their_text() {
    let fixture = Fixture::new();
    for element in ordered().filter(|element| *element != Element::Boolean) {
        let of = element.type_of();
        let rows = values("x", of, &ascending(element));
        let there = column("x").cast(Type::Text).cast(of);
        let back = project(extend(rows, vec![("y", there)]), &["y"]);
        assert_eq!(fixture.column(&back), ascending(element), "{of:?}");
    }
}

#[test]
fn lists_of_every_type_expand_to_their_values() {
    let fixture = Fixture::new();
    for element in Element::ALL {
        let of = Type::List(element);
        let items = ascending(element).to_vec();
        let rows = values("x", of, &[Value::List(element, items.clone()), Value::Null]);
        let expanded = new(Operator::Expand {
            input: Box::new(rows),
            column: "x".into(),
            limit: Some(2),
            position: Some("at".into()),
        });
        assert_eq!(expanded.columns()[0], ("x".into(), element.type_of()));
        let found = fixture.column(&project(sort(expanded, vec![by("at")]), &["x"]));
        assert_eq!(found, [items[0].clone(), items[1].clone(), Value::Null], "{of:?}");
    }
}

#[test]
fn instants_convert_exactly_or_to_null() {
    let rows =
        values("x", Type::Datetime, &[638_501_544_000_000_010, 638_501_544_000_000_011].map(Value::Datetime));
    let micros = extend(rows, vec![("y", column("x").cast(Type::Timestamp))]);
    let back = extend(micros, vec![("z", column("y").cast(Type::Datetime))]);
    let found = Fixture::new().column(&project(back, &["z"]));
    assert_eq!(found, [Value::Datetime(638_501_544_000_000_010), Value::Null]);
}

fn path(value: Expression, steps: &[PathStep]) -> Expression {
    let kind = ExpressionKind::Path { value: Box::new(value), steps: steps.to_vec() };
    Expression::new(kind, Span::default())
}

fn member(name: &str) -> PathStep {
    PathStep::Member(name.to_owned())
}

#[test]
fn paths_keep_the_types_of_json() {
    let rows = values("x", Type::Dynamic, &[json(r#"{"a":[1,"1",{"b":null}]}"#), json("[2]"), json("\"a\"")]);
    let element = path(column("x"), &[member("a"), PathStep::Index(-2)]);
    let found = extend(rows, vec![("y", element), ("z", path(column("x"), &[PathStep::Index(0)]))]);
    let found = Fixture::new().rows(&project(found, &["y", "z"]));
    assert_eq!(found, [[json("\"1\""), Value::Null], [Value::Null, json("2")], [Value::Null, Value::Null]]);
}

const NESTED: &str = r#"{"eventVersion":"1.08","eventTime":"2024-05-01T10:00:00Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","requestParameters":{"more":{"n":1,"s":"1","items":[{"id":"first"},{"id":null,"ID":"x"},{"id":"last"}],"none":null}},"eventID":"e1"}
{"eventVersion":"1.08","eventTime":"2024-05-01T10:05:00Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","requestParameters":null,"eventID":"e2"}
"#;

/// Parts of the request of two events.
fn parts(request: Expression) -> Node {
    let request = |steps: &[PathStep]| path(request.clone(), steps);
    let read =
        source(&[("eventID", Type::Text), ("requestParameters.more", Type::Dynamic)], TimeRange::default());
    let parts = vec![
        ("number", request(&[member("n")])),
        ("text", request(&[member("s")])),
        ("first", request(&[member("items"), PathStep::Index(0), member("id")])),
        ("last", request(&[member("items"), PathStep::Index(-1), member("id")])),
        ("null", request(&[member("none")])),
        ("case", request(&[member("N")])),
    ];
    let names = ["eventID", "number", "text", "first", "last", "null", "case"];
    project(sort(extend(read, parts), vec![by("eventID")]), &names)
}

#[test]
fn paths_into_a_column_of_a_source_are_read_by_the_reader() {
    let catalog = Catalog::load(None).unwrap();
    let pushed = push_paths(parts(column("requestParameters.more")), &catalog);
    let sources = pushed.sources();
    let read: Vec<&SourceField> = sources[0].columns.iter().map(|column| &column.field).collect();
    let part =
        |path: &str| SourceField::Part { field: "requestParameters.more".to_owned(), path: path.to_owned() };
    for wanted in [part(".n"), part(".items{0}.id"), part(".items")] {
        assert!(read.contains(&&wanted), "{read:?}");
    }
    let fixture = Fixture::of(NESTED);
    let found = fixture.rows(&parts(column("requestParameters.more")));
    let one =
        [text("e1"), json("1"), json("\"1\""), json("\"first\""), json("\"last\""), Value::Null, Value::Null];
    let mut other = vec![Value::Null; 7];
    other[0] = text("e2");
    assert_eq!(found, [one.to_vec(), other]);
    // The same without the reader's help, which does not look through a function.
    let hidden = ExpressionKind::Coalesce(vec![column("requestParameters.more"), literal(&Value::Null)]);
    let hidden = parts(Expression::new(hidden, Span::default()));
    assert!(push_paths(hidden.clone(), &catalog) == hidden);
    assert_eq!(fixture.rows(&hidden), found);
}

/// A join of `x` and `y`.
fn join(left: Node, right: Node, kind: JoinKind, residual: Option<Expression>, nulls_match: bool) -> Node {
    let on = vec![(column("x"), column("y"))];
    new(Operator::Join { left: Box::new(left), right: Box::new(right), kind, on, residual, nulls_match })
}

fn pairs(names: [&str; 2], rows: &[(Option<&str>, i64)]) -> Node {
    let columns = vec![(names[0].into(), Type::Text), (names[1].into(), Type::Integer)];
    let rows = rows.iter().map(|(key, number)| vec![key.map_or(Value::Null, text), Value::Integer(*number)]);
    new(Operator::Values { columns, rows: rows.collect(), place: None })
}

#[test]
fn joins_of_every_kind_with_a_condition_and_nulls() {
    let left = [(Some("a"), 1), (Some("b"), 2), (None, 3)];
    let right = [(Some("a"), 1), (Some("a"), 5), (None, 6), (Some("c"), 7)];
    let fixture = Fixture::new();
    let run = |kind: JoinKind, condition: bool, nulls_match: bool| -> Vec<(Option<i64>, Option<i64>)> {
        // An equality beside another condition: it must not become a key.
        let residual = compare(Comparison::Less, column("m"), column("n"));
        let joined = join(
            pairs(["x", "m"], &left),
            pairs(["y", "n"], &right),
            kind,
            condition.then_some(residual),
            nulls_match,
        );
        let names: Vec<ColumnName> = joined.columns().into_iter().map(|(name, _)| name).collect();
        let at = |row: &[Value], name: &str| {
            let value = names.iter().position(|known| *known == name).map(|at| row[at].clone());
            match value {
                Some(Value::Integer(number)) => Some(number),
                _ => None,
            }
        };
        let mut found: Vec<_> =
            fixture.rows(&joined).iter().map(|row| (at(row, "m"), at(row, "n"))).collect();
        found.sort_unstable();
        found
    };
    let some = |pairs: &[(i64, i64)]| -> Vec<(Option<i64>, Option<i64>)> {
        let number = |number: i64| (number != 0).then_some(number);
        let mut all: Vec<_> = pairs.iter().map(|(left, right)| (number(*left), number(*right))).collect();
        all.sort_unstable();
        all
    };
    for (kind, plain, with_condition, with_nulls) in [
        (JoinKind::Inner, some(&[(1, 1), (1, 5)]), some(&[(1, 5)]), some(&[(1, 5), (3, 6)])),
        (
            JoinKind::Left,
            some(&[(1, 1), (1, 5), (2, 0), (3, 0)]),
            some(&[(1, 5), (2, 0), (3, 0)]),
            some(&[(1, 5), (2, 0), (3, 6)]),
        ),
        (
            JoinKind::Right,
            some(&[(1, 1), (1, 5), (0, 6), (0, 7)]),
            some(&[(0, 1), (1, 5), (0, 6), (0, 7)]),
            some(&[(0, 1), (1, 5), (3, 6), (0, 7)]),
        ),
        (
            JoinKind::Full,
            some(&[(1, 1), (1, 5), (2, 0), (3, 0), (0, 6), (0, 7)]),
            some(&[(0, 1), (1, 5), (2, 0), (3, 0), (0, 6), (0, 7)]),
            some(&[(0, 1), (1, 5), (2, 0), (3, 6), (0, 7)]),
        ),
        (JoinKind::Semi, some(&[(1, 0)]), some(&[(1, 0)]), some(&[(1, 0), (3, 0)])),
        (JoinKind::Anti, some(&[(2, 0), (3, 0)]), some(&[(2, 0), (3, 0)]), some(&[(2, 0)])),
        (JoinKind::RightSemi, some(&[(0, 1), (0, 5)]), some(&[(0, 5)]), some(&[(0, 5), (0, 6)])),
        (
            JoinKind::RightAnti,
            some(&[(0, 6), (0, 7)]),
            some(&[(0, 1), (0, 6), (0, 7)]),
            some(&[(0, 1), (0, 7)]),
        ),
    ] {
        assert_eq!(run(kind, false, false), plain, "{kind:?}");
        assert_eq!(run(kind, true, false), with_condition, "{kind:?} with a condition");
        assert_eq!(run(kind, true, true), with_nulls, "{kind:?} with nulls");
    }
}

#[test]
fn an_equality_in_a_condition_never_matches_nulls() {
    let pair = |names: [&str; 2]| {
        let columns = names.map(|name| (name.into(), Type::Text)).to_vec();
        new(Operator::Values { columns, rows: vec![vec![Value::Null, Value::Null]], place: None })
    };
    let residual = Some(compare(Comparison::Equal, column("m"), column("n")));
    let joined = join(pair(["x", "m"]), pair(["y", "n"]), JoinKind::Inner, residual, true);
    assert_eq!(Fixture::new().rows(&joined), Vec::<Vec<Value>>::new());
}

#[test]
fn without_keys_every_pair_is_tried() {
    let (left, right) =
        (pairs(["x", "m"], &[(None, 1), (None, 2)]), pairs(["y", "n"], &[(None, 2), (None, 3)]));
    let residual = Some(compare(Comparison::Less, column("m"), column("n")));
    let joined = new(Operator::Join {
        left: Box::new(left),
        right: Box::new(right),
        kind: JoinKind::Inner,
        on: Vec::new(),
        residual,
        nulls_match: false,
    });
    assert_eq!(Fixture::new().rows(&joined).len(), 3);
}

fn reference(columns: &[(&str, Type)]) -> Node {
    let columns = columns.iter().map(|(name, of)| ((*name).into(), *of)).collect();
    new(Operator::Reference { name: "shared".to_owned(), columns })
}

fn with_shared(shared: Node, body: Node) -> Node {
    new(Operator::Let { name: "shared".to_owned(), shared: Box::new(shared), body: Box::new(body) })
}

#[test]
fn a_shared_plan_is_computed_once() {
    let rows = values("id", Type::Integer, &(0..500).map(Value::Integer).collect::<Vec<_>>());
    let chance = Expression::call("spl_random", Vec::new(), Type::Double, Span::default());
    let shared = extend(rows, vec![("chance", chance)]);
    let renamed = |names: [&str; 2]| {
        let columns = vec![(names[0].into(), column("id")), (names[1].into(), column("chance"))];
        let read = reference(&[("id", Type::Integer), ("chance", Type::Double)]);
        new(Operator::Project { input: Box::new(read), columns })
    };
    let on = vec![(column("a"), column("b")), (column("x"), column("y"))];
    let joined = new(Operator::Join {
        left: Box::new(renamed(["a", "x"])),
        right: Box::new(renamed(["b", "y"])),
        kind: JoinKind::Inner,
        on,
        residual: None,
        nulls_match: false,
    });
    let fixture = Fixture::new();
    assert_eq!(fixture.rows(&with_shared(shared.clone(), joined.clone())).len(), 500);
    let apart = with_shared(shared, joined).written_out(WriteOut::All);
    assert!(fixture.rows(&apart).len() < 500, "chance is chance where it is computed twice");
}

/// Events shared: those of a name, and all others.
fn split_events() -> Node {
    let shared = events(&["eventID", "eventName"]);
    let read = || reference(&[("eventID", Type::Text), ("eventName", Type::Text)]);
    let launches = filter(read(), equals("eventName", "RunInstances"));
    let others = filter(read(), equals("eventName", "DescribeInstances"));
    let union = new(Operator::Union { inputs: vec![launches, others], place: Some("part".into()) });
    with_shared(shared, union)
}

#[test]
fn a_shared_source_is_read_once_and_its_rows_keep_their_records() {
    let fixture = Fixture::new();
    let plan = with_provenance(&split_events());
    let names: Vec<ColumnName> = plan.columns().into_iter().map(|(name, _)| name).collect();
    assert!(names.contains(&provenance_column("record")), "{names:?}");
    let plan = sort(plan, vec![by("part"), by("eventID")]);
    let prepared = fixture.runtime.block_on(fixture.session.prepare(&plan)).unwrap();
    for _ in 0..2 {
        let report = fixture.session.new_report();
        let run = fixture.session.run_prepared(
            &prepared,
            &plan,
            &fixture.objects,
            0,
            std::sync::Arc::clone(&report),
        );
        let execution = run.unwrap();
        assert_eq!(execution.physical_plan().matches("SharedExec").count(), 2);
        let batches = fixture.runtime.block_on(execution.collect()).unwrap();
        let ids: Vec<Value> =
            rows_of(&batches[0].schema(), &batches).rows.into_iter().map(|mut row| row.remove(0)).collect();
        assert_eq!(ids, ["e1", "e2", "e3"].map(text));
    }
}

#[test]
fn an_event_is_followed_through_a_shared_plan() {
    let fixture = Fixture::new();
    let wanted =
        quarry_engine::Wanted { field: SourceField::View("eventID".to_owned()), value: "e3".to_owned() };
    let plan = split_events();
    let traced = explain_event(&fixture.session, &plan, &wanted, 1, &fixture.objects, 0);
    let traces = fixture.runtime.block_on(traced).unwrap();
    assert_eq!(traces.len(), 1);
    assert_eq!(traces[0].stages.len(), 1);
    assert!(!traces[0].passed(), "the first way drops it: {traces:?}");
}

/// Numbered rows of one column.
fn numbered(name: &str, place: &str, rows: &[&str]) -> Node {
    let rows = rows.iter().map(|row| vec![text(row)]).collect();
    let columns = vec![(name.into(), Type::Text)];
    new(Operator::Values { columns, rows, place: Some(place.into()) })
}

/// The rows of a node as they stand.
fn standing(node: Node) -> Vec<Value> {
    let keys = node.order();
    assert!(!keys.is_empty());
    Fixture::new().column(&sort(node, keys))
}

#[test]
fn rows_have_a_place_from_the_moment_they_exist() {
    let rows = || numbered("x", "at", &["c", "a", "b", "a"]);
    assert_eq!(standing(rows()), ["c", "a", "b", "a"].map(text));
    let renamed = vec![("x".into(), column("x")), ("was".into(), column("at"))];
    let kept = new(Operator::Project { input: Box::new(rows()), columns: renamed });
    assert_eq!(standing(filter(kept, equals("x", "a"))), ["a", "a"].map(text));
    assert!(project(rows(), &["x"]).order().is_empty(), "without its place a row has none");
    assert!(extend(rows(), vec![("at", literal(&Value::Integer(0)))]).order().is_empty());
    assert_eq!(standing(sort(rows(), vec![by("x")])), ["a", "a", "b", "c"].map(text));

    let union = || {
        let inputs = vec![rows(), numbered("x", "second", &["z", "y"])];
        new(Operator::Union { inputs, place: Some("part".into()) })
    };
    assert_eq!(standing(union()), ["c", "a", "b", "a", "z", "y"].map(text));
    let right = new(Operator::Values {
        columns: vec![("y".into(), Type::Text), ("z".into(), Type::Text)],
        rows: [("a", "2"), ("b", "1"), ("a", "1")].map(|(key, value)| vec![text(key), text(value)]).to_vec(),
        place: Some("there".into()),
    });
    let joined = join(rows(), right, JoinKind::Inner, None, false);
    let keys = joined.order();
    let found = Fixture::new().rows(&project(sort(joined, keys), &["x", "z"]));
    let wanted = [("a", "2"), ("a", "1"), ("b", "1"), ("a", "2"), ("a", "1")];
    assert_eq!(found, wanted.map(|(key, value)| vec![text(key), text(value)]));
    let shared = with_shared(rows(), reference(&[("x", Type::Text), ("at", Type::Integer)]));
    assert_eq!(standing(shared), ["c", "a", "b", "a"].map(text));
}
