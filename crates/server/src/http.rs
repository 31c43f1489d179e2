//! Pages over HTTP, made when they are asked for.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

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
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

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
pub async fn serve(listener: TcpListener, make: MakeSite) -> io::Result<()> {
    let local = listener.local_addr()?.ip().is_loopback();
    let router = Router::new().fallback(answer).with_state(Answering { make, local });
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let taken = Arc::clone(&room).acquire_owned().await.map_err(io::Error::other)?;
        match listener.accept().await {
            Ok((stream, _)) => {
                let service = TowerToHyperService::new(router.clone());
                tokio::spawn(async move {
                    let _taken = taken;
                    converse(stream, service).await;
                });
            }
            // One that is gone already is of no interest; where the system has no room, waiting may help.
            Err(error) if is_theirs(&error) => {}
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Connections at a time.
const CONNECTIONS: usize = 256;
/// How long the lines of a request may take to come, and the next request.
const TO_ASK: Duration = Duration::from_secs(10);
/// How long a connection is kept at all: one that takes its answer a byte at a time ends, too.
const TO_TALK: Duration = Duration::from_secs(300);
const PAUSE: Duration = Duration::from_millis(200);

fn is_theirs(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers the requests of a connection. What goes wrong with it is the other side's affair.
async fn converse(stream: TcpStream, service: TowerToHyperService<Router>) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(TO_ASK);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let _ = tokio::time::timeout(TO_TALK, connection).await;
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
    let (host, port) = match named.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, after)) => (host, after),
        None => named.find(':').map_or((named, ""), |at| named.split_at(at)),
    };
    let digits = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    if !port.is_empty() && !port.strip_prefix(':').is_some_and(digits) {
        return false;
    }
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
