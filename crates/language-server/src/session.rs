//! One session with an editor.

use std::{collections::HashMap, ffi::OsStr, fmt, path::Path};

use lsp_server::{Connection, ErrorCode, Message, Notification, ProtocolError, Request, RequestId, Response};
use lsp_types::{
    CompletionOptions, CompletionResponse, HoverProviderCapability, InitializeParams,
    PublishDiagnosticsParams, ServerCapabilities, TextDocumentPositionParams, TextDocumentSyncCapability,
    TextDocumentSyncKind, Uri,
    notification::{
        DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, Notification as _,
        PublishDiagnostics,
    },
    request::{Completion, HoverRequest, Request as _},
};
use quarry_languages::Language;
use quarry_views::View;
use serde_json::{Value, json};

use crate::{
    Knowledge, completion, diagnostics,
    document::{Document, Encoding, offset},
    hover,
};

/// Why a session ended early.
#[derive(Debug)]
pub struct ServeError(String);

impl fmt::Display for ServeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ServeError {}

impl From<ProtocolError> for ServeError {
    fn from(error: ProtocolError) -> Self {
        Self(error.to_string())
    }
}

/// Serves an editor until it says goodbye.
///
/// # Errors
/// If the editor breaks the protocol or goes away without a word.
pub fn serve(knowledge: &Knowledge<'_>, connection: &Connection) -> Result<(), ServeError> {
    let (id, parameters) = connection.initialize_start()?;
    let parameters: InitializeParams =
        serde_json::from_value(parameters).map_err(|error| ServeError(error.to_string()))?;
    let general = parameters.capabilities.general.as_ref();
    let encoding = Encoding::negotiate(general.and_then(|general| general.position_encodings.as_ref()));
    connection.initialize_finish(id, greeting(encoding))?;
    let mut session = Session { knowledge, connection, encoding, documents: HashMap::new() };
    for message in &connection.receiver {
        match message {
            Message::Request(request) => {
                if connection.handle_shutdown(&request)? {
                    return Ok(());
                }
                session.answer(request)?;
            }
            Message::Notification(notification) => session.take(notification)?,
            Message::Response(_) => {}
        }
    }
    Ok(())
}

fn greeting(encoding: Encoding) -> Value {
    let capabilities = ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::INCREMENTAL)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(["|", "\"", "'", "=", "("].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        ..ServerCapabilities::default()
    };
    json!({
        "capabilities": capabilities,
        "serverInfo": { "name": "quarry", "version": env!("CARGO_PKG_VERSION") },
    })
}

struct Session<'s> {
    knowledge: &'s Knowledge<'s>,
    connection: &'s Connection,
    encoding: Encoding,
    documents: HashMap<String, Document>,
}

impl Session<'_> {
    fn answer(&self, request: Request) -> Result<(), ServeError> {
        let response = match request.method.as_str() {
            HoverRequest::METHOD => self.at_place(request, |document, view, offset| {
                json!(hover::at(document, view, offset, self.encoding))
            }),
            Completion::METHOD => self.at_place(request, |document, view, offset| {
                json!(CompletionResponse::Array(completion::at(document, view, offset, self.encoding)))
            }),
            method => {
                let message = format!("`{method}` is not answered");
                Response::new_err(request.id, ErrorCode::MethodNotFound as i32, message)
            }
        };
        self.send(Message::Response(response))
    }

    /// Answers a request about a place in a document; null if the document is not open.
    fn at_place(&self, request: Request, answer: impl FnOnce(&Document, &View, usize) -> Value) -> Response {
        let id = request.id.clone();
        let parameters: TextDocumentPositionParams = match serde_json::from_value(request.params) {
            Ok(parameters) => parameters,
            Err(error) => return invalid(id, &error.to_string()),
        };
        let found = self.documents.get(parameters.text_document.uri.as_str()).and_then(|document| {
            let view = self.knowledge.compiler.view(document.language).ok()?;
            let place = offset(&document.text, parameters.position, self.encoding);
            Some(answer(document, view, place))
        });
        Response::new_ok(id, found.unwrap_or(Value::Null))
    }

    fn take(&mut self, notification: Notification) -> Result<(), ServeError> {
        match notification.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let Some(opened) = read::<DidOpenTextDocument>(notification) else { return Ok(()) };
                let item = opened.text_document;
                let Some(language) = self.language(&item.uri, &item.language_id) else { return Ok(()) };
                let document = Document { language, text: item.text, version: item.version };
                self.documents.insert(item.uri.as_str().to_owned(), document);
                self.publish(&item.uri)
            }
            DidChangeTextDocument::METHOD => {
                let Some(changed) = read::<DidChangeTextDocument>(notification) else { return Ok(()) };
                let uri = changed.text_document.uri;
                let Some(document) = self.documents.get_mut(uri.as_str()) else { return Ok(()) };
                document.version = changed.text_document.version;
                for change in changed.content_changes {
                    document.apply(change, self.encoding);
                }
                self.publish(&uri)
            }
            DidCloseTextDocument::METHOD => {
                let Some(closed) = read::<DidCloseTextDocument>(notification) else { return Ok(()) };
                let uri = closed.text_document.uri;
                self.documents.remove(uri.as_str());
                self.notify(PublishDiagnosticsParams::new(uri, Vec::new(), None))
            }
            _ => Ok(()),
        }
    }

    /// The language of a document: what its name says, else what the editor calls it.
    fn language(&self, uri: &Uri, id: &str) -> Option<Language> {
        let languages = || self.knowledge.languages.iter().copied();
        let ending = Path::new(uri.as_str()).extension().and_then(OsStr::to_str);
        let named = |language: &Language| {
            language.ending.zip(ending).is_some_and(|(own, ending)| own.eq_ignore_ascii_case(ending))
        };
        languages().find(named).or_else(|| languages().find(|language| language.is_called(id)))
    }

    /// Sends what is found in a document.
    fn publish(&self, uri: &Uri) -> Result<(), ServeError> {
        let Some(document) = self.documents.get(uri.as_str()) else { return Ok(()) };
        let found = diagnostics::of(self.knowledge, uri, document, self.encoding);
        self.notify(PublishDiagnosticsParams::new(uri.clone(), found, Some(document.version)))
    }

    fn notify(&self, parameters: PublishDiagnosticsParams) -> Result<(), ServeError> {
        let notification = Notification::new(PublishDiagnostics::METHOD.to_owned(), parameters);
        self.send(Message::Notification(notification))
    }

    fn send(&self, message: Message) -> Result<(), ServeError> {
        self.connection.sender.send(message).map_err(|error| ServeError(error.to_string()))
    }
}

/// The parameters of a notification; one that cannot be read is passed over.
fn read<N: lsp_types::notification::Notification>(notification: Notification) -> Option<N::Params> {
    notification.extract::<N::Params>(N::METHOD).ok()
}

fn invalid(id: RequestId, message: &str) -> Response {
    Response::new_err(id, ErrorCode::InvalidParams as i32, message.to_owned())
}
