//! What rules must not say, and what the pages leave out.

use quarry_lint::{Context, apply_fixes};

use crate::common::{Linter, lines};

fn codes(language: &str, text: &str) -> Vec<String> {
    let found = Linter::new().lint(language, text, Context::default()).unwrap();
    found.iter().map(|finding| finding.diagnostic.code.to_string()).collect()
}

fn aql(condition: &str) -> Vec<String> {
    codes("aql", &format!("SELECT username FROM events WHERE {condition} LAST 1 HOURS"))
        .into_iter()
        .filter(|code| code != "LNT017")
        .collect()
}

#[test]
fn a_precaution_beside_an_alternative_is_no_mistake() {
    let text = "sourcetype=\"aws:cloudtrail\" | where isnull(errorCode) OR errorCode=\"success\"";
    assert!(codes("spl", text).is_empty());
    let text = "sourcetype=\"aws:cloudtrail\" | where NOT isnull(errorCode)";
    assert!(codes("spl", text).is_empty());
}

#[test]
fn conditions_that_commands_imply_are_not_the_authors() {
    assert!(codes("spl", "sourcetype=\"aws:cloudtrail\" | stats count by errorCode, user").is_empty());
}

#[test]
fn fields_that_commands_make_are_not_the_records() {
    let text =
        "sourcetype=\"azure:monitor:aad\" | rename properties.* as * | stats count by status.failureReason";
    assert!(codes("spl", text).is_empty());
    let text = "sourcetype=\"aws:cloudtrail\" | eval caller=user | table caller";
    assert!(codes("spl", text).is_empty());
}

#[test]
fn parentheses_settle_precedence() {
    assert_eq!(aql("username = 'a' OR username = 'b' AND sourceip = '1.2.3.4'"), ["LNT001"]);
    assert!(aql("username = 'a' OR (username = 'b' AND sourceip = '1.2.3.4')").is_empty());
    assert!(aql("username = 'a' AND devicetime = 1 OR username = 'b' AND devicetime = 2").is_empty());
}

#[test]
fn an_or_that_tears_conditions_on_one_field_apart_is_told() {
    let torn = "username = 'a' AND devicetime = 1 OR devicetime = 2 AND sourceip = '1.2.3.4'";
    assert_eq!(aql(torn), ["LNT001"]);
    let alike = "username = 'a' AND devicetime = 1 OR devicetime = 2 AND username = 'b'";
    assert!(aql(alike).is_empty());
    let apart = "username = 'a' AND devicetime = 1 OR sourceip = '1.2.3.4' AND magnitude = 2";
    assert!(!aql(apart).contains(&"LNT001".to_owned()));
    let held = "(username = 'a' AND devicetime = 1) OR (devicetime = 2 AND sourceip = '1.2.3.4')";
    assert!(aql(held).is_empty());
}

#[test]
fn a_not_of_a_search_is_seen_through() {
    let of = |condition: &str| codes("spl", &format!("sourcetype=\"aws:cloudtrail\" {condition}"));
    assert_eq!(of("NOT userAgent=*terraform*"), ["LNT005"]);
    assert_eq!(of("NOT (userAgent=*terraform* OR user=svc-*)"), ["LNT005", "LNT005"]);
    assert_eq!(of("| search NOT user IN (\"svc-*\", \"ci-*\")"), ["LNT005"]);
    assert!(of("NOT (user=svc-* src=10.0.0.1)").is_empty());
    assert!(of("NOT user=backup").is_empty());
    assert_eq!(of("NOT errorCode=*"), ["LNT002"]);
    assert_eq!(of("NOT readOnly=no"), ["LNT002"]);
    assert!(of("NOT errorCode=success").is_empty());
    assert!(of("errorCode=*").is_empty());
}

#[test]
fn operations_of_all_clouds_in_a_case_that_is_not_written_are_told() {
    let azure = |condition: &str| {
        let found = codes("spl", &format!("sourcetype=\"azure:monitor:activity\" | where {condition}"));
        found.contains(&"LNT003".to_owned())
    };
    assert!(azure("operationName=\"Microsoft.Compute/snapshots/write\""));
    assert!(!azure("operationName=\"MICROSOFT.COMPUTE/SNAPSHOTS/WRITE\""));
    assert!(!azure("lower(operationName)=\"microsoft.compute/snapshots/write\""));
    assert!(!azure("operationName=\"Sign-in activity\""));
    let google = |name: &str| aql(&format!("\"Operation\" = '{name}'")).contains(&"LNT003".to_owned());
    assert!(google("v1.Compute.Snapshots.Insert"));
    assert!(!google("v1.compute.snapshots.insert"));
    assert!(!google("CreateSnapshot"));
}

#[test]
fn what_a_view_sets_is_no_other_value() {
    let of = |condition: &str| codes("spl", &format!("sourcetype=\"aws:cloudtrail\" {condition}"));
    assert_eq!(of("vendor=AWS"), ["LNT025"]);
    assert!(of("vendor=\"Amazon Web Services\"").is_empty());
    assert!(of("NOT vendor=AWS").is_empty());
    assert_eq!(of("vendor_product=\"Azure AD\""), ["LNT025"]);
}

#[test]
fn what_commands_add_need_not_be_read() {
    let text = "sourcetype=\"aws:cloudtrail\" | transaction user startswith=(eventName=a) endswith=(eventName=b) | table user";
    assert!(codes("spl", text).is_empty());
}

#[test]
fn exclusions_by_exact_names_or_own_domains_are_closed() {
    assert_eq!(aql("username NOT ILIKE 'svc-%'"), ["LNT005"]);
    assert!(aql("username NOT ILIKE '%@corp.example.com'").is_empty());
    assert!(aql("username != 'backup'").is_empty());
    assert!(aql("username NOT MATCHES '^svc-(one|two)$'").is_empty());
}

#[test]
fn a_device_type_of_a_log_that_the_query_speaks_of_is_right() {
    assert_eq!(aql("devicetype = 433 AND \"Operation\" ILIKE 'azure%'"), ["LNT006"]);
    assert!(aql("devicetype = 433 AND UTF8(payload) ILIKE '%defender%azure%'").is_empty());
    assert!(aql("devicetype = 12 AND UTF8(payload) ILIKE '%windows%'").is_empty());
}

#[test]
fn one_finding_may_be_allowed_where_it_stands() {
    let text = "SELECT username FROM events /* quarry: allow LNT005 */\nWHERE username NOT ILIKE 'svc-%' LAST 1 HOURS";
    assert!(codes("aql", text).is_empty());
}

#[test]
fn a_fix_keeps_the_meaning_and_makes_the_finding_go_away() {
    let text =
        "SELECT username FROM events WHERE username = 'a' OR username = 'b' OR username = 'a' LAST 1 HOURS";
    let linter = Linter::new();
    let found = linter.lint("aql", text, Context::default()).unwrap();
    let (fixed, count) = apply_fixes(text, &found);
    assert_eq!(count, 1, "{}", lines(text, &found));
    assert_eq!(fixed, "SELECT username FROM events WHERE username = 'a' OR username = 'b' LAST 1 HOURS");
    assert!(linter.lint("aql", &fixed, Context::default()).unwrap().is_empty());
}

#[test]
fn sarif_has_what_the_standard_requires() {
    let text = "SELECT username FROM events WHERE username NOT ILIKE 'svc-%' LAST 1 HOURS";
    let found = Linter::new().lint("aql", text, Context::default()).unwrap();
    let found = found.into_iter().map(|finding| finding.diagnostic).collect();
    let log = quarry_lint::sarif("1.2.3", &[("my query.aql".to_owned(), text.to_owned(), found)]);
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let result = &run["results"][0];
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(rules[index]["id"], result["ruleId"]);
    assert_eq!(result["level"], "warning");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "my%20query.aql");
    assert_eq!(place["region"]["startLine"], 1);
    assert_eq!(place["region"]["startColumn"], 35);
}

#[test]
fn one_of_two_fields_of_another_shape_is_told() {
    let text =
        "sourcetype=\"azure:monitor:activity\" status.value=Succeeded caller=\"*@example.com\" | stats count";
    assert_eq!(codes("spl", text), ["LNT007"]);
}

#[test]
fn another_logs_operation_is_no_reason_to_ask_for_another_logs_field() {
    let text = "SELECT CASE WHEN \"Operation\" = 'PutBucketAcl' AND \"Bucket Name\" = 'a' THEN 1 ELSE 0 END AS x \
                FROM events WHERE LOGSOURCETYPENAME(devicetype) IN ('Amazon AWS CloudTrail', 'Google Cloud Audit Logs') \
                LAST 1 HOURS";
    assert!(!codes("aql", text).contains(&"LNT004".to_owned()));
}

#[test]
fn conditions_over_data_that_is_not_here_are_not_the_same() {
    let found = aql("REFERENCESETCONTAINS('Bad Addresses', sourceip)
        OR REFERENCESETCONTAINS('Bad Addresses', destinationip)");
    assert!(!found.contains(&"LNT015".to_owned()), "{found:?}");
    assert!(aql("username = 'a' OR username = 'a'").contains(&"LNT015".to_owned()));
}

#[test]
fn numbers_that_no_log_says_are_told() {
    for told in
        ["severity >= 7", "7 <= severity", "qid = 28250254", "category IN (4002, 4007)", "credibility > '5'"]
    {
        assert_eq!(aql(told), ["LNT020"], "{told}");
    }
    for fine in ["severity >= 3", "sourceport < 1024", "QIDNAME(qid) = 'RunInstances'", "devicetype = 347"] {
        assert!(!aql(fine).contains(&"LNT020".to_owned()), "{fine}");
    }
}

#[test]
fn operations_of_another_service_and_misspelled_ones_are_told() {
    let told = |text: &str| codes("spl", text).contains(&"LNT021".to_owned());
    for text in [
        "sourcetype=aws:cloudtrail eventSource=s3.amazonaws.com eventName=RunInstances",
        "sourcetype=aws:cloudtrail eventName=RunInstancess",
        "sourcetype=aws:cloudtrail eventName IN (CreateUser, AttachUserPolcy)",
        "sourcetype=aws:cloudtrail | where eventSource=\"iam.amazonaws.com\" AND eventName=\"RunInstances\"",
    ] {
        assert!(told(text), "{text}");
    }
    for text in [
        "sourcetype=aws:cloudtrail eventSource=ec2.amazonaws.com eventName=RunInstances",
        "sourcetype=aws:cloudtrail (eventSource=ec2.amazonaws.com eventName=RunInstances) OR (eventSource=s3.amazonaws.com eventName=GetObject)",
        "sourcetype=aws:cloudtrail eventSource=newservice.amazonaws.com eventName=RunInstances",
        "sourcetype=aws:cloudtrail eventSource=*.amazonaws.com eventName=RunInstances",
        "sourcetype=aws:cloudtrail eventName=SomethingThatNobodyKnows",
    ] {
        assert!(!told(text), "{text}");
    }
}

#[test]
fn networks_compared_as_texts_are_told() {
    assert!(codes("spl", "* | where sourceIPAddress=\"10.0.0.0/8\"").contains(&"LNT022".to_owned()));
    assert!(codes("spl", "* | where src IN (\"2001:db8::/32\")").contains(&"LNT022".to_owned()));
    assert!(aql("sourceip = '10.0.0.0/8'").contains(&"LNT022".to_owned()));
    for fine in [
        "* sourceIPAddress=10.0.0.0/8",
        "* | where cidrmatch(\"10.0.0.0/8\", src)",
        "* | where path=\"10/8\"",
    ] {
        assert!(!codes("spl", fine).contains(&"LNT022".to_owned()), "{fine}");
    }
}

#[test]
fn another_value_of_a_field_that_most_records_lack_is_told() {
    let told = |text: &str| codes("spl", text).contains(&"LNT023".to_owned());
    assert!(told("sourcetype=aws:cloudtrail | where errorMessage!=\"AccessDenied\""));
    for fine in [
        "sourcetype=aws:cloudtrail | where isnull(errorMessage) OR errorMessage!=\"AccessDenied\"",
        "sourcetype=aws:cloudtrail | where NOT errorMessage=\"AccessDenied\"",
        "sourcetype=aws:cloudtrail | eval errorMessage=coalesce(errorMessage, \"none\") | where errorMessage!=\"AccessDenied\"",
        "sourcetype=aws:cloudtrail | where errorCode!=\"AccessDenied\"", // the add-on says "success" where there is none
        "sourcetype=aws:cloudtrail | where eventName!=\"RunInstances\"",
    ] {
        assert!(!told(fine), "{fine}");
    }
}

#[test]
fn fields_that_are_nearly_known_are_told() {
    let told = |text: &str| codes("spl", text).contains(&"LNT024".to_owned());
    for text in [
        "sourcetype=aws:cloudtrail userAgnet=x",
        "sourcetype=aws:cloudtrail eventname=x",
        "sourcetype=aws:cloudtrail userIdentiy.arn=x",
    ] {
        assert!(told(text), "{text}");
    }
    for fine in [
        "sourcetype=aws:cloudtrail myField=x",
        "sourcetype=aws:cloudtrail | eval userAgnet=1 | where userAgnet=1",
    ] {
        assert!(!told(fine), "{fine}");
    }
}

#[test]
fn a_word_in_another_case_than_the_value_is_folded_to_is_told() {
    assert!(codes("spl", "* | where lower(eventName)=\"RunInstances\"").contains(&"LNT003".to_owned()));
    assert!(codes("spl", "* | where upper(eventName)=\"RunInstances\"").contains(&"LNT003".to_owned()));
    assert!(!codes("spl", "* | where lower(eventName)=\"runinstances\"").contains(&"LNT003".to_owned()));
    assert!(codes("spl", "* userAgent=\"%aws%\"").contains(&"LNT012".to_owned()));
    assert!(!codes("spl", "* path=\"%TEMP%\"").contains(&"LNT012".to_owned()));
}

#[test]
fn log_sources_that_no_log_is_are_told() {
    for told in ["LOGSOURCETYPENAME(devicetype) = 'AWS CloudTrail'", "devicetype = 459"] {
        assert!(aql(told).contains(&"LNT025".to_owned()), "{told}");
    }
    assert!(codes("spl", "sourcetype=aws:cloudtrails eventName=RunInstances").contains(&"LNT025".to_owned()));
    for fine in [
        "LOGSOURCETYPENAME(devicetype) = 'Amazon AWS CloudTrail'",
        "devicetype = 347",
        "NOT devicetype = 459",
    ] {
        assert!(!aql(fine).contains(&"LNT025".to_owned()), "{fine}");
    }
}
