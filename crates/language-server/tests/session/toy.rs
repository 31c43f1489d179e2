//! A language that is nowhere but here: its row is all that compiling, completion, hover and lints need.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_language_definition::{
    Compile, Compiled, Cursor, Definition, Entry, EntryKind, Escape, FrontEnd, Holds, Lexis, LoadError,
    OutputColumn, Product, Quote, Request, Resources, Starters, ViewChoice, Wanted, visible_fields,
};
use quarry_languages::Language;
use quarry_lint::{Context, Subject, lint};
use quarry_plan::{
    Comparison, ComparisonRule, Expression, Node, Operator, Source, SourceColumn, SourceField, TimeRange,
    Type,
};
use serde_json::json;

use super::session_in;

static TOY: Definition = Definition {
    id: "toy",
    title: "Toy",
    full_title: "Toy",
    long_title: "Toy language of the tests",
    meaning: "A toy.",
    product: Product { id: "toy", title: "Toy", log_label: "log" },
    ending: Some("toy"),
    rule_endings: &[],
    editor_ids: &[],
    fence: "toy",
    signs: &[],
    lexis: &Lexis {
        line_comments: &[";"],
        quotes: &[Quote { mark: '"', holds: Holds::Text }],
        escape: Escape::Backslash,
        ..Lexis::PLAIN
    },
    views: &[ViewChoice { view: "qradar", option: None, meaning: "As QRadar does" }],
    nulls_in_json: false,
    front_end: Some(&FrontEnd {
        load,
        words,
        wanted,
        fields: visible_fields,
        starters: Starters { detections: &[], hunts: &[] },
    }),
};

/// `show FIELD is "TEXT"`.
struct Toy;

fn load(_: &Resources) -> Result<Box<dyn Compile>, LoadError> {
    Ok(Box::new(Toy))
}

fn words() -> Vec<Entry> {
    vec![Entry::new("show", EntryKind::Keyword, "show <field> is <text>", "The events with this text.")]
}

fn wanted(cursor: &Cursor<'_>) -> Vec<Wanted> {
    let kind = if cursor.before.trim().is_empty() { EntryKind::Keyword } else { EntryKind::Field };
    vec![Wanted::Kind(kind)]
}

impl Compile for Toy {
    fn compile(&self, request: &Request<'_>) -> Compiled {
        let whole = Span::new(0, request.text.len());
        let words: Vec<&str> = request.text.split_whitespace().collect();
        let ["show", field, "is", text] = words[..] else {
            let error = Diagnostic::error("TOY001", "expected `show FIELD is TEXT`", whole);
            return Compiled { diagnostics: vec![error.with_help("write one word")], ..Compiled::default() };
        };
        let column = SourceColumn {
            name: field.into(),
            field: SourceField::View(field.to_owned()),
            data_type: Type::Text,
        };
        let source = Operator::Source(Source {
            view: request.view.name.clone(),
            columns: vec![column],
            time: TimeRange::default(),
            choices: Vec::new(),
        });
        let equal = Expression::compare(
            Comparison::Equal,
            ComparisonRule::Exact,
            Expression::column(field, whole),
            Expression::text(text.trim_matches('"'), whole),
            whole,
        );
        let filter = Operator::Filter { input: Box::new(Node::new(source, whole)), predicate: equal };
        Compiled {
            plan: Some(Node::new(filter, whole)),
            output: vec![OutputColumn { column: field.into(), label: field.to_owned() }],
            parsed: true,
            ..Compiled::default()
        }
    }
}

#[test]
fn a_row_is_all_that_a_new_language_needs() {
    const URI: &str = "file:///queries/launches.toy";
    let languages: Vec<Language> = Language::all().chain([Language::new(&TOY)]).collect();
    let check = |catalog: &quarry_views::Catalog, text: &str, compiled: &Compiled| {
        let Some(plan) = &compiled.plan else { return Vec::new() };
        let found = lint(&Subject { text, plan, catalog, context: Context::default() });
        found.into_iter().map(|finding| finding.diagnostic).collect()
    };
    session_in(languages, check, json!({}), |editor, _| {
        let found = editor.open(URI, "show");
        assert_eq!(found[0]["code"], "TOY001");
        let found = editor.open(URI, "show Operation is \"RunInstances\"");
        let lints: Vec<_> = found.iter().map(|found| found["code"].as_str().unwrap()).collect();
        assert!(lints.contains(&"LNT017"), "{found:?}");
        assert!(editor.hover(URI, 0, 2).contains("show <field> is <text>"));
        assert!(editor.hover(URI, 0, 7).contains("A field of the view `qradar`"));
        assert!(editor.hover(URI, 0, 22).is_empty(), "nothing is known inside a string");
        let offered = |items: &[serde_json::Value]| {
            items.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(offered(&editor.completion(URI, 0, 2)), ["show"]);
        assert!(offered(&editor.completion(URI, 0, 10)).contains(&"Operation".to_owned()));
    });
}
