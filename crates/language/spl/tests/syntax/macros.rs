//! Macros: reading and expanding.

use std::{fs, path::PathBuf};

use quarry_spl::{Macro, Macros, parse};

use super::line;

fn macros(definitions: &[(&str, &[&str], &str)]) -> Macros {
    let mut macros = Macros::default();
    for (name, arguments, definition) in definitions {
        let arguments = arguments.iter().map(|name| (*name).to_owned()).collect();
        macros.insert(name, Macro { definition: (*definition).to_owned(), arguments, ..Macro::default() });
    }
    macros
}

fn expanded(text: &str, macros: &Macros) -> String {
    let parsed = parse(text, macros);
    let errors = parsed.diagnostics.iter().filter(|found| found.is_error());
    let errors: Vec<String> = errors.map(|found| line(found, text)).collect();
    assert!(errors.is_empty(), "{errors:?}");
    parsed.expanded
}

/// A folder that is removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("quarry-spl-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn arguments_overloads_and_nesting() {
    let macros = macros(&[
        ("source", &[], "index=a `inner`"),
        ("inner", &[], "type=b"),
        ("of", &["x"], "one=$x$"),
        ("of", &["x", "y"], "two=$x$ three=$y$"),
    ]);
    assert_eq!(
        expanded("`source` `of(1)` `of(\"a,b\", $y$)`", &macros),
        "index=a type=b one=1 two=a,b three=$y$"
    );
}

#[test]
fn quotes_and_comments_are_left_alone() {
    let macros = macros(&[("m", &[], "x=1")]);
    assert_eq!(
        expanded(r#"`m` a="`m` \" `m`" ```` `m` ```"#.replace("````", "```").as_str(), &macros),
        r#"x=1 a="`m` \" `m`"  "#
    );
}

#[test]
fn built_in_and_missing_filter_macros() {
    let macros = Macros::default();
    let text = "a=b | `drop_dm_object_name(\"All_Changes\")` | `mine_filter` | search `mine_filter`";
    assert_eq!(expanded(text, &macros), r#"a=b | rename "All_Changes.*" as "*" | search * | search *"#);
}

#[test]
fn what_is_wrong_inside_a_macro_is_shown_at_its_call() {
    let macros = macros(&[("outer", &[], "`middle`"), ("middle", &[], "where (a=1")]);
    let text = "index=a\n| `outer` | head 5";
    let found = parse(text, &macros).diagnostics;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(line(&found[0], text), "2:11 Error SPL001 expected `)`");
    assert_eq!(
        found[0].labels.iter().map(|label| &text[label.span.start..label.span.end]).collect::<Vec<_>>(),
        ["`outer`"]
    );
    let unknown = "a=1 | `midle` | head 5";
    let found = parse(unknown, &macros).diagnostics;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(line(&found[0], unknown), "1:7 Error SPL011 no macro is named `midle`");
    assert!(found[0].help.iter().any(|help| help.contains("`middle`")));
}

#[test]
fn places_after_a_macro_are_right() {
    let macros = macros(&[("long", &[], "index=a_rather_long_definition x=1"), ("short", &[], "y")]);
    let text = "`long` `short` | stats count by z | hed";
    let parsed = parse(text, &macros);
    let stats = &parsed.pipeline.commands[1];
    assert_eq!(&text[stats.span.start..stats.span.end], "stats count by z");
    assert_eq!(line(&parsed.diagnostics[0], text), "1:37 Error SPL006 no command is named `hed`");
}

#[test]
fn wrong_arity_and_endless_macros_are_errors() {
    let macros = macros(&[
        ("one", &["x"], "$x$"),
        ("again", &[], "`again`"),
        ("wide", &["x"], "`wide(\"$x$ $x$ $x$ $x$\")`"),
        ("many", &[], "`many``many`"),
    ]);
    let codes = |text: &str| -> Vec<String> {
        parse(text, &macros)
            .diagnostics
            .iter()
            .filter(|found| found.is_error())
            .map(|found| found.code.to_string())
            .collect()
    };
    assert_eq!(codes("`one` a"), ["SPL013"]);
    for text in ["`again` a", "`wide(abcdefgh)` a", "`many` a"] {
        assert_eq!(codes(text), ["SPL012"], "{text}");
    }
}

#[test]
fn macros_conf_and_yaml_folders() {
    let folder = Folder::new("load");
    let conf = "# ours\n[plain]\ndefinition = index=main \\\n  sourcetype=x\n\n[two(2)]\nargs = a, b\ndefinition = f=$a$ g=$b$\niseval = 0\n\n[sum]\niseval = 1\ndefinition = \"a\" . \"b\"\n\n[flag]\niseval = 1\ndefinition = 1=1\n";
    fs::create_dir_all(folder.0.join("deep")).unwrap();
    fs::write(folder.0.join("macros.conf"), conf).unwrap();
    fs::write(folder.0.join("props.conf"), "nonsense").unwrap();
    fs::write(
        folder.0.join("deep/ctime.yml"),
        "name: clock\narguments:\n  - field\ndefinition: 'convert ctime($field$)'\n",
    )
    .unwrap();
    fs::write(folder.0.join("deep/detection.yml"), "name: other\nsearch: index=a\n").unwrap();
    let macros = Macros::load(std::slice::from_ref(&folder.0)).unwrap();
    assert_eq!(
        expanded("`plain` `two(1,\"x y\")` | `clock(t)`", &macros),
        "index=main \n  sourcetype=x f=1 g=x y | convert ctime(t)"
    );
    assert_eq!(expanded("`sum`", &macros), "ab");
    let found = parse("a `flag`", &macros).diagnostics;
    assert_eq!(found.iter().map(|found| found.code.as_ref()).collect::<Vec<_>>(), ["SPL015"]);
    assert!(Macros::load(&[folder.0.join("absent")]).is_err());
}

/// Macros as macros.conf writes them.
fn read(name: &str, conf: &str) -> Macros {
    let folder = Folder::new(name);
    fs::write(folder.0.join("macros.conf"), conf).unwrap();
    Macros::load(std::slice::from_ref(&folder.0)).unwrap()
}

#[test]
fn definitions_can_be_computed_from_their_arguments() {
    let conf = "[window(2)]\nargs = count, unit\niseval = true\n\
        definition = if(count > 1, \"earliest=-$count$\" . unit, \"earliest=-1\" . unit)\n\
        [late(1)]\nargs = x\niseval = true\ndefinition = strftime($x$, \"%Y\")\n";
    let macros = read("computed", conf);
    assert_eq!(expanded("a `window(3,d)` `window(0,h)`", &macros), "a earliest=-3d earliest=-1h");
    let text = "a `late(1)`";
    assert_eq!(
        parse(text, &macros).diagnostics.iter().map(|found| line(found, text)).collect::<Vec<_>>(),
        [
            "1:3 Error SPL015 the eval expression that defines the macro `late` gives no text: the function `strftime` is not supported in a macro's expression"
        ]
    );
}

#[test]
fn arguments_are_validated() {
    let conf = "[limit(1)]\nargs = n\ndefinition = head $n$\nvalidation = isnum(n) AND n > 0\n\
        errormsg = $n$ is no limit\n\
        [between(2)]\nargs = a, b\ndefinition = where x>$a$ AND x<$b$\n\
        validation = validate(isnum(a), \"a must be a number\", $a$ < $b$, \"a must be below b\")\n";
    let macros = read("validated", conf);
    assert_eq!(expanded("a | `limit(5)` | `between(1,2)`", &macros), "a | head 5 | where x>1 AND x<2");
    let said = |text: &str| -> Vec<String> {
        parse(text, &macros).diagnostics.iter().map(|found| line(found, text)).collect()
    };
    let refused = "Error SPL016 the macro `limit` does not take these arguments: zero is no limit";
    assert_eq!(said("a | `limit(zero)`"), [format!("1:5 {refused}")]);
    let refused = "Error SPL016 the macro `between` does not take these arguments: a must be below b";
    assert_eq!(said("a | `between(3,2)`"), [format!("1:5 {refused}")]);
}

#[test]
fn arguments_can_be_macros() {
    let macros = macros(&[("outer", &["x"], "a=1 $x$"), ("inner", &["y"], "b=$y$"), ("plain", &[], "c=3")]);
    for text in ["`outer(`inner(2)`)` `plain`", "`outer(\"`inner(2)`\")` `plain`"] {
        assert_eq!(expanded(text, &macros), "a=1 b=2 c=3", "{text}");
    }
}
