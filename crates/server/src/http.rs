//! Pages over HTTP, made when they are asked for.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{
        Method, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, LOCATION, REFERRER_POLICY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::Response,
};
use tokio::net::TcpListener;

use crate::{File, Site, SiteError};

/// Pages load nothing from elsewhere, and nothing may be put into them.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Makes the site of a request; it is called for each, so that changed packs show at once.
pub type MakeSite = Arc<dyn Fn() -> Result<Site, SiteError> + Send + Sync>;

/// Answers requests until the task is dropped.
///
/// # Errors
/// If the listener fails.
pub async fn serve(listener: TcpListener, make: MakeSite) -> std::io::Result<()> {
    let local = listener.local_addr()?.ip().is_loopback();
    let router = Router::new().fallback(answer).with_state(Answering { make, local });
    axum::serve(listener, router).await
}

#[derive(Clone)]
struct Answering {
    make: MakeSite,
    /// Whether only this machine may ask, so that a name that leads here from a web page of others is refused.
    local: bool,
}

async fn answer(State(answering): State<Answering>, request: Request) -> Response {
    if answering.local && !names_this_machine(&request) {
        return plain(StatusCode::FORBIDDEN, "this address is served to this machine only\n");
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are answered\n");
    }
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let make = Arc::clone(&answering.make);
    let made = tokio::task::spawn_blocking(move || make().and_then(|site| page(&site, &path))).await;
    match made {
        Ok(Ok(Answer::File(file))) => response(StatusCode::OK, file.media_type, file.text),
        Ok(Ok(Answer::Folder(path))) => moved(&path),
        Ok(Ok(Answer::Nothing)) => plain(StatusCode::NOT_FOUND, "no such page\n"),
        Ok(Err(error)) => plain(StatusCode::INTERNAL_SERVER_ERROR, &format!("{error}\n")),
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be made\n"),
    }
}

enum Answer {
    File(File),
    /// The path names a folder without the slash at its end.
    Folder(String),
    Nothing,
}

/// The page of a path; a folder's path stands for the page in it.
fn page(site: &Site, path: &str) -> Result<Answer, SiteError> {
    let found = if path.is_empty() || path.ends_with('/') {
        site.file(&format!("{path}index.html"))?
    } else {
        site.file(path)?
    };
    if let Some(file) = found {
        return Ok(Answer::File(file));
    }
    let folder = site.file(&format!("{path}/index.html"))?;
    Ok(folder.map_or(Answer::Nothing, |_| Answer::Folder(format!("/{path}/"))))
}

fn moved(path: &str) -> Response {
    let built =
        Response::builder().status(StatusCode::PERMANENT_REDIRECT).header(LOCATION, path).body(Body::empty());
    built.unwrap_or_default()
}

/// Whether the request names this machine: a page of others may point a name of theirs to it, which is refused.
fn names_this_machine(request: &Request) -> bool {
    let named = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    let Some(named) = named else { return false };
    let host = match named.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => named.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn plain(status: StatusCode, text: &str) -> Response {
    response(status, "text/plain; charset=utf-8", text.to_owned())
}

fn response(status: StatusCode, media_type: &str, text: String) -> Response {
    let built = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, media_type)
        .header(CONTENT_SECURITY_POLICY, POLICY)
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(REFERRER_POLICY, "no-referrer")
        .header(CACHE_CONTROL, "no-store")
        .body(Body::from(text));
    built.unwrap_or_default()
}
