//! `quarry lsp`, spoken to as an editor does.

use serde_json::{Value, json};

use crate::common::quarry;

/// A message with its header.
fn framed(message: &Value) -> String {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

/// The messages of an answer.
fn messages(mut text: &str) -> Vec<Value> {
    let mut found = Vec::new();
    while let Some((header, rest)) = text.split_once("\r\n\r\n") {
        let length: usize = header
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "))
            .and_then(|length| length.parse().ok())
            .expect("a header tells the length");
        found.push(serde_json::from_str(&rest[..length]).expect("a body is JSON"));
        text = &rest[length..];
    }
    found
}

#[test]
fn a_session_over_standard_input_and_output() {
    let uri = "file:///a.aql";
    let document =
        json!({"uri": uri, "languageId": "aql", "version": 1, "text": "SELECT HOUR(starttime) FROM events"});
    let script = [
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}),
        json!({"jsonrpc": "2.0", "method": "initialized", "params": {}}),
        json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": document}}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "textDocument/hover", "params": {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 8}}}),
        json!({"jsonrpc": "2.0", "id": 3, "method": "shutdown", "params": null}),
        json!({"jsonrpc": "2.0", "method": "exit", "params": null}),
    ];
    let input: String = script.iter().map(framed).collect();
    let run = quarry(["lsp", "--permissive", "--stdio"]).input(input).run().exits(0);
    let messages = messages(run.text());
    assert_eq!(messages[0]["result"]["serverInfo"]["name"], "quarry");
    let diagnostics = &messages[1]["params"]["diagnostics"];
    assert_eq!(diagnostics[0]["code"], "AQL121", "{diagnostics}");
    assert_eq!(diagnostics[0]["severity"], 2);
    let shown = messages[2]["result"]["contents"]["value"].as_str().expect("Markdown");
    assert!(shown.contains("HOUR(time)"), "{shown}");
    assert_eq!(messages[3]["id"], 3);
}

#[test]
fn an_editor_is_answered_about_queries_of_many_values() {
    let list = (0..20_000).map(|number| format!("\"Run{number}\"")).collect::<Vec<_>>().join(",");
    let terms = (0..5_000).map(|number| format!("Run{number}")).collect::<Vec<_>>().join(" OR ");
    let begun = std::time::Instant::now();
    for text in [
        format!("index=* eventName IN ({list}) | stats count by user"),
        format!("index=* | where NOT eventName IN ({list}) | stats count by user"),
        format!("index=* ({terms}) | stats count by user"),
    ] {
        let uri = "file:///a.spl";
        let document = json!({"uri": uri, "languageId": "spl", "version": 1, "text": text});
        let at = json!({"line": 0, "character": text.len() - 14});
        let script = [
            json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}),
            json!({"jsonrpc": "2.0", "method": "initialized", "params": {}}),
            json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": document}}),
            json!({"jsonrpc": "2.0", "id": 2, "method": "textDocument/hover", "params": {"textDocument": {"uri": uri}, "position": at}}),
            json!({"jsonrpc": "2.0", "id": 3, "method": "textDocument/completion", "params": {"textDocument": {"uri": uri}, "position": at}}),
            json!({"jsonrpc": "2.0", "id": 4, "method": "shutdown", "params": null}),
            json!({"jsonrpc": "2.0", "method": "exit", "params": null}),
        ];
        let input: String = script.iter().map(framed).collect();
        let run = quarry(["lsp", "--stdio"]).input(input).run().exits(0);
        let answered = messages(run.text());
        let hover = answered.iter().find(|message| message["id"] == 2).expect("hover is answered");
        assert!(hover["result"]["contents"]["value"].is_string(), "{hover}");
    }
    // A second without optimisation; what is quadratic takes minutes.
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn an_editor_that_breaks_the_protocol_is_an_error() {
    let wrong = json!({"jsonrpc": "2.0", "id": 1, "method": "textDocument/hover", "params": {}});
    let run = quarry(["lsp"]).input(framed(&wrong)).run();
    assert_ne!(run.code, 0, "{}", run.text());
}

#[test]
fn a_message_without_end_is_refused() {
    let run = quarry(["lsp"]).input("Content-Length: 99999999999\r\n\r\n{}".to_owned()).run();
    assert_eq!(run.code, 2, "{}", run.text());
    assert!(run.stderr.contains("a message of 99999999999 bytes"), "{}", run.stderr);
}
