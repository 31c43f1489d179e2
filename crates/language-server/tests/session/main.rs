//! Scripted sessions over an in-memory connection.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod toy;

use quarry_diagnostic::{Diagnostic, Span};
use quarry_hunt::{CompileOptions, Compiled, Compiler};
use quarry_language_server::{Connection, Knowledge, Message, Notification, Request, RequestId, serve};
use quarry_languages::Language;
use quarry_views::Catalog;
use serde_json::{Value, json};

/// An editor that plays a script against the server.
struct Editor {
    connection: Connection,
    requests: i32,
    /// Diagnostics as they came, by document.
    published: Vec<(String, Vec<Value>)>,
}

impl Editor {
    fn request(&mut self, method: &str, parameters: Value) -> Value {
        self.requests += 1;
        let id = RequestId::from(self.requests);
        let request = Request::new(id.clone(), method.to_owned(), parameters);
        self.connection.sender.send(Message::Request(request)).unwrap();
        loop {
            match self.connection.receiver.recv().unwrap() {
                Message::Response(response) => {
                    assert_eq!(response.id, id);
                    return serde_json::to_value(&response).unwrap();
                }
                other => self.keep(other),
            }
        }
    }

    fn notify(&self, method: &str, parameters: Value) {
        let notification = Notification::new(method.to_owned(), parameters);
        self.connection.sender.send(Message::Notification(notification)).unwrap();
    }

    fn keep(&mut self, message: Message) {
        if let Message::Notification(notification) = message {
            assert_eq!(notification.method, "textDocument/publishDiagnostics");
            let uri = notification.params["uri"].as_str().unwrap().to_owned();
            self.published.push((uri, notification.params["diagnostics"].as_array().unwrap().clone()));
        }
    }

    /// The next diagnostics that the server sends.
    fn diagnostics(&mut self) -> Vec<Value> {
        let message = self.connection.receiver.recv().unwrap();
        self.keep(message);
        self.published.pop().unwrap().1
    }

    fn open(&mut self, uri: &str, text: &str) -> Vec<Value> {
        let language = uri.rsplit('.').next().unwrap();
        self.notify(
            "textDocument/didOpen",
            json!({"textDocument": {"uri": uri, "languageId": language, "version": 1, "text": text}}),
        );
        self.diagnostics()
    }

    fn at(&mut self, method: &str, uri: &str, line: u32, character: u32) -> Value {
        let place = json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
        self.request(&format!("textDocument/{method}"), place)["result"].clone()
    }

    fn hover(&mut self, uri: &str, line: u32, character: u32) -> String {
        self.at("hover", uri, line, character)["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    fn completion(&mut self, uri: &str, line: u32, character: u32) -> Vec<Value> {
        self.at("completion", uri, line, character).as_array().cloned().unwrap_or_default()
    }
}

/// Plays a script in a session whose further check finds the word `lintme`.
fn session(capabilities: Value, script: impl FnOnce(&mut Editor, Value) + Send) {
    let check = |_: &Catalog, text: &str, _: &Compiled| {
        let warn = |at| Diagnostic::warning("LNT999", "a word to test with", Span::new(at, at + 6));
        text.find("lintme").map(warn).into_iter().collect()
    };
    session_in(Language::all().collect(), check, capabilities, script);
}

/// Plays a script in a session about some languages with a further check.
fn session_in(
    languages: Vec<Language>,
    check: impl Fn(&Catalog, &str, &Compiled) -> Vec<Diagnostic> + Send,
    capabilities: Value,
    script: impl FnOnce(&mut Editor, Value) + Send,
) {
    let (server, client) = Connection::memory();
    std::thread::scope(|scope| {
        let serving = scope.spawn(move || {
            let catalog = Catalog::load(None).unwrap();
            let options = CompileOptions { languages: languages.clone(), ..CompileOptions::default() };
            let knowledge = Knowledge {
                catalog: &catalog,
                languages,
                compiler: Compiler::new(&catalog, &options).unwrap(),
                check: Box::new(|query, compiled| check(&catalog, &query.text, compiled)),
            };
            serve(&knowledge, &server)
        });
        let mut editor = Editor { connection: client, requests: 0, published: Vec::new() };
        let greeting = editor.request("initialize", json!({"capabilities": capabilities}));
        editor.notify("initialized", json!({}));
        script(&mut editor, greeting["result"].clone());
        assert!(editor.request("shutdown", Value::Null)["error"].is_null());
        editor.notify("exit", Value::Null);
        serving.join().unwrap().unwrap();
    });
}

const AQL: &str = "file:///queries/launches.aql";
const SPL: &str = "file:///queries/launches.spl";

fn labels(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["label"].as_str().unwrap()).collect()
}

#[test]
fn an_aql_file_from_open_to_close() {
    session(json!({}), |editor, greeting| {
        assert_eq!(greeting["serverInfo"]["name"], "quarry");
        assert_eq!(greeting["capabilities"]["positionEncoding"], "utf-16");
        let text = "SELECT usernam, QIDNAME(qid)\nFROM events\nWHERE \"é𝒳\" = 1 AND LOGSOURCETYPENAME(devicetype) = 'Ama'\n";
        let found = editor.open(AQL, text);
        let error = &found[0];
        assert_eq!(error["code"], "AQL101");
        assert_eq!(error["severity"], 1);
        assert_eq!(error["source"], "quarry");
        assert_eq!(error["range"]["start"], json!({"line": 0, "character": 7}));
        assert_eq!(error["range"]["end"], json!({"line": 0, "character": 14}));
        assert!(error["message"].as_str().unwrap().contains("did you mean `username`?"), "{error}");

        let shown = editor.hover(AQL, 0, 18);
        assert!(shown.contains("QIDNAME(qid)"), "{shown}");
        assert!(shown.contains("https://www.ibm.com/"), "{shown}");
        assert!(editor.hover(AQL, 2, 2).contains("Which rows count"));
        assert!(editor.at("hover", AQL, 2, 54).is_null(), "nothing is known inside a string");

        // After `é𝒳"`: counted in UTF-16.
        let items = editor.completion(AQL, 2, 56);
        assert_eq!(labels(&items), ["Amazon AWS CloudTrail", "Amazon Security Lake"]);
        assert_eq!(items[0]["textEdit"]["range"]["start"], json!({"line": 2, "character": 53}));

        // One letter more, and the query is right; the quoted name stays a warning.
        let change = json!({"range": {"start": {"line": 0, "character": 14}, "end": {"line": 0, "character": 14}}, "text": "e"});
        editor.notify(
            "textDocument/didChange",
            json!({"textDocument": {"uri": AQL, "version": 2}, "contentChanges": [change]}),
        );
        let found = editor.diagnostics();
        assert!(found.iter().all(|found| found["severity"] != 1), "{found:?}");
        assert_eq!(found[0]["range"]["start"], json!({"line": 2, "character": 6}));
        assert_eq!(found[0]["range"]["end"], json!({"line": 2, "character": 11}));

        editor.notify("textDocument/didClose", json!({"textDocument": {"uri": AQL}}));
        assert!(editor.diagnostics().is_empty());
        assert!(editor.at("hover", AQL, 0, 18).is_null());
    });
}

#[test]
fn an_spl_file_with_bytes_as_positions() {
    session(json!({"general": {"positionEncodings": ["utf-8", "utf-16"]}}), |editor, greeting| {
        assert_eq!(greeting["capabilities"]["positionEncoding"], "utf-8");
        let text =
            "index=* sourcetype=\"aws:\" user=\"é\" lintme=1\n| stast count by eventName\n| eval a=low";
        let found = editor.open(SPL, text);
        let codes: Vec<&str> = found.iter().map(|found| found["code"].as_str().unwrap()).collect();
        assert!(codes.iter().any(|code| code.starts_with("SPL")), "{found:?}");
        let lint = found.iter().find(|found| found["code"] == "LNT999").expect("the further check is heard");
        assert_eq!(lint["range"]["start"], json!({"line": 0, "character": text.find("lintme").unwrap()}));
        assert_eq!(lint["severity"], 2);

        let sources = editor.completion(SPL, 0, 24);
        assert!(labels(&sources).contains(&"aws:cloudtrail"), "{sources:?}");
        let commands = editor.completion(SPL, 1, 5);
        assert!(labels(&commands).contains(&"stats"), "{commands:?}");
        assert!(!labels(&commands).contains(&"eventName"));
        let functions = editor.completion(SPL, 2, 12);
        assert!(labels(&functions).contains(&"lower"), "{functions:?}");
        let fields = editor.completion(SPL, 1, 22);
        assert!(labels(&fields).contains(&"eventName"), "{fields:?}");
        let shown = editor.hover(SPL, 1, 20);
        assert!(shown.contains("mscs:azure:audit") && shown.contains("member of that name"), "{shown}");
    });
}

#[test]
fn hovering_over_words_of_spl_shows_how_they_are_written() {
    session(json!({}), |editor, _| {
        editor.open(
            SPL,
            "index=* | stats estdc_error(user) AS n by eventName\n| eval a=if(n>1, 1, 2)\n| predict n\n| top limit=5 user",
        );
        let option = editor.hover(SPL, 3, 8);
        assert!(option.contains("limit=a whole number") && option.contains("`10` if not said"), "{option}");
        let completed = editor.completion(SPL, 3, 6);
        let limit = completed.iter().find(|item| item["label"] == "showperc").expect("options are offered");
        assert_eq!(limit["textEdit"]["newText"], "showperc=");
        let stats = editor.hover(SPL, 0, 12);
        assert!(
            stats.contains("| stats [delim=<text>] <aggregations> [BY <fields>")
                && stats.contains("One row per group"),
            "{stats}"
        );
        let function = editor.hover(SPL, 1, 10);
        assert!(function.contains("if(<condition>, <value>, <other>)"), "{function}");
        let planned = editor.hover(SPL, 2, 4);
        assert!(planned.contains("does not run here yet"), "{planned}");
    });
}

#[test]
fn what_is_not_known_is_answered_and_passed_over() {
    session(json!({}), |editor, _| {
        let answer = editor.request("workspace/symbol", json!({"query": "x"}));
        assert_eq!(answer["error"]["code"], -32601);
        let answer = editor.request("textDocument/hover", json!({"position": 3}));
        assert_eq!(answer["error"]["code"], -32602);
        assert!(editor.at("completion", "file:///nowhere.aql", 0, 0).is_null());
        editor.notify("textDocument/didOpen", json!({"nonsense": true}));
        editor.notify("$/setTrace", json!({"value": "off"}));
        let item = json!({"uri": "file:///notes.txt", "languageId": "plaintext", "version": 1, "text": "x"});
        editor.notify("textDocument/didOpen", json!({"textDocument": item}));
        assert!(editor.open("file:///empty.aql", "").is_empty());
        let item = json!({"uri": "untitled:one", "languageId": "AQL", "version": 1, "text": "SELECT"});
        editor.notify("textDocument/didOpen", json!({"textDocument": item}));
        assert!(!editor.diagnostics().is_empty());
    });
}

#[test]
fn every_place_of_a_query_can_be_asked_about() {
    session(json!({}), |editor, _| {
        for (uri, text) in [
            (AQL, "SELECT \"a é\", COUNT(*) AS 'n'\r\nFROM events WHERE x = 'y -- z' /* c"),
            (SPL, "index=* \"a|é\" [search x]\n| eval b=\"\\\"\" ```c"),
        ] {
            editor.open(uri, text);
            for line in 0..3 {
                for character in 0..40 {
                    editor.at("hover", uri, line, character);
                    editor.at("completion", uri, line, character);
                }
            }
        }
    });
}
