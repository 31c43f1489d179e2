//! Wrong searches are reported, at the right place and only once.

use quarry_spl::registry;

use super::{line, read};

#[test]
fn one_mistake_is_one_error_at_its_place() {
    let cases = [
        ("a=1 (b=2", "1:9 Error SPL001 expected `)`"),
        ("a=1) b=2", "1:4 Error SPL001 this parenthesis was never opened"),
        ("* | where (a=1", "1:15 Error SPL001 expected `)`"),
        ("* | eval x=if(a,1,2", "1:20 Error SPL001 expected `)`"),
        ("a=\"b", "1:3 Error SPL003 this quote (\") is never closed"),
        ("a\n| where b='c", "2:11 Error SPL003 this quote (') is never closed"),
        ("a | stast count", "1:5 Error SPL006 no command is named `stast`"),
        ("a | append [serch b]", ""),
        ("a | append [| serch b]", "1:15 Error SPL006 no command is named `serch`"),
        ("a |", "1:4 Error SPL005 expected a command after `|`"),
        ("a | eval x=", "1:12 Error SPL021 expected a value, found the end of the search"),
        ("a | eval x", "1:11 Error SPL022 expected `=` after the field `x`"),
        ("a | where x y", "1:13 Error SPL023 expected an operator or the end of `where`, found `y`"),
        ("a=", "1:3 Error SPL032 expected a value after the comparison"),
        ("a OR", "1:3 Error SPL031 expected a search term on both sides of OR"),
        ("a | bin span=", "1:14 Error SPL041 expected a value after `=`"),
        ("a | rename b", "1:13 Error SPL042 expected AS and a new name after `b`"),
        ("a | rex", "1:5 Error SPL043 `rex` needs arguments"),
        ("a | append b", "1:5 Error SPL043 `append` needs a pipeline in brackets"),
        ("a | sort 10", "1:5 Error SPL043 `sort` needs a field to sort by"),
        ("a | stats", "1:10 Error SPL050 `stats` needs an aggregation"),
        ("a | stats count by", "1:17 Error SPL051 expected a field after BY"),
        ("a | stats count(b>2)", "1:17 Error SPL052 expected a field, found an expression"),
        ("a | stats sum(eval(b*2)) count(b=2)", "1:32 Error SPL052 expected a field, found an expression"),
        ("a | stats count by b where count>1", "1:22 Error SPL053 `stats` has no WHERE clause"),
        ("a or b", "1:3 Warning SPL033 `or` is searched for as a word: operators are upper case"),
    ];
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let found: Vec<String> = read(text).diagnostics.iter().map(|found| line(found, text)).collect();
        let expected: Vec<&str> =
            Some(expected).filter(|expected| !expected.is_empty()).into_iter().collect();
        if found != expected {
            wrong.push(format!("{text}: {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn near_names_are_suggested() {
    let help =
        |text: &str| read(text).diagnostics.into_iter().flat_map(|found| found.help).collect::<Vec<_>>();
    assert_eq!(help("a | evall x=1"), ["did you mean `eval`?"]);
    let unknown = "a command follows each `|`; a `|` in a value stands in quotes";
    assert_eq!(help("a | frobnicatingly x=1"), [unknown]);
}

#[test]
fn reading_goes_on_after_a_mistake() {
    let parsed = read("a=1 | stast \"x | y\" [search z | head] | stats count by | head 5");
    assert_eq!(parsed.pipeline.to_string(), "(search (= a 1))\n(stats (count))\n(head 5)");
}

#[test]
fn every_command_can_be_written() {
    for row in registry::COMMANDS.iter() {
        let text = format!("* | {} a [search b]", row.name);
        let parsed = read(&text);
        let unknown = parsed.diagnostics.iter().any(|found| found.code == "SPL006");
        assert!(!unknown && parsed.pipeline.commands.last().unwrap().name == row.name, "{text}: {parsed:?}");
    }
}
