#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::sync::Arc;

use quarry_plan::{Type, Value};

use super::*;
use crate::{Derivation, Encoding, Field, Path, ViewSource};

fn load(text: &str) -> Catalog {
    Catalog::load(Some(("quarry.toml", text))).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(text: &str) -> String {
    Catalog::load(Some(("quarry.toml", text))).expect_err("the file is wrong").to_string()
}

/// Fields written under a CloudTrail source of `splunk`.
fn with_fields(fields: &str) -> String {
    format!("[[view.splunk.source]]\nlog_type = \"aws.cloudtrail\"\n[view.splunk.source.fields]\n{fields}\n")
}

fn source<'c>(catalog: &'c Catalog, view: &str, log_type: &str) -> &'c ViewSource {
    let view = catalog.view(view).unwrap();
    view.sources.iter().find(|source| source.log_type == log_type && source.is_default).unwrap()
}

fn field(text: &str) -> Field {
    let catalog = load(&with_fields(&format!("probe = {text}")));
    source(&catalog, "splunk", "aws.cloudtrail").fields["probe"].clone()
}

#[test]
fn every_log_type_has_one_default_source_in_every_view() {
    let catalog = Catalog::load(None).unwrap_or_else(|error| panic!("{error}"));
    let names: Vec<&str> = catalog.views.iter().map(|view| view.name.as_str()).collect();
    assert_eq!(names, ["splunk", "splunk-json", "qradar", "sentinel", "alert"]);
    for view in &catalog.views {
        for log_type in catalog.log_type_ids() {
            let defaults =
                view.sources.iter().filter(|source| source.log_type == log_type && source.is_default);
            assert_eq!(defaults.count(), 1, "{} {log_type}", view.name);
        }
        assert!(view.sources.iter().all(|source| catalog.log_type(&source.log_type).is_some()));
    }
}

#[test]
fn a_field_has_one_type_and_an_origin_everywhere() {
    let catalog = Catalog::load(None).unwrap();
    for view in &catalog.views {
        for source in &view.sources {
            for (key, field) in &source.fields {
                let resolved = view.resolve(key).unwrap();
                assert_eq!(resolved.data_type, field.data_type, "{} {key}", view.name);
                assert!(
                    key.starts_with('_') || !field.origin.is_empty() || plain(field),
                    "{} {key}",
                    view.name
                );
            }
        }
    }
}

/// A field that is the path of the same name needs no origin.
fn plain(field: &Field) -> bool {
    matches!(&field.derivation, Derivation::Path(path) if path.text == field.name)
}

#[test]
fn the_alert_and_qradar_views_name_the_same_fields_for_every_log() {
    let catalog = Catalog::load(None).unwrap();
    let names = |view: &str, log_type: &str| {
        source(&catalog, view, log_type).fields.keys().cloned().collect::<Vec<_>>()
    };
    let fields =
        ["account", "action", "actor", "event_id", "log_type", "object", "outcome", "provider", "raw"];
    for log_type in catalog.log_type_ids() {
        let found = names("alert", log_type);
        assert!(fields.iter().all(|field| found.iter().any(|name| name == field)), "{log_type} {found:?}");
        assert!(
            ["record", "region", "source_ip", "target", "time"]
                .iter()
                .all(|field| found.contains(&(*field).to_owned()))
        );
        let found = names("qradar", log_type);
        for column in QRADAR_COLUMNS.split_whitespace().chain([
            "operation",
            "resourcetype",
            "resourcegroup",
            "subscriptionid",
            "resulttype",
        ]) {
            assert!(found.iter().any(|name| name == column), "{log_type} lacks {column}");
        }
    }
}

const QRADAR_COLUMNS: &str = "adekey adevalue category collectorid credibility creeventlist destinationaddress \
    destinationgeographiclocation destinationip destinationmac destinationport destinationv6 devicegrouplist devicetime \
    devicetype domainid duration endtime eventcount eventdirection geographiclocation hasidentity hasoffense hastlv \
    highlevelcategory identityhostname identityip iscreevent isduplicate islogonly istruncated isunparsed logsourceid \
    logsourceidentifier magnitude partialmatchlist partialormatchlist payload pcappacket postnatdestinationip \
    postnatdestinationport postnatsourceip postnatsourceport prenatdestinationip prenatdestinationport prenatsourceip \
    prenatsourceport processorid protocolconfigid protocolid qid qideventcategory qideventid relevance severity \
    sourceaddress sourcegeographiclocation sourceip sourcemac sourceport sourcev6 starttime storedforperformance tlvs \
    username";

#[test]
fn paths_and_constants() {
    let derivation = |text: &str| field(text).derivation;
    assert!(matches!(derivation(r#""a.b""#), Derivation::Path(path) if path == Path::new("a.b")));
    assert!(
        matches!(derivation(r#"{ path = "a{0}.b" }"#), Derivation::Path(path) if path == Path::new("a{0}.b"))
    );
    let constant = |text: &str| match field(text).derivation {
        Derivation::Constant(value) => value,
        other => panic!("{other:?}"),
    };
    assert_eq!(constant("{ value = 'x' }"), Value::Text("x".to_owned()));
    assert_eq!(constant("{ value = 0x1_0 }"), Value::Integer(16));
    assert_eq!(constant("{ value = 1.5 }"), Value::Double(1.5));
    assert_eq!(constant("{ value = true }"), Value::Boolean(true));
    assert_eq!(constant("{ value = ['a', 'b'] }"), Value::TextList(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(constant("{ null = true }"), Value::Null);
    assert_eq!(constant("{ meta = 'source_type' }"), Value::Text("aws:cloudtrail".to_owned()));
    assert_eq!(constant("{ meta = 'provider' }"), Value::Text("aws".to_owned()));
}

#[test]
fn nested_forms() {
    let derivation = |text: &str| format!("{:?}", field(text).derivation);
    let path = |text: &str| format!("{:?}", Derivation::Path(Path::new(text)));
    let (a, b) = (path("a"), path("b"));
    assert_eq!(derivation("{ first = ['a', 'b'] }"), format!("First([{a}, {b}])"));
    assert_eq!(
        derivation("{ concat = ['a', { value = '-' }] }"),
        format!("Concat([{a}, Constant(Text(\"-\"))])")
    );
    assert_eq!(derivation("{ upper = { lower = 'a' } }"), format!("Upper(Lower({a}))"));
    assert_eq!(derivation("{ present = 'a', then = 'b' }"), format!("Present {{ when: {a}, then: {b} }}"));
    assert!(derivation("{ capture = '(x)', from = 'a' }").starts_with(&format!("Capture {{ from: {a}")));
    assert!(derivation("{ if = 'a', matches = 'x', then = 'b' }").ends_with("otherwise: Constant(Null) }"));
    assert!(
        derivation("{ if = 'a', matches = 'x', then = 'b', else = 'a' }")
            .ends_with(&format!("otherwise: {a} }}"))
    );
    assert_eq!(derivation("{ field = 'src' }"), path("sourceIPAddress"));
    let metas = [
        ("time", "EventTime"),
        ("raw", "Raw"),
        ("object", "Object"),
        ("record", "Record"),
        ("log_type", "LogType"),
    ];
    for (meta, expected) in metas {
        assert_eq!(derivation(&format!("{{ meta = '{meta}' }}")), expected);
    }
}

#[test]
fn lookups_read_tables() {
    let text = format!(
        "{}\n[table.verbs]\nexact = {{ Run = 'created' }}\npatterns = [['^Del', 'deleted']]\ndefault = 'other'\n",
        with_fields("probe = { lookup = 'verbs', from = 'eventName' }")
    );
    let catalog = load(&text);
    let Derivation::Lookup { table, .. } =
        &source(&catalog, "splunk", "aws.cloudtrail").fields["probe"].derivation
    else {
        panic!("no lookup");
    };
    let found = ["Run", "Delete", "Stop"].map(|key| table.get(key));
    assert_eq!(found, [Some("created"), Some("deleted"), Some("other")]);
}

#[test]
fn types_are_inferred_or_stated() {
    assert_eq!(field("'a.b'").data_type, Type::Text);
    assert_eq!(field("'a{}.b'").data_type, Type::TextList);
    assert_eq!(field("{ first = ['a', 'b{}'] }").data_type, Type::TextList);
    assert_eq!(field("{ capture = 'x', from = 'a{}' }").data_type, Type::Text);
    assert_eq!(field("{ meta = 'time' }").data_type, Type::Timestamp);
    assert_eq!(field("{ value = 3 }").data_type, Type::Integer);
    assert_eq!(field("{ path = 'a', type = 'double' }").data_type, Type::Double);
    let qradar = Catalog::load(None).unwrap();
    let of = |name: &str| qradar.view("qradar").unwrap().resolve(name).unwrap().data_type;
    assert_eq!(
        [of("StartTime"), of("devicetype"), of("sourceIP"), of("ResultType")],
        [Type::Integer, Type::Integer, Type::Text, Type::Text]
    );
}

#[test]
fn the_user_overrides_and_adds() {
    let catalog = load(&with_fields("errorCode = 'errorCode'\nteam = 'requestParameters.team'"));
    let fields = &source(&catalog, "splunk", "aws.cloudtrail").fields;
    assert!(matches!(&fields["errorCode"].derivation, Derivation::Path(path) if path.text == "errorCode"));
    assert!(fields.contains_key("team") && fields.contains_key("src_ip"));
    let json = source(&catalog, "splunk-json", "aws.cloudtrail");
    assert!(!json.fields.contains_key("team"));

    let text = "[[view.qradar.source]]\nlog_type = 'gcp.audit'\nfields.OPERATION = { value = 'x' }\n";
    let catalog = load(text);
    let operation = &source(&catalog, "qradar", "gcp.audit").fields["operation"];
    assert!(matches!(&operation.derivation, Derivation::Constant(Value::Text(text)) if text == "x"));
}

#[test]
fn the_user_adds_log_types_views_and_containers() {
    let text = r#"
        record_arrays = ["items"]
        [[log_type]]
        id = "own.audit"
        title = "Own audit log"
        provider = "own"
        when = { all = ["verb"], kinds = { who = "object" } }
        time = ["at"]
        [[unwrap]]
        name = "Envelope"
        when = { all = ["envelope"] }
        inner = "envelope"
        encoding = "base64"
        [[foreign]]
        name = "Heartbeat"
        when = { begins = { kind = "heart" } }
        [view.own]
        ignore_case = true
        [[view.own.source]]
        log_type = "own.audit"
        source_type = "own"
        default = true
        prefix = "p."
        fields.Who = "who.name"
    "#;
    let catalog = load(text);
    assert_eq!(catalog.log_type_ids().first(), Some(&"own.audit"));
    assert_eq!(catalog.log_type("own.audit").unwrap().time, [Path::new("at")]);
    assert_eq!(catalog.formats.record_arrays.last().map(String::as_str), Some("items"));
    assert_eq!(catalog.formats.unwraps[0].encoding, Encoding::Base64);
    assert_eq!(catalog.formats.foreign[0].name, "Heartbeat");
    let view = catalog.view("own").unwrap();
    assert_eq!((view.open, view.resolve("WHO").is_some(), view.resolve("other")), (false, true, None));
    assert_eq!(view.sources[0].prefix, "p.");
}

#[test]
fn faults_name_place_and_remedy() {
    let cases = [
        ("[[", "quarry.toml: line 1, column"),
        ("veiw = 1", "quarry.toml: line 1, column 1: unknown key `veiw`: did you mean `view`"),
        ("\n[view.splunk]\nopne = true", "line 3, column 1: unknown key `opne`: did you mean `open`"),
        ("[view.splunk]\nopen = 'yes'", "line 2, column 8: expected `true` or `false`, found string"),
        (
            "[[view.splunk.source]]\nlog_type = 'aws.cloudtrial'",
            "unknown log type `aws.cloudtrial`: did you mean `aws.cloudtrail`",
        ),
        ("[[view.splunk.source]]\nsource_type = 'x'", "line 1, column 1: `log_type` is missing"),
        (
            "[[view.mine.source]]\nlog_type = 'gcp.audit'",
            "view `mine` has no source of log type `gcp.audit` yet: name its `source_type`",
        ),
        ("[[log_type]]\nid = 'x'\ntitle = 'x'\nprovider = 'x'\ntime = []\nwhen = {}", "fits every object"),
        ("[[foreign]]\nname = 'x'\nwhen = { kinds = { a = 'text' } }", "unknown kind `text`"),
        (
            "[[unwrap]]\nname = 'x'\nwhen = { all = ['a'] }\ninner = 'a'\nencoding = 'gzip'",
            "unknown encoding `gzip`: accepted are `json`, `text`, `base64`",
        ),
        (
            "[table.x]\npatterns = [['(', 'y']]",
            "line 2, column 14: the regular expression is not valid: unclosed group",
        ),
        ("[table.x]\npatterns = [['a']]", "a pattern is a pair"),
    ];
    for (text, expected) in cases {
        let found = refusal(text);
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn faults_in_fields_name_place_and_remedy() {
    let cases = [
        ("x = 1", "line 4, column 5: expected a derivation, found integer: write a path in quotes"),
        ("x = ''", "`` is no path"),
        ("x = 'a{b}'", "`a{b}` is no path"),
        ("x = { pth = 'a' }", "unknown key `pth`: did you mean `path`"),
        ("x = { type = 'text' }", "a derivation is missing"),
        ("x = { path = 'a', type = 'int' }", "unknown type `int`"),
        ("x = { path = 'a', from = 'b' }", "unknown key `from`"),
        ("x = { first = ['a', { path = 'b', type = 'text' }] }", "unknown key `type`"),
        (
            "x = { capture = '(', from = 'a' }",
            "line 4, column 17: the regular expression is not valid: unclosed group",
        ),
        ("x = { capture = 'a' }", "`from` is missing"),
        ("x = { lookup = 'aws_acton', from = 'a' }", "unknown table `aws_acton`: did you mean `aws_action`"),
        ("x = { meta = 'tiem' }", "unknown `meta` value `tiem`: did you mean `time`"),
        ("x = { field = 'src_pi' }", "this source has no field `src_pi`: did you mean `src_ip`"),
        ("x = { field = 'y' }\ny = { field = 'x' }", "refers to itself"),
        ("x = { value = 2020-01-01 }", "a constant cannot be datetime"),
        (
            "date_zone = { path = 'a', type = 'integer' }\nx = { value = [1] }",
            "expected a string, found integer",
        ),
    ];
    for (fields, expected) in cases {
        let found = refusal(&with_fields(fields));
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn one_field_cannot_have_two_stated_types() {
    let source = |log_type: &str, kind: &str| {
        format!(
            "[[view.splunk.source]]\nlog_type = '{log_type}'\nfields.x = {{ path = 'a', type = '{kind}' }}\n"
        )
    };
    let text = source("aws.cloudtrail", "integer") + &source("gcp.audit", "text");
    let found = refusal(&text);
    assert!(
        found.contains("field `x` has type `text` here but `integer` under another source type"),
        "{found}"
    );
    assert!(found.contains("line 6"), "{found}");
}

#[test]
fn equal_expressions_are_compiled_once() {
    let catalog =
        load(&with_fields("x = { capture = 'a+', from = 'p' }\ny = { capture = 'a+', from = 'q' }"));
    let fields = &source(&catalog, "splunk", "aws.cloudtrail").fields;
    let pattern = |name: &str| match &fields[name].derivation {
        Derivation::Capture { pattern, .. } => Arc::clone(pattern),
        other => panic!("{other:?}"),
    };
    assert!(Arc::ptr_eq(&pattern("x"), &pattern("y")));
}

#[test]
fn names_beside_values_are_fields() {
    let head = "[[view.splunk.source]]\nlog_type = \"aws.cloudtrail\"\n";
    let catalog =
        load(&format!("{head}pairs = [{{ names = \"tags{{}}.key\", values = \"tags{{}}.value\" }}]"));
    let view = catalog.view("splunk").unwrap();
    let source = source(&catalog, "splunk", "aws.cloudtrail");
    let derivation = view.derivation(source, "team");
    assert!(matches!(&derivation, Derivation::First(items) if items.len() == 2), "{derivation:?}");
    assert!(matches!(view.derivation(source, "a.team"), Derivation::Path(_)));
    assert!(refusal(&format!("{head}pairs = [{{ names = \"tags{{}}.key\" }}]")).contains("values"));
}
